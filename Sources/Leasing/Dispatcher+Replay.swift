import Corpora
import Planning

/// A journal that contradicts itself.
public struct HistoryError: Error, Hashable, CustomStringConvertible {
    /// A sentence: the event, and the state of the trial that forbids it.
    public let description: String
}

extension Dispatcher.History {
    /// Takes in the next event of the journal.
    ///
    /// Events of trials outside the plan change nothing: a store may hold other sweeps.
    ///
    /// - Throws: ``HistoryError`` when the event is not a legal transition.
    /// - Complexity: O(1).
    public mutating func replay(_ event: JournalEvent) throws(HistoryError) {
        switch event {
        case .planned: return
        case .joined(let id, let name, let slots):
            withWorker(number(of: id)) { $0.join(name, slots: slots) }
        case .announced(let id, let resources):
            withWorker(number(of: id)) { $0.resources = resources }
        case .left(let id, _):
            withWorker(number(of: id)) {
                $0.present = false
                $0.cordoned = false
            }
        case .cordoned(let id): withWorker(number(of: id)) { $0.cordoned = true }
        case .released(let id): withWorker(number(of: id)) { $0.cordoned = false }
        case .copied(let lease, let worker):
            try copy(lease, to: worker)
        case .leased(let lease, let worker):
            try give(lease, to: worker)
        case .finished(let lease, _, let delivery):
            try replayFinished(lease, outcome: Digest(of: delivery.outcome))
        case .repeated(let lease, _, let outcome, _):
            try compare(lease, outcome: outcome)
        case .failed(let lease, let worker, let failure):
            guard let (trial, holder) = try close(lease, of: worker, "failed") else { return }
            withTrial(trial) {
                if failure.cause == .cap {
                    $0.memoryRaises += 1
                } else {
                    $0.faults.append(.init(worker: holder, failure: failure))
                }
            }
        case .expired(let lease, let worker):
            guard let (trial, holder) = try close(lease, of: worker, "expired") else { return }
            let loss = loss(of: lease.attempt, holder)
            withTrial(trial) {
                $0.lost.append(loss)
                $0.parting = .init(worker: holder, attempt: lease.attempt)
            }
        case .explained(let lease, let worker):
            try explain(lease, number(of: worker))
        case .returned(let lease, let worker):
            guard let (trial, holder) = try close(lease, of: worker, "returned") else { return }
            withTrial(trial) { $0.parting = .init(worker: holder, attempt: lease.attempt) }
        case .abandoned(let key, let failure):
            guard let trial = index[key] else { return }
            guard trials[trial].mayBeAbandoned(failure) else {
                throw contradiction(LeaseID(key: key, attempt: trials[trial].attempts), "abandoned")
            }
            set(trial, .abandoned(failure))
        case .reopened(let key):
            guard let trial = index[key] else { return }
            guard case .abandoned = trials[trial].state else {
                throw contradiction(LeaseID(key: key, attempt: trials[trial].attempts), "reopened")
            }
            set(trial, .queued)
            withTrial(trial) {
                $0.faults = []
                $0.lost = []
            }
        case .discarded(let key, let outcome):
            guard let trial = index[key] else { return }
            guard case .finished(let first) = trials[trial].state, first.outcome == outcome else {
                throw contradiction(LeaseID(key: key, attempt: trials[trial].attempts), "discarded")
            }
            set(trial, .queued)
            withTrial(trial) { $0.repeats = [] }
        }
    }

    /// Takes in that a trial has its outcome, for a store that holds the digests of outcomes and
    /// need not read their bytes to resume.
    ///
    /// - Throws: ``HistoryError`` when the trial has an outcome already.
    /// - Complexity: O(1).
    public mutating func replayFinished(
        _ lease: LeaseID, outcome: Digest
    ) throws(HistoryError) {
        guard let trial = index[lease.key] else { return }
        if case .finished = trials[trial].state { throw contradiction(lease, "finished") }
        setCopy(trial, nil)
        set(trial, .finished(.init(outcome: outcome, attempt: lease.attempt)))
        withTrial(trial) {
            $0.attempts = max($0.attempts, lease.attempt)
            $0.parting = nil
        }
    }

