/// The epoch keeps two coordinators apart that both believe to hold the store: one whose lock was
/// taken over or lost, and the one that came after it.
///
/// It is a number in the database. Each coordinator raises it when it opens the store, and each
/// transaction of its own compares it: only the last one to open the store writes.
extension Store {
    /// Refuses to go on when another coordinator has opened the store since.
    ///
    /// Every append asks this; a coordinator that has nothing to write asks it now and then.
    ///
    /// - Throws: ``JournalError/superseded(folder:holder:)``.
    public func checkEpoch() throws(JournalError) {
        var now = (epoch: 0, holder: "")
        try statements.epoch.forEach { (row) throws(JournalError) in
            now = (row.integer(0), row.text(1))
        }
        if now.epoch != epoch { throw .superseded(folder: folder, holder: now.holder) }
    }

    /// Raises the epoch in `database` and returns it; `holder` is who does so.
    static func raiseEpoch(
        in database: Database, holder: String
    ) throws(JournalError) -> Int {
        let raise = try Statement(
            """
            UPDATE facts SET value = CAST(value AS INTEGER) + 1 WHERE name = 'epoch' RETURNING value
            """, in: database)
        var epoch: Int?
        try raise.forEach { (row) throws(JournalError) in epoch = row.integer(0) }
        guard let epoch else {
            throw .corrupt(path: database.path, reason: "it has no epoch")
        }
        try Statement("INSERT OR REPLACE INTO facts VALUES ('holder', ?)", in: database)
            .run([.text(holder)])
        return epoch
    }
}
