import CSQLite

/// A connection to an SQLite file, with one owner; not to be used by two threads at once.
///
/// It is the few calls that a journal needs. A library such as GRDB would add a minute to every
/// clean build and all of Foundation to every worker, for a query builder that has no use here.
public final class Database {
    /// The file.
    public let path: String
    let handle: OpaquePointer
    /// How the file was when it was opened as one that nobody writes.
    private let still: Stillness?

    /// How a file is opened.
    public enum Access: Sendable {
        /// To write: it is made where it is missing, a write-ahead log is kept beside it, and every
        /// commit is forced to the disk.
        case write
        /// To read, while others write or after they died. Nothing at all is written, not even
        /// into SQLite's shared memory beside the file, which must be there.
        case read
        /// To read a file that nobody writes and that has no log beside it. Should a writer begin
        /// all the same, what is read then is refused.
        case readStill
    }

    /// Opens the file at `path`.
    ///
    /// - Throws: ``JournalError``.
    public init(_ path: String, _ access: Access) throws(JournalError) {
        var handle: OpaquePointer?
        let flags: Int32
        switch access {
        case .write: flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        case .read, .readStill: flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
        }
        still = access == .readStill ? Stillness(path) : nil
        let code = sqlite3_open_v2(
            Database.name(path, access), &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard let handle else {
            throw .sqlite(path: path, sql: "open", code: code, message: "out of memory")
        }
        self.path = path
        self.handle = handle
        guard code == SQLITE_OK else { throw error(code, "open") }
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5000)
        if access == .write {
            try script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            try script("PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864")
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// What SQLite is told to open.
    private static func name(_ path: String, _ access: Access) -> String {
        let setting: String
        switch access {
        case .write: return path
        case .read: setting = "mode=ro&readonly_shm=1"
        case .readStill: setting = "immutable=1"
        }
        let plain = path.utf8.map { byte -> String in
            let isSpecial =
                byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
                || byte == UInt8(ascii: "%") || byte >= 0x80
            let hex = String(byte, radix: 16)
            return isSpecial
                ? "%" + (hex.count < 2 ? "0" : "") + hex : String(UnicodeScalar(byte))
        }
        return "file:\(plain.joined())?\(setting)"
    }

    /// Refuses what was read when somebody has begun to write the file since it was opened.
    func checkStill() throws(JournalError) {
        guard let still, still != Stillness(path) else { return }
        throw .changed(path: path)
    }

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
