import Corpora

/// The list as a file, one entry a line; it holds no secret:
///
///     node7 worker admitted key=7be0… token=55a1…
///     node8 worker invited token=90c2… until=1764160000
///     old worker revoked key=11d9…
extension AllowList {
    /// The list that `text` says; `file` names it in errors.
    ///
    /// - Throws: ``KeyError``, with the line.
    public init(text: String, file: String) throws(KeyError) {
        self.init()
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        where !line.isEmpty && !line.hasPrefix("#") {
            guard let entry = Entry(line: line) else {
                throw KeyError(
                    """
                    \(file):\(index + 1): this is no entry of an allow-list. Change the list with \
                    `concord keys` only.
                    """)
            }
            do {
                try add(entry)
            } catch {
                throw KeyError("\(file):\(index + 1): \(error)")
            }
        }
    }

    /// The text of the list's file.
    public var text: String {
        let head = "# Whom the coordinator admits. `concord keys` changes it, while it runs too.\n"
        return entries.reduce(into: head) { $0 += $1.line + "\n" }
    }
}

extension AllowList.Entry {
    fileprivate init?(line: Substring) {
        let words = line.split(separator: " ")
        guard words.count >= 3, let role = AllowList.Role(rawValue: String(words[1])) else {
            return nil
        }
        var fields: [Substring: Substring] = [:]
        for word in words.dropFirst(3) {
            let parts = word.split(separator: "=")
            guard parts.count == 2, fields.updateValue(parts[1], forKey: parts[0]) == nil else {
                return nil
            }
        }
        let key = fields["key"].flatMap { PublicKey(hex: $0) }
        let token = fields["token"].flatMap { Digest(hex: $0) }
        // A digit that was mistyped must not make a key or token vanish from its entry.
        guard (fields["key"] == nil) == (key == nil), (fields["token"] == nil) == (token == nil)
        else { return nil }
        name = String(words[0])
        self.role = role
        switch words[2] {
        case "invited":
            guard key == nil, let token, let until = fields["until"].flatMap({ Int($0) }) else {
                return nil
            }
            state = .invited(token: token, until: until)
        case "admitted":
            guard let key else { return nil }
            state = .admitted(key, token: token)
        case "revoked":
            guard key != nil || token != nil else { return nil }
            state = .revoked(key, token: token)
        default: return nil
        }
    }

    fileprivate var line: String {
        let word =
            switch state {
            case .invited: "invited"
            case .admitted: "admitted"
            case .revoked: "revoked"
            }
        let (key, token) = state.marks
        var words = [name, role.rawValue, word]
        if let key { words.append("key=\(key)") }
        if let token { words.append("token=\(token)") }
        if case .invited(_, let until) = state { words.append("until=\(until)") }
        return words.joined(separator: " ")
    }
}
