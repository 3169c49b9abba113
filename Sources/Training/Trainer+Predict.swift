import Kernels
import Networks
import Planning

extension Trainer {
    /// Predicts the test side with the weights of the best epochs.
    ///
    /// - Throws: ``TrainingError/notFinite(epoch:step:tensor:recordings:)`` when they overflow on
    ///   the test side.
    /// - Precondition: At least one epoch is done.
    public func outcome() throws(TrainingError) -> Outcome {
        let all = Array(targets.indices)
        let members = members(
            targets: all, featureSets: 0..<data.test[0].features.count, epochsBefore: 0)
        let predictor = Predictor(members, targets: all.count)
        let predicted = try predictor.predictions(data.test)
        return Outcome(
            key: key, targets: targets, epochs: epochs, bestEpoch: bestEpoch,
            choices: predictor.choices, recordings: predicted.recordings,
            attention: predicted.attention)
    }

    /// The network with the weights of its best epochs: once for each of them. Predictions do not
    /// read an adversary, whose weights come last.
    ///
    /// - Parameters:
    ///   - targets: The places of its targets among those of the trial.
    ///   - featureSets: The places of its feature sets.
    ///   - epochsBefore: The epochs of the outcome that stand before its own.
    func members(
        targets: [Int], featureSets: Range<Int>, epochsBefore: Int
    ) -> [Predictor.Member] {
        let last = isTuned ? self.epochs.count : nil
        let epochs = Set(choices.map { last ?? $0.stopping.bestEpoch }).sorted()
        precondition(epochs.first ?? 0 >= 1, "No epoch is done.")
        return epochs.map { epoch in
            let served = choices.filter { last ?? $0.stopping.bestEpoch == epoch }
            return Predictor.Member(
                network: adversarial?.base ?? network, standardiser: standardiser,
                weights: served[0].weights,
                featureSets: featureSets, targets: targets,
                serves: served.flatMap(\.targets).map { targets[$0] },
                epoch: epochsBefore + epoch, lagSeconds: recipe.lagSeconds)
        }
    }

    /// The CCC of each target over all frames of the validation side, nil where undefined.
    func validate(step: Int) throws(TrainingError) -> [Double?] {
        var moments = [[Moments]](repeating: [], count: data.validation.count)
        try validation.predict(
            data.validation, network, standardiser, weights: averaged, in: space,
            epoch: epochs.count + 1, step: step
        ) { index, trace in
            moments[index] = data.validation[index].moments(predicted: trace)
        }
        return targets.indices.map { target in
            var merged = Moments()
            for recording in moments { merged.merge(recording[target]) }
            return merged.concordance
        }
    }
}

extension PredictionPlan {
    /// Predicts the planned recordings and hands over each one's trace (T, O) in gold units, and
    /// where it is asked for and the network says it, what it attended to.
    ///
    /// - Throws: ``TrainingError/notFinite(epoch:step:tensor:recordings:)`` of this epoch and step
    ///   when the network overflows.
    func predict(
        _ recordings: [RecordingData], _ network: any Network, _ standardiser: Standardiser,
        weights: Arena, in space: WorkSpace, epoch: Int, step: Int,
        attended: ((_ index: Int, Attended) -> Void)? = nil,
        _ body: (_ index: Int, _ trace: UnsafePointer<Float>) -> Void
    ) throws(TrainingError) {
        let record =
            attended == nil || network.attention.isNothing
            ? nil : AttentionRecord(network.attention, rows: batches.map(\.rows).max() ?? 0)
        for (group, batch) in zip(groups, batches) {
            var batch = batch
            batch.record = record
            standardiser.writeInputs(group, of: recordings, as: batch, to: space.inputs.base)
            network.forward(
                batch, inputs: space.inputs.base, parameters: weights.base,
                workspace: space.network.base, training: false,
                predictions: space.predictions.base)
            let count = batch.rows * network.outputs
            if firstNotFinite(space.predictions.base, count) != nil {
                throw .notFinite(
                    epoch: epoch, step: step, tensor: "predictions",
                    recordings: group.map { recordings[$0.recording].goldDigest })
            }
            for (n, chunk) in group.enumerated() {
                standardiser.writeTrace(
                    ofSequence: n, in: batch, outputs: space.predictions.base,
                    to: space.trace.base)
                body(chunk.recording, space.trace.base)
                if let record, let attended {
                    attended(chunk.recording, record.attended(sequence: n, of: batch))
                }
            }
        }
    }
}
