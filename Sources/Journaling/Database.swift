import CSQLite

/// A connection to an SQLite file, with one owner; not to be used by two threads at once.
///
/// It is the few calls that a journal needs. A library such as GRDB would add a minute to every
/// clean build and all of Foundation to every worker, for a query builder that has no use here.
public final class Database {
    /// The file.
    public let path: String
    let handle: OpaquePointer

    /// Opens the file at `path`.
    ///
    /// - Parameter readOnly: Writes nothing; false creates the file where it is missing, keeps a
    ///   write-ahead log beside it and forces every commit to the disk.
    /// - Throws: ``JournalError``.
    public init(_ path: String, readOnly: Bool) throws(JournalError) {
        var handle: OpaquePointer?
        let flags =
            (readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
            | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &handle, flags, nil)
        guard let handle else {
            throw .sqlite(path: path, sql: "open", code: code, message: "out of memory")
        }
        self.path = path
        self.handle = handle
        guard code == SQLITE_OK else { throw error(code, "open") }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5000)
        if !readOnly {
            try script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            try script("PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864")
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// Performs statements that take nothing and return nothing of interest.
    ///
    /// - Throws: ``JournalError/sqlite(path:sql:code:message:)``.
    public func script(_ sql: String) throws(JournalError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code, sql) }
    }

    /// Performs `body` wholly or not at all.
    ///
    /// - Throws: What `body` throws, or ``JournalError`` when the commit fails; in both cases the
    ///   file is as it was.
    public func transaction<Value>(
        _ body: () throws(JournalError) -> Value
    ) throws(JournalError) -> Value {
        try script("BEGIN IMMEDIATE")
        do throws(JournalError) {
            let value = try body()
            try script("COMMIT")
            return value
        } catch {
            // A full disk may have rolled it back already.
            if sqlite3_get_autocommit(handle) == 0 {
                sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            }
            throw error
        }
    }

    /// The number that a one-row, one-column query such as `PRAGMA user_version` gives.
    public func integer(_ sql: String) throws(JournalError) -> Int {
        let statement = try Statement(sql, in: self)
        var value = 0
        try statement.forEach { (row) throws(JournalError) in value = row.integer(0) }
        return value
    }

    /// Brings the file to the version of the last of `steps`, each step in one transaction.
    ///
    /// - Throws: ``JournalError/newerSchema(path:version:known:)`` when it is further already.
    public func migrate(_ steps: [String]) throws(JournalError) {
        let version = try checkVersion(known: steps.count)
        for index in version..<steps.count {
            try transaction { () throws(JournalError) in
                try script(steps[index])
                try script("PRAGMA user_version = \(index + 1)")
            }
        }
    }

    /// The file's version.
    ///
    /// - Throws: ``JournalError/newerSchema(path:version:known:)`` when it is over `known`.
    @discardableResult
    func checkVersion(known: Int) throws(JournalError) -> Int {
        let version = try integer("PRAGMA user_version")
        guard version <= known else {
            throw .newerSchema(path: path, version: version, known: known)
        }
        return version
    }

    /// Reads every page and index; the faults that SQLite finds, none when all is well.
    ///
    /// Linear in the size of the file.
    public func faults() throws(JournalError) -> [String] {
        var faults: [String] = []
        let statement = try Statement("PRAGMA integrity_check", in: self)
        try statement.forEach { (row) throws(JournalError) in faults.append(row.text(0)) }
        return faults == ["ok"] ? [] : faults
    }

    func error(_ code: Int32, _ sql: String) -> JournalError {
        .sqlite(
            path: path, sql: sql, code: code, message: String(cString: sqlite3_errmsg(handle)))
    }
}
