import Corpora
import Planning

extension Dispatcher {
    /// What the journal says of the planned trials: all that survives the coordinator.
    ///
    /// A running Dispatcher changes its trials through ``replay(_:)`` alone, with the very events
    /// that it asks the shell to record. So the replayed journal is the live state.
    ///
    ///     var history = Dispatcher.History(trials: keys)
    ///     for event in journal { try history.replay(event) }
    public struct History: Equatable, Sendable {
        /// The planned trials, in the order in which they are given out.
        public let keys: [TrialKey]
        /// How many trials are in each state.
        public private(set) var counts: Counts
        /// Leased trials of which a second worker holds a copy.
        private(set) var copies = 0
        let index: [TrialKey: Int]
        private(set) var trials: [Trial]
        private(set) var workers: [KnownWorker] = []
        private(set) var workerIndex: [WorkerID: Int] = [:]

        /// The history of trials of which nothing is known yet; equal keys count once, where they
        /// come first.
        public init(trials keys: [TrialKey]) {
            var index: [TrialKey: Int] = [:]
            index.reserveCapacity(keys.count)
            var unique: [TrialKey] = []
            unique.reserveCapacity(keys.count)
            for key in keys where index[key] == nil {
                index[key] = unique.count
                unique.append(key)
            }
            self.keys = unique
            self.index = index
            trials = Array(repeating: Trial(), count: unique.count)
            counts = Counts(queued: unique.count)
        }

        /// The lease that trial `trial` would have as its attempt `attempt`.
        func lease(_ trial: Int, _ attempt: Int) -> LeaseID {
            LeaseID(key: keys[trial], attempt: attempt)
        }

        /// The number of the worker, which it has from now on.
        mutating func number(of id: WorkerID) -> Int {
            if let known = workerIndex[id] { return known }
            workers.append(KnownWorker(id: id))
            workerIndex[id] = workers.count - 1
            return workers.count - 1
        }

        mutating func set(_ trial: Int, _ state: Trial.State) {
            counts.add(-1, to: trials[trial].state)
            counts.add(1, to: state)
            trials[trial].state = state
        }

        mutating func setCopy(_ trial: Int, _ copy: Lease?) {
            copies += (copy == nil ? 0 : 1) - (trials[trial].copy == nil ? 0 : 1)
            trials[trial].copy = copy
        }

        /// Who holds the trial: nobody, one worker, or a second with a copy.
        func holders(of trial: Int) -> [Lease] {
            guard case .leased(let first) = trials[trial].state else { return [] }
            return trials[trial].copy.map { [first, $0] } ?? [first]
        }

        mutating func withTrial<R>(_ trial: Int, _ change: (inout Trial) -> R) -> R {
            change(&trials[trial])
        }

        mutating func withWorker(_ worker: Int, _ change: (inout KnownWorker) -> Void) {
            change(&workers[worker])
        }
    }

    /// How many trials are in each state.
    public struct Counts: Hashable, Sendable {
        /// Trials that wait for a worker.
        public fileprivate(set) var queued: Int
        /// Trials that a worker holds.
        public fileprivate(set) var leased = 0
        /// Trials with an outcome.
        public fileprivate(set) var finished = 0
        /// Trials in quarantine.
        public fileprivate(set) var abandoned = 0
        /// Trials that a person ended.
        public fileprivate(set) var cancelled = 0

        fileprivate init(queued: Int) { self.queued = queued }

        fileprivate mutating func add(_ change: Int, to state: Trial.State) {
            switch state {
            case .queued: queued += change
            case .leased: leased += change
            case .finished: finished += change
            case .abandoned(let failure) where failure.cause == .cancelled: cancelled += change
            case .abandoned: abandoned += change
            }
        }
    }

    /// A trial, as the journal tells it.
    struct Trial: Hashable, Sendable {
        var state = State.queued
        /// Leases given so far: the number of the newest attempt.
        var attempts = 0
        /// The copy that a second worker holds, while it is leased; its attempt is the newest.
        var copy: Lease?
        /// Attempts that ended with their worker, unexplained; one that a new process of the worker
        /// went on with can end so again.
        var lost: [Loss] = []
        /// Attempts that ended by a fault of the trial; all on one worker while it is queued.
        var faults: [Fault] = []
        /// Attempts that ended because they needed more memory than they were given.
        var memoryRaises = 0
        /// How the newest attempt ended, when its worker may come back and go on with it.
        var parting: Parting?
        /// Outcomes that came after the one that counts.
        var repeats: [Finish] = []

        /// Where a trial is in its life.
        ///
        /// ### Legal transitions
        /// - `queued → leased`: given to a worker as the next attempt, or the newest attempt taken
        ///   up again by the worker that had it
        /// - `leased → leased`: the first holder's attempt ends, and the copy stands in for it
        /// - `leased → queued`: returned, expired or failed, while a budget remains
        /// - `queued → abandoned`: a budget is spent, or a person cancels the trial; one that is
        ///   leased is returned first
        /// - `abandoned → abandoned`: a person cancels a trial in quarantine
        /// - `abandoned → queued`: the user asks for new attempts
        /// - `queued, leased, abandoned → finished`: the first valid outcome, of whatever attempt
        /// - `finished → queued`: a repair of the store found the outcome missing or damaged
        enum State: Hashable, Sendable {
            /// It waits for a worker.
            case queued
            /// A worker holds it.
            case leased(Lease)
            /// Its outcome is recorded.
            case finished(Finish)
            /// It is in quarantine, for this reason, or was cancelled.
            case abandoned(Failure)
        }
    }

    /// Who holds a trial.
    struct Lease: Hashable, Sendable {
        var attempt: Int
        /// The worker's number in the history.
        var worker: Int
    }

    /// An outcome: what it was, and which attempt found it.
    struct Finish: Hashable, Sendable {
        var outcome: Digest
        var attempt: Int
    }

    /// A fault of a trial.
    struct Fault: Hashable, Sendable {
        var worker: Int
        var failure: Failure
    }

    /// The end of an attempt that its worker may have outlived.
    struct Parting: Hashable, Sendable {
        var worker: Int
        var attempt: Int
    }

    /// The end of an attempt with its worker, unexplained. It is taken back when the very process
    /// shows that it lives.
    struct Loss: Hashable, Sendable {
        var attempt: Int
        var worker: Int
        /// Which process of the worker it was.
        var process: Int
    }

    /// A worker, as the journal tells it.
    struct KnownWorker: Hashable, Sendable {
        let id: WorkerID
        var name = ""
        /// Counts its processes: each has another name.
        var process = 0
        var slots = 1
        var resources = Resources()
        /// It joined, and has neither left nor been lost.
        var present = false
        /// It is given no trials, since different ones failed on it.
        var cordoned = false

        /// A process of this name is there.
        mutating func join(_ name: String, slots: Int) {
            if self.name != name { process += 1 }
            self.name = name
            self.slots = slots
            present = true
            cordoned = false
        }
    }
}
