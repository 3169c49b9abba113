import CSQLite
import Glibc

extension Store {
    /// Opens the store in `folder` to read it as it is at this moment, whatever a coordinator
    /// writes meanwhile. Nothing in the folder is written.
    ///
    /// Where SQLite cannot read it in place, because what a reader needs is not beside it, it is on
    /// a network file system or of an older version, the store is copied to a temporary folder and
    /// read there.
    ///
    /// - Throws: ``JournalError``: there is no store, or one of a newer version. What is read later
    ///   can throw ``JournalError/changed(path:)``.
    public static func observe(_ folder: String) throws(JournalError) -> Store {
        let path = folder + "/" + fileName
        guard access(path, F_OK) == 0 else { throw .missing(folder: folder) }
        guard FileSystem.networkName(ofType: FileSystem.type(of: folder)) == nil else {
            return try observeCopy(folder)
        }
        for _ in 0..<5 {
            do throws(JournalError) {
                guard let store = try observeInPlace(folder) else { break }
                return store
            } catch .sqlite(_, _, readOnlyRecovery, _) {
                // Met a writer in the midst of the shared memory's head, or the head that one left
                // when it was killed.
                continue
            } catch .sqlite(_, _, let code, _) where cannotReadInPlace(code) {
                break
            }
        }
        return try observeCopy(folder)
    }

    /// Opens the store where it lies; nil when it is of an older version.
    ///
    /// All that is read belongs to one transaction: it is of one moment, and what can go wrong with
    /// the shared memory does so here.
    private static func observeInPlace(_ folder: String) throws(JournalError) -> Store? {
        let path = folder + "/" + fileName
        let database = try Database(path, Stillness.isWhole(path) ? .readStill : .read)
        try database.script("BEGIN")
        guard try version(of: database, folder) == Schema.steps.count else { return nil }
        return try Store(folder: folder, database: database, lock: nil, epoch: 0, copy: nil)
    }

    /// Opens a copy of the store in `folder` to read it.
    static func observeCopy(_ folder: String) throws(JournalError) -> Store {
        let copy = try TemporaryFolder(copying: fileName, from: folder)
        let database = try Database(copy.database, .write)
        _ = try version(of: database, folder)
        try database.migrate(Schema.steps)
        return try Store(folder: folder, database: database, lock: nil, epoch: 0, copy: copy)
    }

    private static func version(
        of database: Database, _ folder: String
    ) throws(JournalError) -> Int {
        let version = try database.checkVersion(known: Schema.steps.count)
        guard version > 0 else { throw .missing(folder: folder) }
        return version
    }

    private static let readOnlyRecovery = SQLITE_READONLY | (1 << 8)

    /// Whether `code` says that SQLite wants to write beside the file, to read it.
    private static func cannotReadInPlace(_ code: Int32) -> Bool {
        code & 0xFF == SQLITE_CANTOPEN || code & 0xFF == SQLITE_READONLY
    }
}
