import Corpora
import Leasing
import Planning
import SwiftProtobuf

extension WireCodec {
    /// The frames of what the coordinator says, as its message number `sequence`.
    public static func encode(_ message: CoordinatorMessage, sequence: UInt64) -> [[UInt8]] {
        switch message {
        case .welcome(let sweep, let limits, let abandoned):
            frames(.welcome(WireWelcome(sweep, limits, abandoned)), sequence)
        case .sweep(let document):
            frames(.sweep(WireDocument(document)), sequence, document.frames)
        case .train(let lease, let terms):
            frames(.train(WireTrain(lease, terms)), sequence, terms.frames)
        case .recorded(let key): frames(.recorded(key.digest.data), sequence)
        case .abandon(let lease): frames(.abandon(WireLease(lease)), sequence)
        case .done: frames(.done(WireNothing()), sequence)
        case .refused(let reason): frames(.refused(clipped(reason)), sequence)
        case .sayHello: frames(.sayHello(WireNothing()), sequence)
        case .chunk(let chunk): frames(.chunk(WireChunk(chunk)), sequence, [chunk.bytes])
        case .unavailable(let digest, let reason):
            frames(.unavailable(WireUnavailable(digest, reason)), sequence)
        case .drain(let atOnce): frames(.drain(.with { $0.atOnce = atOnce }), sequence)
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
        if case .train(let wire) = parcel.body {
            return .train(try wire.lease.value(), try parcel.terms(wire))
        }
        if case .chunk(let wire) = parcel.body { return .chunk(try parcel.chunk(wire)) }
        try parcel.hasNoBulk()
        switch parcel.body {
        case .unavailable(let wire):
            return .unavailable(try Digest(data: wire.digest), try wire.reason.bounded())
        case .welcome(let welcome):
            return .welcome(
                sweep: try Digest(data: welcome.sweep), limits: try welcome.limits(),
                abandoned: try welcome.abandoned.values())
        case .recorded(let key): return .recorded(TrialKey(digest: try Digest(data: key)))
        case .abandon(let lease): return .abandon(try lease.value())
        case .done: return .done
        case .refused(let reason): return .refused(try reason.bounded())
        case .sayHello: return .sayHello
        case .drain(let drain): return .drain(atOnce: drain.atOnce)
        default: throw .malformed("it is nothing that a coordinator says")
        }
    }
}

extension WireWelcome {
    init(_ sweep: Digest, _ limits: Limits, _ abandoned: [LeaseID]) {
        self.sweep = sweep.data
        self.abandoned = abandoned.map { WireLease($0) }
        heartbeatSeconds = limits.heartbeatSeconds
        liveness = UInt32(clamping: limits.liveness)
        stepLimitSeconds = limits.stepLimitSeconds
        attemptsMax = UInt32(clamping: limits.attemptsMax)
        lossesMax = UInt32(clamping: limits.lossesMax)
        orphanSeconds = limits.orphanSeconds
        messageBytesMax = UInt64(clamping: limits.messageBytesMax)
        if let seconds = limits.wallLimitSeconds { wallLimitSeconds = seconds }
        checkpointSeconds = limits.checkpointSeconds
        graceSeconds = limits.graceSeconds
        tailSeconds = limits.tailSeconds
        cordonTrials = UInt32(clamping: limits.cordonTrials)
        keepsModels = limits.keepsModels
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
        try WireCodec.check(
            (0.001...1e9).contains(checkpointSeconds), "\(checkpointSeconds) checkpoint seconds")
        try WireCodec.check((0...3600).contains(graceSeconds), "\(graceSeconds) grace seconds")
        try WireCodec.check((0...1e9).contains(tailSeconds), "\(tailSeconds) tail seconds")
        try WireCodec.check((1...1_000_000).contains(cordonTrials), "\(cordonTrials) cordon trials")
        if hasWallLimitSeconds {
            try WireCodec.check(
                (0.001...1e9).contains(wallLimitSeconds), "a trial limit of \(wallLimitSeconds) s")
        }
        var limits = Limits()
        limits.heartbeatSeconds = heartbeatSeconds
        limits.liveness = Int(liveness)
        limits.stepLimitSeconds = stepLimitSeconds
        limits.attemptsMax = Int(attemptsMax)
        limits.lossesMax = Int(lossesMax)
        limits.orphanSeconds = orphanSeconds
        limits.messageBytesMax = Int(messageBytesMax)
        limits.wallLimitSeconds = hasWallLimitSeconds ? wallLimitSeconds : nil
        limits.checkpointSeconds = checkpointSeconds
        limits.graceSeconds = graceSeconds
        limits.tailSeconds = tailSeconds
        limits.cordonTrials = Int(cordonTrials)
        limits.keepsModels = keepsModels
        return limits
    }
}
