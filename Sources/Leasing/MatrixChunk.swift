import Corpora

/// A worker's request for a piece of a matrix that its machine lacks.
public struct ChunkRequest: Hashable, Sendable {
    /// The matrix.
    public var digest: Digest
    /// The first byte, of the bytes that its digest is of.
    public var offset: Int
    /// How many at most; 0 asks for nothing, and says only what has come.
    public var count: Int
    /// How many chunks have come on this connection so far: so many need no memory any more.
    public var received: Int

    /// A request of these parts.
    public init(digest: Digest, offset: Int, count: Int, received: Int) {
        self.digest = digest
        self.offset = offset
        self.count = count
        self.received = received
    }

    /// The most bytes of a chunk.
    public static let bytesMax = 1 << 20
}

/// A piece of a matrix, as the coordinator serves it.
public struct MatrixChunk: Hashable, Sendable {
    /// The matrix.
    public var digest: Digest
    /// The first byte.
    public var offset: Int
    /// The bytes of the whole matrix, those of its shape included.
    public var total: Int
    /// The piece.
    public var bytes: [UInt8]

    /// A chunk of these parts.
    public init(digest: Digest, offset: Int, total: Int, bytes: [UInt8]) {
        self.digest = digest
        self.offset = offset
        self.total = total
        self.bytes = bytes
    }
}
