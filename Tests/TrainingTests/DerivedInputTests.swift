import Corpora
import Descriptors
import Kernels
import Networks
import Planning
import Testing

@testable import Training

/// Bags of words and functionals that are made inside a fold.
@Suite("Derived inputs") struct DerivedInputTests {
    static func words(_ change: (inout CodebookLearner) -> Void = { _ in }) -> Derivation {
        var learner = CodebookLearner()
        learner.words = 5
        change(&learner)
        return Derivation(kind: .words(learner), windowSeconds: 0.8)
    }

    static let functionals = Derivation(kind: .functionals, windowSeconds: 0.6)

    /// The feature set as it is and its words; functionals alone.
    static let features = FeatureChoice(
        name: "derived",
        modalities: [
            .init(
                name: "audio",
                inputs: [
                    .init(featureSet: "mfcc"), .init(featureSet: "mfcc", derivation: words()),
                ]),
            .init(name: "video", inputs: [.init(featureSet: "pose", derivation: functionals)]),
        ])

    static let recipes = [
        Recipe(
            name: "eaf", network: .eaf(hidden: 4, layers: 1, gate: .feature(scaled: true)),
            training: quickRecipe { ($0.epochs, $0.patience) = (4, 4) }),
        Recipe(
            name: "late", network: .baseline(hidden: [4, 3]),
            training: quickRecipe { ($0.epochs, $0.patience) = (3, 3) }, isLateFused: true),
        Recipe(
            name: "ridge", network: .linear(.init(method: .ridge(penalties: [0.1, 10]))),
            training: quickRecipe()),
    ]

    private func training(
        _ recipe: Recipe, _ data: TrialData = Synthetic(masked: true).data,
        _ features: FeatureChoice = DerivedInputTests.features, inputs: TrialInputs? = nil
    ) throws -> TrialTraining {
        try TrialTraining(
            key: key(), recipe: recipe, features: features, targets: Synthetic.targets,
            hopSeconds: 0.1, data: data, inputs: inputs)
    }

    private func result(
        _ recipe: Recipe, _ data: TrialData = Synthetic(masked: true).data
    ) throws -> TrialTraining.Result {
        try training(recipe, data).train { _, _ in }
    }

    @Test(
        "A trial on derived features is a trial on the matrices that they are", arguments: recipes)
    func sameAsMade(recipe: Recipe) throws {
        let data = Synthetic(masked: true).data
        let derivation = Self.words()
        let deriver = try derivation.learnt(
            from: data.train.map { $0.features[0] }, masks: data.train.map { $0.masks[0] },
            hopSeconds: 0.1)
        let functionals = try Self.functionals.learnt(from: [], masks: [], hopSeconds: 0.1)
        func made(_ recordings: [RecordingData]) -> [RecordingData] {
            recordings.map { recording in
                let bags = deriver.frames(of: recording.features[0], mask: recording.masks[0])
                let moments = functionals.frames(
                    of: recording.features[1], mask: recording.masks[1])
                var copy = recording
                copy.features = [recording.features[0], bags.matrix, moments.matrix]
                copy.masks = [recording.masks[0], bags.mask, moments.mask]
                return copy
            }
        }
        let matrices = TrialData(
            train: made(data.train), validation: made(data.validation), test: made(data.test))
        let plain = FeatureChoice(
            name: "made",
            modalities: [
                .init(name: "audio", featureSets: ["mfcc", "bags"]),
                .init(name: "video", featureSets: ["moments"]),
            ])
        let expected = try training(recipe, matrices, plain).train { _, _ in }.outcome.encoded()
        #expect(try result(recipe).outcome.encoded() == expected)
    }

    @Test(
        "Another test side changes no codebook and no weight, another validation side no codebook",
        arguments: recipes)
    func unseen(recipe: Recipe) throws {
        let data = Synthetic(masked: true).data
        let plain = try result(recipe, data)
        let bytes = try plain.model.encoded()
        for seed in 0..<5 {
            var other = data
            var random = RandomStream(state: (UInt64(seed), 1, 2, 3))
            other.test[0].features = data.test[0].features.map { matrix in
                matrix.edited { values in
                    for i in values.indices { values[i] = Float(1000 * random.normal()) }
                }
            }
            let found = try result(recipe, other)
            #expect(try found.model.encoded() == bytes)
            #expect(found.outcome.epochs == plain.outcome.epochs)
            #expect(found.outcome.recordings != plain.outcome.recordings)
            other = data
            other.validation = [Synthetic(seed: UInt64(90 + seed)).recording(2)]
            #expect(try training(recipe, other).inputs == training(recipe, data).inputs)
        }
        // The comparison can fail: another training side is another codebook.
        var other = data
        other.train[1] = Synthetic(seed: 77).recording(1)
        #expect(try training(recipe, other).inputs != training(recipe, data).inputs)
    }

    @Test("What was learnt serves another trial of the same training side", arguments: recipes)
    func handedOver(recipe: Recipe) throws {
        let first = try training(recipe)
        #expect(first.inputs.learntCount == 5 * 3)
        let again = try training(recipe, inputs: first.inputs)
        #expect(
            try again.train { _, _ in }.model.encoded() == first.train { _, _ in }.model.encoded())
    }

    @Test("A model carries its codebook: it predicts as the trial did", arguments: recipes)
    func model(recipe: Recipe) throws {
        let result = try result(recipe)
        let bytes = try result.model.encoded()
        let read = try Model(decoding: bytes)
        #expect(try read.encoded() == bytes)
        #expect(read.features == Self.features && read.widths == [3, 2])
        #expect(read.inputs == result.model.inputs)
        let test = Synthetic(masked: true).data.test
        let traces = try test.map { try read.predict(features: $0.features, masks: $0.masks) }
        #expect(traces == result.outcome.recordings.map(\.values))
        #expect(read.parts.flatMap(\.featureSets).contains("words of mfcc (5, 0.8 s)"))
    }

    @Test("Any byte of a model that is changed is an error, never a trap")
    func damaged() throws {
        let bytes = try result(Self.recipes[2]).model.encoded()
        for place in stride(from: 8, to: bytes.count - 32, by: 3) {
            var changed = Array(bytes.dropLast(32))
            changed[place] ^= 0x41
            changed += Digest(of: changed).bytes
            _ = try? Model(decoding: changed)
        }
        for count in stride(from: 0, to: bytes.count, by: 17) {
            #expect(throws: ModelError.self) { try Model(decoding: Array(bytes.prefix(count))) }
        }
    }

    @Test("More words than the training side has frames are a sentence")
    func tooFew() {
        let features = FeatureChoice(
            name: "many",
            modalities: [
                .init(
                    name: "audio",
                    inputs: [
                        .init(featureSet: "mfcc", derivation: Self.words { $0.words = 500 }),
                        .init(featureSet: "pose"),
                    ])
            ])
        #expect {
            _ = try training(Self.recipes[0], Synthetic().data, features)
        } throws: { error in
            "\(error)".contains("500 words cannot be learnt from the training side's 191")
                && "\(error)".contains("Lower `count`.")
        }
    }

    @Test("A checkpoint of a trial on derived features goes on to the same bytes")
    func resumed() throws {
        var checkpoints: [[UInt8]] = []
        let whole = try training(Self.recipes[1]).train { _, _ in
        } epochEnded: {
            checkpoints.append($0())
        }
        for checkpoint in checkpoints {
            var again = try training(Self.recipes[1])
            try again.resume(from: checkpoint)
            #expect(try again.train { _, _ in }.model.encoded() == whole.model.encoded())
        }
    }
}
