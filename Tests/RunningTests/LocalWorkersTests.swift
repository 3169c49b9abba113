import Foundation
import Glibc
import Testing

/// The workers that `concord run` starts beside itself.
@Suite struct LocalWorkersTests {
    @Test("Outcomes that more workers left are handed over by fewer")
    func leftOutcomes() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let left = folder.appending(path: "store/workers/5")
            try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
            // What is none is set aside by whoever looks at it.
            let name = String(repeating: "0", count: 64) + ".outcome"
            try Data([1, 2, 3]).write(to: left.appending(path: name))
            #expect(try sweep.run(store: "store", workers: 1).status == 0)
            let heir = folder.appending(path: "store/workers/0")
            let names = try FileManager.default.contentsOfDirectory(atPath: heir.path)
            #expect(names.contains(name + ".damaged"), "\(names)")
            #expect(!FileManager.default.fileExists(atPath: left.appending(path: name).path))
        }
    }

    @Test("Why a worker dies at every start is said, once")
    func reasons() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let open = folder.appending(path: "store/workers/0")
            try FileManager.default.createDirectory(at: open, withIntermediateDirectories: true)
            chmod(open.path, 0o777)
            let run = try sweep.start(store: "store", workers: 1)
            let ended = "ended by exit status 1, and is started again"
            try #require(eventually { run.errorsSoFar.contains(ended) }, "\(run.errorsSoFar)")
            #expect(run.errorsSoFar.contains("no folder of this user's own"))
            // Mended, the sweep goes on by itself.
            chmod(open.path, 0o700)
            let result = run.wait()
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.split(separator: ended).count == 2)
        }
    }
}
