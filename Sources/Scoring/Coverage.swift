/// How many of the planned trials are there: n of N.
public struct Coverage: Hashable, Sendable {
    /// The planned trials, N.
    public var planned = 0
    /// Those with an outcome, n.
    public var scored = 0
    /// Those that were given up.
    public var quarantined = 0

    /// No trials.
    public init() {}

    /// Those that are not there yet.
    public var missing: Int { planned - scored - quarantined }
    /// Whether every planned trial is scored.
    public var isComplete: Bool { scored == planned }
}
