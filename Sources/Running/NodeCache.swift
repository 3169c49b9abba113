import Corpora
import Features
import Foundation
import Glibc
import Leasing

/// The matrices that a machine has fetched, for all of its workers: a folder with a file for each,
/// named by its digest.
///
/// Who fetches one holds a lock on its `.part` file, so that a machine fetches it once; who trains
/// with one holds a shared lock on it. When room is needed, those that nobody has locked go, the
/// longest unused first. Whatever lies in a file is checked against its name before it is used.
package final class NodeCache {
    package let folder: String
    private let bytesMax: Int
    private var isPrepared = false
    private var parts: [Digest: Part] = [:]
    /// Open files with a shared lock, so that they stay until a trainer has them.
    private var held: [Digest: Int32] = [:]

    /// A matrix that this worker fetches.
    private struct Part {
        let descriptor: Int32
        var have: Int
        var isReserved = false
    }

    /// The folder that workers of one user share where they are not told otherwise.
    static var defaultFolder: String { "/var/tmp/concord-cache-\(getuid())" }

    /// A cache of at most `bytesMax` bytes in `folder`, which is made when it is first needed.
    package init(folder: String, bytesMax: Int) {
        self.folder = folder
        self.bytesMax = bytesMax
    }

    /// Makes the folder, and sees to it that it is this user's.
    private func prepare() throws {
        guard !isPrepared else { return }
        try DigestedFile.makeOwnFolder(folder, option: "--cache")
        isPrepared = true
    }

    deinit {
        for part in parts.values { Glibc.close(part.descriptor) }
        letGo()
    }

    /// Where the matrix is, when it is there whole.
    package func path(_ digest: Digest) -> String { "\(folder)/\(digest)" }

    /// Looks for the matrix, and takes its fetching over unless another worker has.
    ///
    /// - Throws: ``RunningError`` when the folder is another user's, or cannot be written.
    func open(_ digest: Digest) throws -> Fetcher.Opening {
        try prepare()
        if let part = parts[digest] { return .mine(have: part.have) }
        let partPath = path(digest) + ".part"
        while true {
            if access(path(digest), F_OK) == 0 { return .present }
            let descriptor = Glibc.open(partPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else {
                throw RunningError.system("write \(partPath)", code: errno)
            }
            let isMine = flock(descriptor, LOCK_EX | LOCK_NB) == 0
            var status = stat()
            fstat(descriptor, &status)
            guard isMine else {
                Glibc.close(descriptor)
                return .others(have: Int(status.st_size))
            }
            // Between opening and locking it, its last owner may have put it in its place.
            guard status.st_nlink > 0 else {
                Glibc.close(descriptor)
                continue
            }
            parts[digest] = Part(descriptor: descriptor, have: Int(status.st_size))
            return .mine(have: Int(status.st_size))
        }
    }

    /// Adds a chunk, which begins where the last one ended.
    ///
    /// - Returns: why there is no room for the whole matrix; nil when there is.
    func write(_ chunk: MatrixChunk) -> String? {
        guard var part = parts[chunk.digest], part.have == chunk.offset else { return nil }
        if !part.isReserved {
            if let reason = makeRoom(for: chunk.digest, part.descriptor, total: chunk.total) {
                return reason
            }
            part.isReserved = true
        }
        var start = 0
        while start < chunk.bytes.count {
            let count = chunk.bytes.withUnsafeBytes {
                pwrite(
                    part.descriptor, $0.baseAddress! + start, chunk.bytes.count - start,
                    off_t(part.have + start))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                return "\(folder): \(String(cString: strerror(errno)))"
            }
            start += count
        }
        part.have += chunk.bytes.count
        parts[chunk.digest] = part
        return nil
    }

    /// The digest of what has come of a matrix, and comes.
    static func growing(_ digest: Digest, in folder: String) -> GrowingDigest {
        GrowingDigest(path: "\(folder)/\(digest).part")
    }

    /// Puts what has come into its place, where its digest is right; takes the time that it takes
    /// to read what `growing` has not taken in.
    static func settle(_ digest: Digest, _ growing: GrowingDigest, in folder: String) -> Bool {
        guard (try? growing.catchUp()) != nil, growing.digest == digest else { return false }
        unlink("\(folder)/\(digest).total")
        return rename("\(folder)/\(digest).part", "\(folder)/\(digest)") == 0
    }

    /// Throws away what has come of the matrix.
    func discard(_ digest: Digest) {
        guard let part = parts[digest] else { return }
        ftruncate(part.descriptor, 0)
        parts[digest]?.have = 0
        parts[digest]?.isReserved = false
    }

    /// Leaves the matrix, whole or in part, to all.
    func close(_ digest: Digest) {
        guard let part = parts.removeValue(forKey: digest) else { return }
        Glibc.close(part.descriptor)
    }

    /// Sees to it that a matrix which is there stays, until ``letGo()``.
    func hold(_ digest: Digest) {
        guard held[digest] == nil else { return }
        // What this worker fetched has its own lock already, which others may share now.
        if let part = parts.removeValue(forKey: digest) {
            flock(part.descriptor, LOCK_SH)
            held[digest] = part.descriptor
            return
        }
        let descriptor = Glibc.open(path(digest), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        flock(descriptor, LOCK_SH)
        held[digest] = descriptor
    }

    /// Whatever is held may go when room is needed.
    func letGo() {
        for descriptor in held.values { Glibc.close(descriptor) }
        held = [:]
    }

    // MARK: Room

    /// Removes files that nobody uses, the longest unused first, until the whole of one more fits;
    /// then a file beside it says how large it will be, for others who make room.
    private func makeRoom(for digest: Digest, _ descriptor: Int32, total: Int) -> String? {
        guard total <= bytesMax else { return tooSmall(total) }
        // One worker at a time; it takes no longer than the removal of some files.
        let lock = Glibc.open(folder + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { return "\(folder)/lock: \(String(cString: strerror(errno)))" }
        defer { Glibc.close(lock) }
        while flock(lock, LOCK_EX) != 0 && errno == EINTR {}
        var own = stat()
        fstat(descriptor, &own)
        var files = listing().filter { $0.inode != own.st_ino }
        var used = files.reduce(0) { $0 + $1.bytes }
        files.sort { ($0.usedAt, $0.path) < ($1.usedAt, $1.path) }
        for file in files where used + total > bytesMax {
            if NodeCache.removeUnused(file.path) { used -= file.bytes }
        }
        guard used + total <= bytesMax else { return tooSmall(used + total) }
        // Foundation would flush the file, and with it all that has come: nobody needs that.
        let path = "\(path(digest)).total"
        let note = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard note >= 0 else { return "\(path): \(String(cString: strerror(errno)))" }
        defer { Glibc.close(note) }
        return writeAll(Array("\(total)".utf8), to: note) ? nil : "\(path) cannot be written"
    }

    private func tooSmall(_ bytes: Int) -> String {
        """
        the cache \(folder) may hold \(Memory.spelled(bytesMax)), and what is in use there would \
        be \(Memory.spelled(bytes)): give it more with --cache-gib
        """
    }

    private struct File {
        let path: String
        let bytes: Int
        let usedAt: Int
        let inode: ino_t
    }

    private func listing() -> [File] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.count == 64 || $0.hasSuffix(".part") }.compactMap { name in
            var status = stat()
            let path = "\(folder)/\(name)"
            guard lstat(path, &status) == 0 else { return nil }
            let total = name.hasSuffix(".part") ? Memory.text(NodeCache.note(path)) : nil
            return File(
                path: path, bytes: max(Int(status.st_size), total.flatMap { Int($0) } ?? 0),
                usedAt: Int(status.st_mtim.tv_sec) * 1_000_000_000 + Int(status.st_mtim.tv_nsec),
                inode: status.st_ino)
        }
    }

    /// The file that says how large the whole of a `.part` file will be.
    private static func note(_ path: String) -> String { String(path.dropLast(5)) + ".total" }

    /// False when somebody has it locked.
    private static func removeUnused(_ path: String) -> Bool {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return true }
        defer { Glibc.close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, unlink(path) == 0 else { return false }
        if path.hasSuffix(".part") { unlink(note(path)) }
        return true
    }
}
