import Kernels

/// The scores of one cell: a scheme with its cultures, features and recipe.
public struct CellScores: Hashable, Sendable {
    /// The index of the cell in the plan's list.
    public let cell: Int
    /// How many of its trials are there.
    public let coverage: Coverage
    /// Per test culture, in the cell's order; then, where there are several, all together.
    public internal(set) var tests: [TestScores]

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
    /// What the bootstrap draws: a column such as `dyad`, several as in `dyad+subject`, or
    /// `recording`.
    public let unit: String
    /// The units, which the bootstrap draws.
    let grouping: RecordingGroups
    /// The number of frames of the recordings.
    public let frames: Int
    /// Per target, in the sweep's order.
    public internal(set) var targets: [TargetScores]

    /// The number of units.
    public var groups: Int { grouping.count }

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
    /// The CCC of each recording, and of each subject where all recordings have one.
    public let recordings: [PartScore], subjects: [PartScore]
    /// (seeds that are there, groups).
    let groups: [[Moments]]
    /// The bootstrap's intervals: of all kinds in the headline convention, of the standard kind in
    /// the others.
    var intervals: [Convention: [Interval.Kind: Interval]] = [:]

    /// The smallest difference of the CCC, in the headline convention, from a given value that
    /// would be found with a probability of 80 % by a two-sided test at 5 %; nil without an
    /// interval.
    public internal(set) var detectable: Double?

    /// The 95 % bootstrap interval of the CCC's mean over seeds.
    public func interval(
        _ convention: Convention, _ kind: Interval.Kind = .standard
    ) -> Interval? {
        intervals[convention]?[kind]
    }

    /// A figure's mean and spread over the seeds that are there, such as of `\.ccc`.
    public func statistics(
        _ figure: KeyPath<Score, Double?>, _ convention: Convention
    ) -> SeedStatistics {
        SeedStatistics(seeds.compactMap { $0 }.map { Score($0, convention)[keyPath: figure] })
    }
}

/// What a part of a test side scored: a recording or a subject.
public struct PartScore: Hashable, Sendable {
    /// The recording's id or the subject.
    public let name: String
    /// Its culture.
    public let culture: String
    /// The CCC of its frames, as the mean over the seeds where it is defined; nil where none is.
    public let ccc: Double?
}
