import CSQLite

/// Why a store cannot be opened, read or written.
public enum JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another coordinator, described by `holder`, has the store.
    case locked(folder: String, holder: String)
    /// Another coordinator, described by `holder`, has taken the store over from this one.
    case superseded(folder: String, holder: String)
    /// The store was written to while it was read as one that nobody writes.
    case changed(path: String)
    /// The folder lies on a network file system.
    case networkFileSystem(folder: String, kind: String)
    /// There is no store in the folder.
    case missing(folder: String)
    /// A newer version of Concord has written the store.
    case newerSchema(path: String, version: Int, known: Int)
    /// What the store holds contradicts itself.
    case corrupt(path: String, reason: String)
    /// The file is not, bit for bit, a bundle of a store, or cannot be made or unpacked there.
    case bundle(path: String, reason: String)
    /// SQLite refused; `code` is its extended result code.
    case sqlite(path: String, sql: String, code: Int32, message: String)
    /// The system refused; `operation` says what was tried.
    case file(path: String, operation: String, message: String)

    /// A sentence: what, where, what to do.
    public var description: String {
        switch self {
        case .locked(let folder, let holder):
            """
            \(folder): another coordinator has this store: \(holder). Wait for it, end it, or \
            name another folder; look on with concord status. If it hangs, --take-over takes the \
            store from it.
            """
        case .superseded(let folder, let holder):
            """
            \(folder): another coordinator has taken this store over: \(holder). This one writes \
            nothing more and ends; all that it acknowledged is kept.
            """
        case .changed(let path):
            "\(path): a coordinator began while the store was read. Run the command again."
        case .networkFileSystem(let folder, let kind):
            """
            \(folder): this folder is on a network file system (\(kind)), where a store may be \
            damaged. Name a folder on a local disk.
            """
        case .missing(let folder):
            "\(folder): there is no store here. Name the folder that concord run wrote."
        case .newerSchema(let path, let version, let known):
            """
            \(path): a newer Concord wrote this store (version \(version); this program knows \
            \(known)). Use that release.
            """
        case .corrupt(let path, let reason):
            """
            \(path): the store is damaged: \(reason). `concord store check` says what else is; \
            with --repair it mends what can be.
            """
        case .bundle(let path, let reason):
            "\(path): it cannot be used as a bundle of a store: \(reason)."
        case .sqlite(let path, let sql, let code, let message):
            "\(path): \(message) (SQLite \(code)) in: \(sql). \(Self.advice(code))"
        case .file(let path, let operation, let message):
            "\(path): \(operation) failed: \(message). Check the path and its permissions."
        }
    }

    private static func advice(_ code: Int32) -> String {
        switch code & 0xFF {
        case SQLITE_FULL: "The disk is full: make room, then run the same command again."
        case SQLITE_READONLY: "The store cannot be written: check permissions and the disk."
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            "The file is damaged: `concord store check --repair` saves what can be saved."
        case SQLITE_BUSY, SQLITE_LOCKED: "Another program holds the file: end it and try again."
        case SQLITE_CANTOPEN: "The file cannot be opened: check the path and its permissions."
        case SQLITE_IOERR: "The disk failed or is full: check it, then run the command again."
        default: "Nothing of this was written; the same command resumes."
        }
    }
}
