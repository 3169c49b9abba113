import Kernels
import Networks
import Testing

/// A loss over a batch with everything that it needs.
private struct Case {
    let batch: SequenceBatch
    let outputs: Int
    var predictions: [Float]
    var gold: [Float]
    var counted: [UInt8]

    init(lengths: [Int], outputs: Int, from random: inout RandomStream) {
        batch = SequenceBatch(lengths: lengths)
        self.outputs = outputs
        predictions = (0..<batch.rows * outputs).map { _ in Float(random.normal()) }
        gold = (0..<batch.rows * outputs).map { _ in Float(random.normal() + 0.3) }
        counted = [UInt8](repeating: 1, count: batch.rows)
    }

    func evaluate(_ loss: Loss, masked: Bool = true) -> (loss: Double, gradient: [Float]) {
        var gradient = [Float](repeating: .nan, count: predictions.count)
        let value = counted.withUnsafeBufferPointer {
            loss.evaluate(
                batch, outputs: outputs, predictions: predictions, gold: gold,
                counted: masked ? $0.baseAddress : nil, dPredictions: &gradient)
        }
        return (value, gradient)
    }
}

@Suite struct LossTests {
    @Test("The gradient of every loss is that of finite differences, with and without a mask")
    func gradients() {
        var random = RandomStream(state: (3, 1, 4, 1))
        for loss in Loss.allCases {
            for masked in [false, true] {
                var data = Case(lengths: [9, 6, 6, 1], outputs: 3, from: &random)
                if masked { for r in stride(from: 0, to: 22, by: 3) { data.counted[r] = 0 } }
                let (_, gradient) = data.evaluate(loss, masked: masked)
                for i in data.predictions.indices {
                    let value = data.predictions[i]
                    data.predictions[i] = value + 0x1p-10
                    let up = data.evaluate(loss, masked: masked).loss
                    data.predictions[i] = value - 0x1p-10
                    let down = data.evaluate(loss, masked: masked).loss
                    let step = Double(value + 0x1p-10) - Double(value - 0x1p-10)
                    data.predictions[i] = value
                    #expect(abs((up - down) / step - Double(gradient[i])) < 1e-6, "\(loss), \(i)")
                    if masked && data.counted[i / 3] == 0 { #expect(gradient[i] == 0) }
                }
            }
        }
    }

    @Test("A row that is not counted changes nothing")
    func masks() {
        var random = RandomStream(state: (2, 7, 1, 8))
        for loss in Loss.allCases {
            var data = Case(lengths: [12, 9, 3], outputs: 2, from: &random)
            for r in [0, 5, 11, 23] { data.counted[r] = 0 }
            let before = data.evaluate(loss)
            for r in [0, 5, 11, 23] {
                for o in 0..<2 {
                    data.predictions[2 * r + o] = 77
                    data.gold[2 * r + o] = -55
                }
            }
            let after = data.evaluate(loss)
            #expect(before.loss == after.loss && before.gradient == after.gradient)
            #expect(before.loss != data.evaluate(loss, masked: false).loss)
        }
    }

    @Test(
        "The CCC in the loss matches the golden table", .enabled(if: hasGolden, "no golden files"))
    func goldenConcordance() throws {
        var compared = 0
        for line in try goldenLines("ccc.csv") {
            let x = numbers(line[2])
            let y = numbers(line[3])
            let exact = Double(line[4]) ?? .nan
            // The engine holds traces in float32; a large offset leaves nothing of such traces.
            let fits = (x + y).allSatisfy { Double(Float($0)) == $0 || !$0.isFinite }
            guard !x.isEmpty, fits || !line[0].hasPrefix("large_offset") else { continue }
            let batch = SequenceBatch(lengths: [x.count])
            let gold = x.map { Float($0) }
            let predictions = y.map { Float($0) }
            let ccc = Loss.concordances(
                batch, outputs: 1, predictions: predictions, gold: gold, counted: nil)[0]
            if (x + y).allSatisfy(\.isFinite) {  // What is undefined in a score is 0 in a loss.
                let expected = exact.isNaN ? 0 : exact
                #expect(abs(ccc - expected) < (fits ? 5e-13 : 1e-6), "\(line[0])")
            } else {
                #expect(ccc.isNaN, "\(line[0])")
            }
            compared += 1
        }
        print("\(compared) rows of ccc.csv compared")
        #expect(compared > 10)
    }

    @Test("Constant traces: CCC 0, gradient 0 where the gold is constant, never a quotient 0 / 0")
    func constants() {
        var random = RandomStream(state: (1, 6, 1, 8))
        var data = Case(lengths: [10], outputs: 3, from: &random)
        for t in 0..<10 {
            data.gold[3 * t] = 0.1
            data.predictions[3 * t] = 0.1  // 0 / 0
            data.gold[3 * t + 1] = 0.1  // constant gold
            data.predictions[3 * t + 2] = 0.1  // constant prediction
        }
        for loss in [Loss.ccc, .cccSequence] {
            let (value, gradient) = data.evaluate(loss)
            #expect(value == 1)
            for t in 0..<10 {
                #expect(gradient[3 * t] == 0 && gradient[3 * t + 1] == 0)
                #expect(gradient[3 * t + 2] != 0 && gradient[3 * t + 2].isFinite)
            }
        }
    }

    @Test("Sequences of one frame or of constant gold are not counted per sequence")
    func uncounted() {
        var random = RandomStream(state: (1, 4, 1, 4))
        var data = Case(lengths: [6, 5, 1], outputs: 2, from: &random)
        for t in 0..<5 {
            for o in 0..<2 { data.gold[2 * data.batch.row(sequence: 1, frame: t) + o] = 3 }
        }
        let (value, gradient) = data.evaluate(.cccSequence)
        let first = (0..<6).map { data.batch.row(sequence: 0, frame: $0) }
        var alone = Case(lengths: [6], outputs: 2, from: &random)
        for (t, row) in first.enumerated() {
            for o in 0..<2 {
                alone.gold[2 * t + o] = data.gold[2 * row + o]
                alone.predictions[2 * t + o] = data.predictions[2 * row + o]
            }
        }
        let (expected, part) = alone.evaluate(.ccc)
        #expect(value == expected)
        for row in 0..<data.batch.rows {
            for o in 0..<2 {
                let t = first.firstIndex(of: row)
                #expect(gradient[2 * row + o] == (t.map { part[2 * $0 + o] } ?? 0))
            }
        }
    }

    @Test("No counted row at all: every loss is defined and its gradient 0")
    func nothing() {
        var random = RandomStream(state: (1, 2, 2, 1))
        var data = Case(lengths: [3, 2], outputs: 2, from: &random)
        data.counted = [UInt8](repeating: 0, count: 5)
        for loss in Loss.allCases {
            let (value, gradient) = data.evaluate(loss)
            #expect(value.isFinite && gradient.allSatisfy { $0 == 0 })
        }
    }

    @Test("A prediction that is not a number makes the loss not a number")
    func notANumber() {
        var random = RandomStream(state: (1, 3, 3, 1))
        for loss in Loss.allCases {
            var data = Case(lengths: [5, 4], outputs: 2, from: &random)
            data.predictions[4] = .nan
            #expect(data.evaluate(loss).loss.isNaN, "\(loss)")
        }
    }
}
