import Kernels
import Testing

@testable import Networks

@Suite struct ProjectionTests {
    private static let recipes: [(String, NetworkRecipe)] = [
        ("eaf", .eaf(hidden: 5, layers: 1, gate: .feature(scaled: true))),
        ("modality gate", .eaf(hidden: 4, layers: 1, gate: .modality(attention: 3, scaled: true))),
        ("linear", .linear(LinearRecipe(method: .ridge(penalties: [1])))),
    ]
    private static let projection = ProjectionRecipe(width: 7, above: 9)
    /// The first and the last of three modalities are wide.
    private static let widths = [21, 9, 33]

    private func bench(
        _ recipe: NetworkRecipe, kernels: InstructionSet = .current, training: Bool = true,
        shift: Int = 0
    ) throws -> Bench {
        try Bench(
            recipe, widths: Self.widths, lengths: [11, 7, 7, 1], kernels: kernels,
            training: training, shift: shift, projection: Self.projection)
    }

    @Test("The gradients through a projection are those of finite differences")
    func finiteDifferences() throws {
        for (name, recipe) in Self.recipes {
            let bench = try bench(recipe)
            bench.forward()
            bench.backward()
            for entry in bench.network.layout.entries {
                expectSlopes(
                    of: bench.loss, "\(name), \(entry.name)",
                    bench.parameters.base + entry.offset, bench.gradients.base + entry.offset,
                    count: entry.count)
            }
            expectSlopes(
                of: bench.loss, "\(name), input", bench.inputs.base, bench.dInputs.base,
                count: bench.inputs.count)
        }
    }

    @Test("A projection has the same bits in every set, and stays in its space")
    func bits() throws {
        for (name, recipe) in Self.recipes {
            let results = try InstructionSet.available.flatMap { set in
                try [0, 3].map { shift in
                    let bench = try bench(recipe, kernels: set, shift: shift)
                    bench.forward()
                    bench.backward()
                    let predicting = try self.bench(
                        recipe, kernels: set, training: false, shift: shift)
                    predicting.forward(training: false)
                    #expect(bench.guardsHold && predicting.guardsHold)
                    #expect(predicting.predictions.bits == bench.predictions.bits)
                    return [bench.predictions.bits, bench.gradients.bits, bench.dInputs.bits]
                }
            }
            #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
        }
    }

    @Test("Only wide modalities are projected; a gate over them is as small as the projection")
    func layout() throws {
        let network = try bench(Self.recipes[0].1).network
        let names = network.layout.entries.map { "\($0.name) \($0.shape)" }
        #expect(names[0] == "gates.0.fc.weight [7, 7]")
        #expect(names.contains("gates.1.fc.weight [9, 9]"))
        #expect(names.contains("lstm.weight_ih_l0 [20, 23]"))
        #expect(
            names.suffix(4) == [
                "projections.0.weight [7, 21]", "projections.0.bias [7]",
                "projections.2.weight [7, 33]", "projections.2.bias [7]",
            ])
        let narrow = try Self.recipes[0].1.makeNetwork(
            widths: [9, 9], outputs: 1, projection: Self.projection)
        #expect(narrow is RecurrentNetwork)
    }

    @Test("The deep features of the field make a network of some million weights, not of 162")
    func deepFeatures() throws {
        let eaf = NetworkRecipe.eaf(hidden: 64, layers: 2, gate: .feature(scaled: true))
        let deep = [11_136, 6144]
        let projected = try eaf.makeNetwork(
            widths: deep, outputs: 3, projection: ProjectionRecipe())
        #expect((1_200_000..<1_500_000).contains(projected.layout.count))
        let whole = try eaf.makeNetwork(widths: deep, outputs: 3)
        #expect(whole.layout.count > 162_000_000)
    }
}
