import Foundation
import Glibc
import Testing

/// Real processes that are killed and stopped, at marks and at random.
@Suite(.serialized, .enabled(if: Full.isAsked, Full.reason))
struct FaultProcessTests {
    @Test("kill -9 of anybody at any mark changes no byte of the report")
    func killedAtMarks() throws {
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            for mark in DisturbedRun.Mark.allCases {
                for victim in DisturbedRun.Victim.allCases {
                    try stage.disturb("kill -9 \(victim) \(mark.rawValue)") { run in
                        try #require(run.reaches(mark))
                        run.signal(SIGKILL, to: victim)
                    }
                }
            }
        }
    }

    @Test("Whoever is stopped for longer than a lease and goes on changes no byte of the report")
    func zombies() throws {
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            for victim in DisturbedRun.Victim.allCases {
                try stage.disturb("SIGSTOP for 12 s, then SIGCONT: \(victim)") { run in
                    try #require(run.reaches(.firstFinished))
                    let stopped = run.ids(of: victim)
                    try #require(!stopped.isEmpty)
                    for id in stopped { kill(id, SIGSTOP) }
                    sleep(12)
                    for id in stopped { kill(id, SIGCONT) }
                }
            }
        }
    }

    @Test(
        "Killed and stopped at random for a while, a sweep ends with the same bytes",
        arguments: 1..<4 as Range<UInt64>)
    func chaos(seed: UInt64) throws {
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            try stage.disturb("killed and stopped at random, seed \(seed)") { run in
                var random = CaseRandom(seed: seed)
                let end = Date().addingTimeInterval(20)
                var strikes = 0
                while Date() < end, sweep(of: run) < stage.trials {
                    usleep(.random(in: 100_000...1_200_000, using: &random))
                    let victim = DisturbedRun.Victim.allCases.randomElement(using: &random)!
                    if Bool.random(using: &random) {
                        run.signal(SIGKILL, to: victim)
                    } else {
                        run.signal(SIGSTOP, to: victim)
                        usleep(.random(in: 50_000...1_500_000, using: &random))
                        run.signal(SIGCONT, to: victim)
                    }
                    strikes += 1
                    if run.coordinator == nil, sweep(of: run) < stage.trials { try run.begin() }
                }
                #expect(strikes > 3)
            }
        }
    }

    private func sweep(of run: DisturbedRun) -> Int { run.sweep.finished(in: run.store) }

    @Test("A coordinator that dies with outcomes in the spool trains none of them again")
    func spoolIsHandedOver() throws {
        try withFolder { folder in
            let stage = try FaultStage(in: folder)
            try stage.disturb("everybody dies with outcomes in the spool") { run in
                try #require(run.reaches(.spooled))
                run.signal(SIGKILL, to: .everybody)
                try #require(eventually { run.workers.isEmpty })
                let kept = run.spooled.count
                let before = stage.sweep.finished(in: run.store)
                try #require(kept > 0)
                try run.begin()
                try #require(eventually { stage.sweep.finished(in: run.store) >= before + kept })
            }
        }
    }
}
