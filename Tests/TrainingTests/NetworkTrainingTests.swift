import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Training of the real networks")
struct NetworkTrainingTests {
    static let networks: [NetworkRecipe] = [
        .baseline(hidden: [8, 5]),
        .eaf(hidden: 6, layers: 2, gate: .feature(scaled: true)),
        .eaf(hidden: 6, layers: 1, gate: .modality(attention: 3, scaled: true)),
        .eaf(hidden: 6, layers: 1, gate: .none),
        .aed(hidden: 6, attention: 5, feed: .encoder, window: 20),
        .aed(hidden: 6, attention: 5, feed: .encoder, window: nil),
        // Only a decoder that is told which frame is its own can follow frame by frame at once.
        .aed(hidden: 6, attention: 5, feed: .previous, window: 0),
        .aed(hidden: 6, attention: 5, feed: .none, window: 0),
        .emafn(
            hidden: 6, attention: 5, fusion: .model, feed: .encoder, window: 20, gateScaled: true),
        .emafn(
            hidden: 6, attention: 5, fusion: .early, feed: .previous, window: 0,
            gateScaled: true),
        .tcn(channels: 8, taps: 3, dilations: [1, 2]),
        .transformer(.init(hidden: 12, heads: 2, layers: 1)),
    ]

    /// These, and forms that find their frame by its content alone, which takes them long.
    static let forms: [NetworkRecipe] =
        networks + [
            .aed(hidden: 6, attention: 5, feed: .previous, window: nil),
            .aed(hidden: 6, attention: 5, feed: .none, window: 3),
            .emafn(
                hidden: 6, attention: 5, fusion: .early, feed: .previous, window: nil,
                gateScaled: true),
            .emafn(
                hidden: 6, attention: 5, fusion: .model, feed: .none, window: nil,
                gateScaled: false),
        ]

    private func trainer(
        _ network: NetworkRecipe, _ data: TrialData,
        _ change: (inout TrainingRecipe) -> Void = { _ in }
    ) throws(TrainingError) -> Trainer {
        let recipe = Recipe(
            name: "small", network: network,
            training: quickRecipe {
                $0.learningRate = 0.02
                change(&$0)
            })
        return try Trainer(
            key: key(), recipe: recipe, features: Synthetic.features,
            targets: Synthetic.targets, hopSeconds: 0.1, data: data)
    }

    private func outcome(
        _ network: NetworkRecipe, _ data: TrialData,
        _ change: (inout TrainingRecipe) -> Void = { _ in }
    ) throws -> Outcome {
        var trainer = try trainer(network, data, change)
        return try trainer.run { _, _ in }
    }

    @Test("Every network learns a linear relation", arguments: networks)
    func learns(network: NetworkRecipe) throws {
        var synthetic = Synthetic()
        synthetic.frames = synthetic.frames.map { 4 * $0 }
        let found = try outcome(network, synthetic.data) {
            ($0.epochs, $0.patience) = (40, 40)
        }
        for target in 0..<2 {
            let ccc = try #require(found.recordings[0].moments[target].concordance)
            #expect(ccc > 0.85, "\(Synthetic.targets[target]) \(ccc)")
        }
    }

    @Test("Twice the same bytes, also after another trial in between", arguments: forms)
    func deterministic(network: NetworkRecipe) throws {
        let data = Synthetic(masked: true).data
        let change: (inout TrainingRecipe) -> Void = {
            ($0.epochs, $0.inputDropout, $0.lagSeconds) = (3, 0.3, 0.2)
        }
        let first = try outcome(network, data, change)
        _ = try outcome(.baseline(hidden: [3, 2]), Synthetic(seed: 4).data) { $0.epochs = 1 }
        #expect(try outcome(network, data, change) == first)
    }

    @Test("A recording is predicted alike alone and among others", arguments: forms)
    func companions(network: NetworkRecipe) throws {
        let data = Synthetic().data
        var more = data
        more.test = (0..<5).map { Synthetic(seed: 5).recording($0) } + data.test
        let alone = try outcome(network, data) { $0.epochs = 2 }
        let among = try outcome(network, more) { $0.epochs = 2 }
        #expect(alone.recordings[0] == among.recordings[5] && alone.epochs == among.epochs)
    }

    @Test("Gaps and frames without annotation change nothing, whatever they hold")
    func gaps() throws {
        let data = Synthetic(masked: true).data
        var other = data
        other.train[1].features[0] = data.train[1].features[0].edited { values in
            for t in 0..<data.train[1].frames where data.train[1].masks[0]![t] == 0 {
                values[3 * t] = -1e30
            }
        }
        for network in NetworkTrainingTests.forms {
            let a = try outcome(network, data) { $0.epochs = 2 }
            #expect(try outcome(network, other) { $0.epochs = 2 } == a)
        }
    }

