import Glibc

/// A folder that is removed with its owner.
final class TemporaryFolder {
    /// The folder.
    let path: String
    /// The database that was copied into it.
    let database: String

    /// An empty folder beside `path`, on the same file system.
    init(near path: String) throws(JournalError) {
        self.path = try TemporaryFolder.make(path)
        database = self.path + "/" + Store.fileName
    }

    /// Copies the database `name` in `folder` with its log, as both were at one moment, while
    /// others may write them.
    ///
    /// A log is only added to until it begins anew, with another head. What its content went to the
    /// file meanwhile is in the copied log too, so the two agree when the head stayed; a part of an
    /// entry at the end does not count.
    ///
    /// - Throws: ``JournalError/file(path:operation:message:)``; also when the log begins anew
    ///   during each of ten tries.
    init(copying name: String, from folder: String) throws(JournalError) {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        path = try TemporaryFolder.make(parent + "/concord")
        database = path + "/" + name
        let source = folder + "/" + name
        do throws(JournalError) {
            for _ in 0..<10 {
                let (head, stamp) = (try Self.head(source + "-wal"), Stamp(source))
                try Self.copy(source, to: database)
                try Self.copy(source + "-wal", to: database + "-wal")
                let isSame = try Self.head(source + "-wal") == head
                if isSame, head.count > 0 || Stamp(source) == stamp { return }
            }
            throw JournalError.file(
                path: folder, operation: "copying", message: "the store changes all the time")
        } catch {
            FileSystem.remove(path)
            throw error
        }
    }

    deinit { FileSystem.remove(path) }

    /// Makes a folder whose name begins with `path`.
    private static func make(_ path: String) throws(JournalError) -> String {
        var template = Array((path + ".XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw FileSystem.failure(path, "making a temporary folder beside it")
        }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The first bytes of a log, which name its beginning; none where there is no log.
    private static func head(_ path: String) throws(JournalError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return [] }
        guard file >= 0 else { throw FileSystem.failure(path, "opening") }
        defer { close(file) }
        var head = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(file, &head, head.count)
        guard count >= 0 else { throw FileSystem.failure(path, "reading") }
        return Array(head.prefix(count))
    }

    private static func copy(_ source: String, to target: String) throws(JournalError) {
        unlink(target)
        let input = open(source, O_RDONLY | O_CLOEXEC)
        if input < 0, errno == ENOENT { return }
        guard input >= 0 else { throw FileSystem.failure(source, "opening") }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw FileSystem.failure(target, "opening") }
        defer { close(output) }
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = Glibc.read(input, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileSystem.failure(source, "reading") }
            if count == 0 { return }
            try FileSystem.write(Array(piece[..<count]), to: output, target)
        }
    }
}
