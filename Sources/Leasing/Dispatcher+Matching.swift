import Planning

extension Dispatcher {
    /// Gives queued trials to workers until either side runs out.
    ///
    /// The longest trial comes first, to the worker with the least memory that it fits into. Idle
    /// slots come first, worker after worker. Workers fetch ahead, up to one lease more for each
    /// slot, only while more trials wait than there are slots in all, so that at the end no trial
    /// waits behind another while a slot elsewhere is idle.
    mutating func dispatch() {
        copyDue = nil
        guard !isStopping else { return }
        if let worker = resting.first { line(up: worker) }
        while true {
            while let (trial, worker) = match() { lease(trial, to: worker) }
            guard releaseCordoned() else { break }
        }
        while let (trial, worker) = matchCopy() { copy(trial, to: worker) }
    }

    private mutating func match() -> (trial: Int, worker: Int)? {
        if history.counts.queued == 0 { return nil }
        if let match = match(ahead: false) { return match }
        guard history.counts.queued > available.slots else { return nil }
        return match(ahead: true)
    }

    /// A queued trial and a worker that may have it, out of the lines of those that are idle or,
    /// with `ahead`, of those that fetch ahead.
    ///
    /// Trials that failed elsewhere come first; a trial that failed on this very worker comes last,
    /// and only when there is no other worker.
    private mutating func match(ahead: Bool) -> (trial: Int, worker: Int)? {
        if let match = matchSuspect(ahead: ahead) { return match }
        while let most = ahead ? ready.highest : idle.highest,
            let place = fresh.longest(within: most)
        {
            let trial = fresh.first(of: place).trial
            guard isFresh(trial), !abandonIfSpent(trial) else {
                fresh.removeFirst(of: place)
                continue
            }
            let worker = front(ahead, from: fresh.buckets[place].tier).first!
            let near = nearest(to: worker, instead: place)
            if mayStart(fresh.first(of: near).trial, on: worker) {
                let trial = fresh.first(of: near).trial
                fresh.removeFirst(of: near)
                return (trial, worker)
            }
            if let other = shorter(for: worker) { return (other, worker) }
            idle.remove(worker)
            ready.remove(worker)
            resting.append(worker)
        }
        return matchOwnSuspect(ahead: ahead)
    }

    private func front(_ ahead: Bool, from tier: Int) -> (first: Int?, second: Int?) {
        ahead ? ready.front(from: tier) : idle.front(from: tier)
    }

    private func isFresh(_ trial: Int) -> Bool {
        isQueued(trial) && history.trials[trial].faults.isEmpty
    }

    /// A bucket whose data the worker's machine has, and whose first trial is as long as that of
    /// `place`; else `place` itself.
    private func nearest(to worker: Int, instead place: Int) -> Int {
        guard let machine = workers[worker].machine,
            !machines[machine].contains(fresh.buckets[place].data),
            let near = fresh.longest(
                within: room(on: worker), where: { machines[machine].contains($0.data) }),
            fresh.first(of: near).isAsLong(as: fresh.first(of: place)),
            isFresh(fresh.first(of: near).trial)
        else { return place }
        return near
    }

    // MARK: Workers that end, or lack a tag

    /// Whether the worker has the tags that the trial needs, and the trial would come to something
    /// before the worker ends: to its outcome, or to a state from which another goes on.
    func mayStart(_ trial: Int, on worker: Int) -> Bool {
        guard hasTags(worker, for: trial) else { return false }
        guard let endsAt = workers[worker].endsAt else { return true }
        let left = endsAt - now - limits.graceSeconds
        let shape = demands[trial]
        guard let seconds = costs.seconds(shape) else { return left >= limits.checkpointSeconds }
        return seconds <= left || 2 * seconds <= left * Double(shape.steps)
    }

    /// How many trials of each size are looked at for one that a worker can do before it ends.
    private static let shorterSeen = 32

    private func shorter(for worker: Int) -> Int? {
        fresh.someLongest(within: room(on: worker), limit: Dispatcher.shorterSeen) {
            isFresh($0) && mayStart($0, on: worker)
        }
    }

    // MARK: Trials that failed

    private mutating func matchSuspect(ahead: Bool) -> (trial: Int, worker: Int)? {
        while let first = accused.first {
            guard suspect(of: first) != nil else { continue }
            if let second = accused.second, suspect(of: second) == nil { continue }
            break
        }
        var isTooLarge = false
        for case let other? in [accused.first, accused.second] {
            guard let suspect = suspect(of: other) else { continue }
            let candidates = candidates(for: suspect, ahead: ahead)
            isTooLarge = isTooLarge || candidates.isEmpty
            for worker in candidates where worker != other && mayStart(suspect.trial, on: worker) {
                return (takeSuspect(of: other), worker)
            }
        }
        if isTooLarge, let first = accused.first {
            accused.remove(first)
            accused.append(first)
        }
        return nil
    }

    /// Two workers in front that the trial fits into; where it needs tags, all that have them.
    private func candidates(for suspect: Suspect, ahead: Bool) -> [Int] {
        guard demands[suspect.trial].needs.isEmpty else {
            return workers.indices.filter {
                (ahead ? ready : idle).contains($0) && suspect.tier <= room(on: $0)
                    && hasTags($0, for: suspect.trial)
            }
        }
        let (first, second) = front(ahead, from: suspect.tier)
        return [first, second].compactMap { $0 }
    }

    /// A trial for the very worker that it failed on, where no other could have it.
    private mutating func matchOwnSuspect(ahead: Bool) -> (trial: Int, worker: Int)? {
        guard accused.first != nil, available.workers == 1 || demands.haveNeeds else { return nil }
        for worker in workers.indices
        where accused.contains(worker) && (ahead ? ready : idle).contains(worker) {
            guard let suspect = suspect(of: worker), suspect.tier <= room(on: worker),
                mayStart(suspect.trial, on: worker), !hasOther(than: worker, for: suspect.trial)
            else { continue }
            return (takeSuspect(of: worker), worker)
        }
        return nil
    }

    private func hasOther(than worker: Int, for trial: Int) -> Bool {
        guard available.workers > 1 else { return false }
        return workers.indices.contains {
            $0 != worker && workers[$0].isAvailable && hasTags($0, for: trial)
        }
    }

    /// The first trial that waits because it failed on `worker`; without one it is accused no more.
    private mutating func suspect(of worker: Int) -> Suspect? {
        while let suspect = workers[worker].suspects.first {
            let trial = suspect.trial
            if isQueued(trial), history.trials[trial].faults.last?.worker == worker,
                !abandonIfSpent(trial)
            {
                return suspect
            }
            _ = workers[worker].suspects.popFirst()
        }
        accused.remove(worker)
        return nil
    }

    private mutating func takeSuspect(of worker: Int) -> Int {
        let suspect = workers[worker].suspects.popFirst()!
        if workers[worker].suspects.first == nil { accused.remove(worker) }
        return suspect.trial
    }
}
