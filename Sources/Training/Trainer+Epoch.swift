import Kernels
import Networks
import Planning

extension Trainer {
    /// Steps once over all chunks in a fresh random order, then scores the validation side.
    ///
    /// An epoch of a linear model is its next candidate; when training on the source is over, those
    /// over the shots follow.
    ///
    /// - Throws: ``TrainingError/notFinite(epoch:step:tensor:recordings:)``, or what `progress`
    ///   throws; either leaves a trainer that must not be used any more.
    public mutating func epoch(
        _ progress: (_ done: Int, _ epochs: Int) throws -> Void
    ) throws {
        if let linear { return try solve(linear, progress) }
        if isTrained, let tuning { return try tune(tuning, progress) }
        adam.learningRate = recipe.learningRate(after: epochs.map(\.meanScore))
        end(try pass(chunks, of: data.train, progress))
        try progress(epochs.count, epochsMax)
    }

    /// Steps once over chunks of these recordings, and scores the validation side.
    mutating func pass(
        _ chunks: [Chunk], of recordings: [RecordingData],
        _ progress: (_ done: Int, _ epochs: Int) throws -> Void
    ) throws -> Outcome.Epoch {
        // From the same order every time, so that the stream alone says what comes next.
        var order = Array(chunks.indices)
        orderStream.shuffle(&order)
        // Steps of nearly equal size: a last step of one chunk would be mostly noise.
        let steps = (order.count + recipe.batch - 1) / recipe.batch
        var total = 0.0
        for step in 0..<steps {
            let range = step * order.count / steps..<(step + 1) * order.count / steps
            total += try self.step(
                range.map { chunks[order[$0]] }.longestFirst(), of: recordings, step + 1)
            try progress(epochs.count, epochsMax)
        }
        return Outcome.Epoch(
            loss: total / Double(steps), validation: try validate(step: steps))
    }

    /// Takes an epoch's figures in, and keeps its weights where they are the best yet.
    mutating func end(_ epoch: Outcome.Epoch) {
        epochs.append(epoch)
        for index in choices.indices { choices[index].consider(epoch, averaged) }
    }

    /// The shape that no step exceeds: the longest chunks together.
    static func largestBatch(_ chunks: [Chunk], batch: Int) -> SequenceBatch {
        SequenceBatch(lengths: chunks.map(\.frames).sorted(by: >).prefix(batch).map { $0 })
    }

    /// One step of the optimiser on these chunks; returns their loss before it.
    private mutating func step(
        _ chunks: [Chunk], of recordings: [RecordingData], _ step: Int
    ) throws(TrainingError) -> Double {
        var batch = SequenceBatch(lengths: chunks.map(\.frames))
        standardiser.writeInputs(chunks, of: recordings, as: batch, to: space.inputs.base)
        standardiser.writeGold(
            chunks, of: recordings, as: batch, to: space.gold.base,
            counted: space.counted.base)
        if recipe.inputDropout > 0 { dropInputs(batch) }
        if recipe.recurrentDropout > 0 { dropStates(&batch) }
        network.forward(
            batch, inputs: space.inputs.base, parameters: weights.base,
            workspace: space.network.base, training: true,
            predictions: space.predictions.base)
        var loss = recipe.loss.evaluate(
            batch, outputs: network.outputs, predictions: space.predictions.base,
            gold: space.gold.base, counted: space.counted.base,
            dPredictions: space.dPredictions.base)
        gradients.clear()
        let judgement = adversarial?.judge(
            batch, cultures: chunks.map { cultures[$0.recording] }, inputs: space.inputs.base,
            parameters: weights.base, workspace: space.network.base, gradients: gradients.base)
        if let judgement { loss += judgement.loss }
        guard loss.isFinite else { throw notFinite(chunks, of: recordings, step, rows: batch.rows) }
        network.backward(
            batch, inputs: space.inputs.base, parameters: weights.base,
            workspace: space.network.base, dPredictions: space.dPredictions.base,
            dRepresentation: judgement?.dRepresentation, gradients: gradients.base, dInputs: nil)
        let norm = Adam.clip(gradients.base, count: gradients.count, maximum: recipe.clip)
        guard norm.isFinite else { throw notFinite(chunks, of: recordings, step, rows: batch.rows) }
        adam.step(parameters: weights.base, gradients: gradients.base)
        averageWeights()
        return loss
    }

    /// Moves the running average towards the weights; it warms up from the first steps' own mean,
    /// so that the initial weights are forgotten.   Polyak and Juditsky 1992.
    private func averageWeights() {
        guard averaged !== weights else { return }
        let steps = Double(adam.steps)
        let share = Float(1 - min(recipe.weightAveraging, steps / (steps + 9)))
        for i in 0..<weights.count {
            averaged.base[i] += share * (weights.base[i] - averaged.base[i])
        }
    }

    /// Sets features of a sequence to zero, in all its frames, and scales up those that stay.
    ///
    /// Neighbouring frames of a feature say nearly the same, so dropping single frames would hide
    /// little.   Gal and Ghahramani 2016, "A theoretically grounded application of dropout in
    /// recurrent neural networks"; inverted scale of Srivastava et al. 2014.
    private mutating func dropInputs(_ batch: SequenceBatch) {
        let width = standardiser.width
        let scale = Float(1 / (1 - recipe.inputDropout))
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { factors in
            for n in 0..<batch.sequences {
                for d in 0..<width {
                    let isDropped = dropoutStream.uniform() < recipe.inputDropout
                    factors[d] = isDropped ? 0 : scale
                }
                for t in 0..<batch.lengths[n] {
                    let row = space.inputs.base + batch.row(sequence: n, frame: t) * width
                    for d in 0..<width { row[d] *= factors[d] }
                }
            }
        }
    }

    /// Draws which state units each sequence goes without, the same in all of its frames.
    private mutating func dropStates(_ batch: inout SequenceBatch) {
        guard let mask = space.stateMask else { return }
        let scale = Float(1 / (1 - recipe.recurrentDropout))
        for i in 0..<batch.sequences * mask.units {
            let isDropped = dropoutStream.uniform() < recipe.recurrentDropout
            mask.factors.base[i] = isDropped ? 0 : scale
        }
        batch.stateMask = mask
    }

    /// The error that names the first tensor that is not finite, in the order of computation.
    private func notFinite(
        _ chunks: [Chunk], of recordings: [RecordingData], _ step: Int, rows: Int
    ) -> TrainingError {
        var tensor = "loss"
        if let entry = network.layout.entries.first(where: {
            firstNotFinite(weights.base + $0.offset, $0.count) != nil
        }) {
            tensor = entry.name
        } else if firstNotFinite(space.predictions.base, rows * network.outputs) != nil {
            tensor = "predictions"
        } else if let entry = network.layout.entries.first(where: {
            firstNotFinite(gradients.base + $0.offset, $0.count) != nil
        }) {
            tensor = "gradient of \(entry.name)"
        }
        return .notFinite(
            epoch: epochs.count + 1, step: step, tensor: tensor,
            recordings: chunks.map { recordings[$0.recording].goldDigest })
    }
}
