import Corpora
import Kernels
import Networks
import Scoring

@testable import Planning

/// A small study built by hand: cultures with dyads, and cells as a planner would list them.
struct Study {
    var recordings: [PlannedRecording] = []
    var cells: [Cell] = []
    var splits: [Split] = []
    var trials: [Trial] = []
    /// The column that schemes hold together, beside people and meetings.
    var group: String?
    var targets = ["arousal"]
    var seeds = 1

    /// The digest that stands for the gold traces of a recording.
    static func gold(_ id: String) -> Digest { Digest(of: id.utf8) }

    mutating func record(
        _ id: String, _ culture: String, frames: Int = 10, _ columns: [String: String] = [:],
        gold: String? = nil
    ) {
        recordings.append(
            PlannedRecording(
                corpus: 0,
                recording: Recording(
                    id: id, culture: culture, frames: frames, columns: columns,
                    digests: [Recording.goldDigestName: Study.gold(gold ?? id)])))
    }

    /// A cell with one split a fold, given as the ids of its training and test side.
    mutating func cell(
        _ name: String, scheme: String = "within-culture", train: [String], test: [String],
        model: String = "lstm", folds: [(train: [String], test: [String])]
    ) {
        let first = splits.count
        for (fold, lists) in folds.enumerated() {
            splits.append(
                Split(
                    fold: fold + 1, train: lists.train.map(index), validation: [],
                    test: lists.test.map(index)))
            for seed in 0..<seeds {
                trials.append(
                    Trial(
                        key: TrialKey(digest: Digest(of: "\(name) \(fold + 1) \(seed)".utf8)),
                        cell: cells.count, split: first + fold, fold: fold + 1, seed: seed))
            }
        }
        cells.append(
            Cell(
                name: name, scheme: scheme, trainCultures: train, testCultures: test,
                features: FeatureChoice(name: "av", modalities: []),
                recipe: Recipe(
                    name: model, network: .baseline(hidden: [4, 4]), training: TrainingRecipe()),
                splits: first..<splits.count,
                separated: SeparatedColumns(
                    test: (group.map { [$0] } ?? []) + ["subject", "session", "dyad"],
                    validation: []), group: group))
    }

    /// Another model on the splits of a cell that is there.
    mutating func model(_ model: String, besideCell number: Int) {
        let other = cells[number]
        for split in other.splits {
            for seed in 0..<seeds {
                let name = "\(other.name) \(model) \(splits[split].fold) \(seed)"
                trials.append(
                    Trial(
                        key: TrialKey(digest: Digest(of: name.utf8)), cell: cells.count,
                        split: split, fold: splits[split].fold, seed: seed))
            }
        }
        cells.append(
            Cell(
                name: "\(other.name) \(model)", scheme: other.scheme,
                trainCultures: other.trainCultures, testCultures: other.testCultures,
                features: other.features,
                recipe: Recipe(
                    name: model, network: .baseline(hidden: [4, 4]), training: TrainingRecipe()),
                splits: other.splits, separated: other.separated))
    }

    /// Lets the second trial be the same as the first.
    mutating func shareFirstTrial() {
        let second = trials[1]
        trials[1] = Trial(
            key: trials[0].key, cell: second.cell, split: second.split, fold: second.fold,
            seed: second.seed)
    }

    private func index(_ id: String) -> Int {
        recordings.firstIndex { $0.recording.id == id }!
    }

    var corpus: Corpus {
        Corpus(
            name: "study", hopSeconds: 0.1, dataRoot: ".", targets: ["arousal", "valence"],
            gold: MatrixLocation(file: "a.h5", dataset: "{id}"), featureSets: [], groups: [],
            recordings: recordings.map(\.recording))
    }

    var plan: Plan {
        Plan(
            sweep: Sweep(
                name: "study", corpora: ["study.yaml"], targets: targets, features: [], models: [],
                schemes: [], validation: .init(fraction: 0.2, group: nil), seeds: seeds),
            corpora: [corpus], recordings: recordings, cells: cells, splits: splits, trials: trials)
    }

    /// An outcome of `trial` whose traces, per recording id, are given as gold and predicted.
    func scored(
        _ trial: Trial, epoch: Int = 3, _ traces: (String) -> (gold: [Double], predicted: [Double])
    ) -> ScoredTrial {
        let test = splits[trial.split].test.map { recordings[$0].recording }
        return ScoredTrial(
            key: trial.key, targets: targets, bestEpoch: epoch,
            recordings: test.map { recording in
                let pair = traces(recording.id)
                let moments = Moments(gold: pair.gold, predicted: pair.predicted)
                return .init(
                    gold: recording.digests[Recording.goldDigestName]!,
                    moments: targets.map { _ in moments })
            })
    }

    /// An outcome for each trial, by key.
    func scoreAll(
        _ traces: (Trial, String) -> (gold: [Double], predicted: [Double])
    ) -> [TrialKey: ScoredTrial] {
        Dictionary(
            uniqueKeysWithValues: trials.map { trial in
                (trial.key, scored(trial) { traces(trial, $0) })
            })
    }
}
