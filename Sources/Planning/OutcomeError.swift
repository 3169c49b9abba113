/// Why bytes are no outcome, or an outcome is not of its trial.
public enum OutcomeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes do not begin as an outcome does.
    case notAnOutcome
    /// Another version of the layout than this program reads.
    case unknownVersion(Int)
    /// The bytes end before the outcome does.
    case truncated(bytes: Int)
    /// Bytes follow after the end.
    case trailing(bytes: Int)
    /// What stands at `offset` cannot be.
    case malformed(String, offset: Int)
    /// The outcome does not fit its trial.
    case unfit(TrialKey, String)

    /// A sentence that says what is wrong and where.
    public var description: String {
        switch self {
        case .notAnOutcome:
            "These bytes are no outcome of Concord."
        case .unknownVersion(let version):
            "The outcome has layout \(version), which this program does not read. Update it."
        case .truncated(let bytes):
            "The outcome was cut off after \(bytes) bytes. Send it again."
        case .trailing(let bytes):
            "The outcome is followed by \(bytes) bytes that do not belong to it. Send it again."
        case .malformed(let problem, let offset):
            "The outcome is damaged: \(problem), at byte \(offset). Send it again."
        case .unfit(let key, let problem):
            "The outcome of trial \(key.description.prefix(8)) does not fit the plan: \(problem)."
        }
    }
}
