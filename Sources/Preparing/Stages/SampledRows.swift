/// Rows of many tables for a codebook, thinned evenly so that they stay within a bound.
public struct SampledRows {
    /// The rows (n, D) that are kept, row by row.
    public private(set) var values: [Float] = []
    /// The number of features, D; 0 before the first table.
    public private(set) var width = 0

    private let valuesMax: Int
    /// Of so many rows one is kept.
    private var stride = 1
    private var seen = 0

    /// No rows; at most `valuesMax` values are kept.
    public init(valuesMax: Int) { self.valuesMax = valuesMax }

    /// Adds the measured rows of an instance.
    ///
    /// - Precondition: All tables have one width.
    public mutating func add(_ table: Table, _ instance: Table.Instance) {
        precondition(width == 0 || width == table.columns.count)
        width = table.columns.count
        for (row, isMeasured) in zip(instance.rows, Alignment.measured(table, instance))
        where isMeasured {
            if seen % stride == 0 {
                values += table.values[row * width..<(row + 1) * width]
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
