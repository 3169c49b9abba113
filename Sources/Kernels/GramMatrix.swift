/// Sums of products of columns over rows that come one by one, in float64: G = Σ r rᵀ.
///
/// Each element is one chain of a product and a sum a row, in the order of the rows. Rows are
/// worked on eight at a time, so that a matrix beyond the cache is read and written once for eight.
public final class GramMatrix {
    /// The number of columns, W.
    public let width: Int
    /// The upper triangle (W, W).
    private let sums: DoubleRows
    /// Rows that wait (8, W); those that are not filled are zero and change no sum.
    private let block: DoubleRows
    private var waiting = 0

    /// The matrix of no rows.
    public init(width: Int) {
        self.width = width
        sums = DoubleRows(count: width, width: width)
        block = DoubleRows(count: 8, width: width)
    }

    /// Adds the row of `width` values that `write` fills in.
    public func add(_ write: (UnsafeMutableBufferPointer<Double>) -> Void) {
        write(block[waiting])
        waiting += 1
        if waiting == block.count { flush() }
    }

    /// The sum of products of two columns.
    public subscript(a: Int, b: Int) -> Double {
        flush()
        return sums[min(a, b)][max(a, b)]
    }

    private func flush() {
        guard waiting > 0 else { return }
        let vectors = sums.vectors
        let rows = block.base
        for i in 0..<width {
            let x = (0..<8).reduce(into: SIMD8<Double>.zero) { $0[$1] = block[$1][i] }
            let sums = sums.base + i * vectors
            for v in i / 8..<vectors {
                var sum = sums[v]
                sum += x[0] * rows[v]
                sum += x[1] * rows[vectors + v]
                sum += x[2] * rows[2 * vectors + v]
                sum += x[3] * rows[3 * vectors + v]
                sum += x[4] * rows[4 * vectors + v]
                sum += x[5] * rows[5 * vectors + v]
                sum += x[6] * rows[6 * vectors + v]
                sum += x[7] * rows[7 * vectors + v]
                sums[v] = sum
            }
        }
        rows.update(repeating: .zero, count: block.count * vectors)
        waiting = 0
    }
}
