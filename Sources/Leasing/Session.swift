import Corpora
import Planning

/// The worker's core: what is trained in which slot, and what the coordinator still has to hear.
///
/// A pure state machine with one door. The shell brings events and performs the returned commands
/// strictly in order; a spooled outcome is on disk before the coordinator hears of it. Training
/// goes on while the coordinator is away.
///
///     for command in session.handle(event, at: now) { perform(command) }
///     wake(at: session.nextDeadline)          // then handle(.tick, at: …)
public struct Session: Sendable {
    /// What happens to the worker.
    public enum Event: Sendable {
        /// The transport has a new connection to the coordinator.
        case connected
        /// The connection is gone; the transport goes on trying for a new one.
        case disconnected
        /// The coordinator's message came.
        case received(CoordinatorMessage)
        /// The trainer of this lease has come so far.
        case progress(LeaseID, Progress)
        /// The trainer of this lease has said its state.
        case checkpoint(LeaseID, TrialCheckpoint)
        /// The trainer of this lease is done.
        case outcome(LeaseID, Delivery)
        /// The trainer of this lease failed, or ended without a word.
        case trainerFailed(LeaseID, Failure)
        /// The user wants the worker to leave when what runs is done.
        case drain
        /// The machine is taken away: everything is given back, with its newest checkpoints, within
        /// ``Limits/graceSeconds``. Said again: at once.
        case preempt
        /// ``Session/nextDeadline`` has come.
        case tick
    }

    /// What the shell shall do.
    public enum Command: Hashable, Sendable {
        /// Say this to the coordinator.
        case send(WorkerMessage)
        /// Train this trial in the slot, with a fresh trainer where the last was ended.
        case start(LeaseID, LeaseTerms, slot: Int)
        /// Ask the slot's trainer for a checkpoint.
        case save(slot: Int)
        /// Kill the slot's trainer, whatever it does.
        case end(slot: Int)
        /// Write the outcome to the spool, on disk, before any later command.
        case spool(Spooled)
        /// Take the outcome out of the spool.
        case unspool(TrialKey)
        /// Write the checkpoint beside the spool, in place of the trial's older one.
        case keep(LeaseID, TrialCheckpoint)
        /// Remove the trial's checkpoint.
        case discard(TrialKey)
        /// Close the connection and make a new one.
        case reconnect
        /// Make the plan of this sweep, before any trial is started.
        case prepare(SweepDocument)
        /// End the process. Comes once, last.
        case leave(Exit)
    }

    /// An outcome that waits until the coordinator has it on disk.
    public struct Spooled: Hashable, Sendable {
        /// The lease that it comes from.
        public var lease: LeaseID
        /// What is handed over.
        public var delivery: Delivery

        /// An outcome of this lease.
        public init(lease: LeaseID, delivery: Delivery) {
            self.lease = lease
            self.delivery = delivery
        }
    }

    /// Why a worker leaves.
    public enum Exit: Hashable, Sendable {
        /// No more trials will be given.
        case done
        /// The user asked for it.
        case drained
        /// Its machine was taken away.
        case preempted
        /// The coordinator does not want it, for this reason.
        case refused(String)
        /// The coordinator was gone for longer than it shall wait.
        case orphaned
    }

    /// The limits of the coordinator; the defaults until it has said them.
    public internal(set) var limits = Limits()

    /// Who this worker is; its sweep and leases are filled in when it is said.
    let identity: WorkerMessage.Hello
    /// Seconds to wait for a coordinator that is gone; nil waits for ever.
    let orphanSeconds: Double?
    /// When the machine is taken away, as far as that is known.
    let endsAt: Instant?
    /// Between 0.75 and 1.25, the worker's own: so that not all reconnect at once.
    let jitter: Double

    var link: Link
    var slots: [Running?]
    /// Leases without a slot yet, in the order in which they came.
    var waiting: [Waiting] = []
    /// The newest checkpoints of trials that this worker holds; the shell has them on disk.
    var checkpoints: [TrialKey: TrialCheckpoint] = [:]
    var spool: [Handover]
    /// Failures that the coordinator has not been told, because it was away.
    var untold: [Untold] = []
    /// The sweep whose plan the trainers have, and the one that the coordinator runs.
    var prepared: Digest?
    var wanted: Digest?
    /// Nil while the worker takes leases; else why it will leave when it holds nothing.
    var draining: Exit?
    /// When a worker that leaves at once waits no longer for last checkpoints.
    var graceEnd: Instant?
    var hasLeft = false
    /// Reconnections since the coordinator last welcomed this worker.
    var tries = 0
    var heardAt: Instant
    var saidAt: Instant
    /// No progress before this moment is no trainer's fault: the worker itself was away.
    var awakeSince: Instant
    /// When the last event came.
    var seenAt: Instant
    var now: Instant
    var commands: [Command] = []

    /// A worker that is not connected yet.
    ///
    /// - Parameters:
    ///   - identity: who it is; `leases` is not read, `sweep` is one that it is prepared for.
    ///   - spool: outcomes from an earlier life that no coordinator has acknowledged.
    ///   - checkpoints: what an earlier life was training: it goes on with these leases, where they
    ///     are still its own.
    ///   - orphanSeconds: how long to wait for a coordinator that is gone; nil waits for ever.
    ///   - endsAt: when the machine is taken away; the worker leaves ``Limits/graceSeconds``
    ///     before. The default is never.
    public init(
        identity: WorkerMessage.Hello, spool: [Spooled],
        checkpoints: [(lease: LeaseID, checkpoint: TrialCheckpoint)] = [],
        orphanSeconds: Double?, endsAt: Instant? = nil, at now: Instant
    ) {
        self.identity = identity
        self.orphanSeconds = orphanSeconds
        self.endsAt = endsAt
        jitter = Session.jitter(of: identity.worker)
        link = .away(since: now, triedAt: now)
        slots = Array(repeating: nil, count: identity.slots)
        self.spool = spool.map { Handover(spooled: $0) }
        prepared = identity.sweep
        heardAt = now
        saidAt = now
        awakeSince = now
        seenAt = now
        self.now = now
        for (lease, checkpoint) in checkpoints
        where !spool.contains(where: { $0.lease.key == lease.key }) {
            self.checkpoints[lease.key] = checkpoint
            waiting.append(Waiting(lease: lease))
        }
    }

    /// The one door: takes in what happened, and says what to do.
    public mutating func handle(_ event: Event, at now: Instant) -> [Command] {
        guard !hasLeft else { return [] }
        self.now = now
        noticeOwnAbsence()
        switch event {
        case .connected: greet()
        case .disconnected: loseLink()
        case .received(let message): hear(message)
        case .progress(let lease, let progress): advance(lease, progress)
        case .checkpoint(let lease, let checkpoint): keep(lease, checkpoint)
        case .outcome(let lease, let delivery): finish(lease, delivery)
        case .trainerFailed(let lease, let failure): fail(lease, failure)
        case .drain: drain(.drained)
        case .preempt: preempt(.preempted)
        case .tick: wake()
        }
        startWaiting()
        leaveWhenFree()
        defer { commands.removeAll() }
        return commands
    }

    /// Says this to the coordinator, when it has welcomed this worker.
    mutating func tell(_ message: WorkerMessage) {
        guard case .welcomed = link else { return }
        saidAt = now
        commands.append(.send(message))
    }

    /// A worker's own factor between 0.75 and 1.25: FNV-1a of its name.
    private static func jitter(of worker: WorkerID) -> Double {
        let hash = worker.description.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return 0.75 + Double(hash >> 40) / Double(1 << 25)
    }
}
