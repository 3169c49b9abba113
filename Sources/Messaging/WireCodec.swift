import Leasing
import SwiftProtobuf

/// Turns messages into frames and frames into messages.
///
/// Frame 0 is an envelope in Protocol Buffers: version, sequence number and what is said. Large
/// texts and outcomes are further frames of raw bytes. Decoding takes frames from anyone: it checks
/// every length, count and range, executes nothing, and throws instead of trapping.
public enum WireCodec {
    /// The version of the messages, in every envelope. Another version is refused.
    public static let version = 3
    /// The most bytes of a frame that holds a piece of a checkpoint: on a slow line heartbeats
    /// pass between two of them.
    public static let pieceBytesMax = 1 << 20
    /// The most frames of a message to the coordinator: envelope, and a checkpoint's pieces.
    public static let workerFramesMax = 1 + TrialCheckpoint.bytesMax / pieceBytesMax
    /// The most manifests of a sweep.
    public static let manifestsMax = 1024
    /// The most frames of a message to a worker: envelope, and sweep and manifests or a
    /// checkpoint's pieces.
    public static let coordinatorFramesMax = max(2 + manifestsMax, workerFramesMax)
    /// The most leases that one message names.
    public static let leasesMax = 16_384
    /// The largest envelope, in bytes.
    public static let envelopeBytesMax = 4 << 20
    /// The most bytes of all frames of one message together, unless it carries a checkpoint; as
    /// many as one frame may have.
    public static let messageBytesMax = Limits().messageBytesMax
    /// The most bytes of all frames of a message that carries a checkpoint.
    public static let checkpointMessageBytesMax = envelopeBytesMax + TrialCheckpoint.bytesMax
    /// The most bytes of a reason or a failure's message; longer ones are cut when they are sent.
    public static let textBytesMax = 16_384

    /// The frames of an envelope with `body`, followed by `bulk`.
    static func frames(
        _ body: WireEnvelope.OneOf_Body, _ sequence: UInt64, _ bulk: [[UInt8]] = []
    ) -> [[UInt8]] {
        var envelope = WireEnvelope()
        envelope.version = UInt32(version)
        envelope.sequence = sequence
        envelope.body = body
        do {
            return [try envelope.serializedBytes()] + bulk
        } catch {
            preconditionFailure("An envelope without required fields was not encoded: \(error)")
        }
    }

    /// The envelope of `frames` with its bulk; its version and sizes are checked, its body is not.
    static func open(_ frames: [[UInt8]], framesMax: Int) throws(WireError) -> Parcel {
        guard let first = frames.first else { throw .malformed("it has no frame") }
        try check(frames.count <= framesMax, "it has \(frames.count) frames; most is \(framesMax)")
        try check(first.count <= envelopeBytesMax, "its envelope has \(first.count) bytes")
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        guard let envelope = try? WireEnvelope(serializedBytes: first, options: options) else {
            if let other = try? WireVersion(serializedBytes: first, options: options).version,
                other != 0, other != UInt32(version)
            {
                throw .version(theirs: Int(other))
            }
            throw .malformed("its envelope cannot be read")
        }
        let isRefusal = if case .refused = envelope.body { true } else { false }
        guard isRefusal || envelope.version == UInt32(version) else {
            throw .version(theirs: Int(envelope.version))
        }
        let bytes = frames.reduce(0) { $0 + $1.count }
        let most = envelope.carriesCheckpoint ? checkpointMessageBytesMax : messageBytesMax
        try check(bytes <= most, "it has \(bytes) bytes; most is \(most)")
        return Parcel(body: envelope.body, sequence: envelope.sequence, bulk: frames.dropFirst())
    }

    /// Throws a ``WireError/malformed(_:)`` with `reason` unless `condition` holds.
    static func check(
        _ condition: Bool, _ reason: @autoclosure () -> String
    ) throws(WireError) {
        if !condition { throw .malformed(reason()) }
    }

    /// `text`, cut between two characters when it is longer than a message may carry.
    static func clipped(_ text: String) -> String {
        guard text.utf8.count > textBytesMax else { return text }
        let mark = " …"
        var end = text.utf8.index(text.startIndex, offsetBy: textBytesMax - mark.utf8.count)
        while end.samePosition(in: text.unicodeScalars) == nil { text.utf8.formIndex(before: &end) }
        return text[..<end] + mark
    }
}

/// Why frames are not a message.
public enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The sender speaks another version: tell it so.
    case version(theirs: Int)
    /// The frames are no message of this version, for this reason.
    case malformed(String)

    /// A sentence.
    public var description: String {
        switch self {
        case .version(let theirs):
            """
            The other side speaks version \(theirs) of the messages, this program version \
            \(WireCodec.version). Use the same release of Concord on both sides.
            """
        case .malformed(let reason): "A message was malformed: \(reason)."
        }
    }
}

/// An opened message: what its envelope says, and the frames that came with it.
struct Parcel {
    /// What is said; nil when it is nothing that this version knows.
    var body: WireEnvelope.OneOf_Body?
    /// The sender's number of the message.
    var sequence: UInt64
    /// The frames after the envelope.
    var bulk: ArraySlice<[UInt8]>
}
