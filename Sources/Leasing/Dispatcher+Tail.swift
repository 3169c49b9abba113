import Planning

extension Dispatcher {
    /// Leases in the order in which they were given; those that have ended are passed over.
    struct Elders: Sendable {
        private var entries: [Entry] = []
        private var start = 0

        struct Entry: Hashable, Sendable {
            let trial: Int
            let attempt: Int
            let since: Instant
        }

        var waiting: ArraySlice<Entry> { entries[start...] }

        /// All that is kept, also what has been passed over.
        var count: Int { entries.count }

        mutating func append(_ entry: Entry) { entries.append(entry) }

        mutating func removeFirst() { start += 1 }

        /// - Complexity: O(n).
        mutating func keep(_ isKept: (Entry) -> Bool) {
            entries = entries[start...].filter(isKept)
            start = 0
        }
    }

    /// How many of the oldest leases are looked at for one that an idle worker may copy.
    private static let eldersSeen = 64

    /// Forgets leases that have ended or are copied: the oldest at once, all others when they are
    /// more than those that live.
    ///
    /// - Complexity: O(1), amortized.
    mutating func trimElders() {
        if elders.count > 64 + 2 * (history.counts.leased + history.copies) {
            elders.keep(mayBeCopied)
        }
        while let first = elders.waiting.first, !mayBeCopied(first) { elders.removeFirst() }
    }

    private func mayBeCopied(_ entry: Elders.Entry) -> Bool {
        guard case .leased(let lease) = history.trials[entry.trial].state else { return false }
        return lease.attempt == entry.attempt && history.trials[entry.trial].copy == nil
    }

    /// The trial that has run for the longest, and an idle worker that may have a copy of it: when
    /// work has run out, a slow machine shall not hold up the sweep.
    mutating func matchCopy() -> (trial: Int, worker: Int)? {
        guard history.counts.queued == 0, idle.highest != nil else { return nil }
        trimElders()
        for entry in elders.waiting.prefix(Dispatcher.eldersSeen) where mayBeCopied(entry) {
            let due = entry.since + limits.tailSeconds
            guard due <= now else {
                copyDue = due
                return nil
            }
            let (first, second) = idle.front(from: MemoryTier.holding(bytes(of: entry.trial)))
            for case let worker? in [first, second] where mayCopy(entry.trial, worker) {
                return (entry.trial, worker)
            }
        }
        return nil
    }

    /// Another worker holds the trial, and nothing befell it yet: a trial that ends workers shall
    /// not end two at a time.
    private func mayCopy(_ trial: Int, _ worker: Int) -> Bool {
        !history.holders(of: trial).contains { $0.worker == worker }
            && workers[worker].endsAt == nil && hasTags(worker, for: trial)
            && history.trials[trial].faults.isEmpty && history.trials[trial].lost.isEmpty
    }

    mutating func copy(_ trial: Int, to worker: Int) {
        let lease = history.lease(trial, history.trials[trial].attempts + 1)
        record(.copied(lease, history.workers[worker].id))
        hold(trial, lease.attempt, worker)
        line(up: worker)
        makeRoom(on: worker)
        note("Worker \(name(worker)) takes a second copy of trial \(lease).")
        send(.train(lease, terms(of: trial)), to: worker)
    }

    /// Lets the worker go on with a copy of a trial that has its outcome now, for comparison, until
    /// its slot or its memory is wanted.
    mutating func keepSurplus(_ lease: LeaseID, bytes: Int, of worker: Int) {
        guard case .connected = workers[worker].presence else { return }
        workers[worker].surplus.append(Surplus(lease: lease, bytes: bytes))
        reserve(bytes, on: worker)
    }

    func hasSurplus(_ lease: LeaseID, _ worker: Int) -> Bool {
        workers[worker].surplus.contains { $0.lease == lease }
    }

    /// Forgets the surplus copy, if the worker has it.
    mutating func dropSurplus(_ lease: LeaseID, of worker: Int) {
        guard let place = workers[worker].surplus.firstIndex(where: { $0.lease == lease }) else {
            return
        }
        reserve(-workers[worker].surplus.remove(at: place).bytes, on: worker)
    }

    /// Ends surplus copies of the worker, when it has no slot or no memory for what it was given
    /// otherwise.
    mutating func makeRoom(on worker: Int) {
        while let surplus = workers[worker].surplus.first {
            let held = workers[worker].leases.count + workers[worker].surplus.count
            let pool = pools[workers[worker].pool]
            guard held > history.workers[worker].slots || pool.reserved > pool.capacity else {
                return
            }
            dropSurplus(surplus.lease, of: worker)
            send(.abandon(surplus.lease), to: worker)
        }
    }

    mutating func endSurplus(of worker: Int, says: Bool = true) {
        while let surplus = workers[worker].surplus.last {
            dropSurplus(surplus.lease, of: worker)
            if says { send(.abandon(surplus.lease), to: worker) }
        }
    }

    // MARK: Workers on which everything fails

    /// Takes in that the trial failed on the worker: where different trials fail, and on no other
    /// worker, the worker is at fault, and is given no more while there are others.
    mutating func blame(_ worker: Int, for trial: Int, _ failure: Failure) {
        guard failure.cause != .cap else { return }
        let what = failure.matrix.map { Blame.matrix($0) } ?? .trial(trial)
        let blamed =
            failure.matrix.map { unread[$0]?.workers ?? [] }
            ?? Set(history.trials[trial].faults.map(\.worker))
        if blamed.contains(where: { $0 != worker }) {
            for other in blamed { workers[other].blames.remove(what) }
            return
        }
        workers[worker].blames.insert(what)
        guard workers[worker].blames.count >= limits.cordonTrials,
            workers[worker].isAvailable, available.workers > 1
        else { return }
        record(.cordoned(history.workers[worker].id))
        change(worker) { $0.leaving = .cordoned }
        cordoned += 1
        note(
            """
            Worker \(name(worker)) is given no more: \(limits.cordonTrials) different trials \
            failed on it, one after the other. Look at its machine, then start it again.
            """)
        for held in workers[worker].leases where held.progress == nil {
            giveBack(held.trial, from: worker)
            send(.abandon(history.lease(held.trial, held.attempt)), to: worker)
        }
    }

    /// Gives cordoned workers trials again when nobody else is there for what waits; whether there
    /// was one.
    mutating func releaseCordoned() -> Bool {
        guard cordoned > 0, history.counts.queued > 0 else { return false }
        let isAlone = available.workers == 0
        var found = false
        for worker in workers.indices where workers[worker].leaving == .cordoned {
            guard case .connected = workers[worker].presence,
                isAlone || aloneHasTags(worker)
            else { continue }
            record(.released(history.workers[worker].id))
            cordoned -= 1
            change(worker) {
                $0.leaving = nil
                $0.blames = []
            }
            note("Worker \(name(worker)) is given trials again: no other is there for them.")
            found = true
        }
        return found
    }
}
