import Corpora
import Leasing
import Planning

extension Store {
    /// The journal's entries after the one with number `sequence`, in order.
    ///
    /// Linear in their number; outcomes are not read. With the number of the entry seen last it
    /// gives what is new.
    ///
    /// - Throws: ``JournalError``.
    public func entries(after sequence: Int = 0) throws(JournalError) -> [Entry] {
        try entries(statements.entries, sequence)
    }

    /// What the entry with number `sequence` says; nil when there is none.
    func event(_ sequence: Int) throws(JournalError) -> ReplayedEvent? {
        try entries(statements.entry, sequence).first?.event
    }

    /// The last `count` entries of the journal, in order.
    ///
    /// - Throws: ``JournalError``.
    public func lastEntries(_ count: Int) throws(JournalError) -> [Entry] {
        try entries(statements.lastEntries, count).reversed()
    }

    /// The outcome of a trial with its provenance, or nil when it has none.
    ///
    /// - Throws: ``JournalError/corrupt(path:reason:)`` when its bytes are not those written.
    public func outcome(_ key: TrialKey) throws(JournalError) -> Delivery? {
        var delivery: Delivery?
        try statements.outcome.forEach([.blob(key.digest.bytes)]) { (row) throws(JournalError) in
            let outcome = row.blob(1)
            guard row.blob(0) == Digest(of: outcome).bytes else {
                throw corrupt("the outcome of trial \(key) is not the one that was written")
            }
            delivery = Delivery(outcome: outcome, provenance: row.blob(2))
        }
        return delivery
    }

    /// The provenance of the `count` outcomes that came last, the newest first.
    ///
    /// - Throws: ``JournalError``.
    public func newestProvenance(
        _ count: Int
    ) throws(JournalError) -> [(key: TrialKey, bytes: [UInt8])] {
        var found: [(key: TrialKey, bytes: [UInt8])] = []
        try statements.newestProvenance.forEach([.integer(count)]) { (row) throws(JournalError) in
            found.append((TrialKey(digest: try digest(row, 0)), row.blob(1)))
        }
        return found
    }

    /// The digest of a trial's outcome, or nil when it has none.
    ///
    /// - Throws: ``JournalError``.
    public func outcomeDigest(_ key: TrialKey) throws(JournalError) -> Digest? {
        var digest: Digest?
        try statements.outcomeDigest.forEach([.blob(key.digest.bytes)]) {
            (row) throws(JournalError) in digest = try self.digest(row, 0)
        }
        return digest
    }

    /// The trials that have an outcome, ordered by their keys.
    ///
    /// - Throws: ``JournalError``.
    public func outcomeKeys() throws(JournalError) -> [TrialKey] {
        var keys: [TrialKey] = []
        try statements.outcomeKeys.forEach { (row) throws(JournalError) in
            keys.append(TrialKey(digest: try digest(row, 0)))
        }
        return keys
    }

    /// The document that was planned last, or nil before the first.
    ///
    /// - Throws: ``JournalError``.
    public func document() throws(JournalError) -> SweepDocument? {
        var id: Int?
        try statements.lastPlanned.forEach { (row) throws(JournalError) in id = row.integer(0) }
        guard let id else { return nil }
        return try document(id)
    }

    func document(_ id: Int) throws(JournalError) -> SweepDocument {
        var document: SweepDocument?
        try statements.document.forEach([.integer(id)]) { (row) throws(JournalError) in
            document = SweepDocument(spec: row.text(0), manifests: [], folders: [])
        }
        guard var document else { throw corrupt("document \(id) is missing") }
        try statements.manifests.forEach([.integer(id)]) { (row) throws(JournalError) in
            document.manifests.append(row.text(0))
            document.folders.append(row.text(1))
        }
        return document
    }

    private func entries(
        _ statement: Statement, _ number: Int
    ) throws(JournalError) -> [Entry] {
        var entries: [Entry] = []
        var documents: [Int: SweepDocument] = [:]
        try statement.forEach([.integer(number)]) { (row) throws(JournalError) in
            if !row.isNull(10), documents[row.integer(10)] == nil {
                documents[row.integer(10)] = try document(row.integer(10))
            }
            entries.append(
                Entry(
                    sequence: row.integer(0), seconds: row.real(1),
                    event: try event(row, documents[row.integer(10)])))
        }
        return entries
    }

    private func event(
        _ row: Row, _ document: SweepDocument?
    ) throws(JournalError) -> ReplayedEvent {
        guard let kind = EventKind(rawValue: row.text(2)) else {
            throw corrupt("event \(row.integer(0)) is of the unknown kind \"\(row.text(2))\"")
        }
        let worker = WorkerID(row.text(5))
        switch kind {
        case .planned:
            guard let document else { throw corrupt("event \(row.integer(0)) has no document") }
            return .other(.planned(document, trials: row.integer(6)))
        case .joined: return .other(.joined(worker, name: row.text(8), slots: row.integer(6)))
        case .announced:
            return .other(
                .announced(worker, Resources(line: row.text(8), memoryBytes: row.integer(6))))
        case .left: return .other(.left(worker, lost: false))
        case .lost: return .other(.left(worker, lost: true))
        case .leased: return .other(.leased(try lease(row), worker))
        case .finished: return .finished(try lease(row), worker, outcome: try digest(row, 9))
        case .repeated, .differed:
            return .other(
                .repeated(
                    try lease(row), worker, outcome: try digest(row, 9), equal: kind == .repeated))
        case .failed: return .other(.failed(try lease(row), worker, try failure(row)))
        case .expired: return .other(.expired(try lease(row), worker))
        case .copied: return .other(.copied(try lease(row), worker))
        case .explained: return .other(.explained(try lease(row), worker))
        case .cordoned: return .other(.cordoned(worker))
        case .released: return .other(.released(worker))
        case .returned: return .other(.returned(try lease(row), worker))
        case .abandoned:
            return .other(.abandoned(TrialKey(digest: try digest(row, 3)), try failure(row)))
        case .reopened: return .other(.reopened(TrialKey(digest: try digest(row, 3))))
        case .discarded:
            return .other(
                .discarded(TrialKey(digest: try digest(row, 3)), outcome: try digest(row, 9)))
        }
    }

    private func lease(_ row: Row) throws(JournalError) -> LeaseID {
        LeaseID(key: TrialKey(digest: try digest(row, 3)), attempt: row.integer(4))
    }

    private func failure(_ row: Row) throws(JournalError) -> Failure {
        guard let cause = Failure.Cause(rawValue: row.text(7)) else {
            throw corrupt("event \(row.integer(0)) has the unknown cause \"\(row.text(7))\"")
        }
        return Failure(cause: cause, message: row.text(8))
    }

    private func digest(_ row: Row, _ column: Int32) throws(JournalError) -> Digest {
        guard let digest = row.digest(column) else {
            throw corrupt("a digest has \(row.blob(column).count) bytes instead of 32")
        }
        return digest
    }

    private func corrupt(_ reason: String) -> JournalError {
        .corrupt(path: database.path, reason: reason)
    }
}
