import Crypto

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits.
public struct Digest: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 32 bytes.
    public let bytes: [UInt8]

    /// The digest of `bytes`.
    public init(of bytes: some Sequence<UInt8>) {
        self.init(sha256: Array(SHA256.hash(data: Array(bytes))))
    }

    /// The digest that is these 32 bytes, or nil when there are fewer or more.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// The digest that is these 32 bytes.
    init(sha256 bytes: [UInt8]) { self.bytes = bytes }

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
        bytes = stride(from: 0, to: 64, by: 2).map { digits[$0]! << 4 | digits[$0 + 1]! }
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
            as: UTF8.self)
    }

    /// Orders by the bytes, first to last.
    public static func < (a: Digest, b: Digest) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}
