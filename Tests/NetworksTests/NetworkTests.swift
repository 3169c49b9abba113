import Kernels
import Networks
import Testing

@Suite struct NetworkTests {
    @Test("Weights have PyTorch's names, shapes and order")
    func layouts() throws {
        let baseline = try NetworkRecipe.baseline(hidden: [4, 2]).makeNetwork(
            widths: [3, 2], outputs: 3)
        #expect(
            baseline.layout.entries.map { "\($0.name) \($0.shape)" } == [
                "lstm1.weight_ih_l0 [16, 5]", "lstm1.weight_hh_l0 [16, 4]",
                "lstm1.bias_ih_l0 [16]", "lstm1.bias_hh_l0 [16]", "lstm2.weight_ih_l0 [8, 4]",
                "lstm2.weight_hh_l0 [8, 2]", "lstm2.bias_ih_l0 [8]", "lstm2.bias_hh_l0 [8]",
                "out.weight [3, 2]", "out.bias [3]",
            ])
        let eaf = try NetworkRecipe.eaf(hidden: 2, layers: 2, gate: .feature(scaled: true))
            .makeNetwork(widths: [3, 2], outputs: 1)
        #expect(
            eaf.layout.entries.map { "\($0.name) \($0.shape)" } == [
                "gates.0.fc.weight [3, 3]", "gates.0.fc.bias [3]", "gates.1.fc.weight [2, 2]",
                "gates.1.fc.bias [2]", "lstm.weight_ih_l0 [8, 5]", "lstm.weight_hh_l0 [8, 2]",
                "lstm.bias_ih_l0 [8]", "lstm.bias_hh_l0 [8]", "lstm.weight_ih_l0_reverse [8, 5]",
                "lstm.weight_hh_l0_reverse [8, 2]", "lstm.bias_ih_l0_reverse [8]",
                "lstm.bias_hh_l0_reverse [8]", "lstm.weight_ih_l1 [8, 4]",
                "lstm.weight_hh_l1 [8, 2]", "lstm.bias_ih_l1 [8]", "lstm.bias_hh_l1 [8]",
                "lstm.weight_ih_l1_reverse [8, 4]", "lstm.weight_hh_l1_reverse [8, 2]",
                "lstm.bias_ih_l1_reverse [8]", "lstm.bias_hh_l1_reverse [8]", "out.weight [1, 4]",
                "out.bias [1]",
            ])
        let modality = NetworkRecipe.Gate.modality(attention: 7, scaled: false)
        let gated = try NetworkRecipe.eaf(hidden: 2, layers: 1, gate: modality).makeNetwork(
            widths: [3], outputs: 1)
        #expect(
            gated.layout.entries.prefix(3).map { "\($0.name) \($0.shape)" } == [
                "gates.0.P.weight [7, 3]", "gates.0.P.bias [7]", "gates.0.v [7]",
            ])
        let tcn = try NetworkRecipe.tcn(channels: 4, taps: 3, dilations: [1, 2])
            .makeNetwork(widths: [3, 2], outputs: 1)
        #expect(
            tcn.layout.entries.map { "\($0.name) \($0.shape)" } == [
                "blocks.0.conv.weight [4, 5, 3]", "blocks.0.conv.bias [4]",
                "blocks.0.skip.weight [4, 5, 1]", "blocks.0.skip.bias [4]",
                "blocks.1.conv.weight [4, 4, 3]", "blocks.1.conv.bias [4]", "out.weight [1, 4]",
                "out.bias [1]",
            ])
        let transformer = try NetworkRecipe.transformer(.init(hidden: 4, heads: 2, layers: 1))
            .makeNetwork(widths: [3], outputs: 1)
        #expect(
            transformer.layout.entries.map { "\($0.name) \($0.shape)" } == [
                "input.weight [4, 3]", "input.bias [4]",
                "layers.0.self_attn.in_proj_weight [12, 4]",
                "layers.0.self_attn.in_proj_bias [12]",
                "layers.0.self_attn.out_proj.weight [4, 4]",
                "layers.0.self_attn.out_proj.bias [4]", "layers.0.linear1.weight [8, 4]",
                "layers.0.linear1.bias [8]", "layers.0.linear2.weight [4, 8]",
                "layers.0.linear2.bias [4]", "layers.0.norm1.weight [4]",
                "layers.0.norm1.bias [4]", "layers.0.norm2.weight [4]",
                "layers.0.norm2.bias [4]", "norm.weight [4]", "norm.bias [4]",
                "out.weight [1, 4]", "out.bias [1]",
            ])
        let last = try #require(gated.layout.entries.last)
        #expect(last.offset + last.count == gated.layout.count)
    }

    @Test("Fresh weights: Glorot's range, orthonormal recurrence, forget bias 1, other biases 0")
    func initialisation() throws {
        let network = try NetworkRecipe.eaf(hidden: 12, layers: 1, gate: .feature(scaled: true))
            .makeNetwork(widths: [20, 9], outputs: 3)
        let weights = Arena(count: network.layout.count)
        var random = RandomStream(state: (1, 2, 3, 4))
        network.initialise(weights.base, from: &random)
        for entry in network.layout.entries {
            let values = (0..<entry.count).map { Double(weights.base[entry.offset + $0]) }
            if entry.name.contains("weight_hh") {
                for a in 0..<12 {
                    for b in 0..<12 {
                        let product = (0..<48).reduce(0.0) {
                            $0 + values[$1 * 12 + a] * values[$1 * 12 + b]
                        }
                        #expect(abs(product - (a == b ? 1 : 0)) < 1e-6)
                    }
                }
            } else if entry.name.contains("bias_ih") {
                let forget = (0..<48).map { $0 / 12 == 1 ? 1.0 : 0 }
                #expect(values == forget)
            } else if entry.name.contains("bias") {
                #expect(values.allSatisfy { $0 == 0 })
            } else {
                let limit = (6 / Double(entry.shape[0] + entry.shape[1])).squareRoot()
                #expect(values.allSatisfy { abs($0) <= limit * 1.000_001 })
                #expect(values.map(abs).max()! > 0.9 * limit)
                let mean = values.reduce(0, +) / Double(values.count)
                #expect(abs(mean) < 2.5 * limit / Double(values.count).squareRoot())
            }
        }
        var again = RandomStream(state: (1, 2, 3, 4))
        let same = Arena(count: network.layout.count)
        network.initialise(same.base, from: &again)
        #expect(same.bits == weights.bits && again == random)
    }

    @Test("Sizes that make no network are refused with a sentence that names them")
    func errors() throws {
        func message(_ recipe: NetworkRecipe, widths: [Int] = [3], outputs: Int = 1) -> String {
            do {
                _ = try recipe.makeNetwork(widths: widths, outputs: outputs)
                return "none"
            } catch {
                return error.description
            }
        }
        let none = NetworkRecipe.Gate.none
        #expect(message(.baseline(hidden: [4]), widths: []).contains("at least one modality"))
        #expect(message(.baseline(hidden: [4]), widths: [3, 0]).contains("modality 2 is 0"))
        #expect(message(.baseline(hidden: [4]), outputs: 0).contains("number of outputs is 0"))
        #expect(message(.baseline(hidden: [])).contains("number of LSTM layers is 0"))
        #expect(message(.baseline(hidden: [4, -1])).contains("hidden size of layer 2 is -1"))
        #expect(message(.eaf(hidden: 0, layers: 1, gate: none)).contains("hidden size is 0"))
        #expect(message(.eaf(hidden: 4, layers: 0, gate: none)).contains("layers is 0"))
        let gate = NetworkRecipe.Gate.modality(attention: 0, scaled: true)
        #expect(message(.eaf(hidden: 4, layers: 1, gate: gate)).contains("attention size"))
        #expect(
            message(.tcn(channels: 4, taps: 4, dilations: [1])).contains("4 taps has no centre"))
        #expect(message(.tcn(channels: 4, taps: 3, dilations: [])).contains("dilations is 0"))
        #expect(message(.tcn(channels: 4, taps: 3, dilations: [1, 0])).contains("ilation 2 is 0"))
        #expect(
            message(.transformer(.init(hidden: 8, heads: 3, layers: 1)))
                .contains("3 heads cannot share 8 hidden units"))
        #expect(
            message(.transformer(.init(hidden: 8, heads: 2, layers: 1, window: -1)))
                .contains("window and the frame itself is 0"))
        #expect(message(.baseline(hidden: [.max])).contains("between 1 and"))
        for (hidden, attention, window, sentence) in [
            (0, 4, nil, "hidden size is 0"), (4, 0, nil, "attention size is 0"),
            (4, 4, -1, "window and the frame itself is 0"),
        ] {
            let sizes = (hidden: hidden, attention: attention, window: window as Int?)
            let aed = NetworkRecipe.aed(
                hidden: sizes.hidden, attention: sizes.attention, feed: .encoder,
                window: sizes.window)
            let emafn = NetworkRecipe.emafn(
                hidden: sizes.hidden, attention: sizes.attention, fusion: .early, feed: .encoder,
                window: sizes.window, gateScaled: true)
            #expect(message(aed).contains(sentence) && message(emafn).contains(sentence))
        }
        let fedBack = NetworkRecipe.emafn(
            hidden: 4, attention: 4, fusion: .model, feed: .previous, window: nil,
            gateScaled: true)
        #expect(message(fedBack).contains("cannot feed predictions back"))
        let wide = message(
            .eaf(hidden: 64, layers: 2, gate: .feature(scaled: true)), widths: [100_000, 6144])
        #expect(wide.contains("million weights"))
        #expect(message(.baseline(hidden: [4])) == "none")
    }

    @Test("EAF learns a delayed sum: the loss falls far within 60 steps")
    func learning() throws {
        let bench = try Bench(
            .eaf(hidden: 8, layers: 2, gate: .feature(scaled: true)), widths: [4, 3], outputs: 1,
            lengths: [40, 40, 31, 18])
        let gold = Arena(count: bench.batch.rows)
        for (n, length) in bench.batch.lengths.enumerated() {
            var state: Float = 0
            for t in 0..<length {
                let row = bench.batch.row(sequence: n, frame: t)
                state = 0.8 * state + 0.2 * bench.inputs.base[row * 7]
                gold.base[row] = state
            }
        }
        var adam = Adam(count: bench.parameters.count, learningRate: 0.01)
        var losses: [Double] = []
        for _ in 0..<60 {
            bench.forward()
            losses.append(
                Loss.ccc.evaluate(
                    bench.batch, outputs: 1, predictions: bench.predictions.base, gold: gold.base,
                    counted: nil, dPredictions: bench.dPredictions.base))
            bench.backward(inputGradient: false, representationGradient: false)
            _ = Adam.clip(bench.gradients.base, count: bench.gradients.count, maximum: 1)
            adam.step(parameters: bench.parameters.base, gradients: bench.gradients.base)
        }
        print("loss \(losses[0]) → \(losses[59])")
        #expect(losses[0] > 0.7 && losses[59] < 0.15)
    }
}
