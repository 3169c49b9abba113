import Kernels
import Planning
import Testing

@testable import Training

@Suite("Scaler")
struct ScalerTests {
    private func matrix(_ rows: [[Float]]) -> Matrix {
        Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })
    }

    @Test("Mean and population SD run over the frames of all recordings")
    func moments() {
        let scaler = Scaler(
            columns: 2, matrices: [matrix([[1, 10], [2, 10]]), matrix([[6, 40]])],
            masks: [nil, nil])
        #expect(scaler.means == [3, 20])
        #expect(scaler.deviations.map { ($0 * $0).rounded() } == [5, 200])
        #expect(abs(scaler.deviations[0] - 14.0.squareRoot() / 3.0.squareRoot()) < 1e-15)
    }

    @Test("Scaled training frames have mean 0 and SD 1, also far from zero")
    func standardised() {
        for seed in 0..<20 {
            var random = RandomStream(state: (UInt64(seed), 4, 4, 4))
            let offset = Float(seed) * 1000
            let rows = (0..<50).map { _ in
                (0..<3).map { Float(random.uniform()) * Float(10 * $0 + 1) + offset }
            }
            let scaler = Scaler(columns: 3, matrices: [matrix(rows)], masks: [nil])
            var scaled = [[Float]]()
            for row in rows {
                var result = [Float](repeating: .nan, count: 3)
                scaler.scale(row, to: &result)
                scaled.append(result)
            }
            for d in 0..<3 {
                let mean = scaled.map { Double($0[d]) }.reduce(0, +) / 50
                let square = scaled.map { Double($0[d]) * Double($0[d]) }.reduce(0, +) / 50
                #expect(abs(mean) < 1e-6, "seed \(seed)")
                #expect(abs(square - 1) < 1e-6, "seed \(seed)")
                #expect(scaler.scaled(Double(rows[7][d]), column: d) == scaled[7][d])
                let back = scaler.restored(scaled[7][d], column: d)
                #expect(abs(back - rows[7][d]) <= 2e-6 * max(1, abs(rows[7][d])))
            }
        }
    }

    @Test("A constant column becomes 0 everywhere, whatever it holds elsewhere")
    func constant() {
        let scaler = Scaler(
            columns: 2, matrices: [matrix([[0.1, 1], [0.1, 2], [0.1, 4]])], masks: [nil])
        #expect(scaler.factors[0] == 0)
        #expect(scaler.scaled(1e30, column: 0) == 0)
        #expect(scaler.restored(17, column: 0) == 0.1)
    }

    @Test("Gaps are not looked at; a recording of gaps alone leaves zeros")
    func masks() {
        let rows: [[Float]] = [[1], [1000], [3]]
        let some = Scaler(columns: 1, matrices: [matrix(rows)], masks: [[1, 0, 1]])
        #expect(some.means == [2] && some.deviations == [1])
        let none = Scaler(columns: 1, matrices: [matrix(rows)], masks: [[0, 0, 0]])
        #expect(none.scaled(5, column: 0) == 0)
    }

    @Test("Validation and test recordings do not change how anything is scaled")
    func trainingSideAlone() throws {
        let data = Synthetic().data
        var other = data
        for side in [\TrialData.validation, \TrialData.test] {
            other[keyPath: side][0].features = other[keyPath: side][0].features.map {
                $0.edited { for i in $0.indices { $0[i] = 1e6 - $0[i] } }
            }
            other[keyPath: side][0].gold = other[keyPath: side][0].gold.edited {
                for i in $0.indices { $0[i] = -9 * $0[i] }
            }
        }
        let a = try linearTrainer(data).standardiser
        let b = try linearTrainer(other).standardiser
        #expect(a.features == b.features && a.gold == b.gold)
    }
}
