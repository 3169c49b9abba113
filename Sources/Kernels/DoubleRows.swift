/// Rows of float64 in whole vectors of eight; what a row lacks to the next vector is zero.
///
/// Sums over a row have eight lanes and end in a fixed tree, products and sums are rounded one by
/// one: plain IEEE arithmetic in one order, the same bits on every machine.
public final class DoubleRows {
    /// The number of rows.
    public let count: Int
    /// The number of values in a row.
    public let width: Int
    /// The number of vectors in a row.
    let vectors: Int
    /// The first vector of the first row.
    let base: UnsafeMutablePointer<SIMD8<Double>>

    /// Rows of zeros.
    public init(count: Int, width: Int) {
        self.count = count
        self.width = width
        vectors = (width + 7) / 8
        base = .allocate(capacity: max(1, count * vectors))
        base.initialize(repeating: .zero, count: max(1, count * vectors))
    }

    deinit { base.deallocate() }

    /// The `width` values of a row; they may be changed.
    public subscript(row: Int) -> UnsafeMutableBufferPointer<Double> {
        precondition((0..<count).contains(row))
        let start = UnsafeMutableRawPointer(base + row * vectors)
        return UnsafeMutableBufferPointer(
            start: start.assumingMemoryBound(to: Double.self), count: width)
    }

    /// Σ x y over one row of each, in whole vectors that hold the first `columns` values.
    public func product(
        row: Int, _ other: DoubleRows, row otherRow: Int, columns: Int
    ) -> Double {
        precondition(columns <= width && columns <= other.width)
        let x = base + row * vectors
        let y = other.base + otherRow * other.vectors
        var lanes = SIMD8<Double>.zero
        for v in 0..<(columns + 7) / 8 { lanes += x[v] * y[v] }
        let four = lanes.lowHalf + lanes.highHalf
        let two = four.lowHalf + four.highHalf
        return two[0] + two[1]
    }

    /// Adds `factor` times a row of `other`, which is as wide, to a row.
    public func add(_ factor: Double, _ other: DoubleRows, row otherRow: Int, to row: Int) {
        precondition(other.width == width)
        let x = other.base + otherRow * vectors
        let y = base + row * vectors
        for v in 0..<vectors { y[v] += factor * x[v] }
    }
}
