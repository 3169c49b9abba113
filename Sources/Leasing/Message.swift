import Corpora
import Planning

/// What a worker says to the coordinator.
public enum WorkerMessage: Hashable, Sendable {
    /// The first word on every connection: who I am, and what I still hold.
    case hello(Hello)
    /// I live. Says nothing about training: only progress renews a lease.
    case heartbeat
    /// The trial's training has begun or gone on.
    case progress(LeaseID, Progress)
    /// The trial is done. Kept in the worker's spool until `recorded` comes.
    case finished(LeaseID, Delivery)
    /// The attempt ended without an outcome.
    case failed(LeaseID, Failure)
    /// The newest state of the trial's training: whoever has the trial next goes on from it.
    case checkpoint(LeaseID, TrialCheckpoint)
    /// I give these leases back unfinished, through no fault of theirs: I drain, or was preempted.
    case returned([LeaseID])
    /// I leave in order and hold nothing.
    case goodbye
    /// Send me a piece of a matrix that my machine lacks.
    case fetch(ChunkRequest)

    /// Who a worker is.
    public struct Hello: Hashable, Sendable {
        /// The worker.
        public var worker: WorkerID
        /// What a person calls it: host and process.
        public var name: String
        /// The trials that it can run at a time.
        public var slots: Int
        /// The version of these messages.
        public var protocolVersion: Int
        /// ``Numerics/version`` of its program.
        public var numericsVersion: Int
        /// ``Numerics/numericClass`` of its program.
        public var numericClass: String
        /// The sweep that it already holds, if any: its document is then not sent again.
        public var sweep: Digest?
        /// Leases that it holds from an earlier connection and goes on with.
        public var leases: [LeaseID]
        /// What its trainers have to work with.
        public var resources: Resources

        /// A hello of these parts.
        public init(
            worker: WorkerID, name: String, slots: Int, protocolVersion: Int,
            numericsVersion: Int, numericClass: String, sweep: Digest?, leases: [LeaseID],
            resources: Resources = Resources()
        ) {
            self.worker = worker
            self.name = name
            self.slots = slots
            self.protocolVersion = protocolVersion
            self.numericsVersion = numericsVersion
            self.numericClass = numericClass
            self.sweep = sweep
            self.leases = leases
            self.resources = resources
        }
    }
}

/// What the coordinator says to a worker.
public enum CoordinatorMessage: Hashable, Sendable {
    /// You are admitted. The limits that both sides keep; and the leases of your hello that are not
    /// yours, as if each were abandoned: in one message with the welcome, so that a worker that was
    /// started again begins none of them.
    case welcome(sweep: Digest, limits: Limits, abandoned: [LeaseID])
    /// The sweep's document, from which every process makes the same plan.
    case sweep(SweepDocument)
    /// Train this trial; yours until you finish, fail or return it, or are lost.
    case train(LeaseID, LeaseTerms)
    /// The outcome is on disk: forget it.
    case recorded(TrialKey)
    /// The lease is not yours: end its training. An outcome of it that was said is not wanted.
    case abandon(LeaseID)
    /// No more trials will be given: leave when you hold nothing.
    case done
    /// A person wants you to leave: give back what waits, and finish what runs; or, at once, give
    /// that back too, with its newest checkpoints.
    case drain(atOnce: Bool)
    /// You are not admitted, for this reason: do not come back.
    case refused(String)
    /// I do not know this connection: say hello.
    case sayHello
    /// A piece of a matrix that you asked for.
    case chunk(MatrixChunk)
    /// I do not have the matrix that you asked for, for this reason.
    case unavailable(Digest, String)
}

/// How far the training of a trial has come.
public struct Progress: Hashable, Sendable {
    /// Epochs done; 0 says that training has begun.
    public var epoch: Int
    /// The most epochs that there will be.
    public var epochs: Int

    /// Progress of `epoch` in `epochs`.
    public init(epoch: Int, epochs: Int) {
        self.epoch = epoch
        self.epochs = epochs
    }
}

/// A finished trial as it travels: its canonical outcome, and where it comes from.
public struct Delivery: Hashable, Sendable {
    /// ``Outcome``'s canonical bytes.
    public var outcome: [UInt8]
    /// JSON: host, times, memory, versions. Never compared, never in a report's bytes.
    public var provenance: [UInt8]
    /// The weights and what belongs to them, where ``Limits/keepsModels`` asks for them. Neither
    /// compared nor in a report's bytes.
    public var model: [UInt8]?

    /// A delivery of these parts.
    public init(outcome: [UInt8], provenance: [UInt8], model: [UInt8]? = nil) {
        self.outcome = outcome
        self.provenance = provenance
        self.model = model
    }
}

/// The state of a trial's training, as it travels: another trainer goes on from it and ends with
/// the same bytes.
public struct TrialCheckpoint: Hashable, Sendable {
    /// The most bytes of one; a trainer whose state is larger keeps it to itself.
    public static let bytesMax = 1 << 30

    /// The epochs done: of two states of one trial the one with more is the newer.
    public var epoch: Int
    /// What the trainer wrote; nobody else reads it.
    public var bytes: [UInt8]

    /// The state `bytes` after `epoch` epochs.
    public init(epoch: Int, bytes: [UInt8]) {
        self.epoch = epoch
        self.bytes = bytes
    }
}

/// What goes with a lease.
public struct LeaseTerms: Hashable, Sendable {
    /// How often earlier attempts needed more memory than they were given: as often is the cap
    /// doubled.
    public var memoryRaises: Int
    /// The bytes of memory that are set aside for it; 0 where that is not known.
    public var memoryBytes: Int
    /// The state to go on from; nil begins anew.
    public var checkpoint: TrialCheckpoint?

    /// The terms of a first attempt, unless told otherwise.
    public init(memoryRaises: Int = 0, memoryBytes: Int = 0, checkpoint: TrialCheckpoint? = nil) {
        self.memoryRaises = memoryRaises
        self.memoryBytes = memoryBytes
        self.checkpoint = checkpoint
    }
}

/// The texts that determine a plan: every process that has them makes the same one.
public struct SweepDocument: Hashable, Sendable {
    /// The sweep's YAML.
    public var spec: String
    /// The manifests' YAML, in the order in which the sweep names them.
    public var manifests: [String]
    /// The folder of each manifest, for data roots that are relative to it.
    public var folders: [String]

    /// A document of these texts.
    public init(spec: String, manifests: [String], folders: [String]) {
        self.spec = spec
        self.manifests = manifests
        self.folders = folders
    }

    /// Names the document by its texts; folders, which differ between machines, do not count.
    public var digest: Digest {
        let parts = [spec] + manifests
        return Digest(of: parts.flatMap { Digest(of: $0.utf8).bytes })
    }
}
