import Kernels

extension KernelCase {
    private static let block = (rows: 512, n: 386)

    /// The kernels that walk the rows of a block.
    static var rowwise: [KernelCase] {
        let (rows, n) = block
        // A value a row, and a value a column.
        let (scales, factors, sums, means) = (noise(rows), noise(rows), noise(n), noise(n))
        return [
            rowwise("softmax", passes: 2) { set, x, y, _ in
                set.softmax(rows: rows, n: n, scale: Float(n), x, into: y)
            },
            rowwise("softmax backward", passes: 3) { set, x, y, z in
                set.softmaxBackward(rows: rows, n: n, scale: Float(n), x, y, into: z)
            },
            rowwise("tanh", passes: 2) { set, x, y, _ in
                set.tanh(rows: rows, n: n, x, into: y)
            },
            rowwise("tanh backward", passes: 3) { set, x, y, z in
                set.tanhBackward(rows: rows, n: n, x, y, into: z)
            },
            rowwise("rectify", passes: 2) { set, x, y, _ in
                set.rectify(rows: rows, n: n, x, into: y)
            },
            rowwise("rectify backward", passes: 3) { set, x, y, z in
                set.rectifyBackward(rows: rows, n: n, x, y, into: z)
            },
            rowwise("normalise", passes: 2) { set, x, y, _ in
                set.normalise(rows: rows, n: n, epsilon: 1e-5, x, into: y, scales: scales.base)
            },
            rowwise("normalise backward", passes: 3) { set, x, y, z in
                set.normaliseBackward(rows: rows, n: n, x, scales: scales.base, y, into: z)
            },
            rowwise("multiply", passes: 3) { set, x, y, z in
                set.multiply(rows: rows, n: n, x, y, into: z)
            },
            rowwise("add", passes: 3) { set, x, y, _ in
                set.add(rows: rows, n: n, x, to: y)
            },
            rowwise("scale", passes: 2) { set, x, y, _ in
                set.scale(rows: rows, n: n, by: Rows(factors.base, step: 1), x, into: y)
            },
            rowwise("row products", passes: 2) { set, x, y, _ in
                set.rowProducts(rows: rows, n: n, x, y, into: Rows(scales.base, step: 1))
            },
            rowwise("column sums", passes: 1) { set, x, _, _ in
                set.columnSums(rows: rows, n: n, x, adding: sums.base)
            },
            rowwise("standardise", passes: 2) { set, x, y, _ in
                let sources: [UnsafePointer<Float>?] = (0..<rows).map {
                    UnsafePointer(x.from(row: $0).base)
                }
                set.standardise(
                    rows: rows, n: n, sources: sources, offset: 0, means: means.base,
                    scales: means.base, into: y)
            },
        ]
    }

    /// A kernel of a block; `passes` operands are read or written.
    private static func rowwise(
        _ name: String, passes: Int, _ body: @escaping (InstructionSet, Rows, Rows, Rows) -> Void
    ) -> KernelCase {
        let count = block.rows * block.n
        let (x, y, z) = (noise(count), noise(count), Arena(count: count))
        return KernelCase(
            name: name, shape: "\(block.rows) × \(block.n)", operations: 0,
            bytes: 4 * Double(passes * count)
        ) { set in
            body(
                set, Rows(x.base, step: block.n), Rows(y.base, step: block.n),
                Rows(z.base, step: block.n))
        }
    }
}
