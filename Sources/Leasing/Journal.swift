/// Where the coordinator's facts stand: a store on a disk, and in the simulation one that fails.
public protocol Journal: AnyObject {
    /// Writes `events` in their order, all or none, and returns when they are on the disk.
    ///
    /// - Parameter seconds: The wall clock, for people: no decision depends on it.
    /// - Throws: When it is not known that they are on the disk; then nothing that depends on them
    ///   may be said, and this life of the coordinator is over.
    func append(_ events: [JournalEvent], at seconds: Double) throws

    /// Replays all that was ever written into `history`.
    ///
    /// - Throws: When it cannot be read, or contradicts itself.
    func replay(into history: inout Dispatcher.History) throws
}
