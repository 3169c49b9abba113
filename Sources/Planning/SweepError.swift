/// What is wrong with a sweep's document, where, and what to do.
public struct SweepError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The document's name as the caller gave it.
    public var file: String
    /// The line, from 1, where it is known.
    public var line: Int?
    /// What is wrong and what to do about it.
    public var problem: String

    /// An error of these parts.
    public init(file: String, line: Int? = nil, problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    /// `sweep.yaml:12: …`.
    public var description: String {
        (line.map { "\(file):\($0)" } ?? file) + ": " + problem
    }
}
