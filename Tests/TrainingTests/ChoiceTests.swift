import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("What the validation side chooses")
struct ChoiceTests {
    private func outcome(
        _ data: TrialData, key: TrialKey = key(),
        network: NetworkRecipe = .eaf(hidden: 4, layers: 1, gate: .none),
        isLateFused: Bool = false, _ change: (inout TrainingRecipe) -> Void
    ) throws -> Outcome {
        let recipe = Recipe(
            name: "chooses", network: network,
            training: quickRecipe {
                ($0.epochs, $0.patience, $0.learningRate) = (8, 8, 0.05)
                change(&$0)
            }, isLateFused: isLateFused)
        let training = try TrialTraining(
            key: key, recipe: recipe, features: Synthetic.features, targets: Synthetic.targets,
            hopSeconds: 0.1, data: data)
        let all = recipe.epochsMax(of: Synthetic.features, targets: 2)
        return try training.run { done, epochs in #expect(epochs == all && done <= all) }
    }

    /// What is predicted of a target in the first test recording.
    private func trace(_ outcome: Outcome, _ target: Int) -> [Float] {
        stride(from: target, to: outcome.recordings[0].values.count, by: 2).map {
            outcome.recordings[0].values[$0]
        }
    }

    @Test("Each target is predicted with the weights of its own best epoch")
    func epochPerTarget() throws {
        var differed = 0
        for seed in 1..<6 {
            let data = Synthetic(seed: UInt64(seed), noise: 3).data
            let found = try outcome(data) {
                ($0.epochChoice, $0.learningRate) = (.perTarget, 0.2)
            }
            let joint = try outcome(data) { $0.learningRate = 0.2 }
            #expect(found.epochs == joint.epochs && found.bestEpoch == joint.bestEpoch)
            for target in 0..<2 {
                let scores = found.epochs.map { $0.validation[target]! }
                let best = scores.firstIndex(of: scores.max()!)! + 1
                #expect(found.choices[target].sources == [.init(epoch: best, share: 1)])
                // One that had stopped there would have predicted the same.
                let stopped = try outcome(data) {
                    ($0.epochs, $0.epochChoice, $0.learningRate) = (best, .perTarget, 0.2)
                }
                #expect(trace(stopped, target) == trace(found, target))
                if best != joint.bestEpoch { differed += 1 }
            }
        }
        #expect(differed > 0)
    }

    @Test("Training goes on until no target has got better for so long")
    func patience() throws {
        let found = try outcome(Synthetic(noise: 3).data) {
            ($0.epochs, $0.patience, $0.learningRate, $0.epochChoice) = (60, 3, 0.2, .perTarget)
        }
        let last = found.choices.map { $0.sources[0].epoch }.max()!
        #expect(found.epochs.count == min(60, last + 3))
    }

    @Test("A model per target is that of a trial of the target alone")
    func modelPerTarget() throws {
        let data = Synthetic().data
        let found = try outcome(data) { $0.targetModels = .perTarget }
        #expect(found.epochs.count == 17 && found.bestEpoch == 17)
        for target in 0..<2 {
            func only(_ recordings: [RecordingData]) -> [RecordingData] {
                recordings.map { recording in
                    var copy = recording
                    copy.targetColumns = [recording.targetColumns[target]]
                    return copy
                }
            }
            let recipe = Recipe(
                name: "one", network: .eaf(hidden: 4, layers: 1, gate: .none),
                training: quickRecipe {
                    ($0.epochs, $0.patience, $0.learningRate) = (8, 8, 0.05)
                })
            let name = Synthetic.targets[target]
            var trainer = try Trainer(
                key: key().part("target \(name)"), recipe: recipe, features: Synthetic.features,
                targets: [name], hopSeconds: 0.1,
                data: TrialData(
                    train: only(data.train), validation: only(data.validation),
                    test: only(data.test)))
            let alone = try trainer.run { _, _ in }
            #expect(alone.recordings[0].values == trace(found, target))
            let curve = found.epochs[8 * target..<8 * target + 8]
            #expect(curve.map { $0.validation[target] } == alone.epochs.map { $0.validation[0] })
            #expect(curve.allSatisfy { $0.validation[1 - target] == nil })
            #expect(found.choices[target].sources[0].epoch == 8 * target + alone.bestEpoch)
            #expect(
                found.epochs[16].validation[target]
                    == alone.epochs[alone.bestEpoch - 1].validation[0])
        }
    }

