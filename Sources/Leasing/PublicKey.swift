/// The public half of a key pair on Curve25519: it names who has the secret half, and anybody may
/// see it.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// Its 32 bytes.
    public let bytes: [UInt8]

    /// The key that is these 32 bytes, or nil when there are fewer or more.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// The key written as 64 hexadecimal digits, or nil when `hex` is anything else.
    public init?(hex: some StringProtocol) {
        guard let bytes = Hexadecimal.bytes(hex) else { return nil }
        self.init(bytes: bytes)
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hexadecimal.text(bytes) }
}

/// The secret half of a key pair on Curve25519. Nothing prints it; ``hex`` is for its file alone.
public struct SecretKey: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Its 32 bytes.
    public let bytes: [UInt8]

    /// The key that is these 32 bytes, or nil when there are fewer or more.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        self.bytes = Array(bytes)
    }

    /// 64 lower-case hexadecimal digits, for a key file.
    var hex: String { Hexadecimal.text(bytes) }

    /// Not the key.
    public var description: String { "(secret)" }

    /// Nothing: what is dumped or logged shows no key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
