import Corpora
import Foundation
import Glibc
import Leasing
import Messaging
import Planning

/// A folder with the newest checkpoint of every trial that has one: the coordinator's, and each
/// worker's own.
///
/// Nothing but time depends on it. A file is written under another name and renamed, and a digest
/// ends it; it is not forced to the disk. One that cannot be written is said once and missed; one
/// that is damaged is removed and counts as none.
final class CheckpointFolder {
    private let folder: String
    /// The trials that have a file, so that those without one cost no call to the system.
    private var keys: Set<TrialKey> = []
    private var hasComplained = false

    /// The checkpoints in `folder`, which is made when the first is kept.
    init(folder: String) {
        self.folder = folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names where name.hasSuffix(CheckpointFolder.ending) {
            let digits = String(name.dropLast(CheckpointFolder.ending.count))
            if let key = TrialKey(hex: digits) { keys.insert(key) }
        }
    }

    /// Keeps the state of the lease's trial in place of an older one.
    func keep(_ lease: LeaseID, _ checkpoint: TrialCheckpoint) {
        let frames = WireCodec.encode(WorkerMessage.checkpoint(lease, checkpoint), sequence: 0)
        do {
            try DigestedFile.makeFolder(folder)
            try DigestedFile.write(frames, to: path(lease.key), isDurable: false)
            keys.insert(lease.key)
        } catch {
            if !hasComplained { Terminal.complain("concord: a checkpoint is not kept: \(error)") }
            hasComplained = true
        }
    }

    /// The newest state of the trial, and the lease that it comes from.
    func newest(_ key: TrialKey) -> (lease: LeaseID, checkpoint: TrialCheckpoint)? {
        guard keys.contains(key) else { return nil }
        guard let frames = DigestedFile.read(path(key)),
            case .checkpoint(let lease, let checkpoint)? =
                try? WireCodec.decodeWorker(frames).message, lease.key == key
        else {
            discard(key)
            return nil
        }
        return (lease, checkpoint)
    }

    /// All that it keeps, by key.
    func all() -> [(lease: LeaseID, checkpoint: TrialCheckpoint)] {
        keys.sorted { $0.description < $1.description }.compactMap { newest($0) }
    }

    /// Removes the trial's state.
    func discard(_ key: TrialKey) {
        if keys.remove(key) != nil { unlink(path(key)) }
    }

    /// Removes the states of trials for which `isNeeded` does not hold.
    func discard(unless isNeeded: (TrialKey) -> Bool) {
        for key in keys where !isNeeded(key) { discard(key) }
    }

    private static let ending = ".checkpoint"

    private func path(_ key: TrialKey) -> String { "\(folder)/\(key)\(CheckpointFolder.ending)" }
}
