import Networks
import Testing

@testable import Planning

/// What a user writes, as the project's page shows it, with the networks that there are.
let exampleYAML = """
    # What a user writes. The names are the field's; all but corpora and schemes has a default.
    sweep: forrest-cross-culture
    corpora: [data-manifests/forrest.yaml]          # one manifest may hold several cultures
    targets: [arousal, valence]
    features:                                        # a grid axis
      av:    {audio: [audio], video: [video]}
      audio: {audio: [audio]}
    models:                                          # a grid axis: recipes
      lstm:  {network: baseline, hidden: [64, 32]}
      eaf:   {network: eaf, hidden: 64, layers: 2}
    schemes:                                         # a grid axis: evaluation protocols
      - {scheme: within-culture, folds: 4, group: run}
      - {scheme: cross-culture, folds: 4, group: run}  # every ordered pair
      - {scheme: pooled, folds: 4, group: run}
      - {scheme: leave-one-recording-out, group: run, partner: exclude}
    validation: {fraction: 0.2, group: run}          # drawn from the training side only
    training: {epochs: 100, patience: 15, batch: 8, chunk: 200, hop: 100, learning-rate: 1e-3, \
    lag-seconds: 2.0, loss: ccc}
    seeds: 5
    """

@Suite("Sweeps") struct SweepTests {
    @Test("The example on the project's page is read as it stands")
    func example() throws {
        let sweep = try Sweep(yaml: exampleYAML, file: "sweep.yaml")
        #expect(sweep.name == "forrest-cross-culture")
        #expect(sweep.corpora == ["data-manifests/forrest.yaml"])
        #expect(sweep.targets == ["arousal", "valence"])
        #expect(sweep.features.map(\.name) == ["av", "audio"])
        #expect(sweep.features[0].modalities.map(\.name) == ["audio", "video"])
        #expect(sweep.features[0].featureSets == ["audio", "video"])
        #expect(
            sweep.models.map(\.network) == [
                .baseline(hidden: [64, 32]),
                .eaf(hidden: 64, layers: 2, gate: .feature(scaled: true)),
            ])
        #expect(
            sweep.schemes == [
                .withinCulture(folds: 4, group: "run"), .crossCulture(folds: 4, group: "run"),
                .pooled(folds: 4, group: "run"),
                .leaveOneRecordingOut(group: "run", partner: .exclude, train: .culture),
            ])
        #expect(sweep.validation == Sweep.ValidationRecipe(fraction: 0.2, group: "run"))
        var training = TrainingRecipe()
        training.lagSeconds = 2
        #expect(sweep.models.allSatisfy { $0.training == training })
        #expect(sweep.seeds == 5)
    }

    @Test("Everything but corpora and schemes has a default")
    func defaults() throws {
        let sweep = try Sweep(
            yaml: "corpora: [a.yaml]\nschemes: [{scheme: pooled}, {scheme: cross-culture}]",
            file: "there/my.sweep.yaml")
        #expect(sweep.name == "my.sweep")
        #expect(sweep.targets.isEmpty && sweep.features.isEmpty)
        let eaf = NetworkRecipe.eaf(hidden: 64, layers: 2, gate: .feature(scaled: true))
        #expect(
            sweep.models == [
                Recipe(
                    name: "eaf", network: eaf, training: TrainingRecipe(),
                    projection: ProjectionRecipe(width: 64, above: 512))
            ])
        #expect(
            sweep.schemes == [.pooled(folds: 5, group: nil), .crossCulture(folds: nil, group: nil)])
        #expect(sweep.validation.fraction == 0.2 && sweep.validation.group == nil)
        #expect(sweep.seeds == 5)
        let training = TrainingRecipe()
        #expect(training.epochs == 100 && training.patience == 15 && training.batch == 8)
        #expect(training.chunkFrames == 200 && training.hopFrames == 100)
        #expect(training.learningRate == 1e-3 && training.clip == 1 && training.lagSeconds == 0)
        #expect(training.loss == .ccc && training.lagEdges == .hold)
    }

    @Test("A model overrides the sweep's training, in its own entry")
    func overrides() throws {
        let sweep = try parse(
            models: """
                  a: {network: eaf, gate: modality, gate-scale: false, attention: 16, epochs: 7}
                  b: {network: eaf, gate: none, layers: 1, chunk: 50, clip: none}
                  c: {network: baseline, chunk: whole, loss: mse, lag-edges: zero}
                  d: {network: eaf, gate: modality, hop: 20, input-dropout: 0.5, lag-seconds: -0.0}
                """, training: "{patience: 3, chunk: 80}")
        let models = sweep.models
        #expect(models.map(\.training.patience) == [3, 3, 3, 3])
        #expect(models.map(\.training.epochs) == [7, 100, 100, 100])
        #expect(models.map(\.training.chunkFrames) == [80, 50, nil, 80])
        // A chunk without a hop is followed by the next after half its length.
        #expect(models.map(\.training.hopFrames) == [40, 25, 40, 20])
        #expect(models.map(\.training.clip) == [1, nil, 1, 1])
        #expect(models[2].training.loss == .mse && models[2].training.lagEdges == .zero)
        #expect(models[3].training.inputDropout == 0.5)
        #expect(models[3].training.lagSeconds.sign == .plus)
        let gates: [NetworkRecipe] = [
            .eaf(hidden: 64, layers: 2, gate: .modality(attention: 16, scaled: false)),
            .eaf(hidden: 64, layers: 1, gate: .none), .baseline(hidden: [64, 32]),
            .eaf(hidden: 64, layers: 2, gate: .modality(attention: 64, scaled: true)),
        ]
        #expect(models.map(\.network) == gates)
    }

    @Test("How networks are trained, and what the validation side chooses, are settings")
    func trainings() throws {
        let models = try parse(
            models: """
                  a: {network: eaf, optimiser: adamw, recurrent-dropout: 0.2}
                  b: {network: eaf, optimiser: adamw, weight-decay: 0.1, post-processing: none}
                  c: {network: eaf, optimiser: adam, learning-rate-schedule: constant}
                  d: {network: eaf, plateau-epochs: 3, learning-rate-minimum: 1e-4}
                  e: {network: eaf, epoch-choice: per-target, lag-seconds: 1}
                  f: {network: eaf, target-models: per-target, lag-choice: per-target}
                  g: {network: ridge, post-processing: [scale], lag-choice: per-target}
                  h: {network: svr, lag-seconds: 2}
                """,
            training: """
                {optimiser: rmsprop, learning-rate-schedule: plateau, lag-seconds: [0, 1.5, 3], \
                post-processing: [median, centre]}
                """
        ).models.map(\.training)
        #expect(
            models.prefix(4).map(\.optimiser) == [
                .adamW(weightDecay: 0.01), .adamW(weightDecay: 0.1), .adam, .rmsprop,
            ])
        #expect(models.map(\.recurrentDropout) == [0.2, 0, 0, 0, 0, 0, 0, 0])
        #expect(models.map { $0.plateau?.epochs } == [5, 5, nil, 3, 5, 5, nil, nil])
        #expect(models[0].plateau?.minimum == 1e-5 && models[3].plateau?.minimum == 1e-4)
        let three = [0, 1.5, 3]
        #expect(models.map(\.lags) == [three, three, three, three, [1], three, three, [2]])
        #expect(models.firstIndex { $0.epochChoice == .perTarget } == 4)
        #expect(models.map { $0.lagChoice == .perTarget }.filter { $0 }.count == 2)
        #expect(models[5].targetModels == .perTarget && models[4].targetModels == .joint)
        #expect(models.map(\.postProcessing.count) == [2, 0, 2, 2, 2, 2, 1, 2])
        #expect(models[6].postProcessing == [.scale] && models[7].epochs == 4)
    }

    @Test("A trial costs as many networks as its recipe asks for")
    func networks() throws {
        let models = try parse(
            models: """
                  a: {network: eaf}
                  b: {network: eaf, lag-seconds: [0, 1, 2]}
                  c: {network: eaf, lag-seconds: [0, 1], fusion: late, target-models: per-target}
                  d: {network: eaf, post-processing: [scale], epochs: 10}
                """
        ).models
        #expect(models.map { $0.networks(of: audioVideo, targets: 2) } == [1, 3, 8, 1])
        #expect(
            models.map { $0.epochsMax(of: audioVideo, targets: 2) } == [100, 301, 801, 11])
    }

    @Test("Linear models have candidates, and take the lag of the training and nothing else")
    func linearModels() throws {
        let models = try parse(
            models: """
                  a: {network: ridge}
                  b: {network: ridge, penalty: [3, 0.5], rescale: false, lag-seconds: 1}
                  c: {network: svr}
                  d: {network: svr, complexity: [2], epsilon: 0, every: 1, lag-edges: zero}
                """, training: "{epochs: 7, batch: 3, chunk: 80, loss: mse, lag-seconds: 2}"
        ).models
        let networks: [NetworkRecipe] = [
            .linear(.init(method: .ridge(penalties: [1, 10, 100, 1000, 10_000, 100_000]))),
            .linear(.init(method: .ridge(penalties: [3, 0.5]), isRescaled: false)),
            .linear(
                .init(
                    method: .svr(
                        complexities: [1e-5, 1e-4, 0.001, 0.01], epsilon: 0.1, every: 5))),
            .linear(.init(method: .svr(complexities: [2], epsilon: 0, every: 1))),
        ]
        #expect(models.map(\.network) == networks)
        #expect(models.map(\.training.lagSeconds) == [2, 1, 2, 2])
        #expect(models.map(\.training.lagEdges) == [.hold, .hold, .hold, .zero])
        #expect(models.map(\.training.epochs) == [6, 2, 4, 1])
        #expect(models.map { $0.epochsMax(of: audioVideo, targets: 2) } == [6, 2, 4, 1])
        let other = try parse(
            models: "  a: {network: ridge}", training: "{patience: 2, hop: 9, lag-seconds: 2}")
        #expect(other.models[0] == models[0])
    }

    @Test("Any network may be fused late: a network a modality, and their sum")
    func lateFusion() throws {
        let models = try parse(
            models: """
                  a: {network: baseline, fusion: late}
                  b: {network: eaf, fusion: late, epochs: 7}
                  c: {network: eaf, fusion: early}
                  d: {network: eaf}
                """
        ).models
        #expect(models.map(\.isLateFused) == [true, true, false, false])
        #expect(models.map { $0.epochsMax(of: audioVideo, targets: 2) } == [201, 15, 100, 100])
    }

    @Test("Convolutions and transformers have defaults, and every size can be said")
    func otherNetworks() throws {
        let models = try parse(
            models: """
                  a: {network: tcn}
                  b: {network: tcn, channels: 16, kernel: 5, dilations: [1, 3], epochs: 3}
                  c: {network: transformer}
                  d: {network: transformer, hidden: 24, heads: 3, layers: 1, inner: 9, window: 50}
                  e: {network: tcn, fusion: late}
                  f: {network: transformer, window: none}
                  g: {network: transformer, window: 0}
                """
        ).models
        let networks: [NetworkRecipe] = [
            .tcn(channels: 64, taps: 3, dilations: [1, 2, 4, 8, 16]),
            .tcn(channels: 16, taps: 5, dilations: [1, 3]),
            .transformer(.init(hidden: 64, heads: 4, layers: 2, inner: 128)),
            .transformer(.init(hidden: 24, heads: 3, layers: 1, inner: 9, window: 50)),
            .tcn(channels: 64, taps: 3, dilations: [1, 2, 4, 8, 16]),
            .transformer(.init(hidden: 64, heads: 4, layers: 2)),
            .transformer(.init(hidden: 64, heads: 4, layers: 2, window: 0)),
        ]
        #expect(models.map(\.network) == networks)
        #expect(models.filter(\.isLateFused).map(\.name) == ["e"])
        #expect(models[1].training.epochs == 3)
    }

    @Test("Gated networks project wide modalities unless they are told not to")
    func projections() throws {
        let models = try parse(
            models: """
                  a: {network: eaf}
                  b: {network: eaf, projection: none}
                  c: {network: eaf, projection: 32, projection-above: 100}
                  d: {network: baseline}
                """
        ).models
        #expect(
            models.map(\.projection) == [
                ProjectionRecipe(), nil, ProjectionRecipe(width: 32, above: 100), nil,
            ])
    }

    @Test("Any trained network may have an adversary, of weight 0.3 unless told otherwise")
    func adversaries() throws {
        let models = try parse(
            models: """
                  a: {network: baseline, adversary: {}}
                  b: {network: eaf, adversary: {weight: 1.5}}
                  c: {network: eaf}
                """
        ).models
        #expect(models.map(\.adversaryWeight) == [0.3, 1.5, nil])
    }

    @Test("Networks with a decoder: their defaults, and every setting")
    func decoders() throws {
        let models = try parse(
            models: """
                  a: {network: aed}
                  b: {network: aed, hidden: 32, attention: 16, feed: previous, window: 40}
                  c: {network: aed, feed: none, window: none, fusion: late, epochs: 7}
                  d: {network: emafn}
                  e: {network: emafn, hidden: 8, attention: 4, fusion: early, feed: previous}
                  f: {network: emafn, fusion: model, feed: none, window: none, gate-scale: false}
                  g: {network: emafn, fusion: late, window: 0}
                """
        ).models
        let networks: [NetworkRecipe] = [
            .aed(hidden: 64, attention: 64, feed: .encoder, window: 100),
            .aed(hidden: 32, attention: 16, feed: .previous, window: 40),
            .aed(hidden: 64, attention: 64, feed: .none, window: nil),
            .emafn(
                hidden: 64, attention: 64, fusion: .model, feed: .encoder, window: 100,
                gateScaled: true),
            .emafn(
                hidden: 8, attention: 4, fusion: .early, feed: .previous, window: 100,
                gateScaled: true),
            .emafn(
                hidden: 64, attention: 64, fusion: .model, feed: .none, window: nil,
                gateScaled: false),
            // With one modality to a network there is nothing to join at the model level.
            .emafn(
                hidden: 64, attention: 64, fusion: .early, feed: .encoder, window: 0,
                gateScaled: true),
        ]
        #expect(models.map(\.network) == networks)
        #expect(
            models.map(\.isLateFused) == [false, false, true, false, false, false, true])
        #expect(models[2].training.epochs == 7)
    }

    @Test("Modalities stand in alphabetic order, feature sets in the user's")
    func roles() throws {
        let sweep = try parse(features: "{x: {video: [v2, v1], audio: [b, a]}}")
        #expect(sweep.features[0].featureSets == ["b", "a", "v2", "v1"])
    }

    @Test("A scheme names what it holds out")
    func schemes() throws {
        let sweep = try parse(
            schemes: """
                [{scheme: leave-one-recording-out, partner: keep, train: all},
                 {scheme: within-culture, folds: 2}, {scheme: within-culture, folds: 3}]
                """)
        #expect(
            sweep.schemes == [
                .leaveOneRecordingOut(group: nil, partner: .keep, train: .all),
                .withinCulture(folds: 2, group: nil), .withinCulture(folds: 3, group: nil),
            ])
        #expect(
            sweep.schemes.map(\.label) == [
                "leave-one-recording-out(partner=keep,train=all)", "within-culture(folds=2)",
                "within-culture(folds=3)",
            ])
        #expect(sweep.schemes[0].separated(declared: []) == ["subject"])
        #expect(sweep.schemes[1].separated(declared: []) == ["subject", "session", "dyad"])
        let named = Scheme.pooled(folds: 2, group: "dyad")
        #expect(named.separated(declared: []) == ["dyad", "subject", "session"])
        #expect(
            named.separated(declared: ["run"]) == ["dyad", "subject", "session", "run"])
    }

    @Test("Limits of the run are read, and change no trial's key")
    func limits() throws {
        let text = """
            corpora: [a.yaml]
            schemes: [{scheme: pooled, folds: 2}]
            """
        let plain = try Sweep(yaml: text, file: "s.yaml")
        #expect(plain.limits == Sweep.RunLimits())
        let limited = try Sweep(
            yaml: text + """

                limits: {step-seconds: 300, trial-seconds: 7200, checkpoint-seconds: 30,
                  copy-seconds: 5, attempts: 4}
                """, file: "s.yaml")
        #expect(limited.limits.stepSeconds == 300)
        #expect(limited.limits.trialSeconds == 7200)
        #expect(limited.limits.checkpointSeconds == 30)
        #expect(limited.limits.copySeconds == 5)
        #expect(limited.limits.attempts == 4)
        let error = #expect(throws: SweepError.self) {
            try Sweep(yaml: text + "\nlimits: {step-second: 3}", file: "s.yaml")
        }
        #expect("\(error!)".contains("step-seconds"), "\(error!)")
    }
}

/// A sweep of which one part is written out.
func parse(
    features: String? = nil, models: String? = nil, training: String? = nil,
    schemes: String = "[{scheme: pooled}]", rest: String = ""
) throws(SweepError) -> Sweep {
    var yaml = "corpora: [a.yaml]\nschemes: \(schemes)\n"
    if let features { yaml += "features: \(features)\n" }
    if let models { yaml += "models:\n\(models)\n" }
    if let training { yaml += "training: \(training)\n" }
    return try Sweep(yaml: yaml + rest, file: "s.yaml")
}
