import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Predicted memory") struct TrialMemoryTests {
    @Test("What a trainer allocates is what was predicted, byte for byte")
    func allocated() throws {
        let data = Synthetic().data
        var recipes = NetworkTrainingTests.networks.map {
            Recipe(name: "small", network: $0, training: quickRecipe())
        }
        recipes.append(
            Recipe(
                name: "whole", network: .baseline(hidden: [8, 4]),
                training: quickRecipe {
                    ($0.chunkFrames, $0.weightAveraging, $0.batch) = (nil, 0.9, 3)
                }))
        recipes.append(
            Recipe(
                name: "chosen per target", network: .baseline(hidden: [8, 4]),
                training: quickRecipe { $0.epochChoice = .perTarget }))
        recipes.append(
            Recipe(
                name: "wrapped", network: .eaf(hidden: 4, layers: 1, gate: .none),
                training: quickRecipe(), projection: ProjectionRecipe(width: 2, above: 2),
                adversaryWeight: 0.3))
        for recipe in recipes {
            let trainer = try Trainer(
                key: key(), recipe: recipe, features: Synthetic.features,
                targets: Synthetic.targets, hopSeconds: 0.1, data: data)
            let shape = TrainingShape(
                recipe: recipe, targets: 2, cultures: 1,
                frames: TrialData.Side.allCases.map { data[$0].map(\.frames) })
            let space = trainer.space
            var arenas = [
                space.inputs, space.predictions, space.gold, space.dPredictions, space.network,
                space.trace, trainer.weights, trainer.gradients,
            ]
            arenas += trainer.choices.map(\.weights)
            if let mask = space.stateMask { arenas.append(mask.factors) }
            if trainer.averaged !== trainer.weights { arenas.append(trainer.averaged) }
            let bytes =
                arenas.reduce(0) { $0 + Arena.bytes(count: $1.count) }
                + 8 * trainer.weights.count + space.counted.count
            let part = try TrainingShape.Part(shape, widths: [3, 2], targets: 2)
            #expect(part.training == bytes, "\(recipe)")
            #expect(try shape.bytes(modalities: [3, 2]) >= bytes)
        }
    }

    @Test("A network that cannot be made is a sentence")
    func impossible() {
        let shape = TrainingShape(
            recipe: Recipe(
                name: "none", network: .baseline(hidden: [0, 1]), training: quickRecipe()),
            targets: 1, cultures: 1, frames: [[9], [9], [9]])
        #expect {
            _ = try shape.bytes(modalities: [3])
        } throws: { "\($0)".contains("hidden size of layer 1 is 0") }
    }
}
