import Corpora
import Leasing
import Planning

/// A second, much simpler mind that watches the disk, what is heard and what is said, and knows
/// what must not be.
///
/// It sees each event when it reaches the disk, whether or not the coordinator came to know.
final class Auditor {
    let sweep: SimulatedSweep
    let limits: Limits
    var now = Instant(seconds: 0)
    var step = 0
    /// The first thing that was wrong.
    private(set) var violation: Violation?

    /// How many events reached the disk.
    var recorded = 0
    /// Who holds each trial: one worker, or a second with a copy too.
    var live: [TrialKey: [Holding]] = [:]
    /// Who was given each lease, ever.
    var holders: [LeaseID: WorkerID] = [:]
    /// The newest attempt of each trial.
    var attempts: [TrialKey: Int] = [:]
    /// How many of them were second copies.
    var copies: [TrialKey: Int] = [:]
    /// The outcome of each trial that counts, and all others, as digest and attempt.
    var outcomes: [TrialKey: [Found]] = [:]
    var abandoned: Set<TrialKey> = []
    var faults: [TrialKey: [WorkerID]] = [:]
    var losses: [TrialKey: [Loss]] = [:]
    /// The name of each worker's process, as the journal has it.
    var processes: [WorkerID: String] = [:]
    /// What each worker has, as the journal has it.
    var resources: [WorkerID: Resources] = [:]
    /// When each worker last said hello from a new process.
    var startedAgainAt: [WorkerID: Instant] = [:]
    /// When the coordinator last heard of each worker, and of each lease's progress.
    var heardAt: [WorkerID: Instant] = [:]
    var progressAt: [LeaseID: Instant] = [:]
    /// Outcomes that were heard in this turn, to be found on the disk after it.
    var heard: [Heard] = []
    /// How often attempts failed on the disk, and in truth.
    var failures = 0
    var trainerFaults = 0

    /// An attempt that was counted as lost, and the process that held it.
    struct Loss: Hashable {
        let attempt: Int
        let process: String?
    }

    struct Holding: Hashable {
        let lease: LeaseID
        let worker: WorkerID
    }

    struct Found: Hashable {
        let outcome: Digest
        let attempt: Int
    }

    struct Heard {
        let lease: LeaseID
        let outcome: Digest
    }

    init(_ sweep: SimulatedSweep, _ limits: Limits) {
        self.sweep = sweep
        self.limits = limits
    }

    var finished: Set<TrialKey> { Set(outcomes.keys) }

    func isFinished(_ key: TrialKey) -> Bool { outcomes[key] != nil }

    /// Attempts at the trial that were not second copies.
    func firstLeases(of key: TrialKey) -> Int {
        attempts[key, default: 0] - copies[key, default: 0]
    }

    func holds(_ lease: LeaseID, _ worker: WorkerID) -> Bool {
        live[lease.key, default: []].contains(Holding(lease: lease, worker: worker))
    }

    func complain(_ invariant: Invariant, _ sentence: String) {
        guard violation == nil else { return }
        violation = Violation(
            invariant: invariant, sentence: sentence, seconds: now.seconds, step: step)
    }

    func expect(
        _ condition: Bool, _ invariant: Invariant, _ sentence: @autoclosure () -> String
    ) {
        if !condition { complain(invariant, sentence()) }
    }

    /// The coordinator has taken this in.
    func hear(_ message: WorkerMessage, from worker: WorkerID) {
        heardAt[worker] = now
        switch message {
        case .hello(let hello):
            if processes[worker] != hello.name { startedAgainAt[worker] = now }
        case .progress(let lease, _):
            if holds(lease, worker) { progressAt[lease] = now }
        case .finished(let lease, let delivery):
            heard.append(Heard(lease: lease, outcome: Digest(of: delivery.outcome)))
        default: break
        }
    }

    /// After a turn that went well: every outcome that came is on the disk, as the first one or as
    /// one that was compared with it.
    func checkHeard() {
        for one in heard {
            guard let known = outcomes[one.lease.key] else {
                complain(.kept, "an outcome of \(sweep.name(one.lease)) came and is not recorded")
                continue
            }
            expect(
                known.contains { $0.outcome == one.outcome && $0.attempt == one.lease.attempt },
                .once, "an outcome of \(sweep.name(one.lease)) came and was not compared")
        }
        heard = []
    }

    /// A life of the coordinator begins with all that ever reached the disk.
    func checkKept(_ events: [JournalEvent]) {
        heard = []
        expect(
            events.count == recorded, .kept,
            "\(recorded) events were on the disk, and \(events.count) are")
    }

    /// What is said must be on the disk.
    func check(_ message: CoordinatorMessage, to worker: WorkerID) {
        switch message {
        case .train(let lease, _):
            expect(
                holders[lease] == worker, .journalFirst,
                "train \(sweep.name(lease)) is said and not on the disk as \(worker)'s")
        case .recorded(let key):
            expect(
                isFinished(key), .journalFirst,
                "recorded \(sweep.name(key)) is said and not on the disk")
        default: return
        }
    }

    func checkUnspool(_ key: TrialKey) {
        expect(
            isFinished(key), .kept,
            "\(sweep.name(key)) leaves the spool and is not in the journal")
    }
}
