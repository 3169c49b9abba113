import Kernels
import Networks
import Testing

@Suite struct GradientTests {
    @Test("The gradient of every weight and of the input is that of finite differences")
    func finiteDifferences() throws {
        for (name, recipe, widths) in cases {
            let bench = try Bench(recipe, widths: widths, lengths: [11, 7, 7, 1])
            bench.forward()
            bench.backward()
            let again = {
                bench.forward()
                bench.backward()
            }
            for entry in bench.network.layout.entries {
                expectSlopes(
                    of: bench.loss, "\(name), \(entry.name)", bench.parameters.base + entry.offset,
                    bench.gradients.base + entry.offset, count: entry.count,
                    again: isKinked(recipe) ? again : nil)
            }
            expectSlopes(
                of: bench.loss, "\(name), input", bench.inputs.base, bench.dInputs.base,
                count: bench.inputs.count, again: isKinked(recipe) ? again : nil)
        }
    }

    @Test("Gradients add to what is there, and the input's is optional")
    func accumulation() throws {
        for (_, recipe, widths) in cases {
            let bench = try Bench(recipe, widths: widths, lengths: [5, 2])
            bench.forward()
            bench.backward()
            let once = bench.gradients.values.map { $0 }
            bench.forward()
            bench.network.backward(
                bench.batch, inputs: bench.inputs.base, parameters: bench.parameters.base,
                workspace: bench.workspace.base, dPredictions: bench.dPredictions.base,
                dRepresentation: bench.dRepresentation, gradients: bench.gradients.base,
                dInputs: nil)
            #expect(zip(once, bench.gradients.values).allSatisfy { abs(2 * $0 - $1) <= 1e-5 })
        }
    }
}
