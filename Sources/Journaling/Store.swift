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
    /// The number of this opening to write; 0 of an observer.
    let epoch: Int
    private let copy: TemporaryFolder?
    let statements: StoreStatements

    static let fileName = "concord.sqlite"

    /// Opens the store in `folder` to write it, or makes one.
    ///
    /// - Parameters:
    ///   - folder: Made when it is missing.
    ///   - sweep: The sweep's name. The store may hold older documents of the same sweep.
    ///   - takeOver: Whether to take the store from a coordinator that has it: from now on that
    ///     one's appends are refused. The default is false.
    /// - Throws: ``JournalError``: another coordinator has it, it is of another sweep, on a network
    ///   file system, of a newer version, or cannot be written.
    public static func coordinate(
        _ folder: String, sweep: String, takeOver: Bool = false
    ) throws(JournalError) -> Store {
        try FileSystem.makeFolder(folder)
        try refuseNetwork(type: FileSystem.type(of: folder), folder: folder)
        let lock = try StoreLock(folder: folder, takeOver: takeOver)
        let database = try Database(folder + "/" + fileName, .write)
        try database.migrate(Schema.steps)
        let epoch = try database.transaction { () throws(JournalError) in
            try claim(folder, for: sweep, in: database)
            return try raiseEpoch(in: database, holder: lock.holder)
        }
        try lock.replace()
        return try Store(
            folder: folder, database: database, lock: lock, epoch: epoch, copy: nil)
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

    init(
        folder: String, database: Database, lock: StoreLock?, epoch: Int, copy: TemporaryFolder?
    ) throws(JournalError) {
        self.folder = folder
        self.database = database
        self.lock = lock
        self.epoch = epoch
        self.copy = copy
        statements = try StoreStatements(database)
    }

    /// Writes the sweep's name into a new store, or compares it with that of an old one.
    private static func claim(
        _ folder: String, for sweep: String, in database: Database
    ) throws(JournalError) {
        var holds: String?
        try Statement("SELECT value FROM facts WHERE name = 'sweep'", in: database)
            .forEach { (row) throws(JournalError) in holds = row.text(0) }
        if let holds, holds != sweep {
            throw .otherSweep(folder: folder, holds: holds, asked: sweep)
        }
        if holds == nil {
            try Statement("INSERT INTO facts VALUES ('sweep', ?)", in: database)
                .run([.text(sweep)])
        }
    }
}
