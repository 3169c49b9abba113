import Foundation
import Glibc

/// A file that only its owner may read: keys and the allow-list.
enum SecretFile {
    /// The text of the file at `path`, or nil when there is none.
    ///
    /// - Throws: ``RunningError`` when others than its owner may read or write it.
    static func read(_ path: String, what: String) throws -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw RunningError.system("read \(path)", code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw RunningError.system("read \(path)", code: errno)
        }
        // A credential that systemd lends to a service may show its access list as root's group.
        let lent = getenv("CREDENTIALS_DIRECTORY").map { path.hasPrefix(String(cString: $0) + "/") }
        let others: mode_t =
            lent == true && status.st_uid == 0 && status.st_gid == 0 ? 0o037 : 0o077
        guard status.st_mode & others == 0 else {
            throw RunningError(
                """
                \(path): others than its owner may read or change the \(what) (mode \
                \(String(status.st_mode & 0o777, radix: 8))). If somebody may have, revoke it and \
                make a new one with `concord keys`; else: chmod 600 \(path)
                """)
        }
        guard status.st_size <= 64 << 20,
            let bytes = try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
                .readToEnd() ?? Data(),
            let text = String(bytes: bytes, encoding: .utf8)
        else { throw RunningError("\(path): the \(what) cannot be read, or is no text.") }
        return text
    }

    /// Makes the file, or replaces it: it is there whole or not at all, for its owner alone.
    ///
    /// - Throws: ``RunningError`` with the system's reason.
    static func write(_ text: String, to path: String) throws {
        try DigestedFile.replace(path, by: Array(text.utf8), isDurable: true, mode: 0o600)
    }
}
