import Kernels
import Planning

/// Two sweeps side by side: what both scored, and the difference where both tested the same groups.
public struct SweepPair: Sendable {
    /// The two sweeps.
    public let first: SweepScores, second: SweepScores
    /// What both planned, in the order of the first.
    public let rows: [Row]
    /// The names of cells of one sweep that the other lacks.
    public let onlyFirst: [String], onlySecond: [String]
    /// The number of trials that are the very same in both: of the same data, recipe and seed.
    public let sharedTrials: Int

    /// A cell that both sweeps have, for one test side and target.
    public struct Row: Hashable, Sendable {
        /// The cells' indices in the plans' lists.
        public let firstCell: Int, secondCell: Int
        /// The culture that was tested; nil is all together.
        public let culture: String?
        /// The index of the target in each sweep.
        public let firstTarget: Int, secondTarget: Int
        /// The second sweep's CCC less the first's; with an interval where both tested the same
        /// recordings in the same groups, on the same resamples.
        public let difference: Estimate
        /// The p-value of the sign-flip permutation over groups; nil where there is none.
        public let probability: Double?
        /// The p-value by Holm's method over all rows.
        public fileprivate(set) var adjusted: Double?
    }

    /// Both sweeps; cells are the same where scheme, training side, features and model are called
    /// the same.
    ///
    /// - Parameters:
    ///   - convention: of the CCC.
    ///   - resamples: of each interval.
    public init(
        _ first: SweepScores, _ second: SweepScores, convention: Convention,
        resamples: Int = 10_000
    ) {
        self.first = first
        self.second = second
        var others: [[String]: Int] = [:]
        for (index, cell) in second.plan.cells.enumerated() { others[cell.identity] = index }
        var rows: [Row] = []
        var found: Set<[String]> = []
        var draws = PairDraws(resamples: resamples, convention: convention)
        for (index, cell) in first.plan.cells.enumerated() {
            guard let other = others[cell.identity] else { continue }
            found.insert(cell.identity)
            for test in first.cells[index].tests {
                guard let match = second.cells[other].test(test.culture) else { continue }
                for (target, scores) in test.targets.enumerated() {
                    guard
                        let same = match.targets.firstIndex(where: { $0.target == scores.target })
                    else { continue }
                    let (difference, probability) = draws.difference(test, target, match, same)
                    rows.append(
                        Row(
                            firstCell: index, secondCell: other, culture: test.culture,
                            firstTarget: target, secondTarget: same, difference: difference,
                            probability: probability))
                }
            }
        }
        for (index, value) in Holm.adjusted(rows.map(\.probability)).enumerated() {
            rows[index].adjusted = value
        }
        self.rows = rows
        onlyFirst = first.plan.cells.filter { !found.contains($0.identity) }.map(\.name)
        onlySecond = second.plan.cells.filter { !found.contains($0.identity) }.map(\.name)
        let keys = Set(second.plan.uniqueKeys)
        sharedTrials = first.plan.uniqueKeys.count { keys.contains($0) }
    }
}

extension Cell {
    /// What two sweeps call the same.
    fileprivate var identity: [String] {
        [scheme, trainLabel, testCultures.joined(separator: "+"), features.name, recipe.name]
    }
}

/// The resamples of each set of groups, drawn as a sweep's own intervals draw them.
private struct PairDraws {
    let resamples: Int
    let convention: Convention
    private var drawn = Draws()

    init(resamples: Int, convention: Convention) {
        self.resamples = resamples
        self.convention = convention
    }

    mutating func difference(
        _ a: TestScores, _ first: Int, _ b: TestScores, _ second: Int
    ) -> (Estimate, Double?) {
        let points = [a.targets[first], b.targets[second]].map {
            $0.statistics(\.ccc, convention).mean
        }
        let groups = [a.targets[first].groups, b.targets[second].groups]
        guard a.grouping.content == b.grouping.content, a.groups > 0,
            groups.allSatisfy({ !$0.isEmpty })
        else {
            return (Estimate(value: points[0].flatMap { x in points[1].map { $0 - x } }), nil)
        }
        let draws = drawn.resamples(a.grouping.content, [a.groups], count: resamples)
        let sides = zip(groups, points).map {
            draws.distribution($0, convention, point: $1)
        }
        return (
            Estimate(sides[1] - sides[0]),
            drawn.flips(a.grouping).probability(groups[1], groups[0], convention)
        )
    }
}
