/// Takes messages out of a stream of bytes, such as the pipe between a worker and its trainer.
///
/// A message is its length in bytes (without these four), the number of its frames, and of each
/// frame its length and its bytes; all numbers are 32-bit, little-endian. After a thrown error the
/// stream has lost its place: close it.
public struct FrameReader: Sendable {
    private let framesMax: Int
    private let messageBytesMax: Int
    private var buffer: [UInt8] = []
    private var start = 0

    /// A reader that refuses messages of more frames or more bytes than these.
    ///
    /// - Parameters:
    ///   - framesMax: ``WireCodec/coordinatorFramesMax`` by default.
    ///   - messageBytesMax: ``WireCodec/checkpointMessageBytesMax`` by default; lengths come on
    ///     top.
    public init(
        framesMax: Int = WireCodec.coordinatorFramesMax,
        messageBytesMax: Int = WireCodec.checkpointMessageBytesMax
    ) {
        self.framesMax = framesMax
        self.messageBytesMax = messageBytesMax
    }

    /// Takes the next bytes of the stream.
    public mutating func push(_ bytes: some Sequence<UInt8>) {
        if start > 0, start >= buffer.count / 2 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Whether the stream stands between two messages: false means that one was begun.
    public var isEmpty: Bool { start == buffer.count }

    /// The frames of the next message, or nil until more bytes have come.
    ///
    /// - Throws: ``WireError/malformed(_:)``, again at each further call.
    public mutating func next() throws(WireError) -> [[UInt8]]? {
        guard buffer.count - start >= 4 else { return nil }
        let length = number(at: start)
        try WireCodec.check(
            length >= 4 && length <= messageBytesMax + 4 * (framesMax + 1),
            "the stream announces \(length) bytes")
        guard buffer.count - start >= 4 + length else { return nil }
        let end = start + 4 + length
        let count = number(at: start + 4)
        try WireCodec.check(count <= framesMax, "it has \(count) frames; most is \(framesMax)")
        var frames: [[UInt8]] = []
        var position = start + 8
        for _ in 0..<count {
            try WireCodec.check(end - position >= 4, "a frame's length is missing")
            let bytes = number(at: position)
            position += 4
            try WireCodec.check(bytes <= end - position, "a frame of \(bytes) bytes is cut off")
            frames.append(Array(buffer[position..<position + bytes]))
            position += bytes
        }
        try WireCodec.check(position == end, "\(end - position) bytes follow the last frame")
        start = end
        return frames
    }

    private func number(at position: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(buffer[position + $1]) << (8 * $1) }
    }
}

extension WireCodec {
    /// The bytes by which `frames` travel on a stream; ``FrameReader`` reads them.
    ///
    /// - Precondition: together they have less than 4 GiB.
    public static func frameBytes(_ frames: [[UInt8]]) -> [UInt8] {
        let length = frames.reduce(4) { $0 + 4 + $1.count }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(4 + length)
        func append(_ number: Int) {
            let number = UInt32(number)
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        append(length)
        append(frames.count)
        for frame in frames {
            append(frame.count)
            bytes.append(contentsOf: frame)
        }
        return bytes
    }
}