    @Test("Of several lags the best on the validation side counts, as if it alone had been asked")
    func lags() throws {
        let data = Synthetic(lagFrames: 5).data
        let lags = [0.2, 0.5, 0.8]
        let found = try outcome(data) { ($0.lags, $0.lagEdges) = (lags, .zero) }
        let alone = try lags.map { lag in
            try outcome(data) { ($0.lagSeconds, $0.lagEdges) = (lag, .zero) }
        }
        #expect(Array(found.epochs.dropLast()) == alone.flatMap(\.epochs))
        let means = alone.map { $0.epochs[$0.bestEpoch - 1].meanScore }
        let best = means.firstIndex(of: means.max()!)!
        #expect(lags[best] == 0.5)
        #expect(found.recordings == alone[best].recordings)
        #expect(found.choices.allSatisfy { $0.lagSeconds == 0.5 })
        #expect(found.epochs.last == alone[best].epochs[alone[best].bestEpoch - 1])
    }

    /// Two targets, of which the second follows the signal three frames later than the first.
    private func parted() -> TrialData {
        func delayed(_ recordings: [RecordingData]) -> [RecordingData] {
            recordings.map { recording in
                var copy = recording
                copy.gold = recording.gold.edited { values in
                    for t in (3..<recording.frames).reversed() { values[2 * t] = values[2 * t - 6] }
                }
                return copy
            }
        }
        let data = Synthetic().data
        return TrialData(
            train: delayed(data.train), validation: delayed(data.validation),
            test: delayed(data.test))
    }

    @Test(
        "Each target may have its own lag",
        arguments: [
            NetworkRecipe.eaf(hidden: 4, layers: 1, gate: .none),
            .linear(.init(method: .ridge(penalties: [1, 100]))),
        ])
    func lagPerTarget(network: NetworkRecipe) throws {
        let data = parted()
        let lags = [0, 0.3]
        let found = try outcome(data, network: network) {
            ($0.lags, $0.lagChoice, $0.epochs, $0.patience) = (lags, .perTarget, 16, 16)
        }
        #expect(found.choices.map(\.lagSeconds) == lags)
        let joint = try outcome(data, network: network) {
            ($0.lags, $0.epochs, $0.patience) = (lags, 16, 16)
        }
        #expect(Set(joint.choices.map(\.lagSeconds)).count == 1)
        #expect(joint.epochs.dropLast() == found.epochs.dropLast())
        #expect(joint.epochs.last!.meanScore < found.epochs.last!.meanScore)
        for (target, lag) in lags.enumerated() {
            let alone = try outcome(data, network: network) {
                ($0.lagSeconds, $0.epochs, $0.patience) = (lag, 16, 16)
            }
            #expect(trace(found, target) == trace(alone, target))
        }
    }

    @Test("What post-processing fits stands in the outcome, and its scores in the last epoch")
    func postProcessing() throws {
        let data = Synthetic(noise: 1.5).data
        let plain = try outcome(data) { $0.epochs = 3 }
        let found = try outcome(data) {
            ($0.epochs, $0.postProcessing) = (3, [.median, .centre, .scale])
        }
        #expect(Array(found.epochs.dropLast()) == plain.epochs)
        let best = plain.epochs[plain.bestEpoch - 1]
        #expect(found.epochs[3].loss == best.loss)
        for target in 0..<2 {
            let steps = found.choices[target].postProcessing
            let gain = found.epochs[3].validation[target]! - best.validation[target]!
            #expect(steps.isEmpty ? abs(gain) < 1e-6 : gain > 0)
            let expected = steps.reduce(trace(plain, target).map { Double($0) }) {
                $1.applied(to: $0)
            }
            #expect(trace(found, target) == expected.map { Float($0) })
        }
        #expect(found.choices.contains { !$0.postProcessing.isEmpty })
    }

