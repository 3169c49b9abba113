import Planning

extension Dispatcher {
    mutating func lease(_ trial: Int, to worker: Int) {
        let lease = history.lease(trial, history.trials[trial].attempts + 1)
        record(.leased(lease, history.workers[worker].id))
        hold(trial, lease.attempt, worker)
        line(up: worker)
        makeRoom(on: worker)
        send(.train(lease, terms(of: trial)), to: worker)
    }

    func terms(of trial: Int) -> LeaseTerms {
        LeaseTerms(
            memoryRaises: history.trials[trial].memoryRaises, memoryBytes: bytes(of: trial))
    }

    func isQueued(_ trial: Int) -> Bool {
        if case .queued = history.trials[trial].state { true } else { false }
    }

    func isOpen(_ trial: Int) -> Bool {
        switch history.trials[trial].state {
        case .queued, .leased: true
        case .finished, .abandoned: false
        }
    }

    /// Puts a queued trial where workers find it, or abandons it when a budget is spent; one that
    /// another worker holds too stays there.
    mutating func enqueue(_ trial: Int) {
        guard isQueued(trial) else { return }
        if !abandonIfSpent(trial) { file(trial) }
    }

    mutating func file(_ trial: Int) {
        let tier = MemoryTier.holding(bytes(of: trial))
        wakeResting()
        guard let fault = history.trials[trial].faults.last else {
            let shape = demands[trial]
            return fresh.insert(
                trial, cost: cost(of: shape), tier: tier, data: shape.data, needs: shape.needs)
        }
        workers[fault.worker].suspects.insert(
            Suspect(hasNeeds: !demands[trial].needs.isEmpty, tier: tier, trial: trial))
        accused.append(fault.worker)
    }

    mutating func abandonIfSpent(_ trial: Int) -> Bool {
        guard let failure = spentBudget(of: trial) else { return false }
        abandon(trial, failure)
        note("Trial \(history.lease(trial, history.trials[trial].attempts)): \(failure.message)")
        return true
    }

    /// Puts a queued trial into quarantine.
    mutating func abandon(_ trial: Int, _ failure: Failure) {
        left[demands.index(of: trial)] -= 1
        record(.abandoned(history.keys[trial], failure))
    }

    /// Why the trial shall not be tried again; nil while it shall.
    private func spentBudget(of trial: Int) -> Failure? {
        let losses = history.trials[trial].lost.count
        if losses > limits.lossesMax {
            return Failure(
                cause: .crash,
                message: """
                    Quarantined: its worker was lost, unexplained, \(losses) times while it \
                    trained. Look for what ends the workers, such as memory.
                    """)
        }
        if let failure = unreadable(trial) { return failure }
        let faults = history.trials[trial].faults
        guard let last = faults.last else { return nil }
        if let other = faults.first(where: { $0.worker != last.worker }) {
            return Failure(
                cause: last.failure.cause,
                message: """
                    Quarantined after faults on two workers, \(name(other.worker)) and \
                    \(name(last.worker)). The last: \(last.failure.message)
                    """)
        }
        guard faults.count >= limits.attemptsMax else { return nil }
        return Failure(
            cause: last.failure.cause,
            message: """
                Quarantined after \(faults.count) faults on worker \(name(last.worker)). \
                The last: \(last.failure.message)
                """)
    }

    /// Puts the trial into the worker's hands.
    mutating func hold(_ trial: Int, _ attempt: Int, _ worker: Int) {
        let bytes = bytes(of: trial)
        workers[worker].leases.append(
            Held(trial: trial, attempt: attempt, since: now, bytes: bytes))
        reserve(bytes, on: worker)
        if let machine = workers[worker].machine { machines[machine].insert(demands[trial].data) }
        elders.append(.init(trial: trial, attempt: attempt, since: now))
        trimElders()
    }

    /// Takes the trial out of the worker's hands; nil when it does not hold it.
    @discardableResult
    mutating func release(_ trial: Int, from worker: Int) -> Held? {
        guard let place = workers[worker].leases.firstIndex(where: { $0.trial == trial }) else {
            return nil
        }
        let held = workers[worker].leases.remove(at: place)
        reserve(-held.bytes, on: worker)
        line(up: worker)
        return held
    }

    /// Ends a lease through no fault of its trial.
    mutating func giveBack(_ trial: Int, from worker: Int) {
        guard let held = release(trial, from: worker) else { return }
        record(.returned(history.lease(trial, held.attempt), history.workers[worker].id))
        enqueue(trial)
    }
}
