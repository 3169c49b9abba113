import CSQLite
import Glibc

extension Store {
    /// Opens the store in `folder` to read it, whether or not a coordinator writes it. Nothing in
    /// the folder is written.
    ///
    /// Where SQLite cannot read it in place, because what a reader needs is not beside it, it is on
    /// a network file system or of an older version, the store is copied to a temporary folder and
    /// read there, as it was at that moment.
    ///
    /// - Throws: ``JournalError``: there is no store, or one of a newer version. What is read later
    ///   can throw ``JournalError/changed(path:)``.
    public static func observe(_ folder: String) throws(JournalError) -> Store {
        let path = folder + "/" + fileName
        guard access(path, F_OK) == 0 else { throw .missing(folder: folder) }
        guard FileSystem.networkName(ofType: FileSystem.type(of: folder)) == nil else {
            return try observeCopy(folder)
        }
        do {
            let database = try Database(path, Stillness.isWhole(path) ? .readStill : .read)
            if try version(of: database, folder) == Schema.steps.count {
                return try Store(
                    folder: folder, database: database, lock: nil, epoch: 0, copy: nil)
            }
        } catch .sqlite(_, _, let code, _) where cannotReadInPlace(code) {
            // The copy below can be read.
        }
        return try observeCopy(folder)
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

    /// Whether `code` says that SQLite wants to write beside the file, to read it.
    private static func cannotReadInPlace(_ code: Int32) -> Bool {
        code & 0xFF == SQLITE_CANTOPEN || code & 0xFF == SQLITE_READONLY
    }
}
