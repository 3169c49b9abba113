import Planning

/// Something that is wrong with a store, found by ``Store/check()``.
public enum StoreFault: Hashable, Sendable, CustomStringConvertible {
    /// SQLite cannot read the file, or says that it contradicts itself.
    case database(String)
    /// The journal's lines are not all there, or not to be understood.
    case journal(String)
    /// The outcome of a trial is not what the journal says that it is.
    case outcome(TrialKey, String)

    /// A sentence.
    public var description: String {
        switch self {
        case .database(let words): "the database: \(words)"
        case .journal(let words): "the journal: \(words)"
        case .outcome(let key, let words): "the outcome of trial \(key): \(words)"
        }
    }
}
