import Corpora
import Kernels
import Networks
import Planning
import Scoring

/// A small study of two cultures with three dyads each, with outcomes that follow from its names
/// alone.
struct Study {
    var name = "sewa-small"
    var cultures = ["DE", "HU"]
    var models = ["lstm", "eaf"]
    var features = ["av"]
    var targets = ["arousal", "valence"]
    var schemes: [Scheme] = [
        .withinCulture(folds: 3, group: nil), .crossCulture(folds: nil, group: nil),
        .pooled(folds: 3, group: nil),
        .leaveOneRecordingOut(group: nil, partner: .exclude, train: .culture),
    ]
    var seeds = 2
    /// The number of features of each feature set.
    var width = 3
    /// Models that have an adversary.
    var adversaries: Set<String> = []
    /// What is predicted for a recording, from its gold trace; the standard one when nil.
    var predict: (@Sendable (Cell, Trial, String, [Double]) -> [Double])?

    private static let frames = 12
    private static let featureSets = ["au", "egemaps", "pose"]

    /// Two recordings a dyad.
    private var recordings: [Recording] {
        cultures.flatMap { culture in
            (0..<6).map { number in
                let id = "\(culture)_0\(number + 1)"
                let matrices = [Recording.goldDigestName] + Study.featureSets
                return Recording(
                    id: id, culture: culture, frames: Study.frames,
                    columns: [
                        "dyad": "\(culture)-\(number / 2 + 1)",
                        "partition": number < 4 ? "train" : "devel",
                    ],
                    digests: Dictionary(
                        uniqueKeysWithValues: matrices.map { ($0, Digest(of: (id + $0).utf8)) }))
            }
        }
    }

    private var corpus: Corpus {
        let location = MatrixLocation(file: "sewa.h5", dataset: "{id}/targets")
        return Corpus(
            name: "sewa", hopSeconds: 0.1, dataRoot: ".", targets: targets, gold: location,
            featureSets: Study.featureSets.map { name in
                FeatureSet(
                    name: name, modality: name == "egemaps" ? "audio" : "video", width: width,
                    hopSeconds: 0.1, location: location)
            },
            groups: [], recordings: recordings)
    }

    private func network(_ name: String) -> NetworkRecipe {
        switch name {
        case "eaf": .eaf(hidden: 64, layers: 2, gate: .feature(scaled: true))
        case "aed": .aed(hidden: 64, attention: 64, feed: .encoder, window: 100)
        default: .baseline(hidden: [64, 32])
        }
    }

    private func recipe(_ name: String) -> Recipe {
        Recipe(
            name: name,
            network: network(name),
            training: TrainingRecipe(),
            adversaryWeight: adversaries.contains(name) ? 0.3 : nil)
    }

    /// As the planner lists it.
    func plan() throws -> Plan {
        let choices = features.enumerated().map { index, name in
            // Choices differ in their video features, so that no two make the same trial.
            let video = index == 0 ? ["au", "pose"] : Array(repeating: "au", count: index % 2)
            return FeatureChoice(
                name: name,
                modalities: [.init(name: "audio", featureSets: ["egemaps"])]
                    + (video.isEmpty ? [] : [.init(name: "video", featureSets: video)]))
        }
        return try Plan(
            sweep: Sweep(
                name: name, corpora: ["sewa.yaml"], targets: targets, features: choices,
                models: models.map(recipe), schemes: schemes, validation: .init(), seeds: seeds),
            corpora: [corpus])
    }

    /// An outcome for each trial.
    func outcomes(_ plan: Plan) -> [TrialKey: Outcome] {
        var outcomes: [TrialKey: Outcome] = [:]
        for trial in plan.trials {
            let recordings = plan.splits[trial.split].test.map { index in
                prediction(plan.recordings[index].recording, trial, plan.cells[trial.cell])
            }
            outcomes[trial.key] = Outcome(
                key: trial.key, targets: targets,
                epochs: [.init(loss: 0.5, validation: targets.map { _ in 0.5 })], bestEpoch: 1,
                recordings: recordings)
        }
        return outcomes
    }

    private func prediction(
        _ recording: Recording, _ trial: Trial, _ cell: Cell
    ) -> Outcome.Prediction {
        let moments = targets.map { target in
            let gold = trace(recording.id + target)
            let predicted =
                predict?(cell, trial, recording.id, gold)
                ?? standard(cell, trial, recording.id + target, gold)
            return Moments(gold: gold, predicted: predicted)
        }
        return Outcome.Prediction(
            gold: recording.digests[Recording.goldDigestName]!, frames: Study.frames, values: [],
            moments: moments)
    }

    private func trace(_ name: String) -> [Double] {
        var random = RandomStream(digest: Digest(of: name.utf8).bytes)
        return (0..<Study.frames).map { _ in random.uniform() - 0.5 }
    }

    /// A part of the gold trace, smaller across cultures, and noise of the trial's own.
    private func standard(
        _ cell: Cell, _ trial: Trial, _ name: String, _ gold: [Double]
    ) -> [Double] {
        let gain = cell.trainCultures == cell.testCultures ? 0.7 : 0.3
        let better = cell.recipe.name == "eaf" ? 0.15 : 0
        let noise = trace("\(cell.recipe.name) \(cell.scheme) \(trial.seed) \(name)")
        return zip(gold, noise).map { (gain + better) * $0 + 0.6 * $1 + 0.05 }
    }

    /// The outcomes as a report takes them.
    func scored(_ plan: Plan) -> [TrialKey: ScoredTrial] {
        outcomes(plan).mapValues { ScoredTrial($0) }
    }
}
