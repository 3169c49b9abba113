import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Training of linear models")
struct LinearTrainingTests {
    static let penalties: [Double] = [1, 10_000, 100]
    static let ridge = LinearRecipe(method: .ridge(penalties: penalties))
    static let svr = LinearRecipe(
        method: .svr(complexities: [0.5, 1e-6], epsilon: 0.1, every: 2))

    private func outcome(
        _ recipe: LinearRecipe, _ data: TrialData, key: TrialKey = key(),
        _ change: (inout TrainingRecipe) -> Void = { _ in }
    ) throws -> Outcome {
        let recipe = Recipe(name: "floor", network: .linear(recipe), training: quickRecipe(change))
        var trainer = try Trainer(
            key: key, recipe: recipe, features: Synthetic.features,
            targets: Synthetic.targets, hopSeconds: 0.1, data: data)
        return try trainer.run { _, _ in }
    }

    @Test("A linear relation is learnt, a candidate an epoch", arguments: [ridge, svr])
    func learns(recipe: LinearRecipe) throws {
        let found = try outcome(recipe, Synthetic().data)
        #expect(found.epochs.count == recipe.candidates.count && found.bestEpoch == 1)
        for moments in found.recordings[0].moments { #expect(moments.concordance! > 0.99) }
        #expect(found.epochs[0].loss < 0.05 && found.epochs[1].loss > 0.5)
    }

    @Test("Each target keeps the first of the candidates that are best for it")
    func choice() throws {
        var split = 0
        for seed in 0..<12 {
            let data = Synthetic(seed: UInt64(seed), noise: 6).data
            let found = try outcome(LinearTrainingTests.ridge, data)
            let means = found.epochs.map { $0.validation.reduce(0) { $0 + $1! } }
            #expect(found.bestEpoch == means.firstIndex(of: means.max()!)! + 1)
            let choices = (0..<2).map { target in
                let scores = found.epochs.map { $0.validation[target]! }
                return scores.firstIndex(of: scores.max()!)!
            }
            if choices[0] != choices[1] { split += 1 }
            for (target, choice) in choices.enumerated() {
                let penalty = LinearTrainingTests.penalties[choice]
                let alone = try outcome(.init(method: .ridge(penalties: [penalty])), data)
                #expect(alone.epochs == [found.epochs[choice]])
                #expect(found.recordings[0].moments[target] == alone.recordings[0].moments[target])
            }
        }
        #expect(split > 0, "Targets differ in what serves them best.")
        let twice = try outcome(.init(method: .ridge(penalties: [100, 100])), Synthetic().data)
        #expect(twice.bestEpoch == 1 && twice.epochs[0] == twice.epochs[1])
    }

    @Test("Rescaled output has mean and SD of the gold traces on the training side")
    func rescaling() throws {
        var data = Synthetic(noise: 2, masked: true).data
        data.test = data.train
        func moments(_ isRescaled: Bool) throws -> [Moments] {
            let recipe = LinearRecipe(method: .ridge(penalties: [300]), isRescaled: isRescaled)
            let found = try outcome(recipe, data)
            return (0..<2).map { target in
                var merged = Moments()
                for recording in found.recordings { merged.merge(recording.moments[target]) }
                return merged
            }
        }
        for (plain, rescaled) in zip(try moments(false), try moments(true)) {
            #expect(abs(rescaled.predictedMean - rescaled.goldMean) < 1e-6)
            #expect(abs(rescaled.predictedSquares / rescaled.goldSquares - 1) < 1e-5)
            #expect(abs(plain.predictedMean - plain.goldMean) < 1e-6)
            #expect(plain.predictedSquares < 0.7 * plain.goldSquares)
        }
    }

    @Test("The loss is the mean squared error on the training side, in variances")
    func loss() throws {
        var data = Synthetic(noise: 2).data
        data.test = data.train
        let found = try outcome(
            .init(method: .ridge(penalties: [30]), isRescaled: false), data)
        var errors = 0.0
        for target in 0..<2 {
            var merged = Moments()
            for recording in found.recordings { merged.merge(recording.moments[target]) }
            let sum =
                merged.goldSquares + merged.predictedSquares - 2 * merged.products
            errors += sum / merged.goldSquares / 2
        }
        #expect(abs(found.epochs[0].loss - errors) < 1e-5)
    }

    @Test("Twice the same bytes; the key changes only what draws", arguments: [ridge, svr])
    func deterministic(recipe: LinearRecipe) throws {
        let data = Synthetic(masked: true).data
        let first = try outcome(recipe, data) { $0.lagSeconds = 0.2 }
        _ = try outcome(LinearTrainingTests.ridge, Synthetic(seed: 5).data)
        #expect(try outcome(recipe, data) { $0.lagSeconds = 0.2 } == first)
        let other = try outcome(recipe, data, key: key("other")) { $0.lagSeconds = 0.2 }
        #expect((other.recordings == first.recordings) == (recipe == LinearTrainingTests.ridge))
    }

    @Test("Of the training's settings only the lag counts", arguments: [ridge, svr])
    func settings(recipe: LinearRecipe) throws {
        let data = Synthetic(lagFrames: 5).data
        let plain = try outcome(recipe, data)
        let changed = try outcome(recipe, data) {
            ($0.epochs, $0.patience, $0.batch, $0.chunkFrames, $0.hopFrames) = (1, 1, 1, 7, 3)
            ($0.learningRate, $0.clip, $0.loss, $0.inputDropout) = (9, nil, .mse, 0.9)
            $0.weightAveraging = 0.9
        }
        #expect(changed == plain)
        let lagged = try outcome(recipe, data) { $0.lagSeconds = 0.5 }
        #expect(lagged.recordings[0].moments.allSatisfy { $0.concordance! > 0.9 })
        #expect(plain.recordings[0].moments.allSatisfy { $0.concordance! < 0.8 })
    }

    @Test("What stands in gaps and in frames nobody annotated changes nothing")
    func gaps() throws {
        func data(_ filler: Float) -> TrialData {
            func filled(_ recordings: [RecordingData]) -> [RecordingData] {
                recordings.map { recording in
                    var copy = recording
                    copy.features[0] = recording.features[0].edited { values in
                        for t in 0..<recording.frames where recording.masks[0]![t] == 0 {
                            values[3 * t + 1] = filler
                        }
                    }
                    copy.goldMask = (0..<recording.frames).map { $0 % 5 == 3 ? 0 : 1 }
                    copy.gold = recording.gold.edited { values in
                        for t in stride(from: 3, to: recording.frames, by: 5) {
                            values[2 * t] = filler
                        }
                    }
                    return copy
                }
            }
            let data = Synthetic(masked: true).data
            return TrialData(
                train: filled(data.train), validation: filled(data.validation),
                test: filled(data.test))
        }
        for recipe in [LinearTrainingTests.ridge, LinearTrainingTests.svr] {
            #expect(try outcome(recipe, data(1e6)) == outcome(recipe, data(0)))
        }
    }

    @Test("One frame in every so many is learnt from, by its number in the recording")
    func every() throws {
        let recipe = LinearRecipe(
            method: .svr(complexities: [0.1], epsilon: 0.1, every: 7), isRescaled: false)
        let data = Synthetic().data
        func edited(_ phase: Int) -> TrialData {
            var data = data
            data.train = data.train.map { recording in
                var copy = recording
                // Swapped within a target, so that the scaler stays what it is.
                copy.gold = recording.gold.edited { $0.swapAt(2 * phase, 2 * (phase + 14)) }
                return copy
            }
            return data
        }
        func ccc(_ data: TrialData) throws -> Double {
            try outcome(recipe, data).recordings[0].moments[1].concordance!
        }
        let plain = try ccc(data)
        #expect(try abs(ccc(edited(1)) - plain) < 1e-5)
        #expect(try abs(ccc(edited(0)) - plain) > 1e-4)
    }

    @Test("A target that is constant on the training side is predicted as that constant")
    func constantTarget() throws {
        var data = Synthetic().data
        data.train = data.train.map { recording in
            var copy = recording
            copy.gold = recording.gold.edited { values in
                for t in 0..<recording.frames { values[2 * t] = 0.375 }
            }
            return copy
        }
        for recipe in [LinearTrainingTests.ridge, LinearTrainingTests.svr] {
            let values = try outcome(recipe, data).recordings[0].values
            #expect((0..<48).allSatisfy { abs(values[2 * $0 + 1] - 0.375) < 1e-6 })
        }
    }

    @Test("Test recordings influence nothing but their own predictions")
    func testSideIsUnseen() throws {
        for recipe in [LinearTrainingTests.ridge, LinearTrainingTests.svr] {
            let data = Synthetic().data
            var more = data
            more.test = [Synthetic(seed: 5).recording(2)] + data.test
            let (a, b) = (try outcome(recipe, data), try outcome(recipe, more))
            #expect(a.epochs == b.epochs && a.recordings[0] == b.recordings[1])
        }
    }
}
