import Planning

extension Dispatcher {
    /// Gives queued trials to workers until either side runs out.
    ///
    /// Idle slots come first, worker after worker. Workers fetch ahead, up to one lease more for
    /// each slot, only while more trials wait than there are slots in all, so that at the end no
    /// trial waits behind another while a slot elsewhere is idle.
    mutating func dispatch() {
        copyDue = nil
        guard !isStopping else { return }
        while true {
            while let (trial, worker) = match() { lease(trial, to: worker) }
            guard releaseCordoned() else { break }
        }
        while let (trial, worker) = matchCopy() { copy(trial, to: worker) }
    }

    private mutating func match() -> (trial: Int, worker: Int)? {
        if history.counts.queued == 0 { return nil }
        if let match = match(idle.first, idle.second) { return match }
        guard history.counts.queued > available.slots else { return nil }
        return match(ready.first, ready.second)
    }

    /// A trial for the first of two workers that can have one: a worker finds none only when all
    /// queued trials failed on it, and then the next one finds one.
    private mutating func match(_ first: Int?, _ second: Int?) -> (trial: Int, worker: Int)? {
        for worker in [first, second] {
            if let worker, let trial = take(for: worker) { return (trial, worker) }
        }
        return nil
    }

    private mutating func lease(_ trial: Int, to worker: Int) {
        let lease = history.lease(trial, history.trials[trial].attempts + 1)
        record(.leased(lease, history.workers[worker].id))
        hold(trial, lease.attempt, worker)
        line(up: worker)
        makeRoom(on: worker)
        send(.train(lease, terms(of: trial)), to: worker)
    }

    func terms(of trial: Int) -> LeaseTerms {
        LeaseTerms(memoryRaises: history.trials[trial].memoryRaises)
    }

    /// Takes the queued trial that is best for the worker out of the queue.
    ///
    /// Trials that failed elsewhere come first, then the others in the order of dispatch; a trial
    /// that failed on this very worker only when there is no other worker.
    private mutating func take(for worker: Int) -> Int? {
        while let other = accused.first == worker ? accused.second : accused.first {
            if let trial = takeSuspect(of: other) { return trial }
        }
        while let trial = fresh.popFirst() {
            guard isQueued(trial), history.trials[trial].faults.isEmpty else { continue }
            if !abandonIfSpent(trial) { return trial }
        }
        return available.workers == 1 ? takeSuspect(of: worker) : nil
    }

    private mutating func takeSuspect(of worker: Int) -> Int? {
        while let trial = workers[worker].suspects.popFirst() {
            if workers[worker].suspects.first == nil { accused.remove(worker) }
            guard isQueued(trial), history.trials[trial].faults.last?.worker == worker else {
                continue
            }
            if !abandonIfSpent(trial) { return trial }
        }
        return nil
    }

    func isQueued(_ trial: Int) -> Bool { history.trials[trial].state == .queued }

    /// Puts a queued trial where workers find it, or abandons it when a budget is spent; one that
    /// another worker holds too stays there.
    mutating func enqueue(_ trial: Int) {
        guard isQueued(trial) else { return }
        if !abandonIfSpent(trial) { file(trial) }
    }

    mutating func file(_ trial: Int) {
        guard let fault = history.trials[trial].faults.last else { return fresh.insert(trial) }
        workers[fault.worker].suspects.insert(trial)
        accused.append(fault.worker)
    }

    private mutating func abandonIfSpent(_ trial: Int) -> Bool {
        guard let failure = spentBudget(of: trial) else { return false }
        record(.abandoned(history.keys[trial], failure))
        note("Trial \(history.lease(trial, history.trials[trial].attempts)): \(failure.message)")
        return true
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
        workers[worker].leases.append(Held(trial: trial, attempt: attempt, since: now))
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
