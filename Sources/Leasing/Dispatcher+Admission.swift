import Planning

extension Dispatcher {
    /// Admits a worker, or refuses it alone.
    mutating func admit(_ hello: WorkerMessage.Hello, on connection: ConnectionID) {
        if let reason = objection(to: hello) {
            note("Refused worker \(hello.name): \(reason)")
            commands.append(.send(.refused(reason), to: connection))
            return
        }
        if let worker = connections[connection] {
            if history.workers[worker].id == hello.worker {
                // Said twice on one connection: what was given since is not in its list, and the
                // first welcome may have been lost.
                workers[worker].heardAt = now
                welcome(worker, hello, abandoned: hello.leases.filter { !holds($0, worker) })
                return
            }
            disconnect(connection)
        }
        let worker = enter(hello)
        if case .connected(let old) = workers[worker].presence {
            connections[old] = nil
            note("Worker \(hello.name) is back on a new connection, which supersedes the old one.")
        }
        if workers[worker].presence == .awaited { note("Worker \(hello.name) is back.") }
        connections[connection] = worker
        let endsAt = hello.resources.secondsLeft.map { now + $0 }
        change(worker) {
            $0.presence = .connected(connection)
            if $0.leaving == .drains { $0.leaving = nil }
            $0.endsAt = endsAt
        }
        endSurplus(of: worker, says: false)
        settle(worker)
        workers[worker].heardAt = now
        watch(worker)
        welcome(worker, hello, abandoned: reattach(hello.leases, to: worker))
    }

    /// A sentence when the worker cannot take part.
    private func objection(to hello: WorkerMessage.Hello) -> String? {
        if hello.protocolVersion != WorkerMessage.protocolVersion {
            return """
                The worker speaks version \(hello.protocolVersion) of the messages, the \
                coordinator version \(WorkerMessage.protocolVersion). Run the same concord on both.
                """
        }
        if hello.numericsVersion != numericsVersion {
            return """
                The worker computes with numerics version \(hello.numericsVersion), this sweep \
                with \(numericsVersion). Run the same concord on both.
                """
        }
        if hello.numericClass != numericClass {
            return """
                The worker is of numeric class "\(hello.numericClass)", this sweep of \
                "\(numericClass)": its numbers could differ.
                """
        }
        if !(1...Limits.slotsMax).contains(hello.slots) {
            return """
                The worker offers \(hello.slots) slots, but must offer between 1 and \
                \(Limits.slotsMax).
                """
        }
        return nil
    }

    /// The number of the worker; records that it joined when the journal does not say so.
    private mutating func enter(_ hello: WorkerMessage.Hello) -> Int {
        if let worker = history.workerIndex[hello.worker] {
            let known = history.workers[worker]
            if known.present, known.name == hello.name, known.slots == hello.slots {
                announce(hello)
                return worker
            }
            if known.present, known.name != hello.name { mourn(worker, hello) }
            // Its slots may change: it counts as away until it is connected again.
            if case .connected(let old) = workers[worker].presence { disconnect(old) }
        }
        record(.joined(hello.worker, name: hello.name, slots: hello.slots))
        announce(hello)
        note("Worker \(hello.name) joined with \(hello.slots) slots.")
        return history.workerIndex[hello.worker]!
    }

    private mutating func announce(_ hello: WorkerMessage.Hello) {
        let worker = history.workerIndex[hello.worker]!
        guard hello.resources.lasting != history.workers[worker].resources else { return }
        record(.announced(hello.worker, hello.resources.lasting))
    }

    /// The worker's process died and was started again before it was missed. What it had begun may
    /// be what killed it, and spends a loss, which going on with it does not take back.
    private mutating func mourn(_ worker: Int, _ hello: WorkerMessage.Hello) {
        let begun = workers[worker].leases.filter { $0.progress != nil }
        for held in begun { expire(held, on: worker) }
        note(
            """
            Worker \(name(worker)) was started again as \(hello.name); \(begun.count) trials that \
            it had begun count as lost once more.
            """)
    }

    private mutating func welcome(
        _ worker: Int, _ hello: WorkerMessage.Hello, abandoned: [LeaseID]
    ) {
        send(.welcome(sweep: sweep, limits: limits, abandoned: abandoned), to: worker)
        if hello.sweep != sweep { send(.sweep(document), to: worker) }
        urge(worker)
    }

    /// Tells a worker that shall leave to do so: the message may have been lost before.
    mutating func urge(_ worker: Int) {
        if isClosed || isStopping { return send(.done, to: worker) }
        if case .asked(let atOnce) = workers[worker].leaving {
            send(.drain(atOnce: atOnce), to: worker)
        }
    }

    /// Makes what the coordinator believes the worker to hold equal to what it does hold.
    ///
    /// Leases that are still the trial's newest stay, or are taken up again when the trial is
    /// queued; all others are no longer the worker's. What it does not name has not reached it, or
    /// was lost on the way back; no budget is spent on that.
    ///
    /// - Returns: those that are not the worker's.
    private mutating func reattach(_ leases: [LeaseID], to worker: Int) -> [LeaseID] {
        let most = 2 * history.workers[worker].slots
        var kept: Set<Int> = []
        var abandoned: [LeaseID] = []
        for lease in leases {
            guard let trial = history.index[lease.key], !kept.contains(trial), kept.count < most,
                takeUp(lease, trial, worker)
            else {
                explain(lease, worker)
                abandoned.append(lease)
                continue
            }
            kept.insert(trial)
        }
        for held in workers[worker].leases where !kept.contains(held.trial) {
            giveBack(held.trial, from: worker)
        }
        line(up: worker)
        return abandoned
    }

    /// A process that comes back with a lease which has expired was not lost.
    private mutating func explain(_ lease: LeaseID, _ worker: Int) {
        guard let trial = history.index[lease.key],
            history.trials[trial].lost.contains(history.loss(of: lease.attempt, worker))
        else { return }
        record(.explained(lease, history.workers[worker].id))
    }

    private func holds(_ lease: LeaseID, _ worker: Int) -> Bool {
        guard let trial = history.index[lease.key],
            case .leased = history.trials[trial].state
        else { return false }
        return history.holders(of: trial).contains(Lease(attempt: lease.attempt, worker: worker))
    }

    /// Whether the worker may go on with the lease.
    private mutating func takeUp(_ lease: LeaseID, _ trial: Int, _ worker: Int) -> Bool {
        switch history.trials[trial].state {
        case .leased:
            return holds(lease, worker)
        case .queued:
            let parting = history.trials[trial].parting
            guard parting?.attempt == lease.attempt, parting?.worker == worker,
                fits(trial, worker), hasTags(worker, for: trial)
            else { return false }
            record(.leased(lease, history.workers[worker].id))
            hold(trial, lease.attempt, worker)
            return true
        case .finished, .abandoned:
            return false
        }
    }
}
