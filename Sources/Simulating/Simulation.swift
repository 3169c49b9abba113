import Corpora
import Kernels
import Leasing
import Planning

/// A whole cluster in one process, in virtual time, from one seed.
///
/// Coordinators are killed, stopped, taken over, and replay a journal on a disk that fails, fills
/// and tears. Workers and their trainers are killed, stopped, hang, and keep spools that are lost,
/// rot and fill. The network drops, delays, doubles, reorders, cuts off and goes dead without a
/// word. Wall clocks jump. The Dispatcher, its performing of a turn and its replay, and the Session
/// are the real ones.
///
/// Faults end after a while; then the sweep must end too, and its report be that of a run in which
/// nothing happened. An auditor says meanwhile which ``Invariant`` is broken. The same seed gives
/// the same run.
///
///     let verdict = Simulation(seed: 17).run()
///     print(verdict.violation ?? "all is well")
public final class Simulation {
    /// From which everything is drawn.
    public let seed: Int
    let weather: Weather
    let breaking: Break?
    let narrate: ((String) -> Void)?
    let sweep: SimulatedSweep
    var random: RandomStream
    /// Decides nothing, and so must not disturb the other draws.
    var wallRandom: RandomStream
    /// Memory and ends, which not all clusters have.
    var demandRandom: RandomStream
    let jumpsWallClock: Bool
    var wallOffset = 0.0

    var now = Instant(seconds: 0)
    var agenda = Heap<Appointment>()
    var appointments = 0
    var steps = 0

    var auditor: Auditor
    let disk: SimulatedDisk
    /// The coordinators that run, by epoch: the newest, and any that was taken over and lives.
    var coordinators: [Int: Coordinator] = [:]
    var workers: [SimulatedWorker]
    var connections: [ConnectionID: Connection] = [:]
    /// The newest states of trials, in the coordinator's folder.
    var checkpoints: [TrialKey: TrialCheckpoint] = [:]
    var isOver = false
    /// How often a person asked for new attempts at what is in quarantine, since faults ended.
    var retries = 0
    /// Records that are withheld until the next turn, and the attempts that the Dispatcher gave:
    /// only where a rule is broken.
    var withheld: [Dispatcher.Command] = []
    var attemptsGiven: [TrialKey: Int] = [:]
    /// What has happened so far, by name.
    var happened: [String: Int] = [:]

    /// The cluster of this seed.
    ///
    /// - Parameters:
    ///   - narrate: hears of every step.
    ///   - jumpsWallClock: whether wall clocks jump by hours; it must change nothing.
    public convenience init(
        seed: Int, jumpsWallClock: Bool = true, narrate: ((String) -> Void)? = nil
    ) {
        self.init(
            seed: seed, breaking: nil, isCalm: false, jumpsWallClock: jumpsWallClock,
            narrate: narrate)
    }

    /// The cluster of this seed, in which a rule is broken, or to which nothing happens.
    package init(
        seed: Int, breaking: Break?, isCalm: Bool = false, jumpsWallClock: Bool = true,
        narrate: ((String) -> Void)? = nil
    ) {
        self.seed = seed
        self.breaking = breaking
        self.jumpsWallClock = jumpsWallClock
        self.narrate = narrate
        var random = RandomStream(seed: seed, for: "weather")
        var drawn = Weather(&random)
        demandRandom = RandomStream(seed: seed, for: "demands")
        drawn.addDemands(&demandRandom)
        weather = isCalm ? drawn.calm : drawn
        sweep = SimulatedSweep(trials: weather.trials, shapes: weather.shapes)
        self.random = RandomStream(seed: seed, for: "events")
        wallRandom = RandomStream(seed: seed, for: "wall clock")
        auditor = Auditor(sweep, weather.limits)
        disk = SimulatedDisk(random: RandomStream(seed: seed, for: "disk"), breaking: breaking)
        workers = (0..<weather.workers).map { SimulatedWorker(index: $0) }
    }

    /// Runs until the sweep ends, or an invariant is broken.
    public func run() -> Verdict {
        schedule(.startCoordinator, after: 0)
        for worker in workers.indices { schedule(.startWorker(worker), after: random.uniform()) }
        if weather.hasFaults { schedule(.fault, after: random.between(0, 20)) }
        while !isOver, auditor.violation == nil {
            guard let next = agenda.popFirst() else {
                auditor.complain(.ends, "nothing more happens")
                break
            }
            now = next.at
            auditor.now = now
            steps += 1
            auditor.step = steps
            if now.seconds > weather.faultsEnd + 3_000 {
                auditor.complain(.ends, "the sweep does not end")
            }
            perform(next.action)
        }
        if isOver { judgeEnd() }
        return Verdict(
            seed: seed, violation: auditor.violation, report: sweep.reportDigest(disk.events),
            steps: steps, seconds: now.seconds, events: disk.events.count, happened: happened)
    }

    var faultsAreOn: Bool { now.seconds < weather.faultsEnd }

    /// True with this chance, while faults are on.
    func strikes(_ probability: Double) -> Bool { faultsAreOn && random.chance(probability) }

    func count(_ happening: String) { happened[happening, default: 0] += 1 }

    /// Tells of a step, with trials called t0, t1, … as everywhere here.
    func say(_ line: @autoclosure () -> String) {
        guard let narrate else { return }
        var text = line().replacing("Leasing.", with: "").replacing("\(weather.limits)", with: "…")
        for (number, key) in sweep.keys.enumerated() {
            text = text.replacing(key.description, with: "t\(number)")
                .replacing(key.description.prefix(8), with: "t\(number)")
        }
        narrate("\(Self.text(now.seconds)) \(text)")
    }

    private static func text(_ seconds: Double) -> String {
        "\((seconds * 1000).rounded() / 1000)"
    }
}

/// How a run ended.
public struct Verdict: Sendable {
    /// The seed that gives this run again.
    public let seed: Int
    /// What was wrong; nil when nothing was.
    public let violation: Violation?
    /// The digest of what the report would be made of.
    public let report: Digest
    /// Steps that were simulated.
    public let steps: Int
    /// Virtual seconds that passed.
    public let seconds: Double
    /// Events in the journal at the end.
    public let events: Int
    /// How often each kind of event and fault was seen.
    public let happened: [String: Int]
}
