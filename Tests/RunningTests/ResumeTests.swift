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
            let added = try sweep.run(store: "store")
            said(added, "12 of 12 trials finished, 6 of them before")
            let edited = "the sweep was edited since it ran here: "
            said(added, edited + "12 trials: 6 reused, 0 changed, 6 new\n")

            try sweep.write(epochs: 3, seeds: 1, models: [both[1]])
            let removed = try sweep.run(store: "store")
            said(removed, "6 of 6 trials finished, 6 of them before")
            said(
                removed,
                edited + "6 trials: 6 reused, 0 changed, 0 new; 6 finished trials of earlier plans "
                    + "are kept and not reported\n")
            let trials = try #require(try sweep.report(of: "store")["trials.csv"])
            let text = String(decoding: trials, as: UTF8.self)
            #expect(text.contains("eaf") && !text.contains("baseline"))

            try sweep.write(epochs: 4, seeds: 1, models: both)
            let changed = try sweep.run(store: "store")
            said(changed, "12 of 12 trials finished")
            said(changed, "12 trials: 0 reused, 12 changed, 0 new; 12 finished trials of earlier")
            #expect(!changed.errors.contains("of them before"), "\(changed.errors)")
            try sweep.write(
                epochs: 3, seeds: 1, models: both, limits: "attempts: 2, step-seconds: 60")
            said(try sweep.run(store: "store"), "12 of 12 trials finished, 12 of them before")
        }
    }

    @Test("A second sweep that shares trials trains none of them again, whatever its name")
    func secondSweep() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try sweep.write(epochs: 3, seeds: 1, models: [TinySweep.models[0]])
            said(try sweep.run(store: "store"), "tiny: 6 of 6 trials finished")
            let first = try sweep.report(of: "store")
            let spec = try String(contentsOfFile: sweep.spec, encoding: .utf8)
            try spec.write(
                to: folder.appending(path: "tiny.yaml"), atomically: true, encoding: .utf8)

            try sweep.write(epochs: 3, seeds: 1, name: "other")
            let other = try sweep.run(store: "store")
            said(other, "other: 12 of 12 trials finished, 6 of them before")
            said(
                other,
                "the sweep tiny ran here before: 12 trials: 6 reused, 0 changed, 6 new\n")
            let status = { (options: [String]) in
                try Command.run(["status", "store"] + options, in: folder).output
            }
            #expect(try status([]).hasPrefix("other: 12 of 12 trials finished"))
            #expect(try status(["--sweep", "tiny.yaml"]).hasPrefix("tiny: 6 of 6 trials finished"))
            let report = try Command.run(
                "report", "store", "--sweep", "tiny.yaml", "--format", "csv,json", "--output",
                "again", in: folder)
            #expect(report.status == 0, "\(report.errors)")
            for name in ["trials.csv", "report.json"] {
                let bytes = try Data(contentsOf: folder.appending(path: "again/\(name)"))
                #expect(bytes == first[name], "\(name)")
            }
            let check = try Command.run("store", "check", "store", in: folder)
            #expect(check.status == 0, "\(check.output)")
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

    @Test("A trainer that hangs in an audit is ended by the step limit, and the audit says so")
    func hangingAudit() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try sweep.write(
                epochs: 1500, seeds: 1, models: [TinySweep.models[0]], limits: "step-seconds: 2")
            #expect(try sweep.run(store: "store").status == 0)
            let audit = try Command.Running(
                ["audit", "store", "--sample", "2", "--slots", "1"], in: folder)
            try #require(
                eventually { !Processes.children(of: audit.id, with: "trainer").isEmpty })
            kill(Processes.children(of: audit.id, with: "trainer")[0], SIGSTOP)
            let ended = audit.wait()
            #expect(ended.status == 1, "\(ended.errors)")
            #expect(ended.errors.contains("made no progress for 2.0 s"), "\(ended.errors)")
            #expect(ended.errors.contains("1 of 2 trials could not be"), "\(ended.errors)")
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
