import Corpora
import Kernels

/// How well any system's predictions agree with gold traces: per culture, and all together.
///
/// As in AVEC's evaluation, the frames of all recordings are put end to end, and one CCC is taken
/// of them. The interval is that of a report: groups of recordings are drawn, not frames, and the
/// draws are named by the gold traces, so that two systems are given the same ones.
public struct PredictionScores: Hashable, Sendable {
    /// Per culture, in alphabetic order; then, where there are several, all together.
    public let tests: [Test]
    /// The number of resamples behind each interval.
    public let resamples: Int

    /// The scores of the recordings of one culture.
    public struct Test: Hashable, Sendable {
        /// The culture; nil is all together.
        public let culture: String?
        /// The number of recordings.
        public let recordings: Int
        /// What the bootstrap draws: a column such as `dyad`, several, or `recording`.
        public let unit: String
        /// The number of units.
        public let groups: Int
        /// The number of frames.
        public let frames: Int
        /// Per target.
        public let targets: [Target]

        /// The culture, or ``TestScores/allTogether``.
        public var label: String { culture ?? TestScores.allTogether }
    }

    /// The scores of one target.
    public struct Target: Hashable, Sendable {
        /// The predicted quantity.
        public let target: String
        /// What the scores are taken of.
        public let moments: Moments
        let intervals: [Interval?]

        /// The score.
        public func score(_ convention: Convention) -> Score { Score(moments, convention) }

        /// The 95 % bootstrap interval of the CCC; nil where there is one group only.
        public func interval(_ convention: Convention) -> Interval? {
            zip(Convention.allCases, intervals).first { $0.0 == convention }?.1
        }
    }

    /// The scores of these recordings; those that share a value of one of the columns `units`,
    /// directly or through others, are drawn together.
    ///
    /// - Precondition: There is a pair, and each has a trace of every target.
    public init(
        _ pairs: [TracePair], targets: [String], units: [String] = ["dyad", "session", "subject"],
        resamples: Int = 10_000
    ) {
        precondition(!pairs.isEmpty && pairs.allSatisfy { $0.gold.count == targets.count })
        let pairs = pairs.sorted {
            $0.recording.id.utf8.lexicographicallyPrecedes($1.recording.id.utf8)
        }
        let cultures = Set(pairs.map(\.recording.culture)).sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        var sides: [(culture: String?, pairs: [TracePair])] = cultures.map { culture in
            (culture, pairs.filter { $0.recording.culture == culture })
        }
        if cultures.count > 1 { sides.append((nil, pairs)) }
        self.resamples = resamples
        tests = sides.map { side in
            Test(
                side.pairs, culture: side.culture, targets: targets, units: units,
                resamples: resamples)
        }
    }
}

extension PredictionScores.Test {
    fileprivate init(
        _ pairs: [TracePair], culture: String?, targets: [String], units: [String], resamples: Int
    ) {
        let drawn = RecordingUnits(pairs.map(\.recording), columns: units)
        let groups = drawn.ofRecording
        let count = (groups.max() ?? -1) + 1
        var content = DigestStream()
        for (pair, group) in zip(pairs, groups) {
            for trace in pair.gold { trace.withUnsafeBytes { content.add($0) } }
            withUnsafeBytes(of: UInt64(group).littleEndian) { content.add($0) }
        }
        let draws = Resamples(
            count: resamples, groups: count,
            random: RandomStream(digest: content.digest.bytes))
        self.culture = culture
        recordings = pairs.count
        unit = drawn.name
        self.groups = count
        frames = pairs.reduce(0) { $0 + $1.gold[0].count }
        self.targets = targets.indices.map { index in
            var all = Moments()
            var parts = [Moments](repeating: Moments(), count: count)
            for (pair, group) in zip(pairs, groups) {
                let moments = Moments(gold: pair.gold[index], predicted: pair.predicted[index])
                all.merge(moments)
                parts[group].merge(moments)
            }
            return PredictionScores.Target(
                target: targets[index], moments: all,
                intervals: Convention.allCases.map { convention in
                    let point = Score(all, convention).ccc
                    return draws.distribution([parts], convention, point: point).interval(.standard)
                })
        }
    }
}
