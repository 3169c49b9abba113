/// The lower triangle L of a symmetric positive definite matrix A = L Lᵀ, in float64.
///
/// Golub and Van Loan, "Matrix Computations", §4.2, row by row. O(n³) to make, O(n²) to solve.
public struct CholeskyFactor {
    private let rows: DoubleRows

    /// The factor of the matrix (n, n) whose lower triangle `element(i, j)` gives, j ≤ i; nil
    /// where rounding leaves it not positive definite.
    public init?(size: Int, _ element: (_ i: Int, _ j: Int) -> Double) {
        rows = DoubleRows(count: size, width: size)
        for i in 0..<size {
            let row = rows[i]
            for j in 0...i {
                // What row i does not hold yet is zero, so whole vectors may be multiplied.
                let rest = element(i, j) - rows.product(row: i, rows, row: j, columns: j)
                if i == j {
                    guard rest > 0 else { return nil }
                    row[i] = rest.squareRoot()
                } else {
                    row[j] = rest / rows[j][j]
                }
            }
        }
    }

    /// The x of A x = b.
    public func solve(_ b: [Double]) -> [Double] {
        precondition(b.count == rows.count)
        var x = b
        for i in x.indices {
            for k in 0..<i { x[i] -= rows[i][k] * x[k] }
            x[i] /= rows[i][i]
        }
        for i in x.indices.reversed() {
            x[i] /= rows[i][i]
            for k in 0..<i { x[k] -= rows[i][k] * x[i] }
        }
        return x
    }
}
