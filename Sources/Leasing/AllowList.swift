import Corpora

/// Whom a coordinator admits: the whole decision, without a socket or a file.
///
/// Nobody is admitted who is not listed. What was revoked stays listed, so that it can be told why;
/// its name is free for a new key, and each name has one entry that is not revoked, at most.
public struct AllowList: Hashable, Sendable {
    /// What somebody may do.
    public enum Role: String, Hashable, Sendable {
        /// Everything: the commands of whoever owns the store, and work.
        case owner
        /// Work: take leases and hand over outcomes.
        case worker
    }

    /// ### Legal transitions
    /// - `invited → admitted`, when a worker enrols its key with the token
    /// - `invited, admitted → revoked`, when a person says so
    public enum State: Hashable, Sendable {
        /// Whoever has the token of this hash may enrol one key, until so many seconds after 1970.
        case invited(token: Digest, until: Int)
        /// Whoever has the secret half of this key; enrolled by the token of this hash, if any.
        case admitted(PublicKey, token: Digest?)
        /// Nobody any more.
        case revoked(PublicKey?, token: Digest?)
    }

    /// One who is listed.
    public struct Entry: Hashable, Sendable {
        /// Its name: letters, digits and `.`, `_`, `-`.
        public let name: String
        /// What it may do.
        public let role: Role
        /// Whether it is admitted.
        public internal(set) var state: State
    }

    /// What becomes of a client that has proved to have a key.
    public enum Verdict: Hashable, Sendable {
        /// It comes in.
        case admitted(name: String, role: Role)
        /// It has a token, be it good or not: it may enrol a key, and is answered.
        case invited(token: Digest)
        /// It is refused: its key was revoked.
        case revoked(name: String)
        /// It is refused: nobody knows its key.
        case unknown
    }

    /// What became of an enrolment.
    public enum Enrolment: Hashable, Sendable {
        /// The key is listed, under this name.
        case admitted(name: String)
        /// It is not, for this reason: a sentence for the worker.
        case refused(String)
    }

    /// All who are listed, in the order in which they came.
    public private(set) var entries: [Entry] = []
    private var byKey: [PublicKey: Int] = [:]
    private var byToken: [Digest: Int] = [:]
    private var byName: [String: Int] = [:]

    /// The most entries of a list.
    public static let entriesMax = 100_000

    /// A list of nobody.
    public init() {}

