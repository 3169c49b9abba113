import Kernels
import Networks
import Planning

extension TrialTraining {
    /// One of the networks that a trial trains.
    struct Part: Hashable, Sendable {
        /// The lag that it learns, in seconds.
        var lagSeconds: Double
        /// The places of the targets that it learns, among those of the trial.
        var targets: [Int]
        /// The index of the modality that it alone sees; nil sees all.
        var modality: Int?
    }

    /// What a checkpoint of a part must fit.
    struct Shape {
        /// Its weights, its targets, the most epochs, and how many epochs are chosen.
        var weights: Int, targets: Int, epochs: Int, choices: Int
        /// Whether a running average of the weights is kept.
        var isAveraged: Bool
    }

    /// The networks of the trial, in the order in which they are trained: lag by lag, for each the
    /// targets that have their own, for each the modalities that have.
    var parts: [Part] {
        let all = Array(targets.indices)
        let groups = recipe.training.targetModels == .perTarget ? all.map { [$0] } : [all]
        let modalities: [Int?] =
            recipe.isLateFused ? features.modalities.indices.map { $0 } : [nil]
        return recipe.training.lags.flatMap { lag in
            groups.flatMap { group in
                modalities.map { Part(lagSeconds: lag, targets: group, modality: $0) }
            }
        }
    }

    /// The trainer of one network before its first epoch.
    ///
    /// It has random numbers of its own for its modality and its target. Networks that differ in
    /// their lag alone start from the same weights and see the same order: what is compared is the
    /// lag.
    func trainer(of part: Part) throws(TrainingError) -> Trainer {
        var own = key
        if recipe.training.targetModels == .perTarget {
            own = own.part("target \(targets[part.targets[0]])")
        }
        if let modality = part.modality { own = own.part("modality \(modality)") }
        return try Trainer(
            key: own, recipe: recipe(of: part), features: features(of: part),
            targets: part.targets.map { targets[$0] }, hopSeconds: hopSeconds,
            data: data(of: part))
    }

    /// What a checkpoint of a part must fit.
    func shape(of part: Part) throws(TrainingError) -> Shape {
        let network = try Trainer.network(
            recipe, features(of: part), targets: part.targets.count, data(of: part))
        let isJoint = !recipe.isSolved && recipe.training.epochChoice == .joint
        return Shape(
            weights: network.layout.count, targets: part.targets.count,
            epochs: recipe.training.epochs + (recipe.tuning?.epochs ?? 0),
            choices: isJoint ? 1 : part.targets.count,
            isAveraged: recipe.training.weightAveraging > 0)
    }

    /// The places of the feature sets that a part sees.
    func featureSets(of part: Part) -> Range<Int> {
        guard let index = part.modality else { return 0..<features.inputs.count }
        let start = features.modalities[..<index].reduce(0) { $0 + $1.inputs.count }
        return start..<start + features.modalities[index].inputs.count
    }

    private func recipe(of part: Part) -> Recipe {
        var own = recipe
        own.training.lags = [part.lagSeconds]
        return own
    }

    private func features(of part: Part) -> FeatureChoice {
        guard let index = part.modality else { return features }
        return FeatureChoice(name: features.name, modalities: [features.modalities[index]])
    }

    /// The data of the trial without the feature sets and targets that are not the part's.
    private func data(of part: Part) -> TrialData {
        let sets = featureSets(of: part)
        func narrowed(_ recordings: [RecordingData]) -> [RecordingData] {
            recordings.map { recording in
                var copy = recording.narrowed(to: sets)
                copy.targetColumns = part.targets.map { recording.targetColumns[$0] }
                return copy
            }
        }
        return TrialData(
            train: narrowed(data.train), validation: narrowed(data.validation),
            test: narrowed(data.test), tune: narrowed(data.tune))
    }
}
