/// The statements of a store, prepared once.
struct StoreStatements {
    let epoch: Statement
    let insertEvent: Statement
    let insertOutcome: Statement
    let insertDocument: Statement
    let insertManifest: Statement
    let entries: Statement
    let entry: Statement
    let lastEntries: Statement
    let outcome: Statement
    let outcomeDigest: Statement
    let outcomeKeys: Statement
    let newestProvenance: Statement
    let documentsWithDigest: Statement
    let lastPlanned: Statement
    let document: Statement
    let manifests: Statement

    init(_ database: Database) throws(JournalError) {
        func prepare(_ sql: String) throws(JournalError) -> Statement {
            try Statement(sql, in: database)
        }
        epoch = try prepare(
            """
            SELECT value, (SELECT value FROM facts WHERE name = 'holder')
            FROM facts WHERE name = 'epoch'
            """)
        insertEvent = try prepare(
            """
            INSERT INTO events
            (time, kind, trial, attempt, worker, number, cause, detail, digest, document)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        insertOutcome = try prepare("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?)")
        insertDocument = try prepare(
            "INSERT INTO documents (digest, spec) VALUES (?, ?) RETURNING id")
        insertManifest = try prepare("INSERT INTO manifests VALUES (?, ?, ?, ?)")
        let columns = """
            sequence, time, kind, trial, attempt, worker, number, cause, detail, digest, document
            """
        entries = try prepare(
            "SELECT \(columns) FROM events WHERE sequence > ? ORDER BY sequence")
        entry = try prepare("SELECT \(columns) FROM events WHERE sequence = ?")
        lastEntries = try prepare(
            "SELECT \(columns) FROM events ORDER BY sequence DESC LIMIT ?")
        outcome = try prepare("SELECT digest, outcome, provenance FROM outcomes WHERE trial = ?")
        newestProvenance = try prepare(
            "SELECT trial, provenance FROM outcomes ORDER BY rowid DESC LIMIT ?")
        outcomeDigest = try prepare("SELECT digest FROM outcomes WHERE trial = ?")
        outcomeKeys = try prepare("SELECT trial FROM outcomes ORDER BY trial")
        documentsWithDigest = try prepare("SELECT id FROM documents WHERE digest = ?")
        lastPlanned = try prepare(
            """
            SELECT document FROM events WHERE kind = 'planned' ORDER BY sequence DESC LIMIT 1
            """)
        document = try prepare("SELECT spec FROM documents WHERE id = ?")
        manifests = try prepare(
            "SELECT text, folder FROM manifests WHERE document = ? ORDER BY position")
    }
}