    private mutating func give(_ lease: LeaseID, to id: WorkerID) throws(HistoryError) {
        guard let trial = index[lease.key] else { return }
        let worker = number(of: id)
        guard trials[trial].state == .queued else { throw contradiction(lease, "leased") }
        let parting = trials[trial].parting
        let takenUp = parting?.attempt == lease.attempt && parting?.worker == worker
        guard takenUp || trials[trial].attempts + 1 == lease.attempt else {
            throw contradiction(lease, "leased")
        }
        set(trial, .leased(.init(attempt: lease.attempt, worker: worker)))
        let loss = loss(of: lease.attempt, worker)
        withTrial(trial) {
            if takenUp { $0.lost.removeAll { $0 == loss } }
            $0.attempts = max($0.attempts, lease.attempt)
            $0.parting = nil
        }
    }

    /// The loss that the worker's process of now would be, or would take back.
    func loss(of attempt: Int, _ worker: Int) -> Dispatcher.Loss {
        .init(attempt: attempt, worker: worker, process: workers[worker].process)
    }

    private mutating func explain(_ lease: LeaseID, _ worker: Int) throws(HistoryError) {
        guard let trial = index[lease.key] else { return }
        let loss = loss(of: lease.attempt, worker)
        guard trials[trial].lost.contains(loss) else { throw contradiction(lease, "explained") }
        withTrial(trial) { $0.lost.removeAll { $0 == loss } }
    }

    private mutating func copy(_ lease: LeaseID, to id: WorkerID) throws(HistoryError) {
        guard let trial = index[lease.key] else { return }
        let worker = number(of: id)
        guard case .leased(let first) = trials[trial].state, trials[trial].copy == nil,
            first.worker != worker, trials[trial].attempts + 1 == lease.attempt
        else { throw contradiction(lease, "copied") }
        setCopy(trial, .init(attempt: lease.attempt, worker: worker))
        withTrial(trial) { $0.attempts = lease.attempt }
    }

    private mutating func compare(_ lease: LeaseID, outcome: Digest) throws(HistoryError) {
        guard let trial = index[lease.key] else { return }
        guard case .finished = trials[trial].state else { throw contradiction(lease, "repeated") }
        withTrial(trial) { $0.repeats.append(.init(outcome: outcome, attempt: lease.attempt)) }
    }

    /// Ends the lease and puts its trial back, unless another worker holds it too; nil when the
    /// trial is outside the plan.
    private mutating func close(
        _ lease: LeaseID, of id: WorkerID, _ verb: String
    ) throws(HistoryError) -> (trial: Int, holder: Int)? {
        guard let trial = index[lease.key] else { return nil }
        guard case .leased(let first) = trials[trial].state, let worker = workerIndex[id] else {
            throw contradiction(lease, verb)
        }
        let ended = Dispatcher.Lease(attempt: lease.attempt, worker: worker)
        let copy = trials[trial].copy
        guard ended == first || ended == copy else { throw contradiction(lease, verb) }
        setCopy(trial, nil)
        if ended == first { set(trial, copy.map { .leased($0) } ?? .queued) }
        return (trial, worker)
    }

    private func contradiction(_ lease: LeaseID, _ verb: String) -> HistoryError {
        let trial = trials[index[lease.key]!]
        let state =
            switch trial.state {
            case .queued: "queued after \(trial.attempts) attempts"
            case .leased(let held): "leased to \(workers[held.worker].id) as #\(held.attempt)"
            case .finished(let first): "finished by #\(first.attempt)"
            case .abandoned: "abandoned"
            }
        return HistoryError(
            description: """
                The journal says that \(lease) was \(verb), but the trial is \(state): \
                the store is damaged or was written by two coordinators.
                """)
    }
}
