import Glibc

/// A lock on a file that the operating system holds for this process and frees at its death.
final class FileLock {
    private let descriptor: Int32

    /// Takes the lock, or is nil when a living process holds it.
    ///
    /// - Throws: ``RunningError`` when the file cannot be opened.
    init?(path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw RunningError.system("open \(path)", code: errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }
}
