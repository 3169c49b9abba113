import ArgumentParser
import Corpora
import Kernels
import Planning
import Training

/// `concord-bench numerics`: a tiny trial of every model, and the digest of its outcome.
///
/// Equal digests on two machines, or under two instruction sets, say that these give the same bits.
struct NumericsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "numerics",
        abstract: "Train a tiny trial of every model and print the digest of its outcome.",
        discussion: """
            All machines of a numeric class print the same lines, under every instruction set that \
            CONCORD_ISA names.
            """)

    func run() throws {
        let corpus = TinyCorpus()
        for model in try TinyCorpus.models() {
            print("\(model.name) \(try corpus.outcome(of: model))")
        }
    }
}

/// A corpus of two cultures and three modalities, drawn from fixed random numbers, and every model.
struct TinyCorpus {
    /// Every kind of network with every kind of part, and every way of training, in a sweep's
    /// words. A new setting that changes numbers gets a line here, and its digest in the tests.
    static let yaml = """
        corpora: [tiny]
        schemes: [{scheme: pooled}]
        models:
          baseline: {network: baseline, hidden: [5, 3]}
          eaf: {network: eaf, hidden: 5, layers: 2}
          eaf-modality: {network: eaf, hidden: 4, layers: 1, gate: modality, attention: 3}
          eaf-none: {network: eaf, hidden: 3, layers: 1, gate: none}
          eaf-projected: {network: eaf, hidden: 4, layers: 1, projection: 3, projection-above: 6}
          aed: {network: aed, hidden: 4, attention: 5, window: 6}
          aed-previous: {network: aed, hidden: 3, attention: 4, feed: previous, window: none}
          emafn: {network: emafn, hidden: 3, attention: 4, recurrent-dropout: 0.3}
          emafn-early: {network: emafn, hidden: 4, attention: 3, fusion: early, feed: none}
          tcn: {network: tcn, channels: 5, dilations: [1, 2]}
          transformer: {network: transformer, hidden: 6, heads: 2, layers: 2}
          transformer-window: {network: transformer, hidden: 6, heads: 3, layers: 1, window: 5}
          adversary: {network: baseline, hidden: [5, 3], adversary: {weight: 0.3}}
          late: {network: eaf, hidden: 3, layers: 1, fusion: late}
          ridge: {network: ridge}
          svr: {network: svr}
          whole: {network: baseline, hidden: [4, 3], chunk: whole, batch: 2, lag-edges: zero}
          dropped: {network: baseline, hidden: [4, 3], input-dropout: 0.3, weight-averaging: 0.9}
          rmsprop: {network: baseline, hidden: [4, 3], optimiser: rmsprop, recurrent-dropout: 0.3}
          adamw: {network: tcn, channels: 4, dilations: [1], optimiser: adamw, weight-decay: 0.1}
          per-target: {network: baseline, hidden: [4, 3], epoch-choice: per-target, \
        learning-rate-schedule: plateau, plateau-epochs: 1}
          lags: {network: baseline, hidden: [4, 3], lag-seconds: [0.0, 0.4], \
        lag-choice: per-target, target-models: per-target, post-processing: [median, centre, scale]}
          mse: {network: baseline, hidden: [4, 3], loss: mse, clip: none}
          ccc-sequence: {network: baseline, hidden: [4, 3], loss: ccc-sequence}
        training: {epochs: 3, batch: 4, chunk: 20, hop: 10, learning-rate: 0.01, lag-seconds: 0.2}
        """

    /// The models of the text, and one that is fine-tuned.
    static func models() throws -> [Recipe] {
        var models = try Sweep(yaml: yaml, file: "numerics").models
        // What a few-shot scheme makes of a model.
        var tuned = models[0]
        (tuned.name, tuned.tuning) = ("fine-tuned", FineTuning(epochs: 2))
        models.append(tuned)
        return models
    }

    private let features = FeatureChoice(
        name: "avt",
        modalities: [
            .init(name: "audio", featureSets: ["a"]), .init(name: "text", featureSets: ["t"]),
            .init(name: "video", featureSets: ["v"]),
        ])
    private static let widths = [7, 2, 4]

    /// A recording of slow random features, whose traces follow them.
    private func recording(_ index: Int) -> RecordingData {
        var random = RandomStream(digest: Digest(of: "recording \(index)".utf8).bytes)
        let frames = 41 + 7 * index
        var state = [Double](repeating: 0, count: TinyCorpus.widths.reduce(0, +))
        var columns = TinyCorpus.widths.map { _ in [Float]() }
        var gold: [Float] = []
        for _ in 0..<frames {
            for d in state.indices { state[d] = 0.9 * state[d] + random.normal() }
            var start = 0
            for (m, width) in TinyCorpus.widths.enumerated() {
                columns[m] += state[start..<start + width].map { Float(3 * $0 + 1) }
                start += width
            }
            gold += [Float(state[0] - state[8]), Float(0.1 * state[3] + 0.2 * random.normal())]
        }
        let gaps = (0..<frames).map { UInt8($0 % 11 == 3 ? 0 : 1) }
        return RecordingData(
            goldDigest: Digest(of: "gold \(index)".utf8),
            features: zip(columns, TinyCorpus.widths).map { values, width in
                Matrix(rows: frames, columns: width, values: values)
            },
            masks: [index % 2 == 0 ? gaps : nil, nil, nil],
            gold: Matrix(rows: frames, columns: 2, values: gold), targetColumns: [0, 1],
            culture: index % 2 == 0 ? "A" : "B")
    }

    /// The digest of the outcome of a trial of this model; its key follows from the name alone.
    func outcome(of recipe: Recipe) throws -> Digest {
        let recordings = (0..<7).map(recording)
        let training = try TrialTraining(
            key: TrialKey(digest: Digest(of: recipe.name.utf8)), recipe: recipe,
            features: features, targets: ["arousal", "valence"], hopSeconds: 0.1,
            data: TrialData(
                train: Array(recordings[..<4]), validation: Array(recordings[4..<6]),
                test: [recordings[6]], tune: recipe.tuning == nil ? [] : [recording(7)]))
        return Digest(of: try training.run { _, _ in }.encoded())
    }
}
