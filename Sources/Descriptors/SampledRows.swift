/// Rows of many recordings for a codebook, thinned evenly so that they stay within a bound.
public struct SampledRows {
    /// The rows (n, D) that are kept, row by row.
    public private(set) var values: [Float] = []
    /// The number of features, D; 0 before the first rows.
    public private(set) var width = 0

    private let valuesMax: Int
    /// Of so many rows one is kept.
    private var stride = 1
    private var seen = 0

    /// No rows; at most `valuesMax` values are kept.
    public init(valuesMax: Int) { self.valuesMax = valuesMax }

    /// Adds those rows that were measured.
    ///
    /// - Precondition: All rows have one width.
    public mutating func add(_ rows: TimedRows) {
        precondition(width == 0 || width == rows.width)
        width = rows.width
        for row in rows.isMeasured.indices where rows.isMeasured[row] {
            if seen % stride == 0 {
                values += UnsafeBufferPointer(start: rows.values + row * width, count: width)
                if values.count > valuesMax { thin() }
            }
            seen += 1
        }
    }

    /// Keeps every second row.
    private mutating func thin() {
        let rows = values.count / width
        for row in 1..<(rows + 1) / 2 {
            for feature in 0..<width {
                values[row * width + feature] = values[2 * row * width + feature]
            }
        }
        values.removeLast(values.count - (rows + 1) / 2 * width)
        stride *= 2
    }
}
