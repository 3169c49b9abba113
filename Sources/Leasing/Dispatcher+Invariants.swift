import Planning

extension Dispatcher {
    /// Traps with a sentence when the state contradicts itself. For tests, after every event.
    ///
    /// - **one holder**: a leased trial is in the hands of its worker, once, and its copy in those
    ///   of another; nothing else is
    /// - **surplus**: what a worker trains for comparison alone has its outcome
    /// - **cordoned**: a worker is cordoned exactly when the journal says so
    /// - **capacity**: a worker holds at most two leases a slot
    /// - **gone holds nothing**: a worker that is gone has no lease
    /// - **present**: a worker is gone exactly when the journal says so
    /// - **connections**: each admitted connection is its worker's only one
    /// - **findable**: each queued trial is in the queue or among the suspects of its worker
    /// - **one suspect**: the faults of a queued trial are of one worker
    /// - **no idle hands**: no slot is idle while a trial waits that its worker may run, where that
    ///   has no end
    /// - **memory**: what is set aside in a pool is what its workers hold
    /// - **left**: the open trials of each shape are counted right
    /// - **available**: workers and slots that take leases are counted right
    /// - **watched**: each worker that is there has a deadline, no later than it is due
    ///
    /// - Complexity: O(trials + workers).
    public func checkInvariants() {
        if let broken = brokenInvariant { preconditionFailure(broken) }
    }

    /// A sentence on the first invariant that does not hold; nil when all do.
    package var brokenInvariant: String? {
        brokenHolding ?? brokenPresence ?? brokenQueue ?? brokenMemory ?? brokenCounts
    }

    /// How many things it keeps beside the history, which grows with the trials and workers alone.
    package var footprint: Int {
        fresh.count + outgrown.count + deadlines.elements.count + connections.count + elders.count
            + workers.reduce(0) {
                $0 + 1 + $1.leases.count + $1.surplus.count
                    + $1.blames.count + $1.suspects.elements.count
            }
    }

    private var brokenHolding: String? {
        var held = 0
        for worker in workers.indices {
            for lease in workers[worker].leases {
                held += 1
                let holder = Lease(attempt: lease.attempt, worker: worker)
                guard history.holders(of: lease.trial).contains(holder) else {
                    let id = history.lease(lease.trial, lease.attempt)
                    return "one holder: \(id) is held wrongly"
                }
            }
            guard workers[worker].leases.count <= 2 * history.workers[worker].slots else {
                return "capacity: worker \(name(worker)) holds too many leases"
            }
            for copy in workers[worker].surplus where !history.isFinished(copy.lease.key) {
                return "surplus: \(copy.lease) has no outcome"
            }
        }
        return held == history.counts.leased + history.copies
            ? nil : "one holder: \(held) leases are held"
    }

    private var brokenPresence: String? {
        var counted = (workers: 0, slots: 0, connected: 0)
        let watches = Dictionary(deadlines.elements.map { ($0.worker, $0.at) }) { min($0, $1) }
        guard watches.count == deadlines.elements.count else { return "watched: twice" }
        for (worker, state) in workers.enumerated() {
            if state.isAvailable {
                counted.workers += 1
                counted.slots += history.workers[worker].slots
            }
            guard history.workers[worker].present == (state.presence != .gone) else {
                return "present: the journal is wrong about worker \(name(worker))"
            }
            guard
                history.workers[worker].cordoned == (state.leaving == .cordoned)
                    || state.leaving != nil
            else { return "cordoned: the journal is wrong about worker \(name(worker))" }
            switch state.presence {
            case .gone:
                guard state.leases.isEmpty else { return "gone holds nothing: \(name(worker))" }
                continue
            case .connected(let connection):
                counted.connected += 1
                guard connections[connection] == worker else {
                    return "connections: worker \(name(worker)) is not on its connection"
                }
            case .awaited: break
            }
            guard let watch = watches[worker], state.isWatched, watch <= due(worker) else {
                return "watched: worker \(name(worker)) has no deadline"
            }
        }
        guard counted.connected == connections.count else { return "connections: left over" }
        return counted.workers == available.workers && counted.slots == available.slots
            ? nil : "available: \(available) counted, \(counted) there"
    }

    private var brokenQueue: String? {
        let waiting = Set(fresh.buckets.flatMap { $0.waiting.elements.map(\.trial) })
        let suspects = workers.map { Set($0.suspects.elements.map(\.trial)) }
        var least: [Set<String>: Int] = [:]
        for trial in history.keys.indices where isQueued(trial) {
            let faults = history.trials[trial].faults
            if faults.isEmpty {
                let tier = MemoryTier.holding(bytes(of: trial))
                least[demands[trial].needs] = min(least[demands[trial].needs] ?? tier, tier)
            }
            guard faults.allSatisfy({ $0.worker == faults[0].worker }) else {
                // A journal may end between the second fault and the quarantine.
                continue
            }
            let isFiled = faults.first.map {
                suspects[$0.worker].contains(trial) && accused.contains($0.worker)
            }
            guard isFiled ?? waiting.contains(trial) else {
                return "findable: trial \(history.keys[trial]) is queued and nowhere"
            }
        }
        let idle = workers.indices.first { worker in
            isIdle(worker)
                && least.contains {
                    $0.key.isSubset(of: history.workers[worker].resources.tags)
                        && room(on: worker) >= $0.value
                }
        }
        guard let worker = idle, !isStopping else { return nil }
        return "no idle hands: worker \(name(worker)) has an idle slot while a trial waits"
    }

    private func isIdle(_ worker: Int) -> Bool {
        workers[worker].isAvailable && workers[worker].endsAt == nil
            && workers[worker].leases.count < history.workers[worker].slots
    }

    private var brokenMemory: String? {
        var held = Array(repeating: 0, count: pools.count)
        var members = Array(repeating: 0, count: pools.count)
        for worker in workers.indices where workers[worker].pool > 0 {
            held[workers[worker].pool] += heldBytes(of: worker)
            members[workers[worker].pool] += 1
        }
        for (number, pool) in pools.enumerated().dropFirst() {
            guard pool.reserved == held[number], pool.members.count == members[number] else {
                return "memory: \(pool.reserved) bytes are set aside, \(held[number]) are held"
            }
        }
        return nil
    }

    private var brokenCounts: String? {
        var counts = Array(repeating: 0, count: left.count)
        for trial in history.keys.indices where history.isOpen(history.keys[trial]) {
            counts[demands.index(of: trial)] += 1
        }
        return counts == left ? nil : "left: \(left) counted, \(counts) there"
    }
}
