import Simulating
import Testing

/// To see one seed step by step: `concord-bench simulate --seed 17 --steps`.
@Suite("Simulation: a whole cluster from one seed")
struct SimulationTests {
    /// Seeds in parts, so that the cores share them.
    @Test(
        "In 2,000 seeds nothing is lost and nothing counts twice, whatever fails",
        arguments: 0..<20)
    func seeds(part: Int) {
        for seed in (part * 100)..<(part * 100 + 100) {
            if let violation = Simulation(seed: seed).run().violation {
                Issue.record("concord-bench simulate --seed \(seed) --steps: \(violation)")
            }
        }
    }

    @Test("The same seed gives the same run, step by step")
    func deterministic() {
        for seed in 0..<5 {
            var runs: [[String]] = []
            for _ in 0..<2 {
                var lines: [String] = []
                let simulation = Simulation(seed: seed, narrate: { lines.append($0) })
                let verdict = simulation.run()
                runs.append(lines + ["\(verdict.steps)", "\(verdict.report)"])
            }
            #expect(runs[0] == runs[1], "seed \(seed)")
            #expect(runs[0].count > 100)
        }
    }

    @Test("Wall clocks that jump by hours change no step")
    func wallClocks() {
        var jumps = 0
        for seed in 0..<40 {
            let calm = Simulation(seed: seed, jumpsWallClock: false).run()
            let jumping = Simulation(seed: seed).run()
            jumps += jumping.happened["wallClockJumps", default: 0]
            #expect(calm.steps == jumping.steps && calm.seconds == jumping.seconds, "seed \(seed)")
            #expect(calm.report == jumping.report, "seed \(seed)")
        }
        #expect(jumps >= 5)
    }

    @Test("The weather is bad enough: the seeds see every kind of event and every fault")
    func coverage() {
        var seen: [String: Int] = [:]
        for seed in 0..<200 {
            seen.merge(Simulation(seed: seed).run().happened, uniquingKeysWith: +)
        }
        for word in [
            "planned", "joined", "left", "lost", "leased", "finished", "repeated", "differed",
            "failed", "expired", "returned", "abandoned", "reopened", "coordinator started",
            "coordinator ended", "worker ended", "message lost", "message doubled", "spool full",
            "outcome flawed", "outcome garbled", "poison", "checkpoint", "checkpoint handed on",
            "copied", "explained", "cordoned",
        ] + Simulation.faultNames {
            #expect(seen[word, default: 0] > 0, "No seed sees \(word): \(seen)")
        }
    }
}
