import Kernels
import Testing

@testable import Networks

@Suite struct StateMaskTests {
    private static let recurrent = cases.filter { $0.name != "linear" && !isKinked($0.recipe) }

    /// A bench whose states are read through a mask of these factors, drawn from `choices`.
    private func bench(
        _ recipe: NetworkRecipe, _ widths: [Int], lengths: [Int], choices: [Float],
        isShared: Bool = false, kernels: InstructionSet = .current
    ) throws -> Bench {
        let bench = try Bench(recipe, widths: widths, lengths: lengths, kernels: kernels)
        let units = bench.network.layout.stateUnits
        let mask = StateMask(sequences: lengths.count, units: units)
        var random = RandomStream(state: (9, 8, 7, 6))
        for i in 0..<lengths.count * units {
            mask.factors.base[i] =
                isShared && i >= units
                ? mask.factors.base[i - units] : choices[random.below(choices.count)]
        }
        bench.batch.stateMask = mask
        return bench
    }

    @Test("Gradients are those of finite differences under a fixed mask")
    func finiteDifferences() throws {
        for (name, recipe, widths) in StateMaskTests.recurrent {
            let bench = try bench(
                recipe, widths, lengths: [11, 7, 7, 1], choices: [0, 1.25, 1.25, 1.25])
            bench.forward()
            bench.backward()
            #expect(bench.guardsHold)
            for entry in bench.network.layout.entries {
                expectSlopes(
                    of: bench.loss, "\(name), \(entry.name)", bench.parameters.base + entry.offset,
                    bench.gradients.base + entry.offset, count: entry.count)
            }
            expectSlopes(
                of: bench.loss, "\(name), input", bench.inputs.base, bench.dInputs.base,
                count: bench.inputs.count)
        }
    }

    @Test("A mask that all sequences share is a scale of the recurrent weights' columns")
    func scaledWeights() throws {
        for (name, recipe, widths) in StateMaskTests.recurrent {
            // Factors that change no bit but the exponent's.
            let masked = try bench(
                recipe, widths, lengths: [9, 4, 2], choices: [0, 2, 0.5], isShared: true)
            let plain = try Bench(recipe, widths: widths, lengths: [9, 4, 2])
            let factors = try #require(masked.batch.stateMask).factors.base
            var column = 0
            for entry in plain.network.layout.entries where entry.name.contains("weight_hh") {
                let hidden = entry.shape[1]
                for row in 0..<entry.shape[0] {
                    for unit in 0..<hidden {
                        plain.parameters.base[entry.offset + row * hidden + unit] *=
                            factors[column + unit]
                    }
                }
                column += hidden
            }
            #expect(column == plain.network.layout.stateUnits)
            plain.forward()
            masked.forward()
            #expect(plain.predictions.bits == masked.predictions.bits, "\(name)")
        }
    }

    @Test("Ones change nothing, zeros something, and prediction reads states whole")
    func edges() throws {
        for (name, recipe, widths) in StateMaskTests.recurrent {
            let plain = try Bench(recipe, widths: widths, lengths: [9, 4, 2])
            plain.forward()
            plain.backward()
            let ones = try bench(recipe, widths, lengths: [9, 4, 2], choices: [1])
            ones.forward()
            ones.backward()
            #expect(ones.predictions.bits == plain.predictions.bits, "\(name)")
            let isNear = zip(ones.gradients.values, plain.gradients.values).allSatisfy {
                abs($0 - $1) < 1e-4
            }
            #expect(isNear, "\(name)")
            let zeros = try bench(recipe, widths, lengths: [9, 4, 2], choices: [0])
            zeros.forward()
            #expect(zeros.predictions.bits != plain.predictions.bits, "\(name)")
            zeros.forward(training: false)
            #expect(zeros.predictions.bits == plain.predictions.bits, "\(name)")
        }
    }

    @Test("Masked passes have the same bits in every instruction set")
    func bits() throws {
        for (name, recipe, widths) in StateMaskTests.recurrent {
            let results = try InstructionSet.available.map { set in
                let bench = try bench(
                    recipe, widths, lengths: [61, 40, 40, 2], choices: [0, 1.25, 1.25],
                    kernels: set)
                bench.forward()
                bench.backward()
                return [bench.predictions, bench.gradients, bench.dInputs].map(\.bits)
            }
            #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
        }
    }
}
