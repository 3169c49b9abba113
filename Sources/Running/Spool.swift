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
    /// - Throws: ``RunningError`` when another worker uses the folder, it is another user's, or it
    ///   cannot be written.
    init(folder: String) throws {
        try DigestedFile.makeOwnFolder(folder, option: "--spool")
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
            try DigestedFile.replace(
                named, by: Array(worker.description.utf8), isDurable: true)
        }
    }

    /// Keeps an outcome; on return it is on the disk.
    ///
    /// - Throws: ``RunningError`` with the system's reason, such as a full disk.
    func keep(_ lease: LeaseID, _ delivery: Delivery) throws {
        let frames = WireCodec.encode(WorkerMessage.finished(lease, delivery), sequence: 0)
        try DigestedFile.write(frames, to: path(lease.key), isDurable: true)
    }

    /// Forgets an outcome that is recorded.
    func forget(_ key: TrialKey) { unlink(path(key)) }

    /// All outcomes that it keeps, by key.
    ///
    /// A file that is not what was written is renamed to `….damaged` and said on the error stream.
    func kept() -> [(LeaseID, Delivery)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(Spool.ending) }.sorted().compactMap { name in
            let path = "\(folder)/\(name)"
            guard let frames = DigestedFile.read(path),
                case .finished(let lease, let delivery)? =
                    try? WireCodec.decodeWorker(frames).message
            else {
                Terminal.complain("concord: \(path) is damaged and set aside; it is trained again")
                rename(path, path + ".damaged")
                return nil
            }
            return (lease, delivery)
        }
    }

    /// What the names of its outcomes end in.
    static let ending = ".outcome"

    private func path(_ key: TrialKey) -> String { "\(folder)/\(key)\(Spool.ending)" }
}
