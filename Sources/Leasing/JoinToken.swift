import Corpora

/// What lets one new worker join: the coordinator's public key, and a secret that is good once.
///
/// The secret is a key of its own. A worker that holds the token connects under that key, which
/// admits to one thing only: naming the worker's real key, which it has made itself and which never
/// travels. So the secret does not travel either, and the coordinator keeps a hash of its public
/// half.
///
///     136 hexadecimal digits:  coordinator's key (32 bytes)  secret (32)  checksum (4)
public struct JoinToken: Hashable, Sendable {
    /// Who the coordinator must be.
    public let coordinator: PublicKey
    /// The key that is good once.
    public let secret: SecretKey

    private static let digits = 136

    /// A token of these parts.
    public init(coordinator: PublicKey, secret: SecretKey) {
        self.coordinator = coordinator
        self.secret = secret
    }

    /// The token that `text` says; blanks around it do not count.
    ///
    /// - Throws: ``KeyError``, which does not quote the token.
    public init(text: String) throws(KeyError) {
        let word = text.split(whereSeparator: \.isWhitespace).joined()
        guard word.utf8.count == Self.digits else {
            throw KeyError(
                """
                The token has \(word.utf8.count) of \(Self.digits) characters. Copy all of what \
                `concord keys token` printed.
                """)
        }
        guard let bytes = Hexadecimal.bytes(word),
            Array(bytes.suffix(4)) == Self.checksum(bytes.prefix(64)),
            let coordinator = PublicKey(bytes: bytes.prefix(32)),
            let secret = SecretKey(bytes: bytes[32..<64])
        else {
            throw KeyError("The token is mistyped. Copy what `concord keys token` printed.")
        }
        self.init(coordinator: coordinator, secret: secret)
    }

    /// The token as it is handed over.
    public var text: String {
        let bytes = coordinator.bytes + secret.bytes
        return Hexadecimal.text(bytes + Self.checksum(bytes))
    }

    /// What the allow-list keeps of the token whose secret has this public half.
    public static func hash(of key: PublicKey) -> Digest { Digest(of: key.bytes) }

    private static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        Array(Digest(of: bytes).bytes.prefix(4))
    }
}
