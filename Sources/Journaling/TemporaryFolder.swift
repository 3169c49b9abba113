import Glibc

/// A folder with copies of files, which is removed with its owner.
final class TemporaryFolder {
    let path: String
    private let names: [String]

    /// Copies those of `names` that exist in `folder`, all as they were at one moment.
    ///
    /// - Throws: ``JournalError/file(path:operation:message:)``; also when the files change during
    ///   each of ten tries.
    init(copying names: [String], from folder: String) throws(JournalError) {
        self.names = names
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array((parent + "/concord.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw FileSystem.failure(parent, "making a temporary folder")
        }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        do throws(JournalError) {
            for _ in 0..<10 {
                let before = names.map { Stamp(folder + "/" + $0) }
                for name in names { try Self.copy(folder + "/" + name, to: path + "/" + name) }
                if names.map({ Stamp(folder + "/" + $0) }) == before { return }
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
        for name in names { for end in ["", "-wal", "-shm"] { unlink(path + "/" + name + end) } }
        rmdir(path)
    }

    /// What differs once a file was written to.
    private struct Stamp: Equatable {
        var size: Int
        var seconds: Int
        var nanoseconds: Int

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            size = Int(status.st_size)
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
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
