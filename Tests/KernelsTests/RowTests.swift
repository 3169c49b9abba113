import Kernels
import Testing

@Suite struct RowTests {
    @Test("Kernels along rows have the same bits in every instruction set")
    func twins() {
        var random = stream(7)
        for n in oddSizes + [153, 386] {
            let rows = 5
            let x = TestMatrix(rows: rows, columns: n, from: &random, span: 20)
            let y = TestMatrix(rows: rows, columns: n, gap: 0, from: &random)
            let z = TestMatrix(rows: rows, columns: n, gap: 7, from: &random)
            let column = TestMatrix(rows: rows, columns: 1, from: &random)
            let kernels: [(String, (InstructionSet, [Rows]) -> Void)] = [
                ("softmax", { $0.softmax(rows: rows, n: n, scale: 3, $1[0], into: $1[2]) }),
                (
                    "softmax backward",
                    { $0.softmaxBackward(rows: rows, n: n, scale: 3, $1[0], $1[1], into: $1[2]) }
                ),
                ("tanh", { $0.tanh(rows: rows, n: n, $1[0], into: $1[2]) }),
                ("tanh backward", { $0.tanhBackward(rows: rows, n: n, $1[0], $1[1], into: $1[2]) }),
                ("multiply", { $0.multiply(rows: rows, n: n, $1[0], $1[1], into: $1[2]) }),
                ("add", { $0.add(rows: rows, n: n, $1[0], to: $1[2]) }),
                ("scale", { $0.scale(rows: rows, n: n, by: $1[3], $1[0], into: $1[2]) }),
                ("row products", { $0.rowProducts(rows: rows, n: n, $1[0], $1[1], into: $1[3]) }),
            ]
            for (name, kernel) in kernels {
                let (equal, _) = agree([z, column]) { set, out in
                    rowsOf([x, y] + out) { kernel(set, $0) }
                }
                #expect(equal, "\(name) of \(n)")
            }
        }
    }

    @Test("Adam, squares and standardising have the same bits in every instruction set")
    func arrays() {
        var random = stream(8)
        let step = AdamStep(
            rate: 0.01, beta1: 0.9, beta2: 0.999, meanFactor: 5,
            varianceFactor: 300, epsilon: 1e-8)
        for n in oddSizes + [1000] {
            let arrays = (0..<4).map { _ in TestMatrix(rows: 1, columns: n, from: &random) }
            for i in 0..<n { arrays[2].values[i] = abs(arrays[1].values[i]) }
            let (equal, _) = agree(Array(arrays[0..<3])) { set, out in
                rowsOf(out + [arrays[3]]) { r in
                    set.adam(
                        count: n, weights: r[0].base, mean: r[1].base, variance: r[2].base,
                        gradient: r[3].base, step)
                }
            }
            #expect(equal, "Adam of \(n)")
            let squares = InstructionSet.available.map { set in
                arrays[0].withRows { set.squares(count: n, $0.base).bitPattern }
            }
            #expect(Set(squares).count == 1, "squares of \(n)")
            let exact = (0..<n).reduce(0.0) { $0 + arrays[0][0, $1] * arrays[0][0, $1] }
            #expect(abs(Double(bitPattern: squares[0]) - exact) <= 1e-13 * exact)
            let out = TestMatrix(rows: 2, columns: n, from: &random)
            let (same, outputs) = agree([out]) { set, out in
                rowsOf([arrays[0], arrays[1], arrays[3], out[0]]) { r in
                    let sources: [UnsafePointer<Float>?] = [
                        UnsafePointer(r[0].base), UnsafePointer(r[1].base),
                    ]
                    set.standardise(
                        rows: 2, n: n, sources: sources, offset: 2, means: r[2].base,
                        scales: r[1].base, into: r[3])
                }
            }
            #expect(same, "standardise of \(n)")
            let expected =
                (arrays[1].values[2] - arrays[3].values[0]) * arrays[1].values[0]
            #expect(outputs[0].values[outputs[0].step] == expected)
        }
    }

    @Test("Softmax sums to its scale, keeps the order, and survives large values")
    func softmax() {
        let x = arena([1000, 999, 998, -1000, 1000])
        let row = Rows(x.base, step: 5)
        InstructionSet.current.softmax(rows: 1, n: 5, scale: 5, row, into: row)
        let total = 2 + Elementary.exp(-1) + Elementary.exp(-2)
        for (value, exponent) in zip(x.values, [0.0, -1, -2, -2000, 0]) {
            #expect(abs(Double(value) - 5 * Elementary.exp(exponent) / total) < 1e-6)
        }
    }

    @Test("An arena is zeroed, aligned and cleared again")
    func memory() {
        for count in [0, 1, 17, 3_000_000] {
            let arena = Arena(count: count)
            #expect(Int(bitPattern: arena.base) % 64 == 0)
            #expect(arena.values.count == count && arena.values.allSatisfy { $0 == 0 })
            for i in stride(from: 0, to: count, by: 97) { arena.base[i] = 1 }
            arena.clear()
            #expect(arena.values.allSatisfy { $0 == 0 })
        }
    }
}
