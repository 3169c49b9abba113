import Kernels

/// The scores of one cell: a scheme with its cultures, features and recipe.
public struct CellScores: Hashable, Sendable {
    /// The index of the cell in the plan's list.
    public let cell: Int
    /// How many of its trials are there.
    public let coverage: Coverage
    /// Per test culture, in the cell's order; then, where there are several, all together.
    public let tests: [TestScores]

    /// What `culture` scored; nil stands for all test cultures together.
    public func test(_ culture: String?) -> TestScores? { tests.first { $0.culture == culture } }
}

/// The scores of one cell's test recordings of one culture.
public struct TestScores: Hashable, Sendable {
    /// The label of all test cultures together in tables and files.
    public static let allTogether = "all"

    /// The culture that was tested; nil is all of the cell's together.
    public let culture: String?
    /// The number of recordings that were tested with any seed.
    public let recordings: Int
    /// What the bootstrap draws: the name of a column such as `dyad`, or `recording`.
    public let unit: String
    /// The number of units.
    public let groups: Int
    /// The number of frames of the recordings.
    public let frames: Int
    /// Per target, in the sweep's order.
    public let targets: [TargetScores]

    /// The culture, or ``allTogether``.
    public var label: String { culture ?? Self.allTogether }
}

/// The scores of one target of one test culture.
public struct TargetScores: Hashable, Sendable {
    /// The predicted quantity.
    public let target: String
    /// Out-of-fold frames of all recordings, merged, per seed (and repetition, where all is divided
    /// anew); nil where no trial of it is there. A CCC is taken of these, never averaged over
    /// folds.
    public let seeds: [Moments?]
    /// The 95 % bootstrap interval of the CCC's mean over seeds, for `Convention.allCases`.
    let intervals: [Interval?]

    /// The 95 % bootstrap interval of the CCC's mean over seeds.
    public func interval(_ convention: Convention) -> Interval? {
        zip(Convention.allCases, intervals).first { $0.0 == convention }?.1
    }

    /// A figure's mean and spread over the seeds that are there, such as of `\.ccc`.
    public func statistics(
        _ figure: KeyPath<Score, Double?>, _ convention: Convention
    ) -> SeedStatistics {
        SeedStatistics(seeds.compactMap { $0 }.map { Score($0, convention)[keyPath: figure] })
    }
}
