import Kernels
import Networks
import Planning

extension Trainer {
    /// Predicts the test side with the weights of the best epoch.
    ///
    /// - Throws: ``TrainingError/notFinite(epoch:step:tensor:recordings:)`` when they overflow on
    ///   the test side.
    /// - Precondition: At least one epoch is done.
    public func outcome() throws(TrainingError) -> Outcome {
        precondition(stopping.bestEpoch >= 1, "No epoch is done.")
        return Outcome(
            key: key, targets: targets, epochs: epochs, bestEpoch: stopping.bestEpoch,
            recordings: try predictions(of: .test))
    }

    /// What the best weights predict for the whole recordings of a side, in their order.
    ///
    /// - Precondition: It is the validation or the test side.
    func predictions(of side: TrialData.Side) throws(TrainingError) -> [Outcome.Prediction] {
        precondition(side != .train, "No predictions of the training side are planned.")
        let (recordings, plan) = (data[side], side == .test ? test : validation)
        var predictions = [Outcome.Prediction?](repeating: nil, count: recordings.count)
        try predict(recordings, plan, bestWeights, step: 0) { index, trace in
            let recording = recordings[index]
            predictions[index] = Outcome.Prediction(
                gold: recording.goldDigest, frames: recording.frames,
                values: Array(
                    UnsafeBufferPointer(start: trace, count: recording.frames * targets.count)),
                moments: recording.moments(predicted: trace))
        }
        return predictions.map { $0! }
    }

    /// The CCC of each target over all frames of the validation side, nil where undefined.
    func validate(step: Int) throws(TrainingError) -> [Double?] {
        var moments = [[Moments]](repeating: [], count: data.validation.count)
        try predict(data.validation, validation, averaged, step: step) { index, trace in
            moments[index] = data.validation[index].moments(predicted: trace)
        }
        return targets.indices.map { target in
            var merged = Moments()
            for recording in moments { merged.merge(recording[target]) }
            return merged.concordance
        }
    }

    /// Predicts whole recordings and hands over each one's trace (T, O) in gold units.
    private func predict(
        _ recordings: [RecordingData], _ plan: PredictionPlan, _ weights: Arena, step: Int,
        _ body: (_ index: Int, _ trace: UnsafePointer<Float>) -> Void
    ) throws(TrainingError) {
        for (group, batch) in zip(plan.groups, plan.batches) {
            standardiser.writeInputs(group, of: recordings, as: batch, to: space.inputs.base)
            network.forward(
                batch, inputs: space.inputs.base, parameters: weights.base,
                workspace: space.network.base, training: false,
                predictions: space.predictions.base)
            let count = batch.rows * network.outputs
            if firstNotFinite(space.predictions.base, count) != nil {
                throw .notFinite(
                    epoch: epochs.count + 1, step: step, tensor: "predictions",
                    recordings: group.map { recordings[$0.recording].goldDigest })
            }
            for (n, chunk) in group.enumerated() {
                standardiser.writeTrace(
                    ofSequence: n, in: batch, outputs: space.predictions.base,
                    to: space.trace.base)
                body(chunk.recording, space.trace.base)
            }
        }
    }
}
