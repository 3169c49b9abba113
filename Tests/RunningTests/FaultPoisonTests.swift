import Foundation
import Glibc
import Testing

/// Trials that cannot be trained: they end in quarantine, the sweep ends, and says so.
@Suite(.serialized, .enabled(if: Full.isAsked, Full.reason))
struct FaultPoisonTests {
    @Test("A recipe whose loss is no number ends in quarantine; mended, the sweep ends well")
    func notANumber() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let sound = try String(contentsOfFile: sweep.spec, encoding: .utf8)
            #expect(try sweep.run(store: "calm").status == 0)
            let undisturbed = try sweep.report(of: "calm")
            let poisoned = sound.replacingOccurrences(
                of: "training: {", with: "training: {learning-rate: 3e38, clip: none, ")
            try poisoned.write(toFile: sweep.spec, atomically: true, encoding: .utf8)
            let failed = try sweep.run(store: "store")
            #expect(failed.status == 3, "\(failed.errors)")
            #expect(failed.errors.contains("quarantined"))
            #expect(try Command.run("report", "store", in: folder).status != 0)
            try sound.write(toFile: sweep.spec, atomically: true, encoding: .utf8)
            #expect(try sweep.run(store: "store").status == 0)
            #expect(try sweep.report(of: "store") == undisturbed)
            Full.say("a loss that is no number: quarantined, then mended: same bytes")
        }
    }

    @Test("Trainers that crash on every trial end in quarantine; --retry ends with the same bytes")
    func crashes() throws {
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            try stage.disturb("every trainer crashes until all is quarantined, then --retry") {
                run in
                var kills = 0
                let ends = eventually(within: 120) {
                    for id in run.trainers where kill(id, SIGKILL) == 0 { kills += 1 }
                    return run.coordinator == nil
                }
                try #require(ends)
                let result = try #require(run.wait())
                #expect(result.status == 3, "\(result.errors)")
                #expect(kills >= stage.trials)
                let again = try Command.run(
                    ["run", stage.sweep.spec, "--store", run.folder, "--workers", "2", "--retry"],
                    in: folder)
                #expect(again.status == 0, "\(again.errors)")
            }
        }
    }

    @Test("A trainer that makes no progress is ended, and its trial trained elsewhere")
    func hangs() throws {
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            try stage.disturb("a trainer hangs for good", endsBy: 240) { run in
                try #require(run.reaches(.firstFinished))
                let stopped = try #require(run.trainers.first)
                kill(stopped, SIGSTOP)
                // Ended by the step limit, by nobody else.
                try #require(eventually(within: 180) { kill(stopped, 0) != 0 })
            }
        }
    }
}
