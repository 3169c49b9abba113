import Glibc
import Kernels
import Testing

private func logistic(_ x: Double) -> Double { 1 / (1 + Glibc.exp(-x)) }

@Suite struct RecurrenceTests {
    @Test("An LSTM step has the same bits in every instruction set, with and without a state")
    func forward() {
        var random = stream(4)
        for hidden in oddSizes {
            let padded = Packing.padded(hidden)
            var weights = [Float](
                repeating: 0, count: Packing.count(k: hidden, n: 4 * padded))
            for i in weights.indices { weights[i] = Float(random.uniform() - 0.5) }
            for rows in [1, 5, 6, 8, 35] {
                let gates = TestMatrix(
                    rows: rows, columns: 4 * padded, gap: 64, from: &random, span: 8)
                let h = TestMatrix(rows: rows, columns: hidden, from: &random)
                let c = TestMatrix(rows: rows, columns: padded, gap: 16, from: &random)
                let (hNew, cNew) = (h.copy(), c.copy())
                for state in [false, true] {
                    let (equal, _) = agree([gates, hNew, cNew]) { set, out in
                        rowsOf([h, c] + out) { r in
                            set.lstmForward(
                                rows: rows, hidden: hidden, gates: r[2], ahead: state ? 1 : 0,
                                weights: weights, hBefore: state ? r[0] : nil,
                                cBefore: state ? r[1] : nil, into: r[3], c: r[4])
                        }
                    }
                    #expect(equal, "hidden \(hidden), rows \(rows), state \(state)")
                }
            }
        }
    }

    @Test("An LSTM step backwards has the same bits in every instruction set")
    func backward() {
        var random = stream(5)
        for hidden in oddSizes {
            let padded = Packing.padded(hidden)
            for rows in [1, 6, 9] {
                let gates = TestMatrix(rows: rows, columns: 4 * padded, gap: 0, from: &random)
                let before = TestMatrix(rows: rows, columns: padded, gap: 16, from: &random)
                let c = TestMatrix(rows: rows, columns: padded, gap: 16, from: &random)
                let dh = TestMatrix(rows: rows, columns: hidden, from: &random)
                let dc = TestMatrix(rows: rows, columns: padded, gap: 0, from: &random)
                for state in [false, true] {
                    let (equal, _) = agree([gates, dc]) { set, out in
                        rowsOf([before, c, dh] + out) { r in
                            set.lstmBackward(
                                rows: rows, hidden: hidden, gates: r[3], ahead: state ? -1 : 0,
                                cBefore: state ? r[0] : nil, c: r[1], dh: r[2], dc: r[4].base)
                        }
                    }
                    #expect(equal, "hidden \(hidden), rows \(rows), state \(state)")
                }
            }
        }
    }

    @Test("One cell follows the equations: c = f c + i g, h = o tanh c")
    func equations() {
        let z = [-1.5, 0.25, 2, 0.75]
        let gates = Arena(count: 64)
        let weights = Arena(count: 64)
        for q in 0..<4 { gates.base[16 * q] = Float(z[q]) }
        let h = arena([9])
        let c = Arena(count: 16)
        let before = Arena(count: 16)
        before.base[0] = 0.5
        InstructionSet.current.lstmForward(
            rows: 1, hidden: 1, gates: Rows(gates.base, step: 64), weights: weights.base,
            hBefore: nil, cBefore: Rows(before.base, step: 16), into: Rows(h.base, step: 1),
            c: Rows(c.base, step: 16))
        let state = logistic(z[1]) * 0.5 + logistic(z[0]) * Glibc.tanh(z[2])
        #expect(abs(Double(c.base[0]) - state) < 1e-7)
        #expect(abs(Double(h.base[0]) - logistic(z[3]) * Glibc.tanh(state)) < 1e-7)
        #expect(abs(Double(gates.base[0]) - logistic(z[0])) < 1e-7)
    }

    @Test("The logistic function and tanh are within 3 units in the last place, 0 and 1 exact")
    func accuracy() {
        let set = InstructionSet.current
        var random = stream(6)
        var worstTanh = 0.0
        var worstLogistic = 0.0
        for _ in 0..<2_000 {
            let x = (0..<16).map { _ in Float(24 * (random.uniform() - 0.5)) }
            let y = arena(x)
            let gates = arena(x + x + x + x)
            let h = Arena(count: 16)
            let c = Arena(count: 16)
            set.tanh(rows: 1, n: 16, Rows(y.base, step: 16), into: Rows(y.base, step: 16))
            set.lstmForward(
                rows: 1, hidden: 16, gates: Rows(gates.base, step: 64), weights: gates.base,
                hBefore: nil, cBefore: nil, into: Rows(h.base, step: 16),
                c: Rows(c.base, step: 16))
            for l in 0..<16 {
                let tanh = Float(Glibc.tanh(Double(x[l])))
                let sigma = Float(logistic(Double(x[l])))
                worstTanh = max(worstTanh, Double(abs(y.base[l] - tanh) / tanh.ulp))
                worstLogistic = max(
                    worstLogistic, Double(abs(gates.base[l] - sigma) / sigma.ulp))
            }
        }
        print("tanh: \(worstTanh) units in the last place, logistic: \(worstLogistic)")
        #expect(worstTanh <= 3 && worstLogistic <= 3)
        let held = arena([0, -0.0, 100, -100, .infinity, -.infinity, .nan, 1e-20])
        let special = held.values
        let row = Rows(held.base, step: 8)
        set.tanh(rows: 1, n: 8, row, into: row)
        #expect(special[0] == 0 && special[1] == 0 && special[2] == 1 && special[3] == -1)
        #expect(special[4] == 1 && special[5] == -1 && special[6].isNaN && special[7] == 1e-20)
    }
}

/// The rows of several matrices at once.
func rowsOf(_ matrices: [TestMatrix], _ rows: [Rows] = [], _ body: ([Rows]) -> Void) {
    guard rows.count < matrices.count else { return body(rows) }
    matrices[rows.count].withRows { rowsOf(matrices, rows + [$0], body) }
}
