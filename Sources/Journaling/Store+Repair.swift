import Glibc
import Planning

/// What a repair has done to a store.
public struct StoreRepair: Hashable, Sendable {
    /// Trials whose outcomes were missing or damaged: they are open again.
    public let reopened: [TrialKey]
    /// Lines of the journal that could not be read, or contradicted others, and are gone.
    public let linesLost: Int
    /// Where the damaged database lies now.
    public let damaged: String
}

extension Store {
    /// Replaces the database of the store in `folder` by one of all that is sound in it.
    ///
    /// The damaged one is kept beside it. A repair that is killed leaves the store as it was.
    ///
    /// - Parameter seconds: The wall clock: seconds since 1970.
    /// - Throws: ``JournalError``: a coordinator has the store, or the sweep's own texts cannot be
    ///   read, without which there is nothing to go on with.
    public static func repair(
        _ folder: String, at seconds: Double
    ) throws(JournalError) -> StoreRepair {
        let path = folder + "/" + fileName
        guard access(path, F_OK) == 0 else { throw .missing(folder: folder) }
        try refuseNetwork(type: FileSystem.type(of: folder), folder: folder)
        let lock = try StoreLock(folder: folder)
        defer { withExtendedLifetime(lock) {} }
        let draft = path + ".repaired"
        for end in ["", "-wal", "-shm"] { unlink(draft + end) }
        let losses = try rewrite(path, to: draft, holder: lock.holder, at: seconds)
        let damaged = path + ".damaged"
        for end in ["", "-wal"] { unlink(damaged + end) }
        guard link(path, damaged) == 0 else { throw FileSystem.failure(damaged, "linking") }
        // A log that could not be emptied is of the damaged file, and must not meet the new one.
        rename(path + "-wal", damaged + "-wal")
        unlink(path + "-shm")
        guard rename(draft, path) == 0 else { throw FileSystem.failure(path, "renaming") }
        FileSystem.syncFolder(of: path)
        return StoreRepair(reopened: losses.trials, linesLost: losses.lines, damaged: damaged)
    }

    private static func rewrite(
        _ path: String, to draft: String, holder: String, at seconds: Double
    ) throws(JournalError) -> StoreRewrite.Losses {
        let source = try Database(path, .write)
        try source.migrate(Schema.steps)
        let epoch = try raiseEpoch(in: source, holder: holder)
        let target = try Database(draft, .write)
        var rewrite = try StoreRewrite(source, to: target)
        let losses = try rewrite.run(at: seconds)
        try Statement("UPDATE facts SET value = ? WHERE name = 'epoch'", in: target)
            .run([.text("\(epoch)")])
        return losses
    }
}
