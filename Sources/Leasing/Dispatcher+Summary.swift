import Planning

extension Dispatcher {
    /// What a status line shows.
    public struct Summary: Hashable, Sendable {
        /// How many trials are in each state.
        public let counts: Counts
        /// The workers that are there or awaited, in the order in which they first joined.
        public let workers: [WorkerSummary]
        /// How long the rest will take; nil while that is not known.
        public let forecast: CostModel.Forecast?
        /// What waits for more memory than any worker has; nil when nothing does.
        public let outsized: Outsized?
        /// What waits for tags that no worker has; nil when nothing does.
        public let untagged: Untagged?
    }

    /// What a status line shows of a worker.
    public struct WorkerSummary: Hashable, Sendable {
        /// The worker.
        public let id: WorkerID
        /// What a person calls it.
        public let name: String
        /// The trials that it can run at a time.
        public let slots: Int
        /// What its trainers have to work with.
        public let resources: Resources
        /// It has a connection; false while it is awaited.
        public let isConnected: Bool
        /// It takes no new leases.
        public let isDraining: Bool
        /// What it holds, in the order of leasing.
        public let leases: [HeldLease]
    }

    /// A lease and how far it has come.
    public struct HeldLease: Hashable, Sendable {
        /// The lease.
        public let lease: LeaseID
        /// How far its training has come; nil before it begins.
        public let progress: Progress?
    }

    /// The state for people to see.
    ///
    /// - Complexity: O(workers and their leases + shapes of trials).
    public var summary: Summary {
        Summary(
            counts: history.counts,
            workers: workers.indices.filter { workers[$0].presence != .gone }.map { worker in
                let known = history.workers[worker]
                let isConnected =
                    if case .connected = workers[worker].presence { true } else { false }
                return WorkerSummary(
                    id: known.id, name: known.name, slots: known.slots, resources: known.resources,
                    isConnected: isConnected,
                    isDraining: workers[worker].leaving != nil,
                    leases: workers[worker].leases.map {
                        HeldLease(lease: history.lease($0.trial, $0.attempt), progress: $0.progress)
                    })
            }, forecast: forecast, outsized: outsized, untagged: untagged)
    }
}
