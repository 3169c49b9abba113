import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Fine-tuning") struct FineTuningTests {
    /// A trial of a source, and of as many shots as are asked for.
    private func trained(
        _ tuning: FineTuning?, shots: Int = 2, network: NetworkRecipe = network, seed: UInt64 = 1,
        lateFused: Bool = false, change: (inout TrainingRecipe) -> Void = { _ in },
        data changeData: (inout TrialData) -> Void = { _ in }
    ) throws -> TrialTraining.Result {
        var data = Synthetic(seed: seed).data
        data.tune = (0..<shots).map { Synthetic(seed: 5).recording($0) }
        changeData(&data)
        let recipe = Recipe(
            name: "tuned", network: network,
            training: quickRecipe {
                ($0.epochs, $0.patience, $0.inputDropout) = (6, 2, 0.2)
                change(&$0)
            }, isLateFused: lateFused, tuning: tuning)
        return try TrialTraining(
            key: key("\(seed)"), recipe: recipe, features: Synthetic.features,
            targets: Synthetic.targets, hopSeconds: 0.1, data: data
        ).train { done, epochs in #expect(done <= epochs) }
    }

    private static let network = NetworkRecipe.eaf(
        hidden: 4, layers: 1, gate: .feature(scaled: true))
    private static let recipes: [(name: String, network: NetworkRecipe, lateFused: Bool)] = [
        ("EAF", network, false),
        ("baseline", .baseline(hidden: [4, 3]), false),
        ("AED", .aed(hidden: 3, attention: 3, feed: .encoder, window: 4), false),
        ("late fusion", network, true),
    ]

    @Test("The source's epochs are those of a model that is not tuned; a fixed number follows")
    func phases() throws {
        for seed in 1...6 as ClosedRange<UInt64> {
            let plain = try trained(nil, seed: seed).outcome
            let tuned = try trained(.init(epochs: 3, learningRate: 0.02), seed: seed).outcome
            let source = plain.epochs.count
            #expect(tuned.epochs.count == source + 3)
            #expect(Array(tuned.epochs.prefix(source)) == plain.epochs)
            // The last epoch predicts, whatever the validation side says of it.
            #expect(tuned.bestEpoch == source + 3)
            #expect(tuned.choices.allSatisfy { $0.sources.map(\.epoch) == [source + 3] })
            #expect(tuned.recordings != plain.recordings)
            #expect(tuned.recordings.map(\.gold) == plain.recordings.map(\.gold))
        }
    }

    @Test("No shots equal the source's model, byte for byte", arguments: recipes.indices)
    func noShots(index: Int) throws {
        let (_, network, lateFused) = Self.recipes[index]
        let plain = try trained(nil, shots: 0, network: network, lateFused: lateFused)
        let none = try trained(
            .init(epochs: 4), shots: 0, network: network, lateFused: lateFused)
        #expect(none.outcome.encoded() == plain.outcome.encoded())
        #expect(try none.model.encoded() == plain.model.encoded())
        let some = try trained(
            .init(epochs: 4), shots: 1, network: network, lateFused: lateFused)
        #expect(try some.model.encoded() != plain.model.encoded())
    }

    @Test("A vanishing learning rate leaves the source's weights, from the best epoch on")
    func fromTheBest() throws {
        let plain = try trained(nil) { $0.inputDropout = 0 }
        let tuned = try trained(.init(epochs: 3, learningRate: 1e-30)) { $0.inputDropout = 0 }
        #expect(tuned.outcome.recordings == plain.outcome.recordings)
        #expect(
            tuned.model.parts[0].tensors.map(\.values)
                == plain.model.parts[0].tensors.map(\.values))
    }

    @Test("Scalers stay the source's: shots change none")
    func scalers() throws {
        let plain = try trained(nil).model.parts[0]
        let tuned = try trained(.init(epochs: 2)).model.parts[0]
        #expect(tuned.inputMeans == plain.inputMeans)
        #expect(tuned.inputDeviations == plain.inputDeviations)
        #expect(tuned.outputMeans == plain.outputMeans)
        #expect(tuned.outputDeviations == plain.outputDeviations)
        #expect(tuned.tensors.map(\.values) != plain.tensors.map(\.values))
    }

    @Test("Shots of the target bring the predictions nearer to it, over seeds")
    func learns() throws {
        // In the target the second feature counts the other way round.
        func foreign(_ k: Int, _ seed: UInt64) -> RecordingData {
            var recording = Synthetic(seed: seed).recording(k)
            recording.features[0] = recording.features[0].edited { values in
                for i in stride(from: 1, to: values.count, by: 3) { values[i] = 10 - values[i] }
            }
            return recording
        }
        var gains = 0
        for seed in 1...5 as ClosedRange<UInt64> {
            func error(_ tuning: FineTuning?) throws -> Double {
                let outcome = try trained(tuning, seed: seed) {
                    ($0.epochs, $0.patience, $0.inputDropout) = (20, 20, 0)
                } data: { data in
                    data.tune = (0..<4).map { foreign($0, seed + 20) }
                    data.test = [foreign(5, seed + 20)]
                }.outcome
                return outcome.recordings[0].moments.reduce(0) { $0 + ($1.concordance ?? 0) }
            }
            if try error(.init(epochs: 20, learningRate: 0.03)) > error(nil) { gains += 1 }
        }
        #expect(gains == 5)
    }

    @Test("The test side changes no weight and no curve; validation decides the first phase alone")
    func sides() throws {
        let tuning = FineTuning(epochs: 2)
        let plain = try trained(tuning)
        let other = try trained(tuning, data: { $0.test = [Synthetic(seed: 8).recording(2)] })
        #expect(try other.model.encoded() == plain.model.encoded())
        #expect(other.outcome.epochs == plain.outcome.epochs)
        // Another validation side stops the first phase elsewhere, or scores it otherwise.
        let validated = try trained(
            tuning, data: { $0.validation = [Synthetic(seed: 6).recording(1)] })
        #expect(validated.outcome.epochs != plain.outcome.epochs)
        // Whatever the validation side says of the second phase, the last epoch predicts.
        #expect(validated.outcome.bestEpoch == validated.outcome.epochs.count)
    }

    @Test("Shots that hold nothing to learn from, and settings that cannot be, are sentences")
    func refusals() throws {
        #expect(throws: TrainingError.noFrames(.tune)) {
            try trained(.init(), data: { data in
                data.tune[0].goldMask = Array(repeating: 0, count: data.tune[0].frames)
                data.tune.removeLast()
            })
        }
        #expect {
            try trained(.init(epochs: 0))
        } throws: { "\($0)" == "fine-tune has 0 epochs and a learning rate of 0.003; both are "
            + "greater than 0."
        }
        #expect {
            try trained(.init(), data: { $0.tune[1].features.removeLast() })
        } throws: { "\($0)".hasPrefix("tune recording 1") }
    }
}
