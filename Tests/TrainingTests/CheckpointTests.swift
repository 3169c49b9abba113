import Corpora
import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Checkpoints")
struct CheckpointTests {
    /// A small trial of some kind.
    struct Trial: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var network = NetworkRecipe.baseline(hidden: [4, 3])
        var isLateFused = false
        var projection: ProjectionRecipe?
        var adversaryWeight: Double?
        /// How it goes on with shots after the source.
        var tuning: FineTuning?
        var change: @Sendable (inout TrainingRecipe) -> Void = { _ in }

        func training(_ key: TrialKey = key()) throws -> TrialTraining {
            let recipe = Recipe(
                name: "small", network: network,
                training: quickRecipe {
                    ($0.epochs, $0.patience, $0.learningRate, $0.lagSeconds) = (5, 2, 0.05, 0.2)
                    $0.inputDropout = 0.2
                    change(&$0)
                }, isLateFused: isLateFused, projection: projection,
                adversaryWeight: adversaryWeight, tuning: tuning)
            var data = Synthetic(masked: true).data
            if adversaryWeight != nil {
                for k in data.train.indices { data.train[k].culture = ["DE", "HU"][k % 2] }
            }
            if tuning != nil {
                data.tune = [3, 4].map { Synthetic(seed: 5, masked: true).recording($0) }
            }
            return try TrialTraining(
                key: key, recipe: recipe, features: Synthetic.features,
                targets: Synthetic.targets, hopSeconds: 0.1, data: data)
        }
    }

    static let trials: [Trial] = [
        Trial(testDescription: "baseline"),
        Trial(
            testDescription: "EAF, weights averaged",
            network: .eaf(hidden: 4, layers: 2, gate: .feature(scaled: true)),
            change: { $0.weightAveraging = 0.9 }),
        Trial(
            testDescription: "EAF by modality, patience spent",
            network: .eaf(hidden: 3, layers: 1, gate: .modality(attention: 2, scaled: true)),
            change: { ($0.epochs, $0.patience, $0.learningRate) = (30, 2, 0.3) }),
        Trial(
            testDescription: "ridge",
            network: .linear(.init(method: .ridge(penalties: [1, 100, 10, 1000])))),
        Trial(
            testDescription: "SVR",
            network: .linear(
                .init(method: .svr(complexities: [0.1, 1e-6, 0.01], epsilon: 0.1, every: 2)))),
        Trial(
            testDescription: "RMSprop on a plateau, recurrent dropout",
            network: .eaf(hidden: 3, layers: 1, gate: .none),
            change: {
                ($0.optimiser, $0.recurrentDropout, $0.plateau) = (.rmsprop, 0.4, .init())
                $0.plateau?.epochs = 1
                $0.patience = 5
            }),
        Trial(
            testDescription: "AdamW, an epoch per target",
            network: .eaf(hidden: 3, layers: 1, gate: .none),
            change: {
                ($0.optimiser, $0.epochChoice) = (.adamW(weightDecay: 0.05), .perTarget)
            }),
        Trial(
            testDescription: "a model per target, post-processing",
            change: {
                ($0.targetModels, $0.epochs) = (.perTarget, 3)
                $0.postProcessing = [.median, .centre, .scale]
            }),
        Trial(
            testDescription: "lags of late fusion, one per target",
            network: .eaf(hidden: 3, layers: 1, gate: .none), isLateFused: true,
            change: { ($0.lags, $0.lagChoice, $0.epochs) = ([0, 0.3], .perTarget, 2) }),
        Trial(
            testDescription: "late fusion", network: .eaf(hidden: 4, layers: 1, gate: .none),
            isLateFused: true),
        Trial(
            testDescription: "fine-tuned, weights averaged, patience spent",
            network: .eaf(hidden: 3, layers: 1, gate: .feature(scaled: true)),
            tuning: FineTuning(epochs: 3, learningRate: 0.02),
            change: {
                ($0.epochs, $0.patience, $0.learningRate) = (30, 2, 0.3)
                ($0.weightAveraging, $0.plateau) = (0.9, .init())
            }),
        Trial(
            testDescription: "fine-tuned after all epochs, RMSprop, recurrent dropout",
            network: .aed(hidden: 3, attention: 4, feed: .encoder, window: 5),
            tuning: FineTuning(epochs: 2),
            change: {
                ($0.epochs, $0.patience, $0.optimiser) = (3, 3, .rmsprop)
                $0.recurrentDropout = 0.3
            }),
        Trial(
            testDescription: "fine-tuned late fusion, a model per target",
            network: .baseline(hidden: [3, 2]), isLateFused: true, tuning: FineTuning(epochs: 2),
            change: { ($0.epochs, $0.targetModels) = (2, .perTarget) }),
        Trial(
            testDescription: "AED fed its predictions, no window",
            network: .aed(hidden: 3, attention: 4, feed: .previous, window: nil),
            change: { $0.recurrentDropout = 0.3 }),
        Trial(
            testDescription: "AED fed nothing",
            network: .aed(hidden: 3, attention: 4, feed: .none, window: 0)),
        Trial(
            testDescription: "EMAFN, early",
            network: .emafn(
                hidden: 3, attention: 4, fusion: .early, feed: .previous, window: 7,
                gateScaled: true)),
        Trial(
            testDescription: "EMAFN by model, a projection",
            network: .emafn(
                hidden: 3, attention: 4, fusion: .model, feed: .encoder, window: nil,
                gateScaled: false), projection: ProjectionRecipe(width: 2, above: 2),
            change: { $0.recurrentDropout = 0.3 }),
        Trial(
            testDescription: "TCN", network: .tcn(channels: 4, taps: 3, dilations: [1, 4])),
        Trial(
            testDescription: "transformer",
            network: .transformer(.init(hidden: 4, heads: 2, layers: 1, inner: 5, window: 9))),
        Trial(
            testDescription: "an adversary behind a projection, weights averaged",
            network: .eaf(hidden: 3, layers: 1, gate: .feature(scaled: true)),
            projection: ProjectionRecipe(width: 2, above: 2), adversaryWeight: 0.3,
            change: { $0.weightAveraging = 0.9 }),
        Trial(
            testDescription: "a TCN with an adversary",
            network: .tcn(channels: 4, taps: 3, dilations: [2]), adversaryWeight: 0.3),
    ]

    /// The outcome of a trial, and the checkpoint after every epoch.
    private func whole(_ trial: Trial) throws -> (outcome: [UInt8], checkpoints: [[UInt8]]) {
        var checkpoints: [[UInt8]] = []
        let outcome = try trial.training().run { _, _ in
        } epochEnded: {
            checkpoints.append($0())
        }
        return (outcome.encoded(), checkpoints)
    }

    @Test("From any epoch on, the same bytes as without a stop", arguments: trials)
    func everyEpoch(trial: Trial) throws {
        let (outcome, checkpoints) = try whole(trial)
        #expect(checkpoints.count >= 3 && Set(checkpoints).count == checkpoints.count)
        for (epoch, checkpoint) in checkpoints.enumerated() {
            var training = try trial.training()
            try training.resume(from: checkpoint)
            var later: [[UInt8]] = []
            let resumed = try training.run { done, _ in
                #expect(done > epoch || later.isEmpty)
            } epochEnded: {
                later.append($0())
            }
            #expect(resumed.encoded() == outcome)
            #expect(later == Array(checkpoints.dropFirst(epoch + 1)))
        }
    }

    private struct Stop: Error {}

    @Test("Stopped after every epoch and in every step, the same bytes", arguments: trials)
    func manyStops(trial: Trial) throws {
        let (outcome, checkpoints) = try whole(trial)
        var newest: [UInt8]?
        var (stops, resumed) = (0, nil as Outcome?)
        while resumed == nil {
            var training = try trial.training()
            if let newest { try training.resume(from: newest) }
            // Every other time it dies one step after its checkpoint.
            var steps = 0
            do {
                resumed = try training.run { _, _ in
                    if newest != nil && stops % 2 == 0 && steps > 0 { throw Stop() }
                } epochEnded: {
                    newest = $0()
                    steps += 1
                    if stops % 2 == 1 || newest == checkpoints.first { throw Stop() }
                }
            } catch is Stop {
                stops += 1
            }
            try #require(stops <= 3 * checkpoints.count)
        }
        #expect(resumed?.encoded() == outcome && stops >= checkpoints.count / 2)
    }

    @Test("Every changed byte and every cut is seen, and the trial begins anew")
    func damage() throws {
        let trial = Trial(testDescription: "tiny", network: .baseline(hidden: [1, 1])) {
            $0.epochs = 2
        }
        let (outcome, checkpoints) = try whole(trial)
        let bytes = checkpoints[0]
        var training = try trial.training()
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1 << (place % 8)
            #expect(throws: CheckpointError.self) { try training.resume(from: changed) }
            let cut = CheckpointError.self
            #expect(throws: cut) { try training.resume(from: Array(bytes.prefix(place))) }
        }
        #expect(throws: CheckpointError.damaged) { try training.resume(from: bytes + [0]) }
        #expect(throws: CheckpointError.notACheckpoint) { try training.resume(from: []) }
        #expect(try training.run { _, _ in }.encoded() == outcome)
    }

    /// The bytes with a right checksum after `change`.
    private func sealed(_ bytes: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var body = Array(bytes.dropLast(32))
        change(&body)
        return body + Digest(of: body).bytes
    }

    @Test("Another version, trial, network or recipe is a sentence")
    func refusals() throws {
        let trial = CheckpointTests.trials[1]
        let bytes = try whole(trial).checkpoints[1]
        func refusal(_ bytes: [UInt8], _ trial: Trial = trial, _ key: TrialKey = key()) -> String {
            do {
                var training = try trial.training(key)
                try training.resume(from: bytes)
                return "taken"
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal(bytes) == "taken")
        #expect(
            refusal(sealed(bytes) { $0[8] = 77 })
                == "The checkpoint has layout 77, which this program does not read; the trial "
                + "begins anew.")
        let other = key("other")
        #expect(
            refusal(bytes, trial, other)
                == "The checkpoint is of trial \(key().description.prefix(8)), not of "
                + "\(other.description.prefix(8)); the trial begins anew.")
        #expect(refusal(Array("CONCORDO".utf8)).contains("cut off") == false)
        #expect(refusal(Array("CONCORDC".utf8)).contains("cut off or damaged"))
        #expect(refusal(sealed(bytes) { $0.removeLast(9) }).contains("its parts do not end"))
        #expect(refusal(sealed(bytes) { $0.append(0) }).contains("its parts do not end"))

        var smaller = trial
        smaller.network = .eaf(hidden: 3, layers: 2, gate: .feature(scaled: true))
        #expect(refusal(bytes, smaller).contains("weights, the network has"))
        var plain = trial
        plain.change = { _ in }
        #expect(refusal(bytes, plain).contains("averaged where the recipe's are not"))
        var shorter = trial
        shorter.change = { ($0.epochs, $0.weightAveraging) = (1, 0.9) }
        #expect(refusal(bytes, shorter).contains("2 epochs, not 1 to 1"))
        let fused = try whole(CheckpointTests.trials[9]).checkpoints
        #expect(refusal(fused[fused.count - 1]).contains("holds 2 networks, the trial has 1"))
    }

    @Test("The checkpoint of one network in the place of another is refused")
    func swapped() throws {
        let trial = CheckpointTests.trials[9]
        let checkpoints = try whole(trial).checkpoints
        let last = try Checkpoint(decoding: checkpoints[checkpoints.count - 1], of: key())
        #expect(last.trained.count == 1 && last.current != nil)
        // The modalities have 3 and 2 features, so that the second network has fewer weights.
        let moved = Checkpoint(key: key(), trained: [], current: last.current)
        var training = try trial.training()
        #expect(throws: CheckpointError.self) { try training.resume(from: moved.encoded()) }
        try training.resume(from: last.encoded())
    }
}
