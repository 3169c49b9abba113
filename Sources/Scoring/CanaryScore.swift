import Kernels
import Planning

/// A score of labels that were shuffled, which must be near 0.
public struct CanaryScore: Hashable, Sendable {
    /// The cell, test cultures and target that it is of.
    public let name: String
    /// The mean CCC over seeds, and its 95 % interval over groups; nil where it has none.
    public let ccc: Double, interval: Interval?
    /// An interval so wide that one of as many scores as there are would lie above it by chance in
    /// one sweep of forty, and below it in another; nil where there is no interval.
    let chance: Interval?

    /// Whether it can be told from chance at all.
    public var isTestable: Bool { chance != nil }
    /// Whether it is higher than chance: something of the test side was learnt.
    public var isSinging: Bool { chance.map { $0.low > 0 } ?? false }
    /// Whether it is lower than chance, as where the mean that is learnt lacks what is held out.
    public var isBelowChance: Bool { chance.map { $0.high < 0 } ?? false }

    /// A score, one of `count`, over so many groups.
    init(name: String, ccc: Double, interval: Interval?, groups: Int, count: Int) {
        self.name = name
        self.ccc = ccc
        self.interval = interval
        chance = interval.map {
            let factor =
                CanaryScore.quantile(beyond: 0.025 / Double(count), degrees: max(1, groups - 1))
                / 1.959964
            return Interval(
                low: ccc - (ccc - $0.low) * factor, high: ccc + ($0.high - ccc) * factor)
        }
    }

    /// The value that Student's t exceeds with this probability, below one half.
    ///
    /// A percentile interval over few groups is too narrow, as the normal distribution's is.
    /// Abramowitz and Stegun 1964, 26.2.23 (of the normal distribution) and 26.7.5.
    static func quantile(beyond probability: Double, degrees: Int) -> Double {
        let t = (-2 * Elementary.log(probability)).squareRoot()
        let above = 2.515517 + t * (0.802853 + t * 0.010328)
        let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        let z = t - above / below
        let n = Double(degrees)
        let first = (z * z * z + z) / 4
        let second = z * (3 + z * z * (16 + z * z * 5)) / 96
        return z + first / n + second / (n * n)
    }
}

extension SweepScores {
    /// The scores of a sweep whose labels were shuffled, the highest first. Undefined ones, of
    /// predictions that say nothing, are left out.
    public var canaries: [CanaryScore] {
        let all = cells.flatMap { cell in
            cell.tests.flatMap { test in test.targets.map { (cell.cell, test, $0) } }
        }
        let scores = all.compactMap { cell, test, target -> CanaryScore? in
            guard let ccc = target.statistics(\.ccc, .population).mean else { return nil }
            return CanaryScore(
                name: "\(plan.cells[cell].name), tested on \(test.label), \(target.target)",
                ccc: ccc, interval: target.interval(.population), groups: test.groups,
                count: all.count)
        }
        return scores.enumerated().sorted { a, b in
            (b.element.ccc, a.offset) < (a.element.ccc, b.offset)
        }.map(\.element)
    }
}
