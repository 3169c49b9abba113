import Planning

/// What a person asks of a running coordinator, by a command of its own.
public enum Request: Hashable, Sendable {
    /// Give these trials, which are quarantined or cancelled, new attempts.
    case retry([TrialKey])
    /// End these trials: they are not trained until somebody retries them.
    case cancel([TrialKey])
    /// Let the worker of this name or id leave; at once, with checkpoints, or when what it trains
    /// is done.
    case drain(worker: String, atOnce: Bool)
}

/// What became of a ``Request``; what it changed is on disk.
public struct Answer: Hashable, Sendable {
    /// It was done; false when it could not be.
    public var isDone: Bool
    /// A sentence for the person.
    public var text: String

    /// The answer of this sentence.
    public init(isDone: Bool, text: String) {
        self.isDone = isDone
        self.text = text
    }
}
