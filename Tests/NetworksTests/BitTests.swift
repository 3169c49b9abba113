import Kernels
import Networks
import Testing

@Suite struct BitTests {
    @Test("Predictions, gradients and weights after a step have the same bits in every set")
    func instructionSets() throws {
        for (name, recipe, widths) in cases {
            let results = try InstructionSet.available.map { set in
                let bench = try Bench(
                    recipe, widths: widths, lengths: [61, 40, 40, 2], kernels: set)
                var adam = Adam(count: bench.parameters.count, learningRate: 0.01)
                for _ in 0..<3 {
                    bench.forward()
                    bench.backward()
                    _ = Adam.clip(
                        bench.gradients.base, count: bench.gradients.count, maximum: 0.5,
                        kernels: set)
                    adam.step(
                        parameters: bench.parameters.base, gradients: bench.gradients.base,
                        kernels: set)
                }
                #expect(bench.predictions.values.allSatisfy { $0.isFinite })
                return [bench.predictions, bench.gradients, bench.dInputs, bench.parameters]
                    .map(\.bits)
            }
            #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
        }
    }

    @Test("A sequence's predictions do not depend on its companions, bit for bit")
    func companions() throws {
        let lengths = [70, 33, 33, 17, 8, 1]
        for (name, recipe, widths) in cases {
            let width = widths.reduce(0, +)
            let together = try Bench(recipe, widths: widths, lengths: lengths)
            together.forward()
            for (n, length) in lengths.enumerated() {
                let alone = try Bench(recipe, widths: widths, lengths: [length], training: false)
                for t in 0..<length {
                    let row = together.batch.row(sequence: n, frame: t)
                    for j in 0..<width {
                        alone.inputs.base[t * width + j] = together.inputs.base[row * width + j]
                    }
                }
                alone.forward(training: false)
                let same = (0..<length).allSatisfy { t in
                    let row = together.batch.row(sequence: n, frame: t)
                    return (0..<3).allSatisfy {
                        alone.predictions.base[t * 3 + $0].bitPattern
                            == together.predictions.base[row * 3 + $0].bitPattern
                    }
                }
                #expect(same, "\(name), sequence \(n)")
            }
        }
    }

    @Test("More rows than a block give the same bits in every set, and stay in their space")
    func longBatch() throws {
        // More rows than a block has, and a step with more rows than a block.
        for lengths in [[300, 299, 150, 3], Array(repeating: 2, count: 600)] {
            for recipe in [
                NetworkRecipe.eaf(hidden: 4, layers: 2, gate: .feature(scaled: true)),
                .tcn(channels: 6, taps: 3, dilations: [1, 70]),
                .transformer(.init(hidden: 6, heads: 2, layers: 2)),
                .transformer(.init(hidden: 6, heads: 1, layers: 1, window: 30)),
            ] {
                let bench = try Bench(recipe, widths: [3, 2], lengths: lengths)
                bench.forward()
                bench.backward()
                let bits = bench.gradients.bits
                #expect(bench.gradients.values.allSatisfy { $0.isFinite })
                #expect(bench.guardsHold)
                let slow = try Bench(
                    recipe, widths: [3, 2], lengths: lengths,
                    kernels: #require(InstructionSet(named: "scalar")))
                slow.forward()
                slow.backward()
                #expect(slow.gradients.bits == bits && slow.dInputs.bits == bench.dInputs.bits)
            }
        }
    }

    @Test("The work space may start anywhere, hold anything, and is not left")
    func workspace() throws {
        for (name, recipe, widths) in cases {
            var results: [[[UInt32]]] = []
            for shift in [0, 1, 5, 15] {
                let bench = try Bench(recipe, widths: widths, lengths: [20, 9, 3], shift: shift)
                bench.forward()
                bench.backward()
                #expect(bench.guardsHold, "\(name), shift \(shift)")
                results.append([bench.predictions.bits, bench.gradients.bits, bench.dInputs.bits])
                let predicting = try Bench(
                    recipe, widths: widths, lengths: [20, 9, 3], training: false, shift: shift)
                predicting.forward(training: false)
                #expect(predicting.guardsHold, "\(name), predicting, shift \(shift)")
                #expect(predicting.predictions.bits == bench.predictions.bits)
                #expect(predicting.spaceCount < bench.spaceCount)
            }
            #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
        }
    }

    @Test("A batch that is nowhere longer needs no more work space")
    func monotone() throws {
        var random = RandomStream(state: (4, 3, 2, 1))
        for (_, recipe, widths) in cases {
            let network = try recipe.makeNetwork(widths: widths, outputs: 2)
            for _ in 0..<50 {
                let long = (0..<1 + random.below(9)).map { _ in 1 + random.below(300) }
                    .sorted(by: >)
                let short = long.prefix(1 + random.below(long.count))
                    .map { 1 + random.below($0) }.sorted(by: >)
                for training in [false, true] {
                    let more = network.workspaceCount(
                        for: SequenceBatch(lengths: long), training: training)
                    let less = network.workspaceCount(
                        for: SequenceBatch(lengths: short), training: training)
                    #expect(less <= more)
                }
            }
        }
    }
}
