/// Every limit of a running sweep, in one validated value that is printed at the start.
public struct Limits: Hashable, Sendable {
    /// Seconds between two heartbeats of a worker. The default is 2.5.
    public var heartbeatSeconds = 2.5
    /// Missed heartbeats after which a worker is lost. The default is 3.
    public var liveness = 3
    /// Seconds without training progress after which a trainer is ended. The default is 120.
    public var stepLimitSeconds = 120.0
    /// Seconds that one attempt may train; nil, the default, lets it take its time.
    public var wallLimitSeconds: Double?
    /// Seconds between two checkpoints of a trainer. The default is 60.
    public var checkpointSeconds = 60.0
    /// Seconds that a worker which is to leave at once waits for last checkpoints. The default
    /// is 10: Slurm allows 30.
    public var graceSeconds = 10.0
    /// Seconds after which a trial gets a second copy, when a slot is idle and no trial waits.
    /// The default is 30.
    public var tailSeconds = 30.0
    /// Different trials that fail on a worker, one after the other and on no other, until it is
    /// given no more. The default is 3.
    public var cordonTrials = 3
    /// Faults of one trial on one worker after which it is quarantined. The default is 3.
    public var attemptsMax = 3
    /// Losses of a worker, unexplained, that one trial may see. The default is 8.
    public var lossesMax = 8
    /// Seconds that a worker which `concord run` started waits for a lost coordinator.
    /// The default is 60.
    public var orphanSeconds = 60.0
    /// The largest frame of a message, in bytes. The default is 64 MiB.
    public var messageBytesMax = 64 << 20
    /// Admitted connections at a time; more are told to come later. The default is 4096.
    public var connectionsMax = 4096
    /// Connections that have not shown a good key yet, at a time; then newcomers wait outside. The
    /// default is 512.
    public var strangersMax = 512
    /// Messages that one connection may say in a second, over ten seconds; one that says more is
    /// refused. The default is 20,000.
    public var messagesPerSecondMax = 20_000
    /// Whether the weights of finished trials are handed over and kept. The default is false.
    public var keepsModels = false

    /// The defaults.
    public init() {}
}