    /// Whether `text` can name an entry.
    public static func isName(_ text: some StringProtocol) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "_" || $0 == "-")
            } && !text.hasPrefix(".") && !text.hasPrefix("-")
    }

    /// What becomes of a client that has proved to have `key`. Constant time.
    public func verdict(on key: PublicKey) -> Verdict {
        if let place = byKey[key] {
            let entry = entries[place]
            if case .admitted = entry.state {
                return .admitted(name: entry.name, role: entry.role)
            }
            return .revoked(name: entry.name)
        }
        let token = JoinToken.hash(of: key)
        return byToken[token] == nil ? .unknown : .invited(token: token)
    }

    /// Lists `key`, which the holder of the token of this hash has made, if the token is good.
    ///
    /// A token that was used is good for the same key again: its answer may have been lost.
    public mutating func enrol(
        _ key: PublicKey, by token: Digest, at seconds: Int
    ) -> Enrolment {
        let again = "Ask for a new one: `concord keys token` prints it."
        guard let place = byToken[token] else {
            return .refused("The token is unknown here. \(again)")
        }
        let name = entries[place].name
        switch entries[place].state {
        case .invited(_, let until):
            guard seconds <= until else {
                let minutes = (seconds - until + 59) / 60
                return .refused("The token \(name) expired \(minutes) minutes ago. \(again)")
            }
            guard byKey[key] == nil else {
                return .refused("The key is listed already, under another name.")
            }
            entries[place].state = .admitted(key, token: token)
            byKey[key] = place
            return .admitted(name: name)
        case .admitted(key, _): return .admitted(name: name)
        case .admitted:
            return .refused(
                "The token \(name) was used already, and is good for one worker. \(again)")
        case .revoked: return .refused("The token \(name) was revoked. \(again)")
        }
    }

    /// Lists `name` with its key.
    ///
    /// - Throws: ``KeyError`` when the name is none or taken, or the key is listed.
    public mutating func admit(
        _ name: String, _ role: Role, _ key: PublicKey
    ) throws(KeyError) {
        try add(Entry(name: name, role: role, state: .admitted(key, token: nil)))
    }

    /// Lists `name`, a worker that may enrol by the token of this hash until then.
    ///
    /// - Throws: ``KeyError`` when the name is none or taken.
    public mutating func invite(
        _ name: String, token: Digest, until seconds: Int
    ) throws(KeyError) {
        try add(
            Entry(name: name, role: .worker, state: .invited(token: token, until: seconds)))
    }

    /// Admits nobody under `name` any more.
    ///
    /// - Throws: ``KeyError`` when there is no such entry.
    public mutating func revoke(_ name: String) throws(KeyError) {
        guard let place = byName[name] else {
            throw KeyError("No key or token is called \(name). `concord keys list` names them.")
        }
        switch entries[place].state {
        case .invited(let token, _):
            entries[place].state = .revoked(nil, token: token)
        case .admitted(let key, let token):
            entries[place].state = .revoked(key, token: token)
        case .revoked: throw KeyError("\(name) is revoked already.")
        }
    }

    /// Gives `name` another key; the old one is unknown from then on.
    ///
    /// - Precondition: there is such an entry, which is admitted.
    public mutating func renew(_ name: String, _ key: PublicKey) {
        guard let place = byName[name], case .admitted(let old, let token) = entries[place].state
        else { preconditionFailure("There is no admitted entry \(name) to renew.") }
        byKey[old] = nil
        byKey[key] = place
        entries[place].state = .admitted(key, token: token)
    }

    /// A name that is free: `stem` with the lowest number that makes one.
    public func freeName(_ stem: String) -> String {
        var number = 1
        while byName["\(stem)-\(number)"] != nil { number += 1 }
        return "\(stem)-\(number)"
    }

    /// The newest entry of this name, if there is one.
    public subscript(name: String) -> Entry? { byName[name].map { entries[$0] } }

    /// Takes in an entry of a file or of a person's.
    mutating func add(_ entry: Entry) throws(KeyError) {
        guard Self.isName(entry.name) else {
            throw KeyError(
                "\"\(entry.name)\" is no name: take up to 64 letters, digits, dots and dashes.")
        }
        guard entry.name != "coordinator" else {
            throw KeyError("coordinator is the name of the store's own key. Take another name.")
        }
        guard self[entry.name].map(\.state.isRevoked) ?? true else {
            throw KeyError(
                "\(entry.name) is listed already. Take another name, or revoke it first.")
        }
        guard entries.count < Self.entriesMax else {
            throw KeyError("The list has \(Self.entriesMax) entries, the most that it may have.")
        }
        let (key, token) = entry.state.marks
        guard key.map({ byKey[$0] == nil }) ?? true, token.map({ byToken[$0] == nil }) ?? true
        else { throw KeyError("The key or token of \(entry.name) is listed already.") }
        byName[entry.name] = entries.count
        if let key { byKey[key] = entries.count }
        if let token { byToken[token] = entries.count }
        entries.append(entry)
    }
}

extension AllowList.State {
    /// Whether nobody comes in by it any more.
    public var isRevoked: Bool { if case .revoked = self { true } else { false } }

    /// The key and the token's hash by which a client is found.
    public var marks: (key: PublicKey?, token: Digest?) {
        switch self {
        case .invited(let token, _): (nil, token)
        case .admitted(let key, let token): (key, token)
        case .revoked(let key, let token): (key, token)
        }
    }
}