    @Test("All of it together: lags, modalities, targets, and the shares of each target")
    func everything() throws {
        let data = Synthetic(lagFrames: 2).data
        let found = try outcome(data, isLateFused: true) {
            ($0.epochs, $0.lags, $0.lagChoice) = (2, [0, 0.2], .perTarget)
            ($0.targetModels, $0.postProcessing) = (.perTarget, [.centre])
        }
        #expect(found.epochs.count == 2 * 2 * 2 * 2 + 1)
        for choice in found.choices {
            #expect(choice.sources.count == 2)
            #expect(abs(choice.sources.reduce(0) { $0 + $1.share } - 1) < 1e-12)
            // Both networks are of the lag that was chosen: the first or the second half.
            let halves = Set(choice.sources.map { ($0.epoch - 1) / 8 })
            #expect(halves == [choice.lagSeconds == 0 ? 0 : 1])
        }
        // Each target's networks are its own.
        let owners = found.choices.map { Set($0.sources.map { ($0.epoch - 1) % 8 / 4 }) }
        #expect(owners == [[0], [1]])
    }

    @Test("The step size is halved on a plateau, again after as many epochs, down to a minimum")
    func plateau() throws {
        var recipe = TrainingRecipe()
        recipe.learningRate = 0.8
        #expect(recipe.learningRate(after: [0.1, 0, 0, 0, 0]) == 0.8)
        recipe.plateau = .init()
        recipe.plateau?.epochs = 2
        recipe.plateau?.minimum = 0.15
        func rates(_ scores: [Double]) -> [Double] {
            (0...scores.count).map { recipe.learningRate(after: Array(scores.prefix($0))) }
        }
        #expect(rates([0.1, 0.1, 0.1, 0.1, 0.1]) == [0.8, 0.8, 0.8, 0.4, 0.4, 0.2])
        #expect(rates([0.1, 0, 0.2, 0.1, 0.1, 0.3]) == [0.8, 0.8, 0.8, 0.8, 0.8, 0.4, 0.4])
        #expect(rates(Array(repeating: 0, count: 9)).last == 0.15)
        // It reaches the optimiser: the curves part where the first halving falls.
        let data = Synthetic(noise: 3).data
        let plain = try outcome(data) { ($0.learningRate, $0.epochs) = (0.3, 12) }
        let halved = try outcome(data) {
            ($0.learningRate, $0.epochs, $0.plateau) = (0.3, 12, .init())
            $0.plateau?.epochs = 1
        }
        let scores = plain.epochs.map(\.meanScore)
        let stall = try #require((1..<12).first { scores[$0] <= scores[..<$0].max()! })
        #expect(plain.epochs[...stall] == halved.epochs[...stall])
        #expect(plain.epochs[stall + 1] != halved.epochs[stall + 1])
    }

    @Test("Every optimiser and recurrent dropout learn, each its own way")
    func optimisers() throws {
        var synthetic = Synthetic()
        synthetic.frames = synthetic.frames.map { 4 * $0 }
        let changes: [(inout TrainingRecipe) -> Void] = [
            { _ in }, { $0.optimiser = .adamW(weightDecay: 0.1) }, { $0.optimiser = .rmsprop },
            { $0.recurrentDropout = 0.3 },
        ]
        let found = try changes.map { change in
            try outcome(synthetic.data) {
                ($0.epochs, $0.patience, $0.learningRate) = (25, 25, 0.02)
                change(&$0)
            }
        }
        for outcome in found {
            let scores = outcome.recordings[0].moments.map { $0.concordance! }
            #expect(scores.allSatisfy { $0 > 0.8 }, "\(scores)")
        }
        #expect(Set(found.map(\.recordings)).count == 4)
    }
}
