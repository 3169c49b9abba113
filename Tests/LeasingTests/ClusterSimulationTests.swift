import Glibc
import Testing

@testable import Leasing

/// Rules that were broken on purpose, and how many of the 500 seeds noticed, by which rule:
///
/// - `train` said before the lease is recorded: 500, journal first
/// - `recorded` said before the outcome is recorded: 498, journal first
/// - an outcome said before it is spooled: 495, spool first
/// - the spool emptied when the outcome is said: 498, journal first
/// - a failure ends whatever lease the trial has: the Dispatcher traps, after about 100 seeds
/// - a later outcome recorded as the first: the Dispatcher traps, after 5 seeds
/// - a stale lease taken up by anybody: the Dispatcher traps, in the first seed
/// - a restarted coordinator queues what is leased: 297, one lease
/// - the loss of a worker counted as a fault of its trial: 242, budgets
/// - progress renews nothing: 64, calm, watched, the end
/// - heartbeats renew leases: 8, the end
/// - `train` that was lost not said again: 12, the end
/// - a hello said twice taken for a new one: 8, calm
@Suite("Simulation: a whole cluster from one seed")
struct ClusterSimulationTests {
    /// Seeds in parts, so that the cores share them.
    @Test(
        "Nothing is lost and nothing counts twice, whatever is killed and whatever the weather",
        arguments: 0..<10)
    func seeds(part: Int) {
        for seed in (part * 50)..<(part * 50 + 50) {
            // A trap ends the process without a word about the seed.
            if getenv("CONCORD_SEEDS_SHOWN") != nil { show("seed \(seed)\n") }
            var simulation = ClusterSimulation(seed: seed)
            if let violation = simulation.run() {
                Issue.record("CONCORD_SEED=\(seed): \(violation)")
            }
        }
    }

    private func show(_ line: String) { _ = line.withCString { write(2, $0, line.utf8.count) } }

    @Test("The same seed gives the same run")
    func deterministic() {
        for seed in 0..<5 {
            var first = ClusterSimulation(seed: seed)
            var second = ClusterSimulation(seed: seed)
            #expect(first.run() == second.run())
            #expect(first.coordinator.journal == second.coordinator.journal)
            #expect(first.steps == second.steps)
        }
    }

    @Test("The weather is bad enough: the seeds see every kind of event and every fault")
    func coverage() {
        var seen: [String: Int] = [:]
        for seed in 0..<40 {
            var simulation = ClusterSimulation(seed: seed)
            _ = simulation.run()
            for event in simulation.coordinator.journal {
                let word = Cast.line(event).split(separator: " ")[0]
                seen[String(word), default: 0] += 1
            }
            seen["crash", default: 0] += simulation.coordinator.life
            seen["workerCrash", default: 0] += simulation.workers.reduce(0) { $0 + $1.life }
        }
        for word in [
            "joined", "left", "leased", "finished", "repeated", "failed", "expired", "returned",
            "abandoned", "crash", "workerCrash",
        ] {
            #expect(seen[word, default: 0] > 0, "No seed sees \(word): \(seen)")
        }
    }

    @Test(
        "One seed, step by step",
        .enabled(if: getenv("CONCORD_SEED") != nil, "CONCORD_SEED names no seed."))
    func one() throws {
        let seed = try #require(getenv("CONCORD_SEED").flatMap { Int(String(cString: $0)) })
        var simulation = ClusterSimulation(seed: seed, showsSteps: true)
        #expect(simulation.run() == nil)
    }
}
