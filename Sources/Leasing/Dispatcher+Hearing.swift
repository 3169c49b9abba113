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
        case .hello, .fetch: return
        case .heartbeat: urge(worker)
        case .progress(let lease, let progress): renew(lease, of: worker, progress)
        case .finished(let lease, let delivery): finish(lease, from: worker, delivery)
        case .failed(let lease, let failure): fail(lease, of: worker, failure)
        case .checkpoint(let lease, let checkpoint):
            if trial(of: lease, heldBy: worker) != nil { commands.append(.keep(lease, checkpoint)) }
        case .returned(let leases):
            change(worker) { if $0.leaving == nil { $0.leaving = .drains } }
            for lease in leases {
                dropSurplus(lease, of: worker)
                if let trial = trial(of: lease, heldBy: worker) { giveBack(trial, from: worker) }
            }
        case .goodbye: leave(worker)
        }
    }

    /// Whether a worker is welcome on this connection.
    public func isAdmitted(_ connection: ConnectionID) -> Bool { connections[connection] != nil }

    /// The trial, when the worker holds this very lease: the fence against older attempts.
    private func trial(of lease: LeaseID, heldBy worker: Int) -> Int? {
        guard let trial = history.index[lease.key],
            history.holders(of: trial).contains(Lease(attempt: lease.attempt, worker: worker))
        else { return nil }
        return trial
    }

    private mutating func renew(_ lease: LeaseID, of worker: Int, _ progress: Progress) {
        guard let trial = trial(of: lease, heldBy: worker),
            let place = workers[worker].leases.firstIndex(where: { $0.trial == trial })
        else {
            if !hasSurplus(lease, worker) { send(.abandon(lease), to: worker) }
            return
        }
        if workers[worker].leases[place].progress == nil {
            workers[worker].leases[place].begunAt = now
        }
        workers[worker].leases[place].since = now
        workers[worker].leases[place].progress = progress
    }

    /// A valid outcome, judged by its key alone: the first counts, a later one is compared.
    private mutating func finish(_ lease: LeaseID, from worker: Int, _ delivery: Delivery) {
        guard let trial = history.index[lease.key] else {
            return send(.abandon(lease), to: worker)
        }
        if case .finished(let first) = history.trials[trial].state {
            compare(lease, trial, first, from: worker, outcome: Digest(of: delivery.outcome))
        } else {
            let others = history.holders(of: trial).map { holder in
                (holder, held: release(trial, from: holder.worker))
            }
            if isOpen(trial) { left[demands.index(of: trial)] -= 1 }
            record(.finished(lease, history.workers[worker].id, delivery))
            outgrown[trial] = nil
            for (holder, held) in others {
                let id = history.lease(trial, holder.attempt)
                guard holder.worker != worker || holder.attempt != lease.attempt else {
                    if let held { learn(from: held) }
                    continue
                }
                let isCopied = others.count > 1 && held?.progress != nil
                if isCopied {
                    keepSurplus(id, bytes: held?.bytes ?? 0, of: holder.worker)
                } else {
                    send(.abandon(id), to: holder.worker)
                }
            }
        }
        if !unread.isEmpty {
            unread = unread.filter { !demands.reads(trial, $0.key) }
        }
        dropSurplus(lease, of: worker)
        workers[worker].blames.removeAll()
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
        guard let trial = trial(of: lease, heldBy: worker) else {
            guard hasSurplus(lease, worker) else { return }
            dropSurplus(lease, of: worker)
            return note(
                "The second copy \(lease) failed on worker \(name(worker)): \(failure.message)")
        }
        let held = release(trial, from: worker)
        record(
            .failed(
                lease, history.workers[worker].id,
                Failure(cause: failure.cause, message: failure.message)))
        if failure.cause == .cap, let held { raise(trial, after: held, worker) }
        note("Trial \(lease) failed on worker \(name(worker)): \(failure.message)")
        if let matrix = failure.matrix { miss(matrix, on: worker, failure.message) }
        blame(worker, for: trial, failure)
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

    /// The worker goes in order; what it held is queued again.
    mutating func leave(_ worker: Int) {
        for held in workers[worker].leases { giveBack(held.trial, from: worker) }
        depart(worker, lost: false)
        note("Worker \(name(worker)) left.")
    }

    func name(_ worker: Int) -> String { history.workers[worker].name }
}
