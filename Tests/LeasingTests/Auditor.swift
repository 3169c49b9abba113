import Planning

@testable import Leasing

/// A second, much simpler mind that watches the journal and what is said, and knows what must not
/// be.
///
/// - **one lease**: a trial is leased to one worker at a time, attempt after attempt; an attempt is
///   taken up again only by the worker that had it
/// - **fenced**: only the holder of the current attempt ends it
/// - **counted once**: a trial has one outcome, with the right bytes; later ones equal it
/// - **not again**: a trial that has an outcome is not leased
/// - **journal first**: `train` is said of a lease on disk to its holder, `recorded` of an outcome
///   on disk, and the spool forgets nothing else
/// - **budgets**: a trial is abandoned after faults on two workers, attemptsMax faults or more than
///   lossesMax losses, and only then
struct Auditor {
    private let limits: Limits
    private var live: [TrialKey: (lease: LeaseID, worker: WorkerID)] = [:]
    private var holders: [LeaseID: WorkerID] = [:]
    /// The newest attempt of each trial.
    private(set) var attempts: [TrialKey: Int] = [:]
    private(set) var finished: Set<TrialKey> = []
    private(set) var abandoned: Set<TrialKey> = []
    /// How often attempts failed.
    private(set) var failures = 0
    private var faults: [TrialKey: [WorkerID]] = [:]
    private var losses: [TrialKey: [Int]] = [:]
    /// The first thing that was wrong.
    var violation: String? {
        didSet { if oldValue != nil { violation = oldValue } }
    }

    init(_ limits: Limits) { self.limits = limits }

    mutating func record(_ event: JournalEvent) {
        switch event {
        case .planned, .joined, .left: return
        case .leased(let lease, let worker): lend(lease, worker)
        case .finished(let lease, _, let delivery):
            expect(finished.insert(lease.key).inserted, "counted once: \(lease)")
            expect(delivery == Cast.delivery(lease.key), "counted once: bytes of \(lease)")
            live[lease.key] = nil
            abandoned.remove(lease.key)
        case .repeated(let lease, _, _, let equal):
            expect(finished.contains(lease.key) && equal, "counted once: repeated \(lease)")
        case .failed(let lease, let worker, _):
            close(lease, worker)
            failures += 1
            faults[lease.key, default: []].append(worker)
        case .expired(let lease, let worker):
            close(lease, worker)
            losses[lease.key, default: []].append(lease.attempt)
        case .returned(let lease, let worker):
            close(lease, worker)
        case .reopened(let key):
            expect(abandoned.remove(key) != nil, "reopened: \(key) was in quarantine")
            faults[key] = nil
            losses[key] = nil
        case .abandoned(let key, _):
            let faults = faults[key, default: []]
            let isSpent =
                Set(faults).count > 1 || faults.count >= limits.attemptsMax
                || losses[key, default: []].count > limits.lossesMax
            expect(live[key] == nil && !finished.contains(key), "one lease: abandoned \(key)")
            expect(isSpent, "budgets: \(key) is abandoned after \(faults.count) faults")
            abandoned.insert(key)
        }
    }

    private mutating func lend(_ lease: LeaseID, _ worker: WorkerID) {
        let newest = attempts[lease.key, default: 0]
        expect(!finished.contains(lease.key), "not again: \(lease) is leased, and has an outcome")
        expect(!abandoned.contains(lease.key), "budgets: \(lease) is leased in quarantine")
        expect(live[lease.key] == nil, "one lease: \(lease) while another lives")
        expect(
            lease.attempt == newest + 1 || lease.attempt == newest && holders[lease] == worker,
            "one lease: \(lease) after attempt \(newest)")
        losses[lease.key]?.removeAll { $0 == lease.attempt }
        attempts[lease.key] = lease.attempt
        live[lease.key] = (lease, worker)
        holders[lease] = worker
    }

    private mutating func close(_ lease: LeaseID, _ worker: WorkerID) {
        let current = live.removeValue(forKey: lease.key)
        expect(
            current?.lease == lease && current?.worker == worker,
            "fenced: \(lease) of \(worker) ended, but \(current.map { "\($0)" } ?? "none") lives")
    }

    mutating func check(_ message: CoordinatorMessage, to worker: WorkerID?) {
        switch message {
        case .train(let lease):
            let current = live[lease.key]
            expect(
                current?.lease == lease && current?.worker == worker,
                "journal first: train \(lease) is not on disk as \(worker!)'s")
        case .recorded(let key):
            expect(finished.contains(key), "journal first: recorded \(key) is not on disk")
        case .done:
            return
        case .welcome, .sweep, .abandon, .refused, .sayHello:
            return
        }
    }

    mutating func checkUnspool(_ key: TrialKey) {
        expect(finished.contains(key), "journal first: \(key) leaves the spool, and is not on disk")
    }

    private mutating func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) {
        if !condition, violation == nil { violation = sentence() }
    }
}
