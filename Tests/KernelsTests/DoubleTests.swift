import Kernels
import Testing

@Suite("Float64 rows, Gram matrices, Cholesky factors")
struct DoubleTests {
    /// A row-major matrix of random values.
    private func matrix(_ rows: Int, _ columns: Int, _ random: inout RandomStream) -> [[Double]] {
        (0..<rows).map { _ in (0..<columns).map { _ in 2 * random.uniform() - 1 } }
    }

    @Test("Products of rows take eight lanes and a fixed tree, at any width")
    func products() {
        for width in oddSizes {
            var random = stream(width)
            let values = matrix(2, width, &random)
            let rows = DoubleRows(count: 2, width: width)
            for (r, row) in values.enumerated() {
                for (d, value) in row.enumerated() { rows[r][d] = value }
            }
            var lanes = [Double](repeating: 0, count: 8)
            for d in 0..<width { lanes[d % 8] += values[0][d] * values[1][d] }
            let four = (0..<4).map { lanes[$0] + lanes[$0 + 4] }
            let expected = (four[0] + four[2]) + (four[1] + four[3])
            #expect(rows.product(row: 0, rows, row: 1, columns: width) == expected)
            rows.add(0.3, rows, row: 1, to: 0)
            #expect(Array(rows[0]) == zip(values[0], values[1]).map { $0 + 0.3 * $1 })
        }
    }

    @Test("A Gram matrix is a chain of products in the order of the rows, however many come")
    func gram() {
        for (count, width) in [(0, 3), (1, 1), (7, 9), (8, 16), (9, 5), (37, 17), (64, 33)] {
            var random = stream(count, width)
            let rows = matrix(count, width, &random)
            let gram = GramMatrix(width: width)
            for (index, row) in rows.enumerated() {
                gram.add { for d in row.indices { $0[d] = row[d] } }
                // Looking in between changes nothing.
                if index == 4 { #expect(gram[0, 0] > 0) }
            }
            for a in 0..<width {
                for b in 0..<width {
                    #expect(gram[a, b] == rows.reduce(0) { $0 + $1[a] * $1[b] })
                }
            }
        }
    }

    @Test("A factor solves its system to rounding")
    func cholesky() throws {
        for size in oddSizes {
            var random = stream(size, 5)
            let root = matrix(size + 3, size, &random)
            func element(_ i: Int, _ j: Int) -> Double {
                root.reduce(i == j ? 0.1 : 0) { $0 + $1[i] * $1[j] }
            }
            let expected = (0..<size).map { _ in 2 * random.uniform() - 1 }
            let b = (0..<size).map { i in
                (0..<size).reduce(0) { $0 + element(i, $1) * expected[$1] }
            }
            let factor = try #require(CholeskyFactor(size: size, element))
            for (found, expected) in zip(factor.solve(b), expected) {
                #expect(abs(found - expected) < 1e-11)
            }
        }
    }

    @Test("What is not positive definite has no factor")
    func indefinite() {
        let elements: [[[Double]]] = [
            [[0]], [[-1]], [[.nan]], [[1, 2], [2, 1]], [[4, 4], [4, 4]],
            [[1, 0, 0], [0, 1, 1], [0, 1, 1]],
        ]
        for matrix in elements {
            #expect(CholeskyFactor(size: matrix.count) { matrix[$0][$1] } == nil)
        }
    }
}
