/// A statistic in each resample of a bootstrap, and without each group.
///
/// Two distributions of the same resamples are combined resample by resample: what is then left is
/// the distribution of the difference, paired.
public struct Distribution: Sendable {
    /// The statistic of the data themselves; nil where it is undefined.
    public let point: Double?
    /// In each resample; not-a-number where it is undefined.
    let values: [Double]
    /// Without each group; not-a-number where it is undefined.
    let jackknife: [Double]
    /// The number of groups of each stratum, in the order of ``jackknife``.
    let strata: [Int]

    /// Both distributions combined by `combine`, which may say not-a-number.
    ///
    /// - Precondition: both are of the same resamples.
    func combined(
        with other: Distribution, _ combine: (Double, Double) -> Double
    ) -> Distribution {
        precondition(values.count == other.values.count && strata == other.strata)
        let both = point.flatMap { a in other.point.map { combine(a, $0) } }
        return Distribution(
            point: both.flatMap { $0.isNaN ? nil : $0 },
            values: zip(values, other.values).map(combine),
            jackknife: zip(jackknife, other.jackknife).map(combine), strata: strata)
    }

    /// The difference of both.
    static func - (a: Distribution, b: Distribution) -> Distribution { a.combined(with: b, -) }

    /// The 95 % interval; nil where there is a single group, where the statistic is undefined in
    /// more than one resample of twenty (the tails of what is left would say nothing), or where
    /// all resamples lie on one side of the point, which BCa cannot correct.
    public func interval(_ kind: Interval.Kind) -> Interval? { intervals([kind])[0] }

    /// The intervals of several kinds; values are put in order once.
    func intervals(_ kinds: [Interval.Kind]) -> [Interval?] {
        guard jackknife.count > 1 else { return kinds.map { _ in nil } }
        var defined = values.filter { !$0.isNaN }
        guard defined.count * 20 >= values.count * 19 else { return kinds.map { _ in nil } }
        let ends = kinds.map { shares($0, defined) }
        var order = OrderStatistics(&defined)
        return ends.map { shares in
            shares.map { Interval(low: order.quantile($0[0]), high: order.quantile($0[1])) }
        }
    }

    /// The standard deviation over the resamples where it is defined (divisor n − 1).
    var standardError: Double? {
        let defined = values.filter { !$0.isNaN }
        guard jackknife.count > 1, defined.count > 1 else { return nil }
        let mean = defined.reduce(0, +) / Double(defined.count)
        let squares = defined.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(defined.count - 1)).squareRoot()
    }

    /// The shares of resamples below the lower and the upper end.
    private func shares(_ kind: Interval.Kind, _ defined: [Double]) -> [Double]? {
        guard kind == .bca else { return [0.025, 0.975] }
        guard let point, let acceleration else { return nil }
        let bias = NormalDistribution.quantile(shareBelow(point, defined))
        guard bias.isFinite else { return nil }
        return [-1.959963984540054, 1.959963984540054].map { z in
            let moved = bias + z
            return NormalDistribution.probability(
                below: bias + moved / (1 - acceleration * moved))
        }
    }

    /// The share of resamples below the point; those that equal it but for rounding count half.
    private func shareBelow(_ point: Double, _ defined: [Double]) -> Double {
        let tolerance = 1e-12 * max(1, abs(point))
        var twice = 0
        for value in defined {
            if value < point - tolerance { twice += 2 } else if value <= point + tolerance {
                twice += 1
            }
        }
        return Double(twice) / Double(2 * defined.count)
    }

    /// The skewness of the groups' influence; nil where the statistic is undefined without one of
    /// them, 0 where no group has any influence.
    ///
    /// Efron 1987, eq. 6.6; for several strata Davison and Hinkley 1997, eq. 5.31.
    private var acceleration: Double? {
        guard jackknife.allSatisfy({ !$0.isNaN }) else { return nil }
        var squares = 0.0
        var cubes = 0.0
        var start = 0
        for size in strata {
            let part = jackknife[start..<start + size]
            let n = Double(size)
            let mean = part.reduce(0, +) / n
            for value in part {
                let influence = (n - 1) * (mean - value) / n
                squares += influence * influence
                cubes += influence * influence * influence
            }
            start += size
        }
        guard squares > 1e-24 else { return 0 }
        return cubes / (6 * squares * squares.squareRoot())
    }
}
