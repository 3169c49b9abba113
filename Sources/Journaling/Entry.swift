import Corpora
import Leasing

/// A line of the journal, as it is read back.
public struct Entry: Hashable, Sendable {
    /// Its number: 1, 2, 3 and so on.
    public let sequence: Int
    /// When it was written: seconds since 1970.
    public let seconds: Double
    /// The fact.
    public let event: ReplayedEvent
}

/// A ``JournalEvent`` without the bytes of outcomes, so that a long journal is read quickly.
public enum ReplayedEvent: Hashable, Sendable {
    /// What ``JournalEvent/finished(_:_:_:)`` was; ``Store/outcome(_:)`` has the bytes.
    case finished(LeaseID, WorkerID, outcome: Digest)
    /// Any other event.
    case other(JournalEvent)
}

/// The kinds of events, as the journal spells them. A new one raises the ``Schema``.
enum EventKind: String, CaseIterable {
    case planned, joined, left, lost, leased, finished, repeated, differed, failed, expired
    case returned, abandoned, reopened, copied, explained, cordoned, released, discarded
    case announced
}
