import Corpora
import Planning

extension Dispatcher {
    /// Takes in a worker's message.
    mutating func hear(_ message: WorkerMessage, from connection: ConnectionID) {
        if case .hello(let hello) = message { return admit(hello, on: connection) }
        guard let worker = connections[connection] else {
            commands.append(.send(.sayHello, to: connection))
            return
        }
        workers[worker].heardAt = now
        switch message {
        case .hello: return
        case .heartbeat: urge(worker)
        case .progress(let lease, let progress): renew(lease, of: worker, progress)
        case .finished(let lease, let delivery): finish(lease, from: worker, delivery)
        case .failed(let lease, let failure): fail(lease, of: worker, failure)
        case .checkpoint(let lease, let checkpoint):
            if trial(of: lease, heldBy: worker) != nil { commands.append(.keep(lease, checkpoint)) }
        case .returned(let leases):
            change(worker) { if $0.leaving == nil { $0.leaving = .drains } }
            for lease in leases {
                if let trial = trial(of: lease, heldBy: worker) { giveBack(trial) }
            }
        case .goodbye: leave(worker)
        }
    }

    /// The trial, when the worker holds this very lease: the fence against older attempts.
    private func trial(of lease: LeaseID, heldBy worker: Int) -> Int? {
        guard let trial = history.index[lease.key],
            case .leased(let current) = history.trials[trial].state,
            current.attempt == lease.attempt, current.worker == worker
        else { return nil }
        return trial
    }

    private mutating func renew(_ lease: LeaseID, of worker: Int, _ progress: Progress) {
        guard let trial = trial(of: lease, heldBy: worker),
            let place = workers[worker].leases.firstIndex(where: { $0.trial == trial })
        else { return send(.abandon(lease), to: worker) }
        workers[worker].leases[place].since = now
        workers[worker].leases[place].progress = progress
    }

    /// A valid outcome, judged by its key alone: the first counts, a later one is compared.
    private mutating func finish(_ lease: LeaseID, from worker: Int, _ delivery: Delivery) {
        guard let trial = history.index[lease.key] else {
            note("Worker \(name(worker)) has an outcome of \(lease), which is not in this sweep.")
            return send(.abandon(lease), to: worker)
        }
        if case .finished(let first) = history.trials[trial].state {
            compare(lease, trial, first, from: worker, outcome: Digest(of: delivery.outcome))
        } else {
            let holder = release(trial)
            record(.finished(lease, history.workers[worker].id, delivery))
            if let holder, holder.worker != worker || holder.attempt != lease.attempt {
                send(.abandon(history.lease(trial, holder.attempt)), to: holder.worker)
            }
        }
        send(.recorded(lease.key), to: worker)
    }

    private mutating func compare(
        _ lease: LeaseID, _ trial: Int, _ first: Finish, from worker: Int, outcome: Digest
    ) {
        let found = Finish(outcome: outcome, attempt: lease.attempt)
        // What was heard before is a message said twice, not a second training.
        guard found != first, !history.trials[trial].repeats.contains(found) else { return }
        let equal = outcome == first.outcome
        record(.repeated(lease, history.workers[worker].id, outcome: outcome, equal: equal))
        guard !equal else { return }
        note(
            """
            Trial \(lease.key) has two outcomes that differ: \(first.outcome) by attempt \
            \(first.attempt), which counts, and \(outcome) by attempt \(lease.attempt) on worker \
            \(name(worker)). Training is not deterministic on one of the machines.
            """)
    }

    private mutating func fail(_ lease: LeaseID, of worker: Int, _ failure: Failure) {
        guard let trial = trial(of: lease, heldBy: worker) else { return }
        release(trial)
        record(.failed(lease, history.workers[worker].id, failure))
        note("Trial \(lease) failed on worker \(name(worker)): \(failure.message)")
        enqueue(trial)
    }

    /// An outcome whose bytes are not valid: a fault of the lease that it came from.
    mutating func refuse(_ lease: LeaseID, from connection: ConnectionID, _ reason: String) {
        guard let worker = connections[connection] else {
            commands.append(.send(.sayHello, to: connection))
            return
        }
        workers[worker].heardAt = now
        let message = "Its outcome was refused: \(reason)"
        if trial(of: lease, heldBy: worker) != nil {
            fail(lease, of: worker, Failure(cause: .training, message: message))
        } else {
            note("An outcome of \(lease) from worker \(name(worker)) was refused: \(reason)")
        }
        send(.abandon(lease), to: worker)
    }

    private mutating func leave(_ worker: Int) {
        for held in workers[worker].leases { giveBack(held.trial) }
        depart(worker, lost: false)
        note("Worker \(name(worker)) left.")
    }

    func name(_ worker: Int) -> String { history.workers[worker].name }
}
