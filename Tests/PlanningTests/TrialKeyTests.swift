import Corpora
import Kernels
import Networks
import Testing

@testable import Planning

@Suite("Trial keys") struct TrialKeyTests {
    private func training(_ change: (inout TrainingRecipe) -> Void) throws -> [TrialKey] {
        try keys { $0.models = [recipe { change(&$0.training) }] }
    }

    private func network(_ network: NetworkRecipe) throws -> [TrialKey] {
        try keys { $0.models = [recipe { $0.network = network }] }
    }

    /// Whether no trial of one plan is in the other.
    private func differ(_ a: [TrialKey], _ b: [TrialKey]) -> Bool {
        Set(a).isDisjoint(with: b) && a.count == b.count
    }

    @Test("Every setting of the training flips every key")
    func trainingFlips() throws {
        let plain = try keys()
        let changes: [(inout TrainingRecipe) -> Void] = [
            { $0.epochs = 99 }, { $0.patience = 14 }, { $0.batch = 9 }, { $0.chunkFrames = nil },
            { $0.hopFrames = 99 }, { $0.learningRate = 0.002 }, { $0.clip = nil },
            { $0.lagSeconds = 0.1 }, { $0.lagEdges = .zero }, { $0.loss = .mse },
            { $0.inputDropout = 0.1 }, { $0.weightAveraging = 0.9 },
            { $0.optimiser = .rmsprop }, { $0.recurrentDropout = 0.1 }, { $0.plateau = .init() },
            { $0.epochChoice = .perTarget },
            { ($0.lags, $0.lagChoice) = ([0, 0.5], .perTarget) },
            { $0.targetModels = .perTarget }, { $0.postProcessing = [.median] },
        ]
        #expect(changes.count == Mirror(reflecting: TrainingRecipe()).children.count)
        for (index, change) in changes.enumerated() {
            #expect(try differ(plain, training(change)), "change \(index)")
        }
        #expect(try differ(plain, training { $0.chunkFrames = 100 }))
        #expect(try differ(plain, training { $0.clip = 2 }))
        var all = Set(plain)
        let others: [(inout TrainingRecipe) -> Void] = [
            { $0.optimiser = .rmsprop }, { $0.optimiser = .adamW(weightDecay: 0.01) },
            { $0.optimiser = .adamW(weightDecay: 0.1) }, { $0.plateau = .init() },
            {
                $0.plateau = .init()
                $0.plateau?.epochs = 4
            },
            {
                $0.plateau = .init()
                $0.plateau?.minimum = 1e-4
            }, { $0.recurrentDropout = 0.2 },
            { $0.lags = [0, 0.5] }, { $0.lags = [0.5, 0] }, { $0.lags = [0, 0.5, 0.9] },
            { ($0.lags, $0.lagChoice) = ([0, 0.5], .perTarget) },
            { $0.postProcessing = [.median, .centre] }, { $0.postProcessing = [.centre, .median] },
            { $0.postProcessing = [.scale] }, { $0.targetModels = .perTarget },
            { ($0.targetModels, $0.epochChoice) = (.joint, .perTarget) },
        ]
        for change in others { all.formUnion(try training(change)) }
        #expect(all.count == plain.count * (others.count + 1))
        // Over one lag nothing is chosen, and the network of one target chooses for it alone.
        #expect(try plain == training { $0.lagChoice = .perTarget })
        #expect(
            try training { $0.targetModels = .perTarget }
                == training { ($0.targetModels, $0.epochChoice) = (.perTarget, .perTarget) })
        // Without chunks there is no hop that could change a number.
        let whole = try training { $0.chunkFrames = nil }
        #expect(try whole == training { ($0.chunkFrames, $0.hopFrames) = (nil, 3) })
    }

    @Test("Every size of the network flips every key")
    func networkFlips() throws {
        let emafn = {
            NetworkRecipe.emafn(
                hidden: $0, attention: $1, fusion: $2, feed: $3, window: $4, gateScaled: $5)
        }
        let networks: [NetworkRecipe] = [
            .aed(hidden: 64, attention: 64, feed: .encoder, window: 100),
            .aed(hidden: 32, attention: 64, feed: .encoder, window: 100),
            .aed(hidden: 64, attention: 32, feed: .encoder, window: 100),
            .aed(hidden: 64, attention: 64, feed: .previous, window: 100),
            .aed(hidden: 64, attention: 64, feed: .none, window: 100),
            .aed(hidden: 64, attention: 64, feed: .encoder, window: 99),
            .aed(hidden: 64, attention: 64, feed: .encoder, window: nil),
            emafn(64, 64, .model, .encoder, 100, true), emafn(32, 64, .model, .encoder, 100, true),
            emafn(64, 32, .model, .encoder, 100, true), emafn(64, 64, .early, .encoder, 100, true),
            emafn(64, 64, .model, .none, 100, true), emafn(64, 64, .model, .encoder, 99, true),
            emafn(64, 64, .model, .encoder, nil, true),
            emafn(64, 64, .model, .encoder, 100, false),
            .baseline(hidden: [64, 32]), .baseline(hidden: [32, 64]), .baseline(hidden: [64]),
            .eaf(hidden: 64, layers: 2, gate: .none), .eaf(hidden: 32, layers: 2, gate: .none),
            .eaf(hidden: 64, layers: 1, gate: .none),
            .eaf(hidden: 64, layers: 2, gate: .feature(scaled: true)),
            .eaf(hidden: 64, layers: 2, gate: .feature(scaled: false)),
            .eaf(hidden: 64, layers: 2, gate: .modality(attention: 64, scaled: true)),
            .eaf(hidden: 64, layers: 2, gate: .modality(attention: 32, scaled: true)),
            .eaf(hidden: 64, layers: 2, gate: .modality(attention: 64, scaled: false)),
            .tcn(channels: 64, taps: 3, dilations: [1, 2]),
            .tcn(channels: 32, taps: 3, dilations: [1, 2]),
            .tcn(channels: 64, taps: 5, dilations: [1, 2]),
            .tcn(channels: 64, taps: 3, dilations: [1, 4]),
            .transformer(.init(hidden: 64, heads: 4, layers: 2)),
            .transformer(.init(hidden: 32, heads: 4, layers: 2)),
            .transformer(.init(hidden: 64, heads: 2, layers: 2)),
            .transformer(.init(hidden: 64, heads: 4, layers: 1)),
            .transformer(.init(hidden: 64, heads: 4, layers: 2, inner: 64)),
            .transformer(.init(hidden: 64, heads: 4, layers: 2, window: 9)),
            .transformer(.init(hidden: 64, heads: 4, layers: 2, normEpsilon: 1e-6)),
            .linear(.init(method: .ridge(penalties: [1, 10]))),
            .linear(.init(method: .ridge(penalties: [10, 1]))),
            .linear(.init(method: .ridge(penalties: [1]))),
            .linear(.init(method: .ridge(penalties: [1]), isRescaled: false)),
            .linear(.init(method: .svr(complexities: [1], epsilon: 0.1, every: 5))),
            .linear(.init(method: .svr(complexities: [2], epsilon: 0.1, every: 5))),
            .linear(.init(method: .svr(complexities: [1], epsilon: 0.2, every: 5))),
            .linear(.init(method: .svr(complexities: [1], epsilon: 0.1, every: 4))),
        ]
        let all = try networks.flatMap { try network($0) }
        #expect(Set(all).count == networks.count * 48)
    }

    @Test("A projection flips the keys where a modality is wide, and none where it is not")
    func projectionFlips() throws {
        func projecting(_ projection: ProjectionRecipe?) throws -> [TrialKey] {
            try keys { $0.models = [recipe { $0.projection = projection }] }
        }
        // The modalities have 23 and 17 features.
        let plain = try projecting(nil)
        #expect(try projecting(ProjectionRecipe(width: 8, above: 23)) == plain)
        let projected = try projecting(ProjectionRecipe(width: 8, above: 22))
        #expect(differ(projected, plain))
        #expect(try differ(projected, projecting(ProjectionRecipe(width: 9, above: 22))))
        #expect(try differ(projected, projecting(ProjectionRecipe(width: 8, above: 9))))
    }

    @Test("Late fusion flips every key; a part of a trial has random numbers of its own")
    func lateFusionFlips() throws {
        let plain = try keys()
        #expect(try differ(plain, keys { $0.models = [recipe { $0.isLateFused = true }] }))
        let key = plain[0]
        var streams = [key, key.part("modality 0"), key.part("modality 1")].map {
            $0.random("weights")
        }
        #expect(Set(streams.indices.map { streams[$0].next() }).count == 3)
    }

    @Test("Nothing is drawn for ridge: its seeds are one trial, and steps of a training no part")
    func ridgeSeeds() throws {
        func keys(_ method: LinearRecipe.Method, _ epochs: Int) throws -> Plan {
            var training = TrainingRecipe()
            training.epochs = epochs
            let model = Recipe(
                name: "floor", network: .linear(.init(method: method)), training: training)
            let sweep = sweep(leaveOneOut) { ($0.models, $0.seeds) = ([model], 3) }
            return try Plan(sweep: sweep, corpora: [filmCorpus()])
        }
        let ridge = try keys(.ridge(penalties: [1]), 5)
        #expect(ridge.trials.count == 3 * 48 && ridge.uniqueKeys.count == 48)
        #expect(ridge.trials.prefix(3).map(\.seed) == [0, 1, 2])
        #expect(try keys(.ridge(penalties: [1]), 9).uniqueKeys == ridge.uniqueKeys)
        let drawn = try keys(.svr(complexities: [1], epsilon: 0.1, every: 5), 5)
        #expect(drawn.uniqueKeys.count == 3 * 48)
    }

    @Test("Targets, features, seeds and groups flip every key")
    func sweepFlips() throws {
        let plain = try keys()
        #expect(try differ(plain, keys { $0.targets = ["valence", "arousal"] }))
        #expect(try differ(plain, keys { $0.targets = ["arousal"] }))
        #expect(
            try differ(
                plain,
                keys {
                    $0.features = [
                        FeatureChoice(
                            name: "a",
                            modalities: [.init(name: "audio", featureSets: ["egemaps"])])
                    ]
                }))
        let seeds = try keys { $0.seeds = 3 }
        #expect(Set(seeds).count == 3 * 48 && Set(seeds).isSuperset(of: plain))
        // The values of the columns that group count, even where they divide alike.
        let takes = Scheme.leaveOneRecordingOut(
            group: "take", partner: .exclude, train: .culture)
        let other = try keys(
            takes,
            corpus: { corpus in
                for i in corpus.recordings.indices {
                    corpus.recordings[i].columns["take"] = "take \(i % 24 / 3)"
                }
            })
        #expect(differ(plain, other))
        let both = try keys(
            sweep: { $0.validation.group = "take" },
            corpus: { corpus in
                for i in corpus.recordings.indices {
                    corpus.recordings[i].columns["take"] = "\(i % 24 / 3)"
                }
            })
        #expect(differ(plain, both))
    }

    @Test("The numerics, the seed and each part flip a key")
    func parts() {
        let (a, b) = (digest("a"), digest("b"))
        let key = TrialKey(split: a, form: a, recipe: a, seed: 0)
        let others = [
            TrialKey(split: b, form: a, recipe: a, seed: 0),
            TrialKey(split: a, form: b, recipe: a, seed: 0),
            TrialKey(split: a, form: a, recipe: b, seed: 0),
            TrialKey(split: a, form: a, recipe: a, seed: 1),
            TrialKey(
                split: a, form: a, recipe: a, seed: 0, numericsVersion: Numerics.version + 1),
            TrialKey(split: a, form: a, recipe: a, seed: 0, numericClass: "gpu"),
        ]
        #expect(Set(others + [key]).count == 7)
    }

    @Test("Where a recording stands, and beside which, flips a key")
    func lists() {
        let contents = (0..<4).map { digest("\($0)") }
        func key(_ train: [Int], _ validation: [Int], _ test: [Int]) -> Digest {
            Split(fold: 1, train: train, validation: validation, test: test)
                .digest(contents: contents)
        }
        let keys = [
            key([0, 1], [2], [3]), key([0, 2], [1], [3]), key([0], [1, 2], [3]),
            key([0, 1], [3], [2]), key([0, 1, 2], [], [3]), key([0, 1], [], [2, 3]),
        ]
        #expect(Set(keys).count == keys.count)
        let one = Split(fold: 1, train: [0], validation: [1], test: [2])
        let two = Split(fold: 2, train: [0], validation: [1], test: [2])
        #expect(one.digest(contents: contents) == two.digest(contents: contents))
    }

    @Test("The form of features and targets flips every key")
    func formFlips() throws {
        let plain = try keys()
        #expect(try differ(plain, keys(corpus: { $0.hopSeconds = 0.2 })))
        #expect(try differ(plain, keys(corpus: { $0.featureSets[0].width = 24 })))
        #expect(try differ(plain, keys(corpus: { $0.featureSets[1].hopSeconds = 0.2 })))
        // The same names over swapped columns are other numbers.
        #expect(try differ(plain, keys(corpus: { $0.targets = ["valence", "arousal"] })))
        let another: (inout Corpus) -> Void = { $0.targets.append("liking") }
        #expect(try plain == keys(corpus: another))
    }

    @Test("The order of feature sets within a modality is the order of columns, and flips a key")
    func roles() throws {
        func ordered(_ sets: [String]) throws -> [TrialKey] {
            try keys(
                sweep: {
                    $0.features = [
                        FeatureChoice(
                            name: "a", modalities: [.init(name: "audio", featureSets: sets)])
                    ]
                }, corpus: { $0.featureSets[1].modality = "audio" })
        }
        #expect(try differ(ordered(["egemaps", "faus"]), ordered(["faus", "egemaps"])))
    }
}
