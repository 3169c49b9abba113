import Corpora
import Foundation
import Glibc
import Leasing
import Messaging
import Planning

/// A worker's folder: its name for life, and its outcomes until the coordinator has recorded them.
///
/// An outcome is a file of its own, written under another name, flushed to the disk and renamed: it
/// is there whole or not at all. A digest ends it; a file that rotted on the disk is set aside.
final class Spool {
    /// The worker's name for life, kept over restarts.
    let worker: WorkerID
    private let folder: String
    private let lock: FileLock

    /// The spool in `folder`, which is made if it is missing.
    ///
    /// - Throws: ``RunningError`` when another worker uses the folder, or it cannot be written.
    init(folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw RunningError("cannot make the folder \(folder): \(error.localizedDescription)")
        }
        guard let lock = try FileLock(path: "\(folder)/lock") else {
            throw RunningError(
                "another worker uses the spool \(folder). Name another folder with --spool.")
        }
        self.folder = folder
        self.lock = lock
        let named = "\(folder)/worker"
        if let bytes = FileManager.default.contents(atPath: named), bytes.count == 36 {
            worker = WorkerID(String(decoding: bytes, as: UTF8.self))
        } else {
            worker = WorkerID(UUID().uuidString.lowercased())
            try Spool.write(Array(worker.description.utf8), to: named)
        }
    }

    /// Keeps an outcome; on return it is on the disk.
    ///
    /// - Throws: ``RunningError`` with the system's reason, such as a full disk.
    func keep(_ lease: LeaseID, _ delivery: Delivery) throws {
        let bytes = WireCodec.frameBytes(
            WireCodec.encode(WorkerMessage.finished(lease, delivery), sequence: 0))
        try Spool.write(bytes + Digest(of: bytes).bytes, to: path(lease.key))
    }

    /// Forgets an outcome that is recorded.
    func forget(_ key: TrialKey) { unlink(path(key)) }

    /// All outcomes that it keeps, by key.
    ///
    /// A file that is not what was written is renamed to `….damaged` and said on the error stream.
    func kept() -> [(LeaseID, Delivery)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".outcome") }.sorted().compactMap { name in
            let path = "\(folder)/\(name)"
            guard let bytes = FileManager.default.contents(atPath: path),
                let kept = Spool.read(Array(bytes))
            else {
                Terminal.complain("concord: \(path) is damaged and set aside; it is trained again")
                rename(path, path + ".damaged")
                return nil
            }
            return kept
        }
    }

    private func path(_ key: TrialKey) -> String { "\(folder)/\(key).outcome" }

    private static func read(_ bytes: [UInt8]) -> (LeaseID, Delivery)? {
        guard bytes.count > 32,
            Digest(of: bytes.dropLast(32)).bytes == Array(bytes.suffix(32))
        else { return nil }
        var reader = FrameReader()
        reader.push(bytes.dropLast(32))
        guard let frames = try? reader.next(),
            case .finished(let lease, let delivery)? = try? WireCodec.decodeWorker(frames).message
        else { return nil }
        return (lease, delivery)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let draft = path + ".draft"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RunningError.system("write \(draft)", code: errno) }
        defer { close(descriptor) }
        guard writeAll(bytes, to: descriptor), fsync(descriptor) == 0, rename(draft, path) == 0
        else {
            throw RunningError.system("write \(path)", code: errno)
        }
    }
}
