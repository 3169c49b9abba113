import Glibc

/// The right to write a store: a lock of the operating system, which no crash leaves behind.
///
/// The file says who holds it, for the message to the second one who asks; its content decides
/// nothing, and it stays when the lock is gone.
final class StoreLock {
    private let file: Int32

    /// Takes the lock on the store in `folder`.
    ///
    /// - Throws: ``JournalError/locked(folder:holder:)`` when another process has it.
    init(folder: String) throws(JournalError) {
        let path = folder + "/lock"
        file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw FileSystem.failure(path, "opening") }
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            guard errno == EWOULDBLOCK else { throw FileSystem.failure(path, "locking") }
            let holder = String(decoding: try FileSystem.read(path) ?? [], as: UTF8.self)
            throw .locked(folder: folder, holder: holder.isEmpty ? "it has just begun" : holder)
        }
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        let bytes = name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
        let host = String(decoding: bytes, as: UTF8.self)
        guard ftruncate(file, 0) == 0 else { throw FileSystem.failure(path, "writing") }
        try FileSystem.write(Array("process \(getpid()) on \(host)".utf8), to: file, path)
    }

    deinit { if file >= 0 { close(file) } }
}
