import Corpora

/// What a worker needs to talk to its coordinator: its own secret key, and the public key that the
/// coordinator must have. It is kept in a key file:
///
///     # A key of Concord: …
///     name node7
///     coordinator 4ca1…
///     secret 09d3…
public struct Credential: Hashable, Sendable {
    /// What the allow-list calls it.
    public let name: String
    /// Who the coordinator must be. In the coordinator's own file, itself.
    public let coordinator: PublicKey
    /// Who the worker is.
    public let secret: SecretKey
    /// The hash of the token that enrolled it; nil where there was none.
    public let token: Digest?

    /// A credential of these parts.
    public init(name: String, coordinator: PublicKey, secret: SecretKey, token: Digest? = nil) {
        self.name = name
        self.coordinator = coordinator
        self.secret = secret
        self.token = token
    }

    /// The credential that a key file's `text` says; `file` names it in errors.
    ///
    /// - Throws: ``KeyError``, which never quotes the text.
    public init(text: String, file: String) throws(KeyError) {
        var fields: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            guard words.count == 2, fields.updateValue(words[1], forKey: words[0]) == nil else {
                throw KeyError("\(file): this is no key file of Concord.")
            }
        }
        guard let name = fields["name"], AllowList.isName(name),
            let coordinator = fields["coordinator"].flatMap({ PublicKey(hex: $0) }),
            let secret = fields["secret"].flatMap({ Hexadecimal.bytes($0) })
                .flatMap({ SecretKey(bytes: $0) })
        else {
            throw KeyError(
                "\(file): this is no key file of Concord, or it is cut off. Copy it again.")
        }
        let token = fields["token"].flatMap { Digest(hex: $0) }
        self.init(name: String(name), coordinator: coordinator, secret: secret, token: token)
    }

    /// The text of its key file, which holds the secret key.
    public var text: String {
        """
        # A key of Concord. Whoever has this file can act as "\(name)": keep it to yourself.
        name \(name)
        coordinator \(coordinator)
        secret \(secret.hex)

        """ + (token.map { "token \($0)\n" } ?? "")
    }
}

/// What is wrong with a key, a token or an allow-list.
public struct KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A sentence: what, where, what to do; without any key.
    public let description: String

    /// An error of this sentence.
    public init(_ description: String) { self.description = description }
}
