import Leasing

/// What `concord keys` does to a store: who may take part in its sweep.
public struct StoreKeys {
    private let store: String
    private let folder: KeyFolder

    /// The name of the store's owner.
    public static let owner = KeyFolder.owner

    /// The keys of the store, which are made where they are missing.
    ///
    /// - Throws: ``RunningError`` when they cannot be made, or others may read them.
    public init(making store: String) throws {
        self.store = store
        folder = try KeyFolder(making: store)
    }

    /// The keys of the store.
    ///
    /// - Throws: ``RunningError`` when there are none.
    public init(of store: String) throws {
        self.store = store
        folder = try KeyFolder(of: store)
    }

    /// The file of the key `name`, which whoever has it can act as.
    public func file(_ name: String) -> String { folder.file(name) }

    /// Makes a key for a worker, and lists it.
    ///
    /// - Returns: The key's file, to be taken to the worker's machine.
    /// - Throws: ``KeyError`` when the name is none or taken.
    public func makeWorker(_ name: String) throws -> String {
        try folder.makeWorker(name)
        return folder.file(name)
    }

    /// Makes a token that lets one worker join within `seconds`.
    ///
    /// - Parameter name: What the worker is called; nil takes a free name.
    /// - Throws: ``KeyError`` when the name is none or taken.
    public func makeToken(
        _ name: String? = nil, seconds: Double
    ) throws -> (name: String, token: String) {
        let until = Int((Clock.wallSeconds + seconds).rounded(.up))
        let made = try folder.makeToken(name, until: until)
        return (made.name, made.token.text)
    }

    /// Admits the key or token of this name no more. The owner's is replaced by a new one.
    ///
    /// - Throws: ``KeyError`` when there is none.
    public func revoke(_ name: String) throws { try folder.revoke(name) }

    /// Who is listed, as a table: name, role, state, and the first digits of the public key.
    ///
    /// - Throws: ``RunningError`` or ``KeyError`` when the list cannot be read.
    public func table() throws -> String {
        let now = Int(Clock.wallSeconds)
        let rows = try folder.allowed().entries.map { entry in
            [entry.name, entry.role.rawValue] + KeyFolder.words(entry.state, at: now)
        }
        let table = [["name", "role", "state", "key"]] + rows
        let widths = (0..<3).map { column in table.map { $0[column].count }.max() ?? 0 }
        return table.map { row in
            zip(row, widths).map { word, width in
                word + String(repeating: " ", count: width - word.count)
            }.joined(separator: "  ") + "  " + row[3]
        }.joined(separator: "\n")
    }
}

extension KeyFolder {
    /// The state of an entry for people, and its key.
    static func words(_ state: AllowList.State, at now: Int) -> [String] {
        let key = state.marks.key.map { String("\($0)".prefix(12)) } ?? "-"
        switch state {
        case .invited(_, let until) where until < now: return ["token, expired", key]
        case .invited(_, let until): return ["token, \((until - now + 59) / 60) minutes left", key]
        case .admitted: return ["admitted", key]
        case .revoked: return ["revoked", key]
        }
    }
}
