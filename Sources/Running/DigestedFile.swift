import Corpora
import Foundation
import Glibc
import Messaging

/// A file with a message's frames and their digest at its end: it is there whole or not at all, and
/// bits that rotted on the disk are noticed.
enum DigestedFile {
    /// Writes `frames` under another name and renames them; when `isDurable`, they are on the disk
    /// before.
    ///
    /// - Throws: ``RunningError`` with the system's reason, such as a full disk.
    static func write(_ frames: [[UInt8]], to path: String, isDurable: Bool) throws {
        let bytes = WireCodec.frameBytes(frames)
        try replace(path, by: bytes + Digest(of: bytes).bytes, isDurable: isDurable)
    }

    /// The frames in the file; nil when there is none, or it is not what was written.
    static func read(_ path: String) -> [[UInt8]]? {
        guard let bytes = FileManager.default.contents(atPath: path).map({ Array($0) }),
            bytes.count > 32, Digest(of: bytes.dropLast(32)).bytes == Array(bytes.suffix(32))
        else { return nil }
        var reader = FrameReader(framesMax: WireCodec.workerFramesMax)
        reader.push(bytes.dropLast(32))
        return try? reader.next()
    }

    /// Makes the folder, where it is missing.
    ///
    /// - Throws: ``RunningError``.
    static func makeFolder(_ folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw RunningError(
                "cannot make the folder \(folder). See that no file is in its way, that you may "
                    + "write there, and that the disk has room.")
        }
    }

    /// Makes the folder for this user alone, where it is missing: whoever may write into it says
    /// what its files hold.
    ///
    /// - Throws: ``RunningError`` when it is another user's, or everybody may write into it, and
    ///   names `option` to choose another.
    static func makeOwnFolder(_ folder: String, option: String) throws {
        let isNew = access(folder, F_OK) != 0
        try makeFolder(folder)
        if isNew { chmod(folder, 0o700) }
        var status = stat()
        guard lstat(folder, &status) == 0, status.st_uid == getuid(),
            status.st_mode & S_IFMT == S_IFDIR, status.st_mode & S_IWOTH == 0
        else {
            throw RunningError(
                "\(folder) is no folder of this user's own: what is in it cannot be trusted. Name "
                    + "another with \(option).")
        }
    }

    /// Replaces the file by one with these bytes, which others may read as `mode` says.
    ///
    /// - Throws: ``RunningError`` with the system's reason.
    static func replace(
        _ path: String, by bytes: [UInt8], isDurable: Bool, mode: mode_t = 0o644
    ) throws {
        let draft = path + ".draft"
        // A draft that a crash left may be open to more than `mode` says.
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw RunningError.system("write \(draft)", code: errno) }
        defer { close(descriptor) }
        guard writeAll(bytes, to: descriptor), !isDurable || fsync(descriptor) == 0,
            rename(draft, path) == 0
        else {
            let code = errno
            unlink(draft)
            throw RunningError.system("write \(path)", code: code)
        }
        guard isDurable else { return }
        let folder = open(LoadedSweep.folder(of: path), O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}
