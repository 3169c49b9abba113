import Corpora
import Foundation
import Glibc

/// The digest of a file that still grows: it takes in what is there, and the rest when it has come.
final class GrowingDigest {
    private let path: String
    private var descriptor: Int32 = -1
    private var stream = DigestStream()
    private var position = 0
    /// What is read at a time stays in a core's own cache.
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)

    /// The digest of the file at `path`, of which nothing is taken in yet.
    init(path: String) { self.path = path }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Takes in bytes of the file that begin at `offset`, where those before are taken in already;
    /// whether they are.
    func take(_ bytes: [UInt8], at offset: Int) -> Bool {
        guard offset == position else { return false }
        bytes.withUnsafeBytes { stream.add($0) }
        position += bytes.count
        return true
    }

    /// Takes in what is there by now, read from the file.
    ///
    /// - Throws: ``RunningError`` when the file cannot be read.
    func catchUp() throws {
        if descriptor < 0 { descriptor = open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw RunningError.system("open \(path)", code: errno) }
        while true {
            let count = buffer.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, off_t(position))
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw RunningError.system("read \(path)", code: errno) }
            if count == 0 { return }
            buffer.withUnsafeBytes { stream.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            position += count
        }
    }

    /// The digest of what was taken in.
    var digest: Digest { stream.digest }
}
