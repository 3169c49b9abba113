import Kernels
import Networks
import Testing

@Suite struct AttentionNetworkTests {
    @Test("Weights of AED and EMAFN have PyTorch's names and shapes")
    func layouts() throws {
        func names(_ recipe: NetworkRecipe) throws -> [String] {
            try recipe.makeNetwork(widths: [3, 2], outputs: 3).layout.entries.map {
                "\($0.name) \($0.shape)"
            }
        }
        func stream(_ suffix: String, width: Int, fed: Int) -> [String] {
            ["", "_reverse"].flatMap { direction in
                [
                    "enc\(suffix).weight_ih_l0\(direction) [8, \(width)]",
                    "enc\(suffix).weight_hh_l0\(direction) [8, 2]",
                    "enc\(suffix).bias_ih_l0\(direction) [8]",
                    "enc\(suffix).bias_hh_l0\(direction) [8]",
                ]
            } + [
                "init\(suffix).weight [2, 2]", "init\(suffix).bias [2]",
                "Wa\(suffix).weight [5, 2]", "Ua\(suffix).weight [5, 4]", "Ua\(suffix).bias [5]",
                "va\(suffix) [5]", "dec\(suffix).weight_ih [8, \(4 + fed)]",
                "dec\(suffix).weight_hh [8, 2]", "dec\(suffix).bias_ih [8]",
                "dec\(suffix).bias_hh [8]",
            ]
        }
        let gates = [
            "gates.0.fc.weight [3, 3]", "gates.0.fc.bias [3]", "gates.1.fc.weight [2, 2]",
            "gates.1.fc.bias [2]",
        ]
        let out = ["out.weight [3, 2]", "out.bias [3]"]
        for (feed, fed) in [(NetworkRecipe.Feed.previous, 3), (.encoder, 4), (.none, 0)] {
            #expect(
                try names(.aed(hidden: 2, attention: 5, feed: feed, window: 7))
                    == stream("", width: 5, fed: fed) + out)
            #expect(
                try names(
                    .emafn(
                        hidden: 2, attention: 5, fusion: .early, feed: feed, window: nil,
                        gateScaled: true)) == gates + stream("", width: 5, fed: fed) + out)
        }
        #expect(
            try names(
                .emafn(
                    hidden: 2, attention: 5, fusion: .model, feed: .encoder, window: nil,
                    gateScaled: true))
                == gates[..<2] + stream(".0", width: 3, fed: 4) + gates[2...]
                + stream(".1", width: 2, fed: 4)
                + ["Q.weight [5, 2]", "Q.bias [5]", "w [5]"] + out)
    }

    @Test("A window that reaches every frame is no window, bit for bit; a smaller one is not")
    func wideWindow() throws {
        let lengths = [70, 41, 33, 9, 1]
        func results(_ window: Int?, _ fusion: NetworkRecipe.Fusion?) throws -> [[UInt32]] {
            let recipe: NetworkRecipe =
                if let fusion {
                    .emafn(
                        hidden: 5, attention: 6, fusion: fusion, feed: .encoder, window: window,
                        gateScaled: true)
                } else {
                    .aed(hidden: 5, attention: 6, feed: .previous, window: window)
                }
            let bench = try Bench(recipe, widths: [4, 3], lengths: lengths)
            bench.forward()
            bench.backward()
            return [bench.predictions, bench.gradients, bench.dInputs].map(\.bits)
        }
        for fusion in [nil, NetworkRecipe.Fusion.early, .model] {
            let all = try results(nil, fusion)
            #expect(try results(69, fusion) == all)
            #expect(try results(1_000, fusion) == all)
            let less = try results(68, fusion)
            #expect(zip(less, all).allSatisfy { $0 != $1 })
        }
    }

    @Test("A frame beyond the window of every step that it could reach changes no weight on it")
    func windowEnds() throws {
        // With a decoder of window 1 the prediction of frame 0 sees h_0 and h_1 alone; the encoder
        // still carries everything, so only what a gradient to the memory says is looked at here:
        // shutting the encoder's recurrence makes h_j a function of x_j.
        let bench = try Bench(
            .aed(hidden: 4, attention: 4, feed: .none, window: 1), widths: [3], lengths: [9])
        for entry in bench.network.layout.entries
        where entry.name.hasPrefix("enc.weight_hh") || entry.name.contains("enc.bias") {
            for i in 0..<entry.count {
                // Forget everything: the forget gate is shut by a large negative bias.
                let forget = entry.count / 4 <= i && i < entry.count / 2
                bench.parameters.base[entry.offset + i] =
                    entry.name.contains("bias_ih") && forget ? -200 : 0
            }
        }
        bench.forward()
        let before = Array(bench.predictions.values)
        for i in 3 * 5..<3 * 6 { bench.inputs.base[i] += 1 }
        bench.forward()
        let after = Array(bench.predictions.values)
        let changed = (0..<9).map { t in
            (0..<3).contains { before[3 * t + $0] != after[3 * t + $0] }
        }
        // Frame 5 is in the windows of steps 4, 5 and 6; later steps carry it on.
        #expect(changed == [false, false, false, false, true, true, true, true, true])
    }

    @Test("Sequences longer than a block of steps and more than a group, in every set")
    func longBatch() throws {
        for (feed, window) in [(NetworkRecipe.Feed.previous, nil), (.encoder, 21)] as [(_, Int?)] {
            let recipe = NetworkRecipe.aed(hidden: 4, attention: 6, feed: feed, window: window)
            let lengths = [131, 97, 96, 65, 64, 33, 32, 31, 1]
            let benches = try InstructionSet.available.map { set in
                let bench = try Bench(recipe, widths: [3, 2], lengths: lengths, kernels: set)
                bench.forward()
                bench.backward()
                #expect(bench.guardsHold)
                return bench
            }
            for bench in benches {
                #expect(bench.gradients.bits == benches[0].gradients.bits)
                #expect(bench.dInputs.bits == benches[0].dInputs.bits)
                #expect(bench.gradients.values.allSatisfy { $0.isFinite })
            }
        }
    }
}
