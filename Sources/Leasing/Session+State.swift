import Planning

extension Session {
    /// Whether the coordinator hears this worker.
    ///
    /// ### Legal transitions
    /// - `away → greeting`: the transport has a connection, hello is said
    /// - `greeting → welcomed`: the coordinator admits the worker
    /// - `welcomed → greeting`: the coordinator does not know the connection
    /// - `greeting, welcomed → away`: the connection is gone, or closed for want of an answer
    enum Link: Hashable, Sendable {
        /// No connection, and no welcome, since then; the transport was last pressed at `triedAt`.
        case away(since: Instant, triedAt: Instant)
        /// Hello is said at `triedAt`; no welcome since `since`.
        case greeting(since: Instant, triedAt: Instant)
        /// Admitted, at this moment.
        case welcomed(at: Instant)
    }

    /// A trial in a slot.
    struct Running: Hashable, Sendable {
        let lease: LeaseID
        /// What is set aside for it.
        let memoryBytes: Int
        /// How far it is; epoch 0 of 0 until its trainer says more.
        var progress = Progress(epoch: 0, epochs: 0)
        /// When it began.
        let startedAt: Instant
        /// When it began or last made progress.
        var progressAt: Instant
        /// When its trainer last said its state, or was asked for it.
        var savedAt: Instant
        /// The coordinator shall hear of its next checkpoint.
        var isWanted = false
        /// The coordinator has been told of `progress`.
        var isTold = false
    }

    /// A lease without a slot.
    struct Waiting: Hashable, Sendable {
        let lease: LeaseID
        var terms = LeaseTerms()
    }

    /// An outcome in the spool, on its way to the coordinator.
    struct Handover: Hashable, Sendable {
        let spooled: Spooled
        /// How it was said on this connection; nil when it was not yet.
        var said: Said?
        /// The coordinator does not want it: it stays on disk, and is offered at the next welcome.
        var isUnwanted = false
    }

    /// When, and how often, an outcome was said on this connection.
    struct Said: Hashable, Sendable {
        let first: Instant
        var last: Instant
        var times: Int
    }

    /// A failure that has yet to be told.
    struct Untold: Hashable, Sendable {
        let lease: LeaseID
        let failure: Failure
    }

    /// The leases in slots, in the order of slots.
    var running: [LeaseID] { slots.compactMap { $0?.lease } }

    /// The leases that wait for a slot, in their order.
    var waitingLeases: [LeaseID] { waiting.map(\.lease) }

    /// What a status line shows: the leases in slots with their progress, and what waits.
    public struct Summary: Hashable, Sendable {
        /// For each slot its lease and progress; nil where it is idle.
        public let slots: [SlotSummary?]
        /// Leases without a slot yet.
        public let waiting: Int
        /// Outcomes that the coordinator has not acknowledged.
        public let spooled: Int
        /// The coordinator has admitted this worker.
        public let isWelcomed: Bool
    }

    /// A lease in a slot.
    public struct SlotSummary: Hashable, Sendable {
        /// The lease.
        public let lease: LeaseID
        /// How far its training has come.
        public let progress: Progress
    }

    /// The state for people to see.
    public var summary: Summary {
        let isWelcomed = if case .welcomed = link { true } else { false }
        return Summary(
            slots: slots.map { slot in
                slot.map { SlotSummary(lease: $0.lease, progress: $0.progress) }
            },
            waiting: waiting.count, spooled: spool.count, isWelcomed: isWelcomed)
    }

    /// Traps with a sentence when the state contradicts itself. For tests, after every event.
    ///
    /// - **once**: a trial is in one slot or waits once, and is not in a slot and in the spool
    /// - **busy**: no lease that there is memory for waits while a slot is idle, once the plan is
    ///   made
    /// - **gone holds nothing**: a session that has left trains nothing
    /// - **kept for use**: each checkpoint is of a trial that the session holds
    public func checkInvariants() {
        if let broken = brokenInvariant { preconditionFailure(broken) }
    }

    /// A sentence on the first invariant that does not hold; nil when all do.
    package var brokenInvariant: String? {
        let held = running + waitingLeases
        if Set(held.map(\.key)).count != held.count { return "once: \(held) holds a trial twice" }
        if isPrepared, waiting.contains(where: fits), slots.contains(nil), !hasLeft {
            return "busy: \(waiting) wait while a slot is idle"
        }
        let known = Set((held + untold.map(\.lease)).map(\.key))
        if !hasLeft, let stray = checkpoints.keys.first(where: { !known.contains($0) }) {
            return "kept for use: the checkpoint of \(stray) is nobody's"
        }
        return hasLeft && !held.isEmpty ? "gone holds nothing: \(held)" : nil
    }

    /// The trainers have the plan of the sweep that the coordinator runs.
    var isPrepared: Bool { prepared != nil && prepared == wanted }
}
