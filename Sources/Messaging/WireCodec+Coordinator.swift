import Corpora
import Leasing
import Planning

extension WireCodec {
    /// The frames of what the coordinator says, as its message number `sequence`.
    public static func encode(_ message: CoordinatorMessage, sequence: UInt64) -> [[UInt8]] {
        switch message {
        case .welcome(let sweep, let limits): frames(.welcome(WireWelcome(sweep, limits)), sequence)
        case .sweep(let document):
            frames(.sweep(WireDocument(document)), sequence, document.frames)
        case .train(let lease): frames(.train(WireLease(lease)), sequence)
        case .recorded(let key): frames(.recorded(key.digest.data), sequence)
        case .abandon(let lease): frames(.abandon(WireLease(lease)), sequence)
        case .done: frames(.done(WireNothing()), sequence)
        case .refused(let reason): frames(.refused(clipped(reason)), sequence)
        case .sayHello: frames(.sayHello(WireNothing()), sequence)
        }
    }

    /// The coordinator's message that `frames` are, and its number.
    ///
    /// A refusal is read from a coordinator of any version, since it may be for the version.
    ///
    /// - Throws: ``WireError``.
    public static func decodeCoordinator(
        _ frames: [[UInt8]]
    ) throws(WireError) -> (message: CoordinatorMessage, sequence: UInt64) {
        let parcel = try open(frames, framesMax: coordinatorFramesMax)
        return (try coordinatorMessage(parcel), parcel.sequence)
    }

    private static func coordinatorMessage(
        _ parcel: Parcel
    ) throws(WireError) -> CoordinatorMessage {
        if case .sweep(let document) = parcel.body {
            return .sweep(try parcel.document(document))
        }
        try parcel.hasNoBulk()
        switch parcel.body {
        case .welcome(let welcome):
            return .welcome(sweep: try Digest(data: welcome.sweep), limits: try welcome.limits())
        case .train(let lease): return .train(try lease.value())
        case .recorded(let key): return .recorded(TrialKey(digest: try Digest(data: key)))
        case .abandon(let lease): return .abandon(try lease.value())
        case .done: return .done
        case .refused(let reason): return .refused(try reason.bounded())
        case .sayHello: return .sayHello
        default: throw .malformed("it is nothing that a coordinator says")
        }
    }
}

extension WireWelcome {
    init(_ sweep: Digest, _ limits: Limits) {
        self.sweep = sweep.data
        heartbeatSeconds = limits.heartbeatSeconds
        liveness = UInt32(clamping: limits.liveness)
        stepLimitSeconds = limits.stepLimitSeconds
        attemptsMax = UInt32(clamping: limits.attemptsMax)
        lossesMax = UInt32(clamping: limits.lossesMax)
        orphanSeconds = limits.orphanSeconds
        messageBytesMax = UInt64(clamping: limits.messageBytesMax)
    }

    func limits() throws(WireError) -> Limits {
        try WireCodec.check(
            (0.001...3600).contains(heartbeatSeconds), "a heartbeat of \(heartbeatSeconds) s")
        try WireCodec.check((1...10_000).contains(liveness), "a liveness of \(liveness)")
        try WireCodec.check(
            (0.001...1e9).contains(stepLimitSeconds), "a step limit of \(stepLimitSeconds) s")
        try WireCodec.check((1...1_000_000).contains(attemptsMax), "\(attemptsMax) attempts")
        try WireCodec.check(lossesMax <= 1_000_000, "\(lossesMax) losses")
        try WireCodec.check((0...1e9).contains(orphanSeconds), "\(orphanSeconds) orphan seconds")
        try WireCodec.check(
            (1 << 16...1 << 40).contains(messageBytesMax), "\(messageBytesMax) message bytes")
        var limits = Limits()
        limits.heartbeatSeconds = heartbeatSeconds
        limits.liveness = Int(liveness)
        limits.stepLimitSeconds = stepLimitSeconds
        limits.attemptsMax = Int(attemptsMax)
        limits.lossesMax = Int(lossesMax)
        limits.orphanSeconds = orphanSeconds
        limits.messageBytesMax = Int(messageBytesMax)
        return limits
    }
}
