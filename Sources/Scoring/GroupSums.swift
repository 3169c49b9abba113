import Kernels

/// Raw sums of each group about centres that all groups share, so that a resample is their sum.
///
/// The centres are the overall means: what is left to cancel is of the size of the spread.
struct GroupSums {
    /// (3, groups): n, Σx, Σx² of the gold traces.
    let gold: [Double]
    /// (3, groups): Σy, Σy², Σxy.
    let predicted: [Double]
    /// The predicted centre less the gold one.
    let offset: Double
    /// A denominator below this, per frame, is rounding.
    let floor: Double

    /// The sums of one seed's `groups`.
    ///
    /// - Parameter predictedCentre: about what predicted values are summed; their mean when nil.
    init(_ groups: [Moments], predictedCentre: Double? = nil) {
        var all = Moments()
        for group in groups { all.merge(group) }
        let centre = predictedCentre ?? all.predictedMean
        let count = groups.count
        var gold = [Double](repeating: 0, count: 3 * count)
        var predicted = gold
        for (index, part) in groups.enumerated() where part.count > 0 {
            let n = Double(part.count)
            let x = part.goldMean - all.goldMean
            let y = part.predictedMean - centre
            gold[index] = n
            gold[count + index] = n * x
            gold[2 * count + index] = part.goldSquares + n * x * x
            predicted[index] = n * y
            predicted[count + index] = part.predictedSquares + n * y * y
            predicted[2 * count + index] = part.products + n * x * y
        }
        self.gold = gold
        self.predicted = predicted
        offset = centre - all.goldMean
        floor = 1e-14 * (all.goldSquares + all.predictedSquares) / Double(max(1, all.count))
    }
}

extension Convention {
    /// The form of the CCC of these sums.
    func form(offset: Double, floor: Double) -> ConcordanceSums.Form {
        ConcordanceSums.Form(
            offset: offset, floor: floor, hasSampleVariance: self != .population,
            hasPopulationCovariance: self == .avec)
    }
}
