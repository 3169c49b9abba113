import Corpora
import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Models")
struct ModelTests {
    /// Trials of every kind of model.
    private static let trials = CheckpointTests.trials

    private func result(_ trial: CheckpointTests.Trial) throws -> TrialTraining.Result {
        try trial.training().train { _, _ in }
    }

    private func traces(_ model: Model, _ recordings: [RecordingData]) throws -> [[Float]] {
        try recordings.map { try model.predict(features: $0.features, masks: $0.masks) }
    }

    @Test(
        "A model predicts what its trial predicted, before and after its bytes", arguments: trials)
    func sameBits(trial: CheckpointTests.Trial) throws {
        let result = try result(trial)
        let test = Synthetic(masked: true).data.test
        let expected = result.outcome.recordings.map(\.values)
        #expect(try traces(result.model, test) == expected)
        let bytes = try result.model.encoded()
        let read = try Model(decoding: bytes)
        #expect(try traces(read, test) == expected)
        #expect(try read.encoded() == bytes)
        #expect(read.key == key() && read.targets == Synthetic.targets)
        #expect(read.features == Synthetic.features && read.widths == [3, 2])
        for (mine, chosen) in zip(read.choices, result.outcome.choices) {
            #expect(mine.postProcessing == chosen.postProcessing)
            #expect(mine.lagSeconds == chosen.lagSeconds)
            let counted = chosen.sources.filter { $0.share != 0 }
            #expect(mine.sources.filter { $0.share != 0 } == counted)
        }
    }

    @Test("The same trial gives the same model, resumed or not")
    func resumed() throws {
        let trial = ModelTests.trials[8]
        var checkpoints: [[UInt8]] = []
        let whole = try trial.training().train { _, _ in
        } epochEnded: {
            checkpoints.append($0())
        }
        for checkpoint in checkpoints {
            var training = try trial.training()
            try training.resume(from: checkpoint)
            let model = try training.train { _, _ in }.model
            #expect(try model.encoded() == whole.model.encoded())
        }
    }

    @Test("An adversary is no part of what predicts")
    func adversary() throws {
        var data = Synthetic().data
        for index in data.train.indices { data.train[index].culture = index % 2 == 0 ? "DE" : "HU" }
        let training = try TrialTraining(
            key: key(),
            recipe: Recipe(
                name: "adversary", network: .eaf(hidden: 4, layers: 1, gate: .none),
                training: quickRecipe { $0.epochs = 3 }, adversaryWeight: 0.3),
            features: Synthetic.features, targets: Synthetic.targets, hopSeconds: 0.1, data: data)
        let result = try training.train { _, _ in }
        let read = try Model(decoding: try result.model.encoded())
        #expect(read.parts[0].tensors.allSatisfy { !$0.name.hasPrefix("disc") })
        #expect(try traces(read, data.test) == result.outcome.recordings.map(\.values))
    }

    @Test("Every changed byte and every cut of a model is seen")
    func damage() throws {
        let bytes = try result(
            CheckpointTests.Trial(testDescription: "tiny", network: .baseline(hidden: [1, 1]))
        ).model.encoded()
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1 << (place % 8)
            #expect(throws: ModelError.self) { try Model(decoding: changed) }
            #expect(throws: ModelError.self) { try Model(decoding: Array(bytes.prefix(place))) }
        }
        #expect(throws: ModelError.damaged) { try Model(decoding: bytes + [1]) }
        #expect(throws: ModelError.notAModel) { try Model(decoding: []) }
    }

    @Test("Parts that do not fit each other are refused, whatever the checksum says")
    func malformed() throws {
        let model = try result(ModelTests.trials[0]).model
        func refusal(_ changed: Model) throws -> String {
            do {
                _ = try Model(decoding: try changed.encoded())
                return "read"
            } catch let error as ModelError {
                return error.description
            }
        }
        func with(
            targets: [String]? = nil, widths: [Int]? = nil, network: NetworkRecipe? = nil,
            predictor: Predictor? = nil
        ) -> Model {
            Model(
                key: model.key, targets: targets ?? model.targets, hopSeconds: 0.1,
                inputs: model.inputs, widths: widths ?? model.widths,
                network: network ?? model.network, projection: nil, lagEdges: model.lagEdges,
                predictor: predictor ?? model.predictor)
        }
        #expect(try refusal(with()) == "read")
        #expect(try refusal(with(targets: ["arousal"])).contains("it has 2 outputs"))
        #expect(try refusal(with(widths: [3, 3])).contains("scalers are not those"))
        #expect(
            try refusal(with(network: .baseline(hidden: [5, 3])))
                .contains("weights where the network has"))
        var predictor = model.predictor
        predictor.outputs[1].sources[0].member = 7
        #expect(try refusal(with(predictor: predictor)).contains("no network predicts"))
    }

    @Test("Features that the model does not read are a sentence")
    func wrongFeatures() throws {
        let model = try result(ModelTests.trials[0]).model
        func refusal(_ change: (inout [Matrix]) -> Void) -> String {
            var matrices = Synthetic().recording(5).features
            change(&matrices)
            do {
                _ = try model.predict(features: matrices, masks: matrices.map { _ in nil })
                return "read"
            } catch {
                return "\(error)"
            }
        }
        #expect(refusal { _ in } == "read")
        #expect(refusal { $0.removeLast() }.contains("reads 2 feature sets; 1 were given"))
        #expect(refusal { $0.swapAt(0, 1) }.contains("mfcc is 2 wide; the model reads 3"))
        #expect(
            refusal { $0[1] = Matrix(rows: 3, columns: 2, values: [Float](repeating: 0, count: 6)) }
                .contains("pose has 3 frames, mfcc has 48"))
    }

    @Test("Tensors are exported under PyTorch's names, with all that belongs to them")
    func tensors() throws {
        let model = try result(ModelTests.trials[9]).model
        #expect(model.parts.count == 2)
        for (index, part) in model.parts.enumerated() {
            #expect(part.featureSets == [["mfcc"], ["pose"]][index])
            #expect(part.modalityWidths == [[3], [2]][index])
            #expect(part.inputMeans.count == part.modalityWidths[0] && part.outputMeans.count == 2)
            #expect(part.lagFrames == 2 && part.targets == Synthetic.targets)
            #expect(part.tensors[0].name == "lstm.weight_ih_l0")
            #expect(part.tensors[0].shape == [16, part.modalityWidths[0]])
            #expect(part.tensors.allSatisfy { $0.values.count == $0.shape.reduce(1, *) })
        }
        #expect(model.sources.allSatisfy { $0.reduce(0) { $0 + $1.share } > 0.999 })
    }
}
