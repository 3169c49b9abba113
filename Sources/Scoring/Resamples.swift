import Kernels

/// A 95 % interval of a statistic.
public struct Interval: Hashable, Sendable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double

    /// The interval from `low` to `high`.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }
}

/// How often a bootstrap draws each group, resample by resample.
///
/// Groups (dyads, runs), not frames, are drawn with replacement: frames of one recording depend on
/// each other, and an interval over them would be far too narrow. Two models whose test sides hold
/// the same groups are given the same resamples, so that they can be compared in pairs.
/// Davison and Hinkley 1997, §2.4 and §3.8.
public struct Resamples: Sendable {
    /// The number of resamples. A report takes 10,000.
    public let count: Int
    /// The number of groups.
    public let groups: Int
    /// (count, groups), row-major.
    private let times: [Int32]

    /// Draws `groups` groups with replacement, `count` times over.
    ///
    /// - Precondition: `groups >= 1` and `count >= 1`.
    public init(count: Int, groups: Int, random: RandomStream) {
        precondition(groups >= 1 && count >= 1)
        var random = random
        var times = [Int32](repeating: 0, count: count * groups)
        for start in stride(from: 0, to: times.count, by: groups) {
            for _ in 0..<groups { times[start + random.below(groups)] += 1 }
        }
        self.count = count
        self.groups = groups
        self.times = times
    }

    /// The 95 % percentile interval of the CCC's mean over seeds, for each of
    /// `Convention.allCases`.
    ///
    /// `moments` (seeds, groups) hold one target's frames. An interval is nil where there is one
    /// group only, or where the CCC is undefined in more than one resample of twenty: the tails
    /// of what is left would say nothing.
    public func intervals(_ moments: [[Moments]]) -> [Interval?] {
        guard groups > 1 else { return Convention.allCases.map { _ in nil } }
        let sums = GroupSums(moments, groups: groups)
        var values = Convention.allCases.map { _ in [Double]() }
        for index in values.indices { values[index].reserveCapacity(count) }
        var total = [Double](repeating: 0, count: sums.width)
        for resample in 0..<count {
            draw(resample, from: sums, into: &total)
            for (index, convention) in Convention.allCases.enumerated() {
                if let mean = sums.concordance(of: total, convention) {
                    values[index].append(mean)
                }
            }
        }
        return values.map { percentiles($0) }
    }

    private func draw(_ resample: Int, from sums: GroupSums, into total: inout [Double]) {
        for column in 0..<sums.width { total[column] = 0 }
        for group in 0..<groups {
            let times = times[resample * groups + group]
            guard times > 0 else { continue }
            let weight = Double(times)
            let start = group * sums.width
            for column in 0..<sums.width {
                total[column] += weight * sums.values[start + column]
            }
        }
    }

    private func percentiles(_ values: [Double]) -> Interval? {
        guard values.count * 20 >= count * 19 else { return nil }
        let sorted = values.sorted()
        return Interval(low: quantile(0.025, of: sorted), high: quantile(0.975, of: sorted))
    }

    /// Linear between the order statistics.   Hyndman and Fan 1996, definition 7.
    private func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}

/// Raw sums of each group about centres that all groups share, so that a resample is their sum.
///
/// The centres are the overall means: what is left to cancel is of the size of the spread.
private struct GroupSums {
    /// (groups, width), row-major; per seed: n, Σx, Σy, Σx², Σy², Σxy.
    let values: [Double]
    let width: Int
    /// The predicted centre less the gold one, per seed.
    private let offsets: [Double]
    /// A denominator below this is rounding, per seed and frame.
    private let floors: [Double]

    init(_ moments: [[Moments]], groups: Int) {
        width = 6 * moments.count
        var values = [Double](repeating: 0, count: groups * width)
        var offsets: [Double] = []
        var floors: [Double] = []
        for (seed, row) in moments.enumerated() {
            var all = Moments()
            for group in row { all.merge(group) }
            offsets.append(all.predictedMean - all.goldMean)
            let spread = all.goldSquares + all.predictedSquares
            floors.append(1e-14 * spread / Double(max(1, all.count)))
            for (group, part) in row.enumerated() where part.count > 0 {
                let n = Double(part.count)
                let x = part.goldMean - all.goldMean
                let y = part.predictedMean - all.predictedMean
                let start = group * width + 6 * seed
                values[start] = n
                values[start + 1] = n * x
                values[start + 2] = n * y
                values[start + 3] = part.goldSquares + n * x * x
                values[start + 4] = part.predictedSquares + n * y * y
                values[start + 5] = part.products + n * x * y
            }
        }
        self.values = values
        self.offsets = offsets
        self.floors = floors
    }

    /// The mean over the seeds that have one; nil when none has.
    func concordance(of total: [Double], _ convention: Convention) -> Double? {
        var sum = 0.0
        var defined = 0.0
        for (seed, offset) in offsets.enumerated() {
            let start = 6 * seed
            let n = total[start]
            guard n > 1 else { continue }
            let x = total[start + 1] / n
            let y = total[start + 2] / n
            let gold = total[start + 3] - n * x * x
            let predicted = total[start + 4] - n * y * y
            let bias = y - x + offset
            guard gold + predicted + n * bias * bias > n * floors[seed],
                let ccc = convention.concordance(
                    gold: gold, predicted: predicted, products: total[start + 5] - n * x * y,
                    bias: bias, count: n), ccc.isFinite
            else { continue }
            sum += ccc
            defined += 1
        }
        return defined > 0 ? sum / defined : nil
    }
}
