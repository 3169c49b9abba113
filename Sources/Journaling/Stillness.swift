import Glibc

/// What of a database file and its log changes when somebody begins to write.
struct Stillness: Equatable {
    private var file: Stamp?
    private var log: Stamp?

    /// As the file at `path` is now.
    init(_ path: String) {
        file = Stamp(path)
        log = Stamp(path + "-wal")
    }

    /// Whether the file has no log: it is complete by itself.
    static func isWhole(_ path: String) -> Bool { (Stamp(path + "-wal")?.size ?? 0) == 0 }
}

/// What differs once a file was written to.
struct Stamp: Equatable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    /// That of the file at `path`; nil where there is none.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}
