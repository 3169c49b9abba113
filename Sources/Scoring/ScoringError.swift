import Planning

/// Why a sweep cannot be scored.
public enum ScoringError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Something is on two sides of a split.
    case leak(PlanError)
    /// A recording is tested twice by the trials of one cell and seed.
    case testedTwice(cell: String, seed: Int, recording: String)
    /// An outcome does not hold the recordings that its split tests.
    case foreignRecordings(key: TrialKey, cell: String, fold: Int)
    /// An outcome predicts other targets than the sweep.
    case foreignTargets(key: TrialKey, expected: [String], found: [String])

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .leak(let error): error.description
        case .testedTwice(let cell, let seed, let recording):
            """
            \(cell), seed \(seed): recording \(recording) is tested in two folds, so that its \
            frames would count twice. Plan the sweep again.
            """
        case .foreignRecordings(let key, let cell, let fold):
            """
            The outcome of trial \(key) does not hold the recordings that fold \(fold) of \(cell) \
            tests. The store is of another sweep, or damaged.
            """
        case .foreignTargets(let key, let expected, let found):
            """
            The outcome of trial \(key) predicts \(found.joined(separator: ", ")) where the sweep \
            asks for \(expected.joined(separator: ", ")). The store is of another sweep.
            """
        }
    }
}
