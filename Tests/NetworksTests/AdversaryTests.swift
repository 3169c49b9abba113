import Kernels
import Networks
import Testing

@Suite struct AdversaryTests {
    private static let cultures = [2, 0, 1, 2]
    private static let weight = 0.7

    /// A pass forwards, and what the adversary says of it; its gradients are added.
    private func judge(_ bench: Bench) throws -> AdversarialNetwork.Judgement {
        bench.forward()
        return try #require(bench.network as? AdversarialNetwork).judge(
            bench.batch, cultures: Self.cultures, inputs: bench.inputs.base,
            parameters: bench.parameters.base, workspace: bench.workspace.base + bench.shift,
            gradients: bench.gradients.base)
    }

    /// A whole pass forwards and backwards; returns CE.
    private func run(_ bench: Bench) throws -> Double {
        bench.gradients.clear()
        let judgement = try judge(bench)
        bench.network.backward(
            bench.batch, inputs: bench.inputs.base, parameters: bench.parameters.base,
            workspace: bench.workspace.base + bench.shift, dPredictions: bench.dPredictions.base,
            dRepresentation: judgement.dRepresentation, gradients: bench.gradients.base,
            dInputs: bench.dInputs.base)
        return judgement.loss
    }

    private func bench(
        _ recipe: NetworkRecipe, _ widths: [Int], kernels: InstructionSet = .current,
        shift: Int = 0
    ) throws -> Bench {
        try Bench(
            recipe, widths: widths, lengths: [11, 7, 7, 1], kernels: kernels, shift: shift,
            adversary: (3, Self.weight))
    }

    @Test("The discriminator descends the cross-entropy, the network ascends λ of it")
    func finiteDifferences() throws {
        for (name, recipe, widths) in cases {
            let bench = try bench(recipe, widths)
            _ = try run(bench)
            // What judges adds to the bench's own gradients.
            let gradients = Arena(count: bench.gradients.count)
            gradients.base.update(from: bench.gradients.base, count: gradients.count)
            let again: () -> Void = {
                _ = try? run(bench)
                gradients.base.update(from: bench.gradients.base, count: gradients.count)
            }
            func crossEntropy() -> Double { (try? judge(bench).loss) ?? .nan }
            func loss() -> Double {
                let crossEntropy = crossEntropy()
                return zip(bench.predictions.values, bench.dPredictions.values).reduce(0) {
                    $0 + Double($1.0) * Double($1.1)
                } - Self.weight * crossEntropy
            }
            for entry in bench.network.layout.entries {
                expectSlopes(
                    of: entry.name.hasPrefix("disc.") ? crossEntropy : loss,
                    "\(name), \(entry.name)", bench.parameters.base + entry.offset,
                    gradients.base + entry.offset, count: entry.count,
                    again: isKinked(recipe) ? again : nil)
            }
            expectSlopes(
                of: loss, "\(name), input", bench.inputs.base, bench.dInputs.base,
                count: bench.inputs.count, again: isKinked(recipe) ? again : nil)
        }
    }

    @Test("An adversary has the same bits in every set, and stays in its space")
    func bits() throws {
        for (name, recipe, widths) in cases {
            let results = try InstructionSet.available.flatMap { set in
                try [0, 5].map { shift in
                    let bench = try bench(recipe, widths, kernels: set, shift: shift)
                    let loss = try run(bench)
                    #expect(bench.guardsHold && loss > 0)
                    return [bench.gradients.bits, bench.dInputs.bits]
                }
            }
            #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
        }
    }

    @Test("Its tensors follow the network's, which begins and predicts as without it")
    func layout() throws {
        let recipe = NetworkRecipe.eaf(hidden: 4, layers: 1, gate: .none)
        let plain = try Bench(recipe, widths: [3], lengths: [5, 2])
        let adversarial = try Bench(
            recipe, widths: [3], lengths: [5, 2], adversary: (2, Self.weight))
        let entries = adversarial.network.layout.entries
        #expect(entries.dropLast(2) == plain.network.layout.entries[...])
        #expect(
            entries.suffix(2).map { "\($0.name) \($0.shape)" } == [
                "disc.weight [2, 8]", "disc.bias [2]",
            ])
        for bench in [plain, adversarial] {
            var random = RandomStream(state: (5, 6, 7, 8))
            bench.network.initialise(bench.parameters.base, from: &random)
            bench.forward()
        }
        adversarial.inputs.base.update(from: plain.inputs.base, count: plain.inputs.count)
        adversarial.forward()
        let count = plain.parameters.count
        #expect(Array(adversarial.parameters.bits.prefix(count)) == plain.parameters.bits)
        #expect(adversarial.predictions.bits == plain.predictions.bits)
    }

    @Test("Equal logits are a loss of log K; over one culture nothing is asked")
    func known() throws {
        let recipe = NetworkRecipe.baseline(hidden: [4, 2])
        let bench = try bench(recipe, [3])
        for entry in bench.network.layout.entries where entry.name.hasPrefix("disc.") {
            (bench.parameters.base + entry.offset).clear(count: entry.count)
        }
        #expect(abs(try judge(bench).loss - Elementary.log(3)) < 1e-12)
        let one = try Bench(recipe, widths: [3], lengths: [4, 2], adversary: (1, 1))
        one.forward()
        let judgement = try #require(one.network as? AdversarialNetwork).judge(
            one.batch, cultures: [0, 0], inputs: one.inputs.base,
            parameters: one.parameters.base, workspace: one.workspace.base,
            gradients: one.gradients.base)
        #expect(judgement.loss == 0 && judgement.probabilities == [1, 1])
        let asked = (0..<one.batch.rows * 2).map { judgement.dRepresentation.base[$0] }
        #expect(asked.allSatisfy { $0 == 0 } && one.gradients.values.allSatisfy { $0 == 0 })
    }
}
