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
                ("rectify", { $0.rectify(rows: rows, n: n, $1[0], into: $1[2]) }),
                (
                    "rectify backward",
                    { $0.rectifyBackward(rows: rows, n: n, $1[0], $1[1], into: $1[2]) }
                ),
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

    @Test("Normalising has the same bits in every instruction set, and mean 0 and variance 1")
    func normalising() {
        var random = stream(11)
        for n in oddSizes + [153, 386] {
            let rows = 5
            let x = TestMatrix(rows: rows, columns: n, from: &random, span: 20)
            let dy = TestMatrix(rows: rows, columns: n, gap: 0, from: &random)
            let out = TestMatrix(rows: rows, columns: n, gap: 7, from: &random)
            let scales = TestMatrix(rows: 1, columns: rows, from: &random)
            let (equal, outputs) = agree([out, scales]) { set, out in
                rowsOf([x] + out) { r in
                    set.normalise(
                        rows: rows, n: n, epsilon: 1e-5, r[0], into: r[1], scales: r[2].base)
                }
            }
            #expect(equal, "normalise of \(n)")
            for r in 0..<rows where n > 1 {
                let y = (0..<n).map { outputs[0][r, $0] }
                let mean = y.reduce(0, +) / Double(n)
                let variance = y.reduce(0) { $0 + $1 * $1 } / Double(n)
                #expect(abs(mean) < 1e-5 && abs(variance - 1) < 1e-3, "\(n)")
            }
            let (same, _) = agree([out]) { set, out in
                rowsOf([x, dy, scales] + out) { r in
                    set.normaliseBackward(
                        rows: rows, n: n, r[0], scales: r[2].base, r[1], into: r[3])
                }
            }
            #expect(same, "normalise backward of \(n)")
        }
    }

    @Test("Rectifying passes not-a-number and what is above 0")
    func rectifying() {
        let x = arena([-1, 0, 2, .nan, -.infinity, .infinity])
        let row = Rows(x.base, step: 6)
        for set in InstructionSet.available {
            let y = arena([0, 0, 0, 0, 0, 0])
            set.rectify(rows: 1, n: 6, row, into: Rows(y.base, step: 6))
            #expect(Array(y.values.prefix(3)) == [0, 0, 2] && y.base[3].isNaN)
            #expect(y.base[4] == 0 && y.base[5] == .infinity)
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
        for count in [0, 1, 17, 524_287, 524_288, 524_289, 3_000_000] {
            let arena = Arena(count: count)
            #expect(Int(bitPattern: arena.base) % 64 == 0)
            #expect(arena.values.count == count && arena.values.allSatisfy { $0 == 0 })
            for i in stride(from: 0, to: count, by: 97) { arena.base[i] = 1 }
            arena.clear()
            #expect(arena.values.allSatisfy { $0 == 0 })
        }
    }
}
