import Corpora
import Planning

/// The coordinator's core: who works on what.
///
/// A pure state machine with one door. The shell brings events and performs the returned commands
/// strictly in order; a `.record` that does not reach the disk stops it there, so nothing is said
/// to a worker that the journal does not know.
///
///     for command in dispatcher.handle(event, at: now) { perform(command) }
///     wake(at: dispatcher.nextDeadline)       // then handle(.tick, at: …)
///
/// Each event costs constant time, or logarithmic in the number of trials and workers, and what
/// the leases of the one worker concerned cost; beside that, it looks at each of the few sizes of
/// trials, and at the workers that share the memory of the one concerned.
public struct Dispatcher: Sendable {
    /// What happens to the coordinator.
    public enum Event: Sendable {
        /// A worker's message came on this connection.
        case received(WorkerMessage, from: ConnectionID)
        /// A worker's outcome came, but its bytes are not a valid outcome of that trial.
        case refusedOutcome(LeaseID, from: ConnectionID, reason: String)
        /// The transport cannot reach this connection.
        case unreachable(ConnectionID)
        /// The client on this connection is not admitted any more: what it holds is taken back, and
        /// no budget is spent on that.
        case expelled(ConnectionID)
        /// A person asks for something by a command of its own, and waits for the answer.
        case asked(Request, from: ConnectionID)
        /// The user wants to stop: nothing more is given out.
        case stop
        /// ``Dispatcher/nextDeadline`` has come. Also the first event of a coordinator's life.
        case tick
    }

    /// What the shell shall do.
    public enum Command: Hashable, Sendable {
        /// Write the fact to the journal, on disk, before any later command.
        case record(JournalEvent)
        /// Say this on the connection. A `train` goes with the checkpoint that is kept for its
        /// trial, which the shell adds.
        case send(CoordinatorMessage, to: ConnectionID)
        /// Keep the checkpoint in place of the trial's older one, until the trial is recorded as
        /// finished or abandoned. One that is lost costs time, and nothing else.
        case keep(LeaseID, TrialCheckpoint)
        /// Tell the person who asked on this connection.
        case answer(Answer, to: ConnectionID)
        /// Show people this line.
        case note(String)
        /// All trials have ended, or after ``Event/stop`` no worker holds any: the shell may close.
        /// Comes once.
        case finished
    }

    /// The limits that both sides keep.
    public let limits: Limits
    /// What the journal says, were it read now.
    public internal(set) var history: History

    let document: SweepDocument
    let sweep: Digest
    let numericsVersion: Int
    let numericClass: String

    var workers: [Worker] = []
    var connections: [ConnectionID: Int] = [:]
    /// What each trial asks for, and how long trials have taken.
    let demands: Demands
    var costs: CostModel
    /// When the backlog is put into the order of what was learnt: after so many trials.
    var costsDue = 4
    /// How many open trials there are of each shape.
    var left: [Int]
    /// Queued trials without a fault. May hold entries of trials that are queued no more; they are
    /// passed over when they come out.
    var fresh = Backlog()
    /// The bytes that trials need which outgrew what was set aside for them.
    var outgrown: [Int: Int] = [:]
    /// Memory that workers have, some of them together; the first stands for any amount.
    var pools = [Pool(capacity: .max)]
    var poolIndex: [String: Int] = [:]
    /// The data that were read on each machine, by their numbers in ``Demands``.
    var machines: [Set<Int>] = []
    var machineIndex: [String: Int] = [:]
    /// Workers on which queued trials failed, each with those trials.
    var accused = Line()
    /// Workers with a slot for which they hold no lease, in lines by the memory that is free.
    var idle = Lines(count: MemoryTier.count)
    /// Workers that hold a lease for every slot, and room for one to fetch ahead; likewise.
    var ready = Lines(count: MemoryTier.count)
    /// Workers with an idle slot that end too soon for what waits; looked at in turns.
    var resting = Line()
    /// Workers that take leases, and their slots together.
    var available = (workers: 0, slots: 0)
    /// One entry for each worker that is connected or awaited; may be early, is never late.
    var deadlines = Heap<Deadline>()
    /// Leases in the order in which they were given; the oldest gets the first copy.
    var elders = Elders()
    /// When the next trial is old enough for a second copy; nil when none can have one.
    var copyDue: Instant?
    /// How many workers are cordoned.
    var cordoned = 0
    /// Matrices that workers could not have, and of which nobody has shown since that he can.
    var unread: [Digest: Unread] = [:]
    /// Silence before this moment is no worker's fault: the coordinator itself was away.
    var awakeSince: Instant
    var now: Instant
    var isStopping = false
    var isClosed = false
    var commands: [Command] = []

