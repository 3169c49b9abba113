import Foundation
import Glibc
import Testing

/// The same command on a sweep that was edited, on a disk that was full, and on outcomes that are
/// doubted.
@Suite(.serialized) struct ResumeTests {
    private func said(_ result: Command.Result, _ part: String) {
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains(part), "\(result.errors)")
    }

    @Test("Added cells run, removed cells are kept and not reported, changed cells are new")
    func editedSweep() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let both = TinySweep.models
            try sweep.write(epochs: 3, seeds: 1, models: [both[0]])
            said(try sweep.run(store: "store"), "6 of 6 trials finished")
            try sweep.write(epochs: 3, seeds: 1, models: both)
            said(try sweep.run(store: "store"), "12 of 12 trials finished, 6 of them before")

            try sweep.write(epochs: 3, seeds: 1, models: [both[1]])
            said(try sweep.run(store: "store"), "6 of 6 trials finished, 6 of them before")
            let trials = try #require(try sweep.report(of: "store")["trials.csv"])
            let text = String(decoding: trials, as: UTF8.self)
            #expect(text.contains("eaf") && !text.contains("baseline"))

            try sweep.write(epochs: 4, seeds: 1, models: both)
            let changed = try sweep.run(store: "store")
            said(changed, "12 of 12 trials finished")
            #expect(!changed.errors.contains("of them before"), "\(changed.errors)")
            try sweep.write(
                epochs: 3, seeds: 1, models: both, limits: "attempts: 2, step-seconds: 60")
            said(try sweep.run(store: "store"), "12 of 12 trials finished, 12 of them before")
        }
    }

    @Test("An audit finds the same bytes, and names a trial whose outcome is another")
    func audit() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            #expect(try sweep.run(store: "store").status == 0)
            let sample = try Command.run("audit", "store", "--sample", "30%", in: folder)
            said(sample, "all 4 trials have the same bytes")
            let other = try Command.run("audit", "store", "--sample", "0%", in: folder)
            #expect(other.status == 64)

            // One bit of a prediction differs, and the digest beside it is that of the new bytes.
            let script = """
                import hashlib, sqlite3
                store = sqlite3.connect("store/concord.sqlite")
                store.execute("DROP TRIGGER outcomes_are_not_changed")
                key, outcome = store.execute("SELECT trial, outcome FROM outcomes").fetchone()
                outcome = bytearray(outcome)
                outcome[len(outcome) // 2] ^= 1
                digest = hashlib.sha256(bytes(outcome)).digest()
                store.execute(
                    "UPDATE outcomes SET outcome = ?, digest = ? WHERE trial = ?",
                    (bytes(outcome), digest, key))
                store.commit()
                """
            #expect(try Shell.run(["python3", "-c", script], in: folder) == 0)
            let found = try Command.run("audit", "store", "--sample", "100%", in: folder)
            #expect(found.status == 5, "\(found.errors)")
            #expect(found.errors.contains("its outcome is another"), "\(found.errors)")
            #expect(found.errors.contains("1 of 12 trials"), "\(found.errors)")

            let elsewhere = try Command.run(
                "audit", "store", "--sample", "2", "--data-root", "nowhere", in: folder)
            #expect(elsewhere.status == 1, "\(elsewhere.errors)")
            #expect(
                elsewhere.errors.contains("2 of 2 trials could not be trained again"),
                "\(elsewhere.errors)")
        }
    }

    @Test("A disk that takes no more ends the coordinator with a sentence; the store resumes")
    func fullDisk() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, epochs: 3, seeds: 3)
            #expect(try sweep.run(store: "calm").status == 0)
            // No file may grow over 400 KiB, which the journal's write-ahead log does.
            let limited = "trap '' XFSZ; ulimit -f 400; exec \"$0\" run sweep.yaml --store \"$1\""
            // The whole path stands in the arguments of workers, by which they are found.
            let store = folder.appending(path: "store").path
            let status = try Shell.run(
                ["bash", "-c", limited + " 2>errors", Command.concord.path, store], in: folder)
            let errors = try String(
                contentsOf: folder.appending(path: "errors"), encoding: .utf8)
            #expect(status == 1, "\(errors)")
            #expect(errors.contains("concord.sqlite"), "\(errors)")
            #expect(sweep.finished(in: "store") < 36)
            #expect(eventually { Processes.ids(with: "concord work", store).isEmpty })
            #expect(try sweep.run(store: "store").status == 0)
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
        }
    }
}

/// Other programs than concord.
enum Shell {
    /// Runs a program that the path names, to its end; its exit status.
    static func run(_ words: [String], in folder: URL) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
