import Kernels
import Networks
import Planning
import Testing

@testable import Training

/// Scaler, lag, epoch, candidates, post-processing and fusion weights are learnt without the test
/// side: a model is the same bytes whatever stands there.
@Suite("The test side is unseen") struct TestSideTests {
    private func choosing(_ change: (inout TrainingRecipe) -> Void = { _ in }) -> TrainingRecipe {
        quickRecipe {
            ($0.epochs, $0.patience) = (6, 3)
            $0.lags = [0, 0.2]
            $0.postProcessing = [.median, .centre, .scale]
            change(&$0)
        }
    }

    private func recipes() -> [Recipe] {
        let eaf = NetworkRecipe.eaf(hidden: 4, layers: 1, gate: .none)
        let ridge = NetworkRecipe.linear(.init(method: .ridge(penalties: [0.1, 10])))
        let vectors = NetworkRecipe.linear(
            .init(method: .svr(complexities: [0.01, 1], epsilon: 0.1, every: 2)))
        return [
            Recipe(name: "lag and post-processing", network: eaf, training: choosing()),
            Recipe(
                name: "per target", network: eaf,
                training: choosing { ($0.lagChoice, $0.targetModels) = (.perTarget, .perTarget) }),
            Recipe(
                name: "epoch per target", network: eaf,
                training: choosing { $0.epochChoice = .perTarget }),
            Recipe(
                name: "late fusion", network: eaf, training: choosing(), isLateFused: true),
            Recipe(
                name: "dropout, average, plateau", network: eaf,
                training: choosing {
                    ($0.inputDropout, $0.recurrentDropout, $0.weightAveraging) = (0.2, 0.2, 0.9)
                    $0.plateau = .init()
                }),
            Recipe(name: "ridge", network: ridge, training: choosing()),
            Recipe(name: "svr", network: vectors, training: choosing()),
            Recipe(name: "fused ridge", network: ridge, training: choosing(), isLateFused: true),
        ]
    }

    private func trained(_ recipe: Recipe, _ data: TrialData) throws -> TrialTraining.Result {
        try TrialTraining(
            key: key(), recipe: recipe, features: Synthetic.features, targets: Synthetic.targets,
            hopSeconds: 0.1, data: data
        ).train { _, _ in
        } epochEnded: { _ in
        }
    }

    @Test("Another test side, features and gold, changes no weight and no choice of any recipe")
    func anotherTestSide() throws {
        let data = Synthetic().data
        var features = data
        features.test[0].features = data.test[0].features.map { matrix in
            matrix.edited { values in for i in values.indices { values[i] = -3 * values[i] } }
        }
        var gold = data
        gold.test[0].gold = data.test[0].gold.edited { values in
            for i in values.indices { values[i] = 7 - 5 * values[values.count - 1 - i] }
        }
        var longer = data
        longer.test = [Synthetic(seed: 8).recording(2), Synthetic(seed: 9).recording(0)]
        for recipe in recipes() {
            let plain = try trained(recipe, data)
            let bytes = try plain.model.encoded()
            for (name, other) in [("features", features), ("gold", gold), ("both", longer)] {
                let found = try trained(recipe, other)
                #expect(try found.model.encoded() == bytes, "\(recipe.name): \(name)")
                #expect(found.outcome.epochs == plain.outcome.epochs, "\(recipe.name): \(name)")
                #expect(found.model.choices == plain.model.choices, "\(recipe.name): \(name)")
            }
            // The comparison can fail: another validation side makes another model or curve.
            var other = data
            other.validation = [Synthetic(seed: 6).recording(1)]
            #expect(try trained(recipe, other).outcome.epochs != plain.outcome.epochs)
        }
    }
}
