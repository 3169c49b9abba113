import Kernels
import Leasing
import Planning

/// A worker's spool: what survives the worker, unless its disk is full, rots or loses it.
struct SimulatedSpool: Sendable {
    var isFull = false
    private var files: [File] = []

    private struct File: Sendable {
        var spooled: Session.Spooled
        /// The machine has flushed the folder: a power cut leaves it there.
        var isSynced = false
        /// Bits have flipped; the digest at its end shows it.
        var isDamaged = false
    }

    func holds(_ lease: LeaseID) -> Bool { files.contains { $0.spooled.lease == lease } }

    /// False when the disk is full: nothing is kept then.
    mutating func keep(_ spooled: Session.Spooled) -> Bool {
        if isFull { return false }
        files.removeAll { $0.spooled.lease.key == spooled.lease.key }
        files.append(File(spooled: spooled))
        return true
    }

    mutating func forget(_ key: TrialKey) { files.removeAll { $0.spooled.lease.key == key } }

    /// What a worker that starts finds: whole files; a damaged one is set aside.
    mutating func kept(checksDigests: Bool = true) -> [Session.Spooled] {
        if checksDigests { files.removeAll(where: \.isDamaged) }
        return files.map { file in
            var spooled = file.spooled
            if file.isDamaged { spooled.delivery.outcome.append(1) }
            return spooled
        }
    }

    /// Time passes: what was written is flushed by now.
    mutating func settle() { for place in files.indices { files[place].isSynced = true } }

    /// The power fails: what was not flushed may be gone.
    mutating func losePower(_ random: inout RandomStream) {
        files.removeAll { !$0.isSynced && random.chance(0.5) }
    }

    /// A bit of a file flips.
    mutating func rot(_ random: inout RandomStream) {
        guard !files.isEmpty else { return }
        files[random.below(files.count)].isDamaged = true
    }
}
