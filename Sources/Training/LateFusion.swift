import Kernels
import Planning

/// Late fusion: one network a modality, each trained by itself, and their predictions added up.
///
/// The shares are learnt per target on the validation side, which chose each network's epoch too.
/// Every network has random numbers of its own, derived from the trial's key and the modality's
/// place. The outcome's epochs are the curves of all networks, one after the other, and then the
/// sum: its validation scores, and as loss the mean of those of the epochs that were chosen.
///
/// With one modality it is that modality's network.
public struct LateFusion: Sendable {
    let key: TrialKey
    let recipe: Recipe
    let features: FeatureChoice
    let targets: [String]
    let hopSeconds: Double
    let data: TrialData

    /// A trial to be trained so; the arguments are those of ``Trainer``.
    ///
    /// - Throws: ``TrainingError`` when the data cannot be trained on.
    public init(
        key: TrialKey, recipe: Recipe, features: FeatureChoice, targets: [String],
        hopSeconds: Double, data: TrialData
    ) throws(TrainingError) {
        try data.check(featureSets: features.featureSets, targets: targets)
        self.key = key
        self.recipe = recipe
        self.features = features
        self.targets = targets
        self.hopSeconds = hopSeconds
        self.data = data
    }

    /// Trains network after network and predicts the test side with their weighted sum.
    ///
    /// - Throws: as `Trainer.run`.
    public func run(
        _ progress: (_ done: Int, _ epochs: Int) throws -> Void
    ) throws -> Outcome {
        let all = recipe.epochsMax(of: features)
        var epochs: [Outcome.Epoch] = []
        var loss = 0.0
        var validation: [[Outcome.Prediction]] = []
        var test: [[Outcome.Prediction]] = []
        for modality in features.modalities.indices {
            var trainer = try trainer(of: modality)
            let outcome = try trainer.run { done, _ in try progress(epochs.count + done, all) }
            epochs += outcome.epochs
            loss += outcome.epochs[outcome.bestEpoch - 1].loss
            validation.append(
                try trainer.predictions(trainer.data.validation, trainer.validation))
            test.append(outcome.recordings)
        }
        let weights = targets.indices.map { self.weights(ofTarget: $0, validation) }
        let scores = fused(validation, of: data.validation, weights).concordances
        epochs.append(
            Outcome.Epoch(loss: loss / Double(features.modalities.count), validation: scores))
        try progress(all, all)
        return Outcome(
            key: key, targets: targets, epochs: epochs, bestEpoch: epochs.count,
            recordings: fused(test, of: data.test, weights))
    }

    /// The trainer of one modality's network, which sees nothing of the others.
    private func trainer(of index: Int) throws(TrainingError) -> Trainer {
        let modality = features.modalities[index]
        let start = features.modalities[..<index].reduce(0) { $0 + $1.featureSets.count }
        let sets = start..<start + modality.featureSets.count
        func narrowed(_ recordings: [RecordingData]) -> [RecordingData] {
            recordings.map { recording in
                var copy = recording
                copy.features = Array(recording.features[sets])
                copy.masks = Array(recording.masks[sets])
                return copy
            }
        }
        return try Trainer(
            key: key.part("modality \(index)"), recipe: recipe,
            features: FeatureChoice(name: features.name, modalities: [modality]),
            targets: targets, hopSeconds: hopSeconds,
            data: TrialData(
                train: narrowed(data.train), validation: narrowed(data.validation),
                test: narrowed(data.test)))
    }

    /// The shares of one target, from all annotated frames of the validation side.
    private func weights(
        ofTarget target: Int, _ predictions: [[Outcome.Prediction]]
    ) -> FusionWeights {
        let places = data.validation.enumerated().flatMap { index, recording in
            (0..<recording.frames).filter(recording.isAnnotated).map { (index, $0) }
        }
        return FusionWeights(
            gold: places.map { data.validation[$0.0].goldValue($0.1, target) },
            predicted: predictions.map { predictions in
                places.map { Double(predictions[$0.0].values[$0.1 * targets.count + target]) }
            })
    }

    /// The weighted sums of the networks' predictions for these recordings.
    private func fused(
        _ predictions: [[Outcome.Prediction]], of recordings: [RecordingData],
        _ weights: [FusionWeights]
    ) -> [Outcome.Prediction] {
        recordings.enumerated().map { index, recording in
            let values = (0..<recording.frames * targets.count).map { place in
                let shares = weights[place % targets.count].shares
                return Float(
                    zip(shares, predictions).reduce(0) {
                        $0 + $1.0 * Double($1.1[index].values[place])
                    })
            }
            return Outcome.Prediction(
                gold: recording.goldDigest, frames: recording.frames, values: values,
                moments: values.withUnsafeBufferPointer {
                    recording.moments(predicted: $0.baseAddress!)
                })
        }
    }
}

extension [Outcome.Prediction] {
    /// The CCC of each target over all frames of the recordings.
    fileprivate var concordances: [Double?] {
        (first?.moments ?? []).indices.map { target in
            var merged = Moments()
            for recording in self { merged.merge(recording.moments[target]) }
            return merged.concordance
        }
    }
}
