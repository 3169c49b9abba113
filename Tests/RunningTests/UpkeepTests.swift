import Foundation
import Testing

/// `concord store`: check, repair, bundle and unbundle, as a user runs them.
@Suite(.serialized) struct UpkeepTests {
    @Test("A bundle gives the same report, byte for byte, and the sweep goes on from it")
    func bundle() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let made = try Command.run(
                "store", "bundle", "store", "--output", "a.tar", in: folder)
            #expect(made.status == 0, "\(made.errors)")
            let back = try Command.run(
                "store", "unbundle", "a.tar", "--output", "back", in: folder)
            #expect(back.status == 0, "\(back.errors)")
            #expect(try sweep.report(of: "back") == sweep.report(of: "store"))
            let check = try Command.run("store", "check", "back", in: folder)
            #expect(check.status == 0 && check.output.contains("all is well"))
            let again = try sweep.run(store: "back")
            #expect(again.errors.contains("12 of 12 trials finished, 12 of them before"))
            let file = folder.appending(path: "a.tar")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count / 2] ^= 4
            try bytes.write(to: file)
            let refused = try Command.run(
                "store", "unbundle", "a.tar", "--output", "other", in: folder)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("a.tar: it cannot be used as a bundle"))
        }
    }

    @Test("A damaged outcome is found, refused by run, and trained again after a repair")
    func repair() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let report = try sweep.report(of: "store")
            // The last bytes of the file's fullest page belong to an outcome.
            try damageOutcome(in: folder.appending(path: "store/concord.sqlite"))
            let check = try Command.run("store", "check", "store", in: folder)
            #expect(check.status == 6)
            #expect(check.output.contains("the outcome of trial "), "\(check.output)")
            let repair = try Command.run("store", "check", "store", "--repair", in: folder)
            #expect(repair.status == 0, "\(repair.output)\(repair.errors)")
            #expect(repair.output.contains("1 trials are open again"), "\(repair.output)")
            #expect(sweep.finished(in: "store") == 11)
            #expect(try sweep.run(store: "store").status == 0)
            #expect(try sweep.report(of: "store") == report)
            let none = try Command.run("store", "check", "nowhere", in: folder)
            #expect(none.status == 1 && none.errors.contains("nowhere"))
        }
    }

    /// Flips a bit in the middle of the first outcome that stands in the file.
    private func damageOutcome(in file: URL) throws {
        var bytes = try Data(contentsOf: file)
        let start = try #require(bytes.range(of: Data("CONCORDO".utf8)))
        bytes[start.lowerBound + 200] ^= 1
        try bytes.write(to: file)
    }
}
