import Corpora
import Leasing
import SwiftProtobuf

/// What a worker says to its trainer.
public enum TrainerRequest: Hashable, Sendable {
    /// Make the plan of this sweep; the data lie in `dataRoot`, or where the manifests say, and
    /// else in `cache`.
    case prepare(SweepDocument, dataRoot: String?, cache: String?)
    /// Train this trial, from the checkpoint if there is one, and hand its model over if asked to.
    case train(LeaseID, checkpoint: TrialCheckpoint?, keepsModel: Bool)
    /// Say a ``TrainerReply/checkpoint(_:_:)`` of what is trained, as soon as it can be.
    case save
}

/// What a trainer says to its worker.
public enum TrainerReply: Hashable, Sendable {
    /// The plan is made: trials can come.
    case ready
    /// The trial's training has begun or gone on.
    case progress(LeaseID, Progress)
    /// The state of the trial's training, from which it can go on.
    case checkpoint(LeaseID, TrialCheckpoint)
    /// The trial is done.
    case finished(LeaseID, Delivery)
    /// The trial ended without an outcome.
    case failed(LeaseID, Failure)
    /// The trial was not begun: these matrices are not here, for this reason.
    case lacking(LeaseID, [Digest], reason: String)
}

extension WireCodec {
    /// The frames of what a worker says to its trainer, as its message number `sequence`.
    public static func encode(_ request: TrainerRequest, sequence: UInt64) -> [[UInt8]] {
        switch request {
        case .prepare(let document, let dataRoot, let cache):
            let wire = WireDocument(document, dataRoot: dataRoot, cache: cache)
            return frames(.prepare(wire), sequence, document.frames)
        case .train(let lease, let checkpoint, let keepsModel):
            let terms = LeaseTerms(checkpoint: checkpoint)
            let wire = WireTrain(lease, terms, keepsModel: keepsModel)
            return frames(.trainHere(wire), sequence, terms.frames)
        case .save: return frames(.save(WireNothing()), sequence)
        }
    }

    /// The frames of what a trainer says, as its message number `sequence`.
    public static func encode(_ reply: TrainerReply, sequence: UInt64) -> [[UInt8]] {
        switch reply {
        case .ready: frames(.ready(WireNothing()), sequence)
        case .progress(let lease, let progress):
            frames(.epoch(WireProgress(lease, progress)), sequence)
        case .checkpoint(let lease, let checkpoint):
            frames(.saved(WireCheckpoint(lease, checkpoint)), sequence, checkpoint.frames)
        case .finished(let lease, let delivery):
            frames(.delivered(WireLease(lease)), sequence, delivery.frames)
        case .failed(let lease, let failure): frames(.fault(WireFailed(lease, failure)), sequence)
        case .lacking(let lease, let digests, let reason):
            frames(
                .lacking(
                    .with {
                        $0.lease = WireLease(lease)
                        $0.digests = digests.map(\.data)
                        $0.reason = clipped(reason)
                    }), sequence)
        }
    }

    /// The request to a trainer that `frames` are, and its number.
    ///
    /// - Throws: ``WireError``.
    public static func decodeRequest(
        _ frames: [[UInt8]]
    ) throws(WireError) -> (message: TrainerRequest, sequence: UInt64) {
        let parcel = try open(frames, framesMax: coordinatorFramesMax)
        switch parcel.body {
        case .prepare(let wire):
            let dataRoot = wire.hasDataRoot ? try wire.dataRoot.path() : nil
            let cache = wire.hasCache ? try wire.cache.path() : nil
            return (
                .prepare(try parcel.document(wire), dataRoot: dataRoot, cache: cache),
                parcel.sequence
            )
        case .trainHere(let wire):
            let checkpoint = try parcel.terms(wire).checkpoint
            return (
                .train(
                    try wire.lease.value(), checkpoint: checkpoint, keepsModel: wire.keepsModel),
                parcel.sequence
            )
        case .save:
            try parcel.hasNoBulk()
            return (.save, parcel.sequence)
        default: throw .malformed("it is nothing that a trainer is asked")
        }
    }

    /// The trainer's reply that `frames` are, and its number.
    ///
    /// - Throws: ``WireError``.
    public static func decodeReply(
        _ frames: [[UInt8]]
    ) throws(WireError) -> (message: TrainerReply, sequence: UInt64) {
        let parcel = try open(frames, framesMax: workerFramesMax)
        return (try reply(parcel), parcel.sequence)
    }

    private static func reply(_ parcel: Parcel) throws(WireError) -> TrainerReply {
        if case .delivered(let lease) = parcel.body {
            return .finished(try lease.value(), try parcel.delivery())
        }
        if case .saved(let wire) = parcel.body {
            return .checkpoint(try wire.lease.value(), try parcel.checkpoint(epoch: wire.epoch))
        }
        try parcel.hasNoBulk()
        switch parcel.body {
        case .ready: return .ready
        case .epoch(let progress):
            let (lease, progress) = try progress.value()
            return .progress(lease, progress)
        case .fault(let failed):
            let (lease, failure) = try failed.value()
            return .failed(lease, failure)
        case .lacking(let wire):
            var digests: [Digest] = []
            for data in wire.digests { digests.append(try Digest(data: data)) }
            return .lacking(try wire.lease.value(), digests, reason: try wire.reason.bounded())
        default: throw .malformed("it is nothing that a trainer says")
        }
    }
}
