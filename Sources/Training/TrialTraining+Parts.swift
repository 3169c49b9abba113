import Kernels
import Networks
import Planning

extension TrialTraining {
    /// One of the networks that a trial trains.
    struct Part: Hashable, Sendable {
        /// The index of the modality that it alone sees; nil sees all.
        var modality: Int?
    }

    /// The networks of the trial, in the order in which they are trained.
    var parts: [Part] {
        recipe.isLateFused ? features.modalities.indices.map { Part(modality: $0) } : [Part()]
    }

    /// The trainer of one network before its first epoch.
    func trainer(of part: Part) throws(TrainingError) -> Trainer {
        try Trainer(
            key: part.modality.map { key.part("modality \($0)") } ?? key, recipe: recipe,
            features: features(of: part), targets: targets, hopSeconds: hopSeconds,
            data: data(of: part))
    }

    /// The network of a part, without its weights.
    func network(of part: Part) throws(TrainingError) -> any Network {
        try Trainer.network(recipe, features(of: part), targets: targets.count, data(of: part))
    }

    private func features(of part: Part) -> FeatureChoice {
        guard let index = part.modality else { return features }
        return FeatureChoice(name: features.name, modalities: [features.modalities[index]])
    }

    /// The data of the trial without the feature sets that the part does not see.
    private func data(of part: Part) -> TrialData {
        guard let index = part.modality else { return data }
        let start = features.modalities[..<index].reduce(0) { $0 + $1.featureSets.count }
        let sets = start..<start + features.modalities[index].featureSets.count
        func narrowed(_ recordings: [RecordingData]) -> [RecordingData] {
            recordings.map { recording in
                var copy = recording
                copy.features = Array(recording.features[sets])
                copy.masks = Array(recording.masks[sets])
                return copy
            }
        }
        return TrialData(
            train: narrowed(data.train), validation: narrowed(data.validation),
            test: narrowed(data.test))
    }
}
