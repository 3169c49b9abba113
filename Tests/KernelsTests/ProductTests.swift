import Kernels
import Testing

@Suite struct ProductTests {
    @Test("There is a scalar twin, and the fastest set of this machine is another")
    func sets() throws {
        let names = InstructionSet.available.map(\.name)
        print("instruction sets here: \(names.joined(separator: ", "))")
        #expect(names.contains("scalar"))
        #expect(InstructionSet(named: "mmx") == nil)
        try InstructionSet.check()
        #expect(names.contains(InstructionSet.current.name))
    }

    @Test("A product has the same bits in every instruction set, whatever its sizes")
    func product() {
        var random = stream(1)
        for (i, n) in oddSizes.enumerated() {
            for m in [1, 4, 6, 7, 8, 34, 300] {
                let k = oddSizes[(i * 7 + m) % oddSizes.count]
                let a = TestMatrix(rows: m, columns: k, from: &random)
                let w = TestMatrix(rows: n, columns: k, from: &random)
                let bias = TestMatrix(rows: 1, columns: n, from: &random)
                let c = TestMatrix(rows: m, columns: n, from: &random)
                let panels = packed(w, k: k, n: n)
                for start in 0..<3 {
                    let (equal, outputs) = agree([c]) { set, c in
                        a.withRows { a in
                            c[0].withRows { c in
                                bias.withRows { bias in
                                    let bias = Rows(bias.base, step: 0)
                                    set.product(
                                        m: m, n: n, k: k, a, panels,
                                        start: start == 0 ? nil : start == 1 ? bias : c, into: c)
                                }
                            }
                        }
                    }
                    #expect(equal, "(\(m), \(n), \(k)), start \(start)")
                    let (r, j) = (m - 1, n - 1)
                    var expected = start == 0 ? 0 : start == 1 ? bias[0, j] : c[r, j]
                    for l in 0..<k { expected += a[r, l] * w[j, l] }
                    #expect(abs(outputs[0][r, j] - expected) < 1e-5)
                }
            }
        }
    }

    private func packed(_ w: TestMatrix, k: Int, n: Int) -> [Float] {
        var panels = [Float](repeating: .nan, count: Packing.count(k: k, n: n))
        w.withRows { w in
            Packing.pack(k: k, n: n, w.base, kStep: 1, nStep: w.step, into: &panels)
        }
        return panels
    }

    @Test("The gradient of a weight has the same bits in every instruction set")
    func gradient() {
        var random = stream(2)
        for (i, n) in oddSizes.enumerated() {
            for rows in [1, 2, 17, 511, 512, 513, 1100] {
                let m = oddSizes[(i * 5 + rows) % oddSizes.count]
                let a = TestMatrix(rows: rows, columns: m, from: &random)
                let b = TestMatrix(rows: rows, columns: n, from: &random)
                let c = TestMatrix(rows: m, columns: n, from: &random)
                let (equal, outputs) = agree([c]) { set, c in
                    var scratch = [Float](
                        repeating: 7, count: InstructionSet.gradientScratch(n: n))
                    a.withRows { a in
                        b.withRows { b in
                            c[0].withRows { c in
                                set.gradient(
                                    rows: rows, m: m, n: n, a, b, adding: c, scratch: &scratch)
                            }
                        }
                    }
                }
                #expect(equal, "rows \(rows), (\(m), \(n))")
                var expected = c[m - 1, n - 1]
                for r in 0..<rows { expected += a[r, m - 1] * b[r, n - 1] }
                #expect(abs(outputs[0][m - 1, n - 1] - expected) < 1e-4)
            }
        }
    }

    @Test("Column sums have the same bits in every instruction set")
    func columnSums() {
        var random = stream(3)
        for n in oddSizes {
            for rows in [1, 3, 512, 700] {
                let x = TestMatrix(rows: rows, columns: n, from: &random)
                let out = TestMatrix(rows: 1, columns: n, from: &random)
                let (equal, outputs) = agree([out]) { set, out in
                    x.withRows { x in
                        out[0].withRows { set.columnSums(rows: rows, n: n, x, adding: $0.base) }
                    }
                }
                #expect(equal, "(\(rows), \(n))")
                let expected = (0..<rows).reduce(out[0, n - 1]) { $0 + x[$1, n - 1] }
                #expect(abs(outputs[0][0, n - 1] - expected) < 1e-4)
            }
        }
    }

    @Test("Packing follows its maps and fills the rest with zeros")
    func packing() {
        let map = Packing.gateMap(hidden: 18)
        #expect(map.count == 128 && map.filter { $0 >= 0 }.sorted() == Array(0..<72))
        #expect(map[0] == 0 && map[16] == 18 && map[17] == 19 && map[64] == 16 && map[66] == -1)
        let w = (0..<72 * 5).map { Float($0 + 1) }
        var panels = [Float](repeating: .nan, count: Packing.count(k: 7, n: 128))
        Packing.pack(
            k: 5, n: 128, w, kStep: 1, nStep: 5, nMap: map, panelRows: 7, into: &panels)
        for (j, row) in map.enumerated() {
            for k in 0..<5 {
                let value = panels[(j / 16 * 7 + k) * 16 + j % 16]
                #expect(value == (row < 0 ? 0 : w[row * 5 + k]))
            }
        }
        #expect(panels[5 * 16].isNaN)
    }
}
