import Corpora
import Leasing
import Planning

extension Store {
    /// Writes `events` in their order, all or none, and returns when they are on the disk.
    ///
    /// Many events in one call cost one wait for the disk, as one does.
    ///
    /// - Parameters:
    ///   - events: What happened.
    ///   - seconds: The wall clock: seconds since 1970.
    /// - Throws: ``JournalError``, ``JournalError/superseded(folder:holder:)`` among them: then
    ///   nothing of `events` is written, and what depends on them must not be done.
    /// - Precondition: The store was opened by ``coordinate(_:takeOver:)``.
    public func append(_ events: [JournalEvent], at seconds: Double) throws(JournalError) {
        precondition(lock != nil, "An observer does not write.")
        if events.isEmpty { return }
        try database.transaction { () throws(JournalError) in
            try checkEpoch()
            for event in events { try insert(event, at: seconds) }
        }
    }

    private func insert(_ event: JournalEvent, at seconds: Double) throws(JournalError) {
        var row = EventRow(event)
        switch event {
        case .planned(let document, _): row.document = .integer(try save(document))
        case .finished(let lease, let worker, let delivery):
            let digest = Digest(of: delivery.outcome)
            row.digest = .blob(digest.bytes)
            try statements.insertOutcome.run([
                .blob(lease.key.digest.bytes), .blob(digest.bytes), .integer(lease.attempt),
                .text(worker.description), .blob(delivery.provenance), .blob(delivery.outcome),
            ])
        default: break
        }
        try statements.insertEvent.run(row.values(at: seconds))
    }

    /// The number of the row that holds `document`; the same texts and folders are kept once.
    private func save(_ document: SweepDocument) throws(JournalError) -> Int {
        let digest = Value.blob(document.digest.bytes)
        var candidates: [Int] = []
        try statements.documentsWithDigest.forEach([digest]) { (row) throws(JournalError) in
            candidates.append(row.integer(0))
        }
        for id in candidates where try self.document(id) == document { return id }
        var id = 0
        try statements.insertDocument.forEach([digest, .text(document.spec)]) {
            (row) throws(JournalError) in id = row.integer(0)
        }
        for (position, manifest) in document.manifests.enumerated() {
            try statements.insertManifest.run([
                .integer(id), .integer(position), .text(manifest),
                .text(document.folders[position]),
            ])
        }
        return id
    }
}

/// An event as the columns of its row; digest and document of big content are filled in later.
struct EventRow {
    var kind: EventKind
    var trial = Value.null
    var attempt = Value.null
    var worker = Value.null
    var number = Value.null
    var cause = Value.null
    var detail = Value.null
    var digest = Value.null
    var document = Value.null

    init(_ event: JournalEvent) {
        switch event {
        case .planned(_, let trials):
            kind = .planned
            number = .integer(trials)
        case .joined(let worker, let name, let slots):
            kind = .joined
            self.worker = .text(worker.description)
            detail = .text(name)
            number = .integer(slots)
        case .announced(let worker, let resources):
            kind = .announced
            self.worker = .text(worker.description)
            detail = .text(resources.line)
            number = .integer(resources.memoryBytes)
        case .left(let worker, let lost):
            kind = lost ? .lost : .left
            self.worker = .text(worker.description)
        case .leased(let lease, let worker):
            kind = .leased
            set(lease, worker)
        case .finished(let lease, let worker, _):
            kind = .finished
            set(lease, worker)
        case .repeated(let lease, let worker, let outcome, let equal):
            kind = equal ? .repeated : .differed
            set(lease, worker)
            digest = .blob(outcome.bytes)
        case .failed(let lease, let worker, let failure):
            kind = .failed
            set(lease, worker)
            set(failure)
        case .expired(let lease, let worker):
            kind = .expired
            set(lease, worker)
        case .returned(let lease, let worker):
            kind = .returned
            set(lease, worker)
        case .copied(let lease, let worker):
            kind = .copied
            set(lease, worker)
        case .explained(let lease, let worker):
            kind = .explained
            set(lease, worker)
        case .cordoned(let worker):
            kind = .cordoned
            self.worker = .text(worker.description)
        case .released(let worker):
            kind = .released
            self.worker = .text(worker.description)
        case .abandoned(let key, let failure):
            kind = .abandoned
            trial = .blob(key.digest.bytes)
            set(failure)
        case .reopened(let key):
            kind = .reopened
            trial = .blob(key.digest.bytes)
        case .discarded(let key, let outcome):
            kind = .discarded
            trial = .blob(key.digest.bytes)
            digest = .blob(outcome.bytes)
        }
    }

    /// The columns after its number.
    func values(at seconds: Double) -> [Value] {
        [
            .real(seconds), .text(kind.rawValue), trial, attempt, worker, number, cause, detail,
            digest, document,
        ]
    }

    private mutating func set(_ lease: LeaseID, _ worker: WorkerID) {
        trial = .blob(lease.key.digest.bytes)
        attempt = .integer(lease.attempt)
        self.worker = .text(worker.description)
    }

    private mutating func set(_ failure: Failure) {
        cause = .text(failure.cause.rawValue)
        detail = .text(failure.message)
    }
}
