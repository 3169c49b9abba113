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
            for entry in bench.network.layout.entries {
                check(
                    bench, "\(name), \(entry.name)", bench.parameters.base + entry.offset,
                    bench.gradients.base + entry.offset, count: entry.count)
            }
            check(
                bench, "\(name), input", bench.inputs.base, bench.dInputs.base,
                count: bench.inputs.count)
        }
    }

    /// Moves a tensor both ways along random directions and compares the change of the loss with
    /// what its gradient says. Richardson's rule takes the error of the step to the fourth order.
    private func check(
        _ bench: Bench, _ name: String, _ values: UnsafeMutablePointer<Float>,
        _ gradient: UnsafeMutablePointer<Float>, count: Int
    ) {
        let before = (0..<count).map { values[$0] }
        let norm = (0..<count).reduce(0.0) { $0 + Double(gradient[$1]) * Double(gradient[$1]) }
            .squareRoot()
        #expect(norm > 0, "\(name) has no gradient")
        var random = RandomStream(state: (7, 7, 7, UInt64(count)))
        for _ in 0..<3 {
            let direction = (0..<count).map { _ in random.normal() }
            let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
            func slope(_ step: Double) -> Double {
                func move(_ by: Double) -> Double {
                    for i in 0..<count {
                        values[i] = Float(Double(before[i]) + by * direction[i] / length)
                    }
                    return bench.loss()
                }
                return (move(step) - move(-step)) / (2 * step)
            }
            let numeric = (4 * slope(0.02) - slope(0.04)) / 3
            for i in 0..<count { values[i] = before[i] }
            let exact = (0..<count).reduce(0.0) {
                $0 + Double(gradient[$1]) * direction[$1] / length
            }
            let scale = max(abs(exact), norm / Double(count).squareRoot(), 0.02)
            #expect(
                abs(numeric - exact) < 5e-3 * scale,
                "\(name): \(numeric) by differences, \(exact) by the gradient")
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
