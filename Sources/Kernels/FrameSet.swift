import CKernels

/// Frames of a batch that a loss looks at: all rows, or those of one sequence, less invalid ones.
///
/// Statistics run in float64 over the frames in their order, in two passes.
public struct FrameSet {
    let frames: frame_set

    /// The first `count` rows of a batch; `valid`, where given, has a byte a row, 0 for out.
    public init(rows count: Int, valid: UnsafePointer<UInt8>?) {
        frames = frame_set(count: count, offsets: nil, sequence: 0, valid: valid)
    }

    /// The frames of sequence `n`, whose frame t is row `offsets[t] + n`.
    public init(
        sequence n: Int, frames count: Int, offsets: UnsafePointer<Int>,
        valid: UnsafePointer<UInt8>?
    ) {
        frames = frame_set(count: count, offsets: offsets, sequence: n, valid: valid)
    }

    /// The moments of a column of gold and predicted values, and their extremes.
    public struct ColumnMoments: Sendable {
        /// The number of frames that count.
        public let count: Int
        /// The means of the gold and the predicted values.
        public let goldMean: Double, predictedMean: Double
        /// Σ (gold − mean)², Σ (predicted − mean)², Σ (gold − mean)(predicted − mean).
        public let goldSquares: Double, predictedSquares: Double, products: Double
        /// Whether all gold values are equal; true of no frames.
        public let goldIsConstant: Bool
        /// Whether all predicted values are equal; true of no frames.
        public let predictedIsConstant: Bool
    }

    /// The moments over the frames; the value of row r lies at r · step.
    public func moments(
        gold: UnsafePointer<Float>, predicted: UnsafePointer<Float>, step: Int
    ) -> ColumnMoments {
        var m = CKernels.moments()
        column_moments(frames, gold, predicted, step, &m)
        return ColumnMoments(
            count: m.count, goldMean: m.gold_mean, predictedMean: m.predicted_mean,
            goldSquares: m.gold_squares, predictedSquares: m.predicted_squares,
            products: m.products, goldIsConstant: m.gold_low == m.gold_high,
            predictedIsConstant: m.predicted_low == m.predicted_high)
    }

    /// out = factor · ((gold − goldMean) − ccc · (predicted − goldMean)) on these frames.
    public func concordanceGradient(
        gold: UnsafePointer<Float>, predicted: UnsafePointer<Float>, step: Int, factor: Double,
        ccc: Double, goldMean: Double, into out: UnsafeMutablePointer<Float>
    ) {
        concordance_gradient(frames, gold, predicted, step, factor, ccc, goldMean, out)
    }

    /// out = factor · (predicted − gold) on these frames; returns Σ (predicted − gold)².
    public func squaredError(
        gold: UnsafePointer<Float>, predicted: UnsafePointer<Float>, step: Int, factor: Double,
        into out: UnsafeMutablePointer<Float>
    ) -> Double {
        squared_error(frames, gold, predicted, step, factor, out)
    }
}
