import Kernels

/// A permutation test of two models: were it all the same which of the two predicted a group, how
/// often would they differ as much as they do?
///
/// In each permutation the two models' predictions of some groups change places, and the difference
/// of both CCC is taken anew, over all frames. All 2ⁿ permutations are taken where there are at
/// most 14 groups; two of opposite signs differ by their sign alone, so that half of them suffice.
/// With more groups 10,000 are drawn, and the observed one is counted among them.
/// Pitman 1937; Phipson and Smyth 2010 for the drawn ones.
public struct SignFlips {
    /// The permutations, and the one that changes nothing.
    private let signs: GroupWeights
    /// Whether all permutations are taken.
    public let isExact: Bool

    private static let exactGroupsMax = 14
    private static let drawn = 10_000

    /// The permutations of `groups` groups.
    ///
    /// - Precondition: `groups >= 1`.
    public init(groups: Int, random: RandomStream) {
        isExact = groups <= Self.exactGroupsMax
        let count = isExact ? 1 << (groups - 1) : Self.drawn
        signs = GroupWeights(groups: groups, count: count + 1)
        for group in 0..<groups { signs[count, group] = 1 }
        var random = random
        for permutation in 0..<count {
            for group in 0..<groups {
                let isFlipped =
                    isExact
                    ? group > 0 && permutation >> (group - 1) & 1 == 1 : random.next() >> 63 == 1
                signs[permutation, group] = isFlipped ? -1 : 1
            }
        }
    }

    /// The two-sided p-value of the difference of both models' mean CCC over seeds.
    ///
    /// `first` and `second` are (seeds, groups). It is nil where the difference is undefined, or
    /// where the two do not hold the same gold frames, seed by seed.
    public func probability(
        _ first: [[Moments]], _ second: [[Moments]], _ convention: Convention
    ) -> Double? {
        guard first.count == second.count, !first.isEmpty else { return nil }
        var pairs: [SwappedSums] = []
        for (a, b) in zip(first, second) {
            guard let pair = SwappedSums(a, b) else { return nil }
            pairs.append(pair)
        }
        let found = differences(pairs, convention)
        guard found.allSatisfy({ !$0.isNaN }) else { return nil }
        // The last one is the observed one: no group has changed places.
        let least = abs(found[found.count - 1]) - 1e-12
        let extreme = found.dropLast().reduce(0) { $0 + (abs($1) >= least ? 1 : 0) }
        return isExact
            ? Double(extreme) / Double(found.count - 1)
            : Double(extreme + 1) / Double(found.count)
    }

    /// Eight permutations each: what is worked on stays in the cache for all seeds.
    private static let blockVectors = 64

    /// The difference in each permutation, the one that changes nothing last.
    private func differences(_ pairs: [SwappedSums], _ convention: Convention) -> [Double] {
        var found: [Double] = []
        found.reserveCapacity(8 * signs.vectors)
        for start in stride(from: 0, to: signs.vectors, by: Self.blockVectors) {
            let block = start..<min(start + Self.blockVectors, signs.vectors)
            found += differences(block, pairs, convention)
        }
        return Array(found.prefix(signs.count))
    }

    private func differences(
        _ block: Range<Int>, _ pairs: [SwappedSums], _ convention: Convention
    ) -> [Double] {
        let width = 8 * block.count
        let flips = DoubleRows(count: 3, width: width)
        let first = DoubleRows(count: 3, width: width)
        let second = DoubleRows(count: 3, width: width)
        let sides = (ConcordanceSums(count: width), ConcordanceSums(count: width))
        var known: [Double] = []
        for pair in pairs {
            if pair.gold != known {
                for row in 0..<3 { flips[row].update(repeating: pair.gold[row]) }
                sides.0.setGold(flips)
                sides.1.setGold(flips)
                known = pair.gold
            }
            signs.sum(block, pair.flips, into: flips)
            for row in 0..<3 {
                first[row].update(repeating: pair.middle[row])
                second[row].update(repeating: pair.middle[row])
                first.add(1, flips, row: row, to: row)
                second.add(-1, flips, row: row, to: row)
            }
            let form = convention.form(offset: pair.offset, floor: pair.floor)
            sides.0.add(first, form)
            sides.1.add(second, form)
        }
        return zip(sides.0.means, sides.1.means).map { $0 - $1 }
    }
}

/// One seed's sums of two models, as their mean and half their difference a group.
private struct SwappedSums {
    /// n, Σx, Σx² over all groups: no flip changes them.
    let gold: [Double]
    /// (first + second) / 2 over all groups: Σy, Σy², Σxy.
    let middle: [Double]
    /// (3, groups): (first − second) / 2.
    let flips: [Double]
    let offset: Double
    let floor: Double

    /// Nil where the two do not have the same gold frames.
    init?(_ first: [Moments], _ second: [Moments]) {
        guard first.count == second.count,
            zip(first, second).allSatisfy({
                $0.count == $1.count && $0.goldMean == $1.goldMean
                    && $0.goldSquares == $1.goldSquares
            })
        else { return nil }
        var all = Moments()
        for part in first + second { all.merge(part) }
        let a = GroupSums(first, predictedCentre: all.predictedMean)
        let b = GroupSums(second, predictedCentre: all.predictedMean)
        let groups = first.count
        func totals(_ values: [Double]) -> [Double] {
            (0..<3).map { values[$0 * groups..<($0 + 1) * groups].reduce(0, +) }
        }
        gold = totals(a.gold)
        middle = totals(zip(a.predicted, b.predicted).map { ($0 + $1) / 2 })
        flips = zip(a.predicted, b.predicted).map { ($0 - $1) / 2 }
        offset = a.offset
        floor = max(a.floor, b.floor)
    }
}

/// P-values adjusted for their number.
public enum Holm {
    /// The step-down adjustment, in the order of `probabilities`; a nil takes no part.   Holm 1979.
    public static func adjusted(_ probabilities: [Double?]) -> [Double?] {
        let order = probabilities.indices.filter { probabilities[$0] != nil }.sorted {
            (probabilities[$0]!, $0) < (probabilities[$1]!, $1)
        }
        var adjusted = [Double?](repeating: nil, count: probabilities.count)
        var largest = 0.0
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, Double(order.count - rank) * probabilities[index]!))
            adjusted[index] = largest
        }
        return adjusted
    }
}
