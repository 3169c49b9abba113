import Corpora
import FoundationEssentials
import Leasing
import Planning
import SwiftProtobuf

extension WireCodec {
    /// The frames of what a person's command asks of the coordinator of `sweep`.
    ///
    /// - Precondition: it names at most ``leasesMax`` trials.
    public static func encode(_ request: Request, sweep: Digest) -> [[UInt8]] {
        var wire = WireRequest()
        wire.sweep = sweep.data
        switch request {
        case .retry(let keys): wire.retry = WireKeys(keys)
        case .cancel(let keys): wire.cancel = WireKeys(keys)
        case .drain(let worker, let atOnce):
            wire.drain = .with {
                $0.worker = clipped(worker)
                $0.atOnce = atOnce
            }
        }
        return frames(.request(wire), 0)
    }

    /// What comes to a coordinator.
    public enum Arrival: Hashable, Sendable {
        /// A worker's message, and its number.
        case message(WorkerMessage, sequence: UInt64)
        /// What a person asks of the coordinator of this sweep.
        case request(Request, sweep: Digest)
        /// The key that the holder of a join token wants to be listed.
        case enrolment(PublicKey)
    }

    /// The frames by which the holder of a join token names the key that it has made.
    public static func encode(enrolling key: PublicKey) -> [[UInt8]] {
        frames(.enrol(Data(key.bytes)), 0)
    }

    /// What `frames`, which came to the coordinator, are.
    ///
    /// - Throws: ``WireError``.
    public static func decodeArrival(_ frames: [[UInt8]]) throws(WireError) -> Arrival {
        let parcel = try open(frames, framesMax: workerFramesMax)
        switch parcel.body {
        case .request(let wire):
            try parcel.hasNoBulk()
            return .request(try request(wire), sweep: try Digest(data: wire.sweep))
        case .enrol(let bytes):
            try parcel.hasNoBulk()
            guard let key = PublicKey(bytes: bytes) else {
                throw .malformed("a key has 32 bytes, not \(bytes.count)")
            }
            return .enrolment(key)
        default: return .message(try workerMessage(parcel), sequence: parcel.sequence)
        }
    }

    private static func request(_ wire: WireRequest) throws(WireError) -> Request {
        switch wire.kind {
        case .retry(let keys): return .retry(try keys.values())
        case .cancel(let keys): return .cancel(try keys.values())
        case .drain(let drain):
            return .drain(worker: try drain.worker.bounded(), atOnce: drain.atOnce)
        case nil: throw .malformed("a request asks for nothing that is known")
        }
    }

    /// The frames of the answer to a request.
    public static func encode(_ answer: Answer) -> [[UInt8]] {
        frames(
            .answer(
                .with {
                    $0.isDone = answer.isDone
                    $0.text = clipped(answer.text)
                }), 0)
    }

    /// The answer that `frames` are.
    ///
    /// - Throws: ``WireError``.
    public static func decodeAnswer(_ frames: [[UInt8]]) throws(WireError) -> Answer {
        let parcel = try open(frames, framesMax: 1)
        switch parcel.body {
        case .answer(let wire): return Answer(isDone: wire.isDone, text: try wire.text.bounded())
        case .refused(let reason): return Answer(isDone: false, text: try reason.bounded())
        default: throw .malformed("it is no answer to a request")
        }
    }
}

extension WireKeys {
    init(_ keys: [TrialKey]) { self.keys = keys.map(\.digest.data) }

    func values() throws(WireError) -> [TrialKey] {
        try WireCodec.check(
            keys.count <= WireCodec.leasesMax,
            "it names \(keys.count) trials; most is \(WireCodec.leasesMax)")
        var values: [TrialKey] = []
        values.reserveCapacity(keys.count)
        for key in keys { values.append(TrialKey(digest: try Digest(data: key))) }
        return values
    }
}
