import Glibc

/// A folder with a copy of a database, which is removed with its owner.
final class TemporaryFolder {
    /// The copy.
    var database: String { path + "/" + name }
    private let path: String
    private let name: String

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
        self.name = name
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/concord.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw FileSystem.failure(parent, "making a temporary folder")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
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
            remove()
            throw error
        }
    }

    deinit { remove() }

    private func remove() {
        for end in ["", "-wal", "-shm"] { unlink(database + end) }
        rmdir(path)
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
