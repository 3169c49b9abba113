/// Sufficient statistics of a gold trace against a predicted one, in float64.
///
/// Sums are centred (two passes within one recording, Chan's rule to merge), so that an offset that
/// is large against the spread costs no digits. The extrema tell a constant trace exactly; a
/// computed variance would not.   Chan, Golub, LeVeque 1983, eq. 1.7 (corrected) and 2.1.
public struct Moments: Hashable, Sendable {
    /// The number of frames, n.
    public private(set) var count: Int
    /// The means of the gold and the predicted trace.
    public private(set) var goldMean: Double, predictedMean: Double
    /// Σ (gold − mean)², Σ (predicted − mean)², Σ (gold − mean)(predicted − mean).
    public private(set) var goldSquares: Double, predictedSquares: Double, products: Double
    /// The smallest and largest gold value.
    public private(set) var goldRange: ClosedRange<Double>?
    /// The smallest and largest predicted value.
    public private(set) var predictedRange: ClosedRange<Double>?

    /// The moments of no frames at all.
    public init() {
        count = 0
        goldMean = 0
        predictedMean = 0
        goldSquares = 0
        predictedSquares = 0
        products = 0
    }

    /// The moments that consist of these parts, as an outcome's bytes hold them.
    public init(
        count: Int, goldMean: Double, predictedMean: Double, goldSquares: Double,
        predictedSquares: Double, products: Double, goldRange: ClosedRange<Double>?,
        predictedRange: ClosedRange<Double>?
    ) {
        self.count = count
        self.goldMean = goldMean
        self.predictedMean = predictedMean
        self.goldSquares = goldSquares
        self.predictedSquares = predictedSquares
        self.products = products
        self.goldRange = goldRange
        self.predictedRange = predictedRange
    }

    /// The moments of two traces of one length.
    ///
    /// - Precondition: `gold.count == predicted.count`.
    public init(gold: some Collection<Double>, predicted: some Collection<Double>) {
        precondition(gold.count == predicted.count)
        self.init()
        count = gold.count
        guard count > 0 else { return }
        for (x, y) in zip(gold, predicted) {
            goldMean += x
            predictedMean += y
        }
        goldMean /= Double(count)
        predictedMean /= Double(count)
        var goldRest = 0.0  // What rounding left of Σ (gold − mean).
        var predictedRest = 0.0
        for (x, y) in zip(gold, predicted) {
            let dx = x - goldMean
            let dy = y - predictedMean
            goldSquares += dx * dx
            predictedSquares += dy * dy
            products += dx * dy
            goldRest += dx
            predictedRest += dy
        }
        goldMean += goldRest / Double(count)
        predictedMean += predictedRest / Double(count)
        goldSquares -= goldRest * goldRest / Double(count)
        predictedSquares -= predictedRest * predictedRest / Double(count)
        products -= goldRest * predictedRest / Double(count)
        goldRange = Moments.range(of: gold)
        predictedRange = Moments.range(of: predicted)
    }

    /// Adds the frames that `other` has seen: exact, without a second pass over either.
    public mutating func merge(_ other: Moments) {
        guard other.count > 0 else { return }
        guard count > 0 else { return self = other }
        let total = Double(count + other.count)
        let weight = Double(count) * Double(other.count) / total
        let dx = other.goldMean - goldMean
        let dy = other.predictedMean - predictedMean
        goldSquares += other.goldSquares + dx * dx * weight
        predictedSquares += other.predictedSquares + dy * dy * weight
        products += other.products + dx * dy * weight
        goldMean += dx * Double(other.count) / total
        predictedMean += dy * Double(other.count) / total
        count += other.count
        goldRange = Moments.union(goldRange, other.goldRange)
        predictedRange = Moments.union(predictedRange, other.predictedRange)
    }

    private static func range(of values: some Collection<Double>) -> ClosedRange<Double>? {
        guard let low = values.min(), let high = values.max(), low <= high else { return nil }
        return low...high
    }

    private static func union(
        _ a: ClosedRange<Double>?, _ b: ClosedRange<Double>?
    ) -> ClosedRange<Double>? {
        guard let a, let b else { return nil }
        return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    }
}
