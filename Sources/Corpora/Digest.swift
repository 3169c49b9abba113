import Crypto

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
///
/// It is held as four words and not as an array: a coordinator holds millions, and looks them up.
public struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The bytes as big-endian words, so that words order as bytes do.
    private let words: Words

    private struct Words: Equatable, Sendable {
        var a: UInt64 = 0
        var b: UInt64 = 0
        var c: UInt64 = 0
        var d: UInt64 = 0
    }

    /// The digest of `bytes`.
    public init(of bytes: some Sequence<UInt8>) {
        var hash = SHA256()
        if bytes.withContiguousStorageIfAvailable({
            hash.update(bufferPointer: UnsafeRawBufferPointer($0))
        }) == nil {
            hash.update(data: Array(bytes))
        }
        self.init(sha256: hash.finalize())
    }

    /// The digest that is these 32 bytes, or nil when there are fewer or more.
    public init?(bytes: some Collection<UInt8>) {
        let found = bytes.withContiguousStorageIfAvailable {
            Digest(raw: UnsafeRawBufferPointer($0))
        }
        guard let digest = found ?? Array(bytes).withUnsafeBytes({ Digest(raw: $0) }) else {
            return nil
        }
        self = digest
    }

    /// The digest that is these 32 bytes, or nil when there are fewer or more.
    public init?(raw: UnsafeRawBufferPointer) {
        guard raw.count == 32 else { return nil }
        func word(_ place: Int) -> UInt64 {
            UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
        }
        words = Words(a: word(0), b: word(1), c: word(2), d: word(3))
    }

    /// The digest that Crypto has computed.
    init(sha256: SHA256.Digest) {
        guard let digest = sha256.withUnsafeBytes({ Digest(raw: $0) }) else {
            preconditionFailure("SHA-256 has \(SHA256.Digest.byteCount) bytes instead of 32.")
        }
        self = digest
    }

    /// The digest written as 64 hexadecimal digits, or nil when `hex` is anything else.
    public init?(hex: some StringProtocol) {
        let digits = hex.utf8.map { digit -> UInt8? in
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard digits.count == 64, !digits.contains(nil) else { return nil }
        self.init(bytes: stride(from: 0, to: 64, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! })
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            for (place, word) in [words.a, words.b, words.c, words.d].enumerated() {
                UnsafeMutableRawBufferPointer(buffer)
                    .storeBytes(of: word.bigEndian, toByteOffset: 8 * place, as: UInt64.self)
            }
            count = 32
        }
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// Its first word is as good as any: it is a hash itself.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.a) }

    /// Orders by the bytes, first to last.
    public static func < (a: Digest, b: Digest) -> Bool {
        (a.words.a, a.words.b, a.words.c, a.words.d) < (b.words.a, b.words.b, b.words.c, b.words.d)
    }
}