    /// A coordinator of this sweep, which goes on where `history` ends.
    ///
    /// Workers that held leases when the history ended are awaited for ``Limits/silenceSeconds``
    /// from `now`: those that come back go on with them.
    ///
    /// - Parameters:
    ///   - document: the texts of the sweep, sent to workers that do not have it.
    ///   - history: the planned trials in the order of dispatch, with the journal replayed.
    ///   - limits: validated limits.
    ///   - demands: what the history's trials ask for; nothing by default.
    ///   - costs: how long trials have taken; nothing is known by default.
    ///   - numericsVersion: ``Numerics/version`` of this program; other workers are refused.
    ///   - numericClass: ``Numerics/numericClass`` of this program; other workers are refused.
    public init(
        document: SweepDocument, history: History, limits: Limits, demands: Demands = .none,
        costs: CostModel = CostModel(), numericsVersion: Int, numericClass: String, at now: Instant
    ) {
        self.document = document
        sweep = document.digest
        self.history = history
        self.limits = limits
        self.numericsVersion = numericsVersion
        self.numericClass = numericClass
        self.now = now
        awakeSince = now
        self.demands = demands
        self.costs = costs
        while costsDue <= costs.count { costsDue *= 4 }
        left = Array(repeating: 0, count: demands.shapes.count)
        enterWorkers()
        for trial in history.keys.indices {
            switch history.trials[trial].state {
            case .queued:
                left[demands.index(of: trial)] += 1
                file(trial)
            case .leased:
                left[demands.index(of: trial)] += 1
                for lease in history.holders(of: trial) {
                    hold(trial, lease.attempt, lease.worker)
                }
            case .finished, .abandoned: continue
            }
        }
        for worker in workers.indices
        where history.workers[worker].present || !workers[worker].leases.isEmpty {
            workers[worker].presence = .awaited
            if history.workers[worker].cordoned {
                workers[worker].leaving = .cordoned
                cordoned += 1
            }
            watch(worker)
        }
    }

    /// When ``Event/tick`` is due; nil when nothing is awaited. It may be early, never late.
    public var nextDeadline: Instant? {
        if hasEnded, !isClosed { return awakeSince }
        return [deadlines.first?.at, copyDue].compactMap { $0 }.min()
    }

    /// No trial is open.
    public var hasEnded: Bool { history.counts.queued == 0 && history.counts.leased == 0 }

    /// The one door: takes in what happened, and says what to do.
    public mutating func handle(_ event: Event, at now: Instant) -> [Command] {
        self.now = now
        noticeOwnAbsence()
        switch event {
        case .received(let message, let connection): hear(message, from: connection)
        case .refusedOutcome(let lease, let connection, let reason):
            refuse(lease, from: connection, reason)
        case .unreachable(let connection): disconnect(connection)
        case .expelled(let connection):
            if let worker = connections[connection] { leave(worker) }
        case .asked(let request, let connection):
            commands.append(.answer(answer(request), to: connection))
        case .stop: stop()
        case .tick: wake()
        }
        dispatch()
        close()
        defer { commands.removeAll() }
        return commands
    }

    /// Records the event and takes it in: the only way in which a trial changes.
    mutating func record(_ event: JournalEvent) {
        do {
            try history.replay(event)
        } catch {
            preconditionFailure("The Dispatcher would record an illegal event. \(error)")
        }
        enterWorkers()
        commands.append(.record(event))
    }

    /// Says this to the worker, if it is connected.
    mutating func send(_ message: CoordinatorMessage, to worker: Int) {
        guard case .connected(let connection) = workers[worker].presence else { return }
        commands.append(.send(message, to: connection))
    }

    mutating func note(_ line: String) { commands.append(.note(line)) }

    private mutating func enterWorkers() {
        while workers.count < history.workers.count {
            workers.append(Worker(heardAt: now))
            if history.workers[workers.count - 1].present { settle(workers.count - 1) }
        }
    }

    private mutating func stop() {
        guard !isStopping else { return }
        isStopping = true
        note("Stopping: nothing more is given out; \(history.counts.leased) trials are held.")
        for worker in workers.indices { send(.done, to: worker) }
    }

    private mutating func close() {
        guard !isClosed, hasEnded || isStopping && history.counts.leased == 0 else { return }
        isClosed = true
        for worker in workers.indices { endSurplus(of: worker) }
        if !isStopping { for worker in workers.indices { send(.done, to: worker) } }
        commands.append(.finished)
    }
}
