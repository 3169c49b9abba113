import Corpora
import Leasing
import Planning

/// Writes what is sound in a store into a new database, whose bytes depend on nothing but that.
///
/// A bundle is made so from a store that is sound throughout, and a damaged one is mended so:
/// outcomes that are not what the journal recorded are left out, and their trials are open again;
/// lines of the journal that cannot be read, or that contradict those before them, are left out.
struct StoreRewrite {
    /// What was left out.
    struct Losses: Hashable {
        /// The trials whose outcomes were left out.
        var trials: [TrialKey] = []
        /// Lines of the journal, as far as it is known how many there were.
        var lines = 0
    }

    private let source: Database
    private let target: Database
    private let outcomes: RowReader
    private let events: RowReader
    private let insertEvent: Statement
    private var losses = Losses()
    /// The sound outcomes: their digest, and the number of their row.
    private var sound: [TrialKey: (digest: Digest, row: Int)] = [:]
    /// The outcomes that the new journal has recorded.
    private var recorded: [TrialKey: Digest] = [:]
    private var sequence = 0

    private static let eventColumns: Int32 = 11
    /// Rows that are committed together.
    private static let batch = 512

    /// Of the store `source`, into an empty file that `target` has opened.
    init(_ source: Database, to target: Database) throws(JournalError) {
        self.source = source
        self.target = target
        outcomes = try RowReader("outcomes", columns: 6, in: source)
        events = try RowReader("events", columns: Self.eventColumns, in: source)
        try target.migrate(Schema.steps)
        insertEvent = try Statement(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", in: target)
    }

    /// Writes it all.
    ///
    /// - Parameter seconds: When what is mended happened: seconds since 1970.
    /// - Throws: ``JournalError``; also when the sweep's own texts cannot be read.
    mutating func run(at seconds: Double) throws(JournalError) -> Losses {
        try copy("documents")
        try copy("manifests")
        try findSound()
        let reader = try Store(
            folder: source.path, database: source, lock: nil, epoch: 0, copy: nil)
        try copyEvents(reader)
        try mendEvents(at: seconds)
        try copyOutcomes()
        losses.trials.sort { $0.digest < $1.digest }
        return losses
    }

    private func copy(_ table: String) throws(JournalError) {
        let select = try Statement("SELECT * FROM \(table)", in: source)
        var rows: [[Value]] = []
        try select.forEach { (row) throws(JournalError) in
            rows.append((0..<row.count).map { row.value($0) })
        }
        guard let width = rows.first?.count else { return }
        let marks = Array(repeating: "?", count: width).joined(separator: ", ")
        let insert = try Statement("INSERT INTO \(table) VALUES (\(marks))", in: target)
        try target.transaction { () throws(JournalError) in
            for row in rows { try insert.run(row) }
        }
    }

    /// Reads every outcome and keeps those in mind whose bytes have their digest.
    private mutating func findSound() throws(JournalError) {
        for number in stride(from: 1, through: outcomes.last, by: 1) {
            guard case .values(let row) = try outcomes.row(number), let key = row[0].digest,
                let digest = row[1].digest, case .blob(let bytes) = row[5],
                Digest(of: bytes) == digest
            else { continue }
            sound[TrialKey(digest: key)] = (digest, number)
        }
    }

    /// Copies the lines that tell a possible story.
    private mutating func copyEvents(_ reader: Store) throws(JournalError) {
        var history = Dispatcher.History(trials: try allKeys())
        for start in stride(from: 1, through: events.last, by: Self.batch) {
            try target.transaction { () throws(JournalError) in
                for number in start..<min(start + Self.batch, events.last + 1) {
                    guard case .values(let row) = try events.row(number) else {
                        if events.knowsLast { losses.lines += 1 }
                        continue
                    }
                    if try isPossible(try? reader.event(number), &history) {
                        try insert(row)
                    } else {
                        losses.lines += 1
                    }
                }
            }
        }
    }

    private mutating func isPossible(
        _ event: ReplayedEvent?, _ history: inout Dispatcher.History
    ) throws(JournalError) -> Bool {
        guard let event else { return false }
        do throws(HistoryError) {
            switch event {
            case .finished(let lease, _, let outcome):
                try history.replayFinished(lease, outcome: outcome)
                recorded[lease.key] = outcome
            case .other(let event):
                try history.replay(event)
                if case .discarded(let key, _) = event { recorded[key] = nil }
            }
        } catch { return false }
        return true
    }

    /// All trials that the journal speaks of.
    private func allKeys() throws(JournalError) -> [TrialKey] {
        var keys: Set<TrialKey> = Set(sound.keys)
        for number in stride(from: 1, through: events.last, by: 1) {
            guard case .values(let row) = try events.row(number), let key = row[3].digest else {
                continue
            }
            keys.insert(TrialKey(digest: key))
        }
        return keys.sorted { $0.digest < $1.digest }
    }

    /// Writes down what journal and outcomes do not agree on.
    private mutating func mendEvents(at seconds: Double) throws(JournalError) {
        try target.transaction { () throws(JournalError) in
            for (key, digest) in recorded.sorted(by: { $0.key.digest < $1.key.digest })
            where sound[key]?.digest != digest {
                sound[key] = nil
                losses.trials.append(key)
                try append(.discarded(key, outcome: digest), at: seconds)
            }
            for (key, found) in sound.sorted(by: { $0.key.digest < $1.key.digest })
            where recorded[key] == nil {
                guard case .values(let row) = try outcomes.row(found.row),
                    case .integer(let attempt) = row[2], case .text(let worker) = row[3]
                else { continue }
                let lease = LeaseID(key: key, attempt: attempt)
                let delivery = Delivery(outcome: [], provenance: [])
                var line = EventRow(.finished(lease, WorkerID(worker), delivery))
                line.digest = .blob(found.digest.bytes)
                try append(line, at: seconds)
            }
        }
    }

    private mutating func append(
        _ event: JournalEvent, at seconds: Double
    ) throws(JournalError) { try append(EventRow(event), at: seconds) }

    private mutating func append(_ row: EventRow, at seconds: Double) throws(JournalError) {
        try insert([.null] + row.values(at: seconds))
    }

    /// Writes a line under the next number.
    private mutating func insert(_ row: [Value]) throws(JournalError) {
        sequence += 1
        try insertEvent.run([.integer(sequence)] + row.dropFirst())
    }

    private func copyOutcomes() throws(JournalError) {
        let insert = try Statement("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?)", in: target)
        let rows = sound.sorted { $0.key.digest < $1.key.digest }.map(\.value.row)
        for start in stride(from: 0, to: rows.count, by: Self.batch) {
            try target.transaction { () throws(JournalError) in
                for number in rows[start..<min(start + Self.batch, rows.count)] {
                    guard case .values(let row) = try outcomes.row(number) else { continue }
                    try insert.run(row)
                }
            }
        }
    }
}
