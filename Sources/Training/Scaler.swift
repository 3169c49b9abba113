import Kernels

/// Standardises columns to mean 0 and standard deviation 1 of the frames that it was fitted on.
///
/// Population moments (ddof 0) in float64, two passes, in the order of recordings, then frames:
/// the same data give the same bits. A column that is constant on the training side carries nothing
/// that could be learnt and becomes 0 everywhere, whatever it holds elsewhere.
public struct Scaler: Hashable, Sendable {
    /// The mean of each column.
    public private(set) var means: [Double]
    /// The population standard deviation of each column.
    public private(set) var deviations: [Double]
    /// 1 / SD of each column; 0 for a constant one.
    public private(set) var factors: [Double]

    /// The scaler of these matrices' columns; frames whose mask is 0 are not looked at.
    ///
    /// Two passes over the data, O(1) memory beside the result.
    ///
    /// - Precondition: All matrices have `columns` columns, every mask has a byte a row.
    public init(columns: Int, matrices: [Matrix], masks: [[UInt8]?]) {
        precondition(matrices.allSatisfy { $0.columns == columns })
        precondition(matrices.count == masks.count)
        var count = 0
        var sums = [Double](repeating: 0, count: columns)
        Scaler.forEachFrame(matrices, masks) { row in
            count += 1
            for d in 0..<columns { sums[d] += Double(row[d]) }
        }
        let frames = Double(max(1, count))
        let means = sums.map { $0 / frames }
        var squares = [Double](repeating: 0, count: columns)
        Scaler.forEachFrame(matrices, masks) { row in
            for d in 0..<columns {
                let difference = Double(row[d]) - means[d]
                squares[d] += difference * difference
            }
        }
        self.means = means
        deviations = squares.map { ($0 / frames).squareRoot() }
        factors = deviations.map { $0 > 0 ? 1 / $0 : 0 }
    }

    /// The scaler of columns with these means and standard deviations.
    init(means: [Double], deviations: [Double]) {
        self.means = means
        self.deviations = deviations
        factors = deviations.map { $0 > 0 ? 1 / $0 : 0 }
    }

    /// Writes the standardised values of one frame.  `row` (D) → `result` (D).
    func scale(_ row: UnsafePointer<Float>, to result: UnsafeMutablePointer<Float>) {
        means.withUnsafeBufferPointer { means in
            factors.withUnsafeBufferPointer { factors in
                for d in 0..<means.count {
                    result[d] = Float((Double(row[d]) - means[d]) * factors[d])
                }
            }
        }
    }

    /// The standardised value of `value` in `column`.
    func scaled(_ value: Double, column: Int) -> Float {
        Float((value - means[column]) * factors[column])
    }

    /// The value in the column's own units whose standardised value is `value`.
    func restored(_ value: Float, column: Int) -> Float {
        Float(Double(value) * deviations[column] + means[column])
    }

    private static func forEachFrame(
        _ matrices: [Matrix], _ masks: [[UInt8]?], _ body: (UnsafePointer<Float>) -> Void
    ) {
        for (matrix, mask) in zip(matrices, masks) {
            for t in 0..<matrix.rows where mask == nil || mask![t] != 0 {
                body(matrix.base + t * matrix.columns)
            }
        }
    }
}