    @Test("The work space is large enough for every step and prediction", arguments: forms)
    func workSpace(network: NetworkRecipe) throws {
        let data = Synthetic().data
        for batch in [1, 3, 8] {
            for chunk in [nil, 7, 45] as [Int?] {
                let trainer = try trainer(network, data) {
                    ($0.batch, $0.chunkFrames, $0.hopFrames) = (batch, chunk, 5)
                }
                var random = RandomStream(state: (UInt64(batch), 1, 1, 1))
                for _ in 0..<20 {
                    var chunks = trainer.chunks
                    random.shuffle(&chunks)
                    let some = chunks.prefix(1 + random.below(min(batch, chunks.count)))
                    let shape = SequenceBatch(lengths: Array(some).longestFirst().map(\.frames))
                    let need = trainer.network.workspaceCount(for: shape, training: true)
                    #expect(need <= trainer.space.network.count)
                    #expect(shape.rows * 2 <= trainer.space.dPredictions.count)
                }
                for shape in trainer.validation.batches + trainer.test.batches {
                    let need = trainer.network.workspaceCount(for: shape, training: false)
                    #expect(need <= trainer.space.network.count)
                    #expect(shape.rows * 5 <= trainer.space.inputs.count)
                }
            }
        }
    }

    @Test("An adversary over two cultures changes the training; over one it changes nothing")
    func adversary() throws {
        var data = Synthetic().data
        func outcome(_ weight: Double?) throws -> Outcome {
            let recipe = Recipe(
                name: "small", network: .baseline(hidden: [6, 4]),
                training: quickRecipe { $0.epochs = 3 }, adversaryWeight: weight)
            var trainer = try Trainer(
                key: key(), recipe: recipe, features: Synthetic.features,
                targets: Synthetic.targets, hopSeconds: 0.1, data: data)
            return try trainer.run { _, _ in }
        }
        let plain = try outcome(nil)
        #expect(try outcome(0.5) == plain)
        for index in data.train.indices { data.train[index].culture = index % 2 == 0 ? "A" : "B" }
        #expect(try outcome(nil) == plain)
        let (weak, strong) = (try outcome(0.1), try outcome(0.5))
        #expect(weak.recordings != plain.recordings && strong.recordings != weak.recordings)
        #expect(try outcome(0.5) == strong)
        // Which culture a name stands for does not matter, only who shares one.
        for index in data.train.indices { data.train[index].culture += "x" }
        #expect(try outcome(0.5) == strong)
        // Two cultures of equal share: guessing costs log 2.
        let extra = weak.epochs[0].loss - plain.epochs[0].loss
        #expect(abs(extra - 0.69) < 0.3, "\(extra)")
    }

    @Test("Three modalities train, the deep ones behind a projection, in little memory")
    func threeModalities() throws {
        var random = RandomStream(state: (6, 1, 4, 4))
        func recording(_ k: Int) -> RecordingData {
            var recording = Synthetic().recording(k)
            for width in [11_136, 6144] {
                let values = (0..<width * recording.frames).map { _ in Float(random.uniform()) }
                recording.features.append(
                    Matrix(rows: recording.frames, columns: width, values: values))
                recording.masks.append(nil)
            }
            return recording
        }
        let sides = (0..<6).map(recording)
        let features = FeatureChoice(
            name: "avt",
            modalities: [
                .init(name: "audio", featureSets: ["mfcc", "pose"]),
                .init(name: "text", featureSets: ["bert"]),
                .init(name: "video", featureSets: ["vgg"]),
            ])
        let recipe = Recipe(
            name: "deep", network: .eaf(hidden: 8, layers: 1, gate: .feature(scaled: true)),
            training: quickRecipe { ($0.epochs, $0.batch, $0.chunkFrames) = (1, 2, 20) },
            projection: ProjectionRecipe())
        var trainer = try Trainer(
            key: key(), recipe: recipe, features: features, targets: Synthetic.targets,
            hopSeconds: 0.1,
            data: TrialData(
                train: Array(sides[..<4]), validation: [sides[4]], test: [sides[5]]))
        #expect(trainer.network.widths == [5, 11_136, 6144])
        // Beside the inputs: a gate over 11136 features alone would take half a gigabyte.
        #expect(4 * trainer.space.network.count < 100 << 20)
        let outcome = try trainer.run { _, _ in }
        #expect(outcome.epochs.count == 1 && outcome.epochs[0].loss.isFinite)
    }

    @Test("A network that cannot be made is a sentence about the setting")
    func impossibleNetwork() {
        #expect {
            _ = try trainer(.baseline(hidden: [8, 0]), Synthetic().data).key
        } throws: { error in
            guard case TrainingError.setting(let sentence) = error else { return false }
            return sentence.contains("hidden size of layer 2 is 0")
        }
    }

    @Test("Feature sets join into their modalities' widths")
    func widths() throws {
        let features = FeatureChoice(
            name: "one", modalities: [.init(name: "audio", featureSets: ["mfcc", "pose"])])
        let recipe = Recipe(
            name: "small", network: .baseline(hidden: [2, 2]), training: quickRecipe())
        let joined = try Trainer(
            key: key(), recipe: recipe, features: features, targets: Synthetic.targets,
            hopSeconds: 0.1, data: Synthetic().data)
        #expect(joined.network.widths == [5])
        #expect(try trainer(.baseline(hidden: [2, 2]), Synthetic().data).network.widths == [3, 2])
    }
}
