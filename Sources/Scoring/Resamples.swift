import Kernels

/// How often a bootstrap draws each group, resample by resample.
///
/// Groups (dyads, runs), not frames, are drawn with replacement: frames of one recording depend on
/// each other, and an interval over them would be far too narrow. Two models whose test sides hold
/// the same groups are given the same resamples, so that they can be compared in pairs.
/// Davison and Hinkley 1997, §2.4, §3.2 and §3.8.
public final class Resamples {
    /// The number of resamples. A report takes 10,000.
    public let count: Int
    /// The number of groups.
    public var groups: Int { weights.groups }
    /// The number of groups of each stratum: each resample draws as many of it.
    public let strata: [Int]
    /// Draws first, then all groups but one, for each.
    private let weights: GroupWeights

    /// Draws `groups` groups with replacement, `count` times over.
    ///
    /// - Precondition: `groups >= 1` and `count >= 1`.
    public convenience init(count: Int, groups: Int, random: RandomStream) {
        self.init(count: count, strata: [groups], random: random)
    }

    /// Draws groups of each stratum with replacement, `count` times over.
    ///
    /// - Precondition: there is a group in each stratum, and `count >= 1`.
    public init(count: Int, strata: [Int], random: RandomStream) {
        let groups = strata.reduce(0, +)
        precondition(groups >= 1 && count >= 1 && strata.allSatisfy { $0 >= 1 })
        var random = random
        let weights = GroupWeights(groups: groups, count: count + groups)
        for resample in 0..<count {
            var start = 0
            for size in strata {
                for _ in 0..<size { weights[resample, start + random.below(size)] += 1 }
                start += size
            }
        }
        for left in 0..<groups {
            for group in 0..<groups where group != left { weights[count + left, group] = 1 }
        }
        self.count = count
        self.strata = strata
        self.weights = weights
    }

    /// The distribution of the CCC's mean over seeds.
    ///
    /// - Parameters:
    ///   - moments: (seeds, groups), of one target's frames.
    ///   - point: the mean of the data themselves; nil where it is undefined.
    public func distribution(
        _ moments: [[Moments]], _ convention: Convention, point: Double?
    ) -> Distribution {
        distributions(moments, [convention], points: [point])[0]
    }

    /// The distributions in several conventions, whose sums are the same.
    func distributions(
        _ moments: [[Moments]], _ conventions: [Convention], points: [Double?]
    ) -> [Distribution] {
        let sums = moments.map { GroupSums($0) }
        var means = conventions.map { _ in [Double]() }
        for index in means.indices { means[index].reserveCapacity(8 * weights.vectors) }
        for start in stride(from: 0, to: weights.vectors, by: Self.blockVectors) {
            let block = start..<min(start + Self.blockVectors, weights.vectors)
            evaluate(block, sums, conventions, &means)
        }
        return zip(means, points).map { values, point in
            Distribution(
                point: point, values: Array(values[..<count]),
                jackknife: Array(values[count..<count + groups]), strata: strata)
        }
    }

    /// Eight resamples each: weights of a block stay in the cache for all seeds.
    private static let blockVectors = 64

    private func evaluate(
        _ block: Range<Int>, _ seeds: [GroupSums], _ conventions: [Convention],
        _ means: inout [[Double]]
    ) {
        let width = 8 * block.count
        let sums = DoubleRows(count: 3, width: width)
        let totals = conventions.map { _ in ConcordanceSums(count: width) }
        var known: [Double] = []
        for seed in seeds {
            if seed.gold != known {
                weights.sum(block, seed.gold, into: sums)
                for total in totals { total.setGold(sums) }
                known = seed.gold
            }
            weights.sum(block, seed.predicted, into: sums)
            for (convention, total) in zip(conventions, totals) {
                total.add(sums, convention.form(offset: seed.offset, floor: seed.floor))
            }
        }
        for (index, total) in totals.enumerated() { means[index] += total.means }
    }
}
