import Foundation
import Kernels
import Networks
import Testing

@Suite struct AdamTests {
    @Test(
        "Adam with clipping follows the golden table", .enabled(if: hasGolden, "no golden files"))
    func golden() throws {
        var adam = Adam(count: 0, learningRate: 0)
        var weights: [Float] = []
        var worst = 0.0
        for line in try goldenLines("optimizer.csv") {
            let after = numbers(line[6])
            if line[1] == "0" {
                adam = Adam(count: after.count, learningRate: Double(line[2])!)
                weights = after.map { Float($0) }
                continue
            }
            var gradient = numbers(line[4]).map { Float($0) }
            let clip = Double(line[3])
            let norm = Adam.clip(&gradient, count: gradient.count, maximum: clip)
            #expect(abs(norm - Double(line[5])!) <= 1e-6 * norm)
            adam.step(parameters: &weights, gradients: gradient)
            for (ours, theirs) in zip(weights, after) {
                worst = max(worst, abs(Double(ours) - theirs))
            }
        }
        print("optimizer.csv: at most \(worst) off")
        #expect(worst > 0 && worst < 2e-6)
    }

    @Test("AdamW and RMSprop follow PyTorch")
    func kin() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "References/optimisers.csv")
        let recipes: [String: OptimiserRecipe] = [
            "adamw": .adamW(weightDecay: 0.1), "adamw_default": .adamW(weightDecay: 0.01),
            "rmsprop": .rmsprop,
        ]
        var adam = Adam(count: 0, learningRate: 0)
        var weights: [Float] = []
        var worst: [String: Double] = [:]
        for line in lines(try String(contentsOf: file, encoding: .utf8)) {
            let after = numbers(line[6])
            if line[1] == "0" {
                let recipe = try #require(recipes[line[0]])
                adam = recipe.makeOptimiser(
                    count: after.count, learningRate: Double(line[2])!)
                weights = after.map { Float($0) }
                continue
            }
            var gradient = numbers(line[4]).map { Float($0) }
            let norm = Adam.clip(&gradient, count: gradient.count, maximum: Double(line[3]))
            #expect(abs(norm - Double(line[5])!) <= 1e-6 * norm)
            adam.step(parameters: &weights, gradients: gradient)
            for (ours, theirs) in zip(weights, after) {
                worst[line[0], default: 0] = max(worst[line[0]] ?? 0, abs(Double(ours) - theirs))
            }
        }
        print("optimisers.csv: at most \(worst) off")
        #expect(Set(worst.keys) == Set(recipes.keys))
        #expect(worst.values.allSatisfy { $0 > 0 && $0 < 4e-6 })
    }

    @Test("Clipping bounds the norm and leaves small and infinite gradients alone")
    func clipping() {
        var gradient: [Float] = [3, 4]
        #expect(Adam.clip(&gradient, count: 2, maximum: nil) == 5 && gradient == [3, 4])
        #expect(Adam.clip(&gradient, count: 2, maximum: 6) == 5 && gradient == [3, 4])
        #expect(Adam.clip(&gradient, count: 2, maximum: 1) == 5)
        #expect(abs(gradient[0] - 0.6) < 1e-6 && abs(gradient[1] - 0.8) < 1e-6)
        gradient = [.infinity, 1]
        #expect(Adam.clip(&gradient, count: 2, maximum: 1) == .infinity && gradient[1] == 1)
        gradient = [.nan, 1]
        #expect(Adam.clip(&gradient, count: 2, maximum: 1).isNaN && gradient[1] == 1)
    }

    @Test("An optimiser that is restored goes on with the same bits")
    func restore() {
        var random = RandomStream(state: (5, 5, 5, 5))
        let gradients = (0..<6).map { _ in (0..<37).map { _ in Float(random.normal()) } }
        var weights = [Float](repeating: 0.5, count: 37)
        var adam = Adam(count: 37, learningRate: 0.01)
        for gradient in gradients[..<3] { adam.step(parameters: &weights, gradients: gradient) }
        var other = Adam(count: 37, learningRate: 0.01)
        other.restore(steps: adam.steps, mean: adam.mean, variance: adam.variance)
        var copy = weights
        for gradient in gradients[3...] {
            adam.step(parameters: &weights, gradients: gradient)
            other.step(parameters: &copy, gradients: gradient)
        }
        #expect(weights == copy && other.steps == 6)
    }
}
