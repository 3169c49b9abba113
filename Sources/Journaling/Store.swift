import CSQLite
import Glibc

/// Everything that a sweep has come to: a folder with the journal, the outcomes and the documents.
///
/// One coordinator writes it; everybody else reads it, at any time. It is used by one thread.
///
///     store/
///       concord.sqlite    journal, outcomes, documents; -wal and -shm are SQLite's beside it
///       lock              held by the coordinator; says who it is
///       endpoint          where the coordinator listens
public final class Store {
    /// The folder.
    public let folder: String
    let database: Database
    let lock: StoreLock?
    private let copy: TemporaryFolder?
    let statements: StoreStatements

    static let fileName = "concord.sqlite"

    /// Opens the store in `folder` to write it, or makes one.
    ///
    /// - Parameters:
    ///   - folder: Made when it is missing.
    ///   - sweep: The sweep's name. The store may hold older documents of the same sweep.
    /// - Throws: ``JournalError``: another coordinator has it, it is of another sweep, on a network
    ///   file system, of a newer version, or cannot be written.
    public static func coordinate(
        _ folder: String, sweep: String
    ) throws(JournalError) -> Store {
        try FileSystem.makeFolder(folder)
        try refuseNetwork(type: FileSystem.type(of: folder), folder: folder)
        let lock = try StoreLock(folder: folder)
        let database = try Database(folder + "/" + fileName, readOnly: false)
        try database.migrate(Schema.steps)
        let store = try Store(folder: folder, database: database, lock: lock, copy: nil)
        try store.claim(sweep)
        return store
    }

    /// Opens the store in `folder` to read it, whether or not a coordinator writes it.
    ///
    /// Where SQLite cannot read it in place, because the folder cannot be written or is on a
    /// network file system, the store is copied to a temporary folder and read there, as it was at
    /// that moment.
    ///
    /// - Throws: ``JournalError``: there is no store, or one of a newer version.
    public static func observe(_ folder: String) throws(JournalError) -> Store {
        let path = folder + "/" + fileName
        guard access(path, F_OK) == 0 else { throw .missing(folder: folder) }
        if FileSystem.networkName(ofType: FileSystem.type(of: folder)) == nil {
            do {
                let database = try Database(path, readOnly: true)
                return try observe(folder, database, copy: nil)
            } catch .sqlite(_, _, let code, _) where cannotReadInPlace(code) {
                // The copy below can be read.
            }
        }
        return try observeCopy(folder)
    }

    /// Opens a copy of the store in `folder` to read it.
    static func observeCopy(_ folder: String) throws(JournalError) -> Store {
        let copy = try TemporaryFolder(copying: [fileName, fileName + "-wal"], from: folder)
        let database = try Database(copy.path + "/" + fileName, readOnly: false)
        return try observe(folder, database, copy: copy)
    }

    /// The name of the sweep that the store is of; nil in the moment before it is written.
    public func sweepName() throws(JournalError) -> String? {
        var name: String?
        try statements.sweepName.forEach { (row) throws(JournalError) in name = row.text(0) }
        return name
    }

    /// Where the coordinator listens, or listened last; nil before it first did.
    ///
    /// A coordinator that takes up the store binds there again, so that its workers find it.
    public func endpoint() throws(JournalError) -> String? {
        try FileSystem.read(folder + "/endpoint").map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes down where the coordinator listens.
    public func saveEndpoint(_ endpoint: String) throws(JournalError) {
        try FileSystem.replace(folder + "/endpoint", by: Array(endpoint.utf8))
    }

    /// Reads all of the database; the faults found, none when all is well. Linear in its size.
    public func faults() throws(JournalError) -> [String] { try database.faults() }

    static func refuseNetwork(type: UInt, folder: String) throws(JournalError) {
        if let kind = FileSystem.networkName(ofType: type) {
            throw .networkFileSystem(folder: folder, kind: kind)
        }
    }

    private init(
        folder: String, database: Database, lock: StoreLock?, copy: TemporaryFolder?
    ) throws(JournalError) {
        self.folder = folder
        self.database = database
        self.lock = lock
        self.copy = copy
        statements = try StoreStatements(database)
    }

    private static func observe(
        _ folder: String, _ database: Database, copy: TemporaryFolder?
    ) throws(JournalError) -> Store {
        let version = try database.checkVersion(known: Schema.steps.count)
        guard version > 0 else { throw .missing(folder: folder) }
        return try Store(folder: folder, database: database, lock: nil, copy: copy)
    }

    /// Whether `code` says that SQLite wants to write beside the file, to read it.
    private static func cannotReadInPlace(_ code: Int32) -> Bool {
        code & 0xFF == SQLITE_CANTOPEN || code & 0xFF == SQLITE_READONLY
    }

    /// Writes the sweep's name into a new store, or compares it with that of an old one.
    private func claim(_ sweep: String) throws(JournalError) {
        guard let holds = try sweepName() else {
            let insert = try Statement("INSERT INTO facts VALUES ('sweep', ?)", in: database)
            return try insert.run([.text(sweep)])
        }
        if holds != sweep { throw .otherSweep(folder: folder, holds: holds, asked: sweep) }
    }
}
