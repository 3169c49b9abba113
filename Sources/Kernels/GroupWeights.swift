import CKernels

/// How much each group of recordings weighs in each of many resamples: whole numbers of draws for a
/// bootstrap, signs for a permutation.
///
/// Weighted sums over groups are chains of a product and a sum a group, in the order of the groups,
/// each rounded by itself: the same bits on every machine.
public final class GroupWeights {
    /// The number of groups.
    public let groups: Int
    /// The number of resamples.
    public let count: Int
    /// The number of vectors of eight resamples; what the last one lacks weighs 0.
    public let vectors: Int
    /// (vectors, groups) of eight resamples each, so that a block of resamples lies together.
    private let base: UnsafeMutablePointer<SIMD8<Double>>

    /// Weights of zero.
    public init(groups: Int, count: Int) {
        self.groups = groups
        self.count = count
        vectors = (count + 7) / 8
        base = .allocate(capacity: max(1, vectors * groups))
        base.initialize(repeating: .zero, count: max(1, vectors * groups))
    }

    deinit { base.deallocate() }

    /// The weight of a group in a resample.
    public subscript(resample: Int, group: Int) -> Double {
        get {
            precondition((0..<count).contains(resample) && (0..<groups).contains(group))
            return base[resample / 8 * groups + group][resample % 8]
        }
        set {
            precondition((0..<count).contains(resample) && (0..<groups).contains(group))
            base[resample / 8 * groups + group][resample % 8] = newValue
        }
    }

    /// Σ weight × value over groups, for three columns of values at once: the first three rows of
    /// `sums`.
    ///
    /// - Parameters:
    ///   - block: the vectors of resamples to sum; weights of a few hundred resamples stay in the
    ///     cache while column after column is summed with them.
    ///   - values: (3, groups).
    ///   - sums: as wide as the block.
    public func sum(_ block: Range<Int>, _ values: [Double], into sums: DoubleRows) {
        precondition(block.lowerBound >= 0 && block.upperBound <= vectors)
        precondition(values.count == 3 * groups && sums.count >= 3)
        precondition(sums.width == 8 * block.count)
        Self.withDoubles(base + block.lowerBound * groups) { weights in
            resample_sums(weights, values, groups, block.count, sums.doubles)
        }
    }

    private static func withDoubles(
        _ vectors: UnsafeMutablePointer<SIMD8<Double>>,
        _ body: (UnsafePointer<Double>) -> Void
    ) {
        body(UnsafeRawPointer(vectors).assumingMemoryBound(to: Double.self))
    }
}

extension DoubleRows {
    /// The first value of the first row; rows follow each other in whole vectors.
    fileprivate var doubles: UnsafeMutablePointer<Double> {
        UnsafeMutableRawPointer(base).assumingMemoryBound(to: Double.self)
    }
}

/// Concordances (CCC) of many resamples at once: the mean over seeds where they are defined.
public struct ConcordanceSums {
    /// n, Σx, 1/n, mean and Σ (x − mean)² of the gold traces.
    private let gold: DoubleRows
    /// The sum over seeds, and in how many it is defined.
    private let sums: DoubleRows

    /// How a CCC takes its moments.
    public struct Form {
        /// The centre of predicted values less that of gold values.
        public var offset: Double
        /// A denominator below this, per frame, is rounding: the CCC is undefined.
        public var floor: Double
        /// Whether variances are divided by n − 1.
        public var hasSampleVariance: Bool
        /// Whether the covariance is divided by n where variances are by n − 1.
        public var hasPopulationCovariance: Bool

        /// A form of these parts.
        public init(
            offset: Double, floor: Double, hasSampleVariance: Bool, hasPopulationCovariance: Bool
        ) {
            self.offset = offset
            self.floor = floor
            self.hasSampleVariance = hasSampleVariance
            self.hasPopulationCovariance = hasPopulationCovariance
        }
    }

    /// Of so many resamples, a whole number of eight.
    public init(count: Int) {
        precondition(count % 8 == 0)
        gold = DoubleRows(count: 5, width: count)
        sums = DoubleRows(count: 2, width: count)
    }

    /// Takes the gold traces' n, Σx and Σx² (3, count), which hold for the seeds that follow.
    public func setGold(_ sums: DoubleRows) {
        precondition(sums.width == gold.width)
        resample_gold(sums.doubles, gold.width, gold.doubles)
    }

    /// Adds a seed, whose Σy, Σy² and Σxy are (3, count).
    public func add(_ predicted: DoubleRows, _ form: Form) {
        precondition(predicted.width == gold.width)
        resample_concordance(
            gold.doubles, predicted.doubles, gold.width,
            concordance_form(
                offset: form.offset, floor: form.floor,
                lost_in_variance: form.hasSampleVariance ? 1 : 0,
                lost_in_covariance: form.hasPopulationCovariance ? 1 : 0),
            sums.doubles, sums.doubles + sums.width)
    }

    /// The mean over the seeds where it is defined, per resample; not-a-number where none is.
    public var means: [Double] { zip(sums[0], sums[1]).map { $0 / $1 } }
}
