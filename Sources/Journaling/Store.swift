/// Everything that sweeps have come to: a folder with the journal, the outcomes and the documents.
///
/// It is of no one sweep: outcomes are named by their trials' keys, so that what one sweep trained
/// no other trains again. The document that was planned last is the one that is worked on.
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
    ///   - takeOver: Whether to take the store from a coordinator that has it: from now on that
    ///     one's appends are refused. The default is false.
    /// - Throws: ``JournalError``: another coordinator has it, it is on a network file system,
    ///   of a newer version, or cannot be written.
    public static func coordinate(
        _ folder: String, takeOver: Bool = false
    ) throws(JournalError) -> Store {
        try FileSystem.makeFolder(folder)
        try refuseNetwork(type: FileSystem.type(of: folder), folder: folder)
        let lock = try StoreLock(folder: folder, takeOver: takeOver)
        let database = try Database(folder + "/" + fileName, .write)
        try database.migrate(Schema.steps)
        let epoch = try database.transaction { () throws(JournalError) in
            try raiseEpoch(in: database, holder: lock.holder)
        }
        try lock.replace()
        return try Store(
            folder: folder, database: database, lock: lock, epoch: epoch, copy: nil)
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
}
