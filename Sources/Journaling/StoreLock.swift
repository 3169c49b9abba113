import Glibc

/// The right to write a store: a lock of the operating system, which no crash leaves behind.
///
/// The file says who holds it, for the message to the second one who asks; its content decides
/// nothing, and it stays when the lock is gone. A lock can be lost (somebody removes the file) or
/// taken over; what then keeps two coordinators apart is the store's epoch.
final class StoreLock {
    /// The process that holds it, and its host.
    let holder: String
    private let file: Int32
    private let path: String
    /// Where the file lies until the lock is taken over.
    private let draft: String?

    /// Takes the lock on the store in `folder`.
    ///
    /// - Parameter takeOver: Whether to go on when another process has it. The other's lock stands
    ///   until ``replace()``.
    /// - Throws: ``JournalError/locked(folder:holder:)`` when another process has it.
    init(folder: String, takeOver: Bool = false) throws(JournalError) {
        path = folder + "/lock"
        holder = "process \(getpid()) on \(StoreLock.host)"
        if let free = try StoreLock.lock(path) {
            file = free
            draft = nil
        } else if takeOver {
            let draft = path + ".\(getpid())"
            unlink(draft)
            guard let own = try StoreLock.lock(draft) else {
                throw .locked(folder: folder, holder: holder)
            }
            file = own
            self.draft = draft
        } else {
            let other = String(decoding: try FileSystem.read(path) ?? [], as: UTF8.self)
            throw .locked(folder: folder, holder: other.isEmpty ? "it has just begun" : other)
        }
        guard ftruncate(file, 0) == 0 else { throw FileSystem.failure(path, "writing") }
        try FileSystem.write(Array(holder.utf8), to: file, path)
    }

    deinit {
        if let draft { unlink(draft) }
        if file >= 0 { close(file) }
    }

    /// Puts this lock in the place of the one that another process holds.
    func replace() throws(JournalError) {
        guard let draft else { return }
        guard rename(draft, path) == 0 else { throw FileSystem.failure(path, "renaming") }
    }

    /// A descriptor of the file at `path`, locked; nil when another process has the lock.
    private static func lock(_ path: String) throws(JournalError) -> Int32? {
        while true {
            let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
            guard file >= 0 else { throw FileSystem.failure(path, "opening") }
            guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
                let code = errno
                close(file)
                if code == EINTR { continue }
                guard code == EWOULDBLOCK else { throw FileSystem.failure(path, "locking") }
                return nil
            }
            // Another may have put its own file there between the two calls.
            var (held, named) = (stat(), stat())
            if fstat(file, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino {
                return file
            }
            close(file)
        }
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        return String(
            decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
