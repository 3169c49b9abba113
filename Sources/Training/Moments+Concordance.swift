import Kernels

extension Moments {
    /// Lin's concordance with population moments: what chooses the epoch.
    ///
    /// 2 Σxy / (Σx² + Σy² + n (mean x − mean y)²), sums centred. 0 where one trace is constant and
    /// the other is not it; nil where both are constant and equal, or there is no frame.
    var concordance: Double? {
        guard let goldRange, let predictedRange else { return nil }
        let goldVaries = goldRange.lowerBound < goldRange.upperBound
        let predictedVaries = predictedRange.lowerBound < predictedRange.upperBound
        guard goldVaries || predictedVaries else { return goldRange == predictedRange ? nil : 0 }
        guard goldVaries && predictedVaries else { return 0 }
        let bias = goldMean - predictedMean
        let denominator = goldSquares + predictedSquares + Double(count) * bias * bias
        return denominator > 0 ? 2 * products / denominator : nil
    }
}
