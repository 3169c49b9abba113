import Kernels
import Planning

/// Late fusion: the predictions of all networks, added up with shares that are learnt per target on
/// the validation side, which chose each network's epoch too.
extension TrialTraining {
    /// What one network predicts.
    struct Predictions {
        /// For the recordings of the validation side.
        var validation: [Outcome.Prediction]
        /// For those of the test side.
        var test: [Outcome.Prediction]
    }

    /// The outcome of networks that were trained and predict so.
    func fuse(_ trained: [Trainer.Trained], _ predictions: [Predictions]) -> Outcome {
        let weights = targets.indices.map {
            self.weights(ofTarget: $0, predictions.map(\.validation))
        }
        let scores = fused(predictions.map(\.validation), of: data.validation, weights)
        let loss = trained.reduce(0) { $0 + $1.bestLoss } / Double(trained.count)
        let epochs =
            trained.flatMap(\.epochs)
            + [Outcome.Epoch(loss: loss, validation: scores.concordances)]
        return Outcome(
            key: key, targets: targets, epochs: epochs, bestEpoch: epochs.count,
            recordings: fused(predictions.map(\.test), of: data.test, weights))
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
