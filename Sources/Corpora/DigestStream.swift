import Crypto

/// The digest of bytes that come piece by piece, such as those of a file too large for memory.
public struct DigestStream: Sendable {
    private var hash = SHA256()

    /// The digest of no bytes so far.
    public init() {}

    /// Takes in the next bytes.
    public mutating func add(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

    /// The digest of all bytes so far.
    public var digest: Digest { Digest(sha256: hash.finalize()) }
}
