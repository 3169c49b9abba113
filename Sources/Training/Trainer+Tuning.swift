import Kernels
import Networks
import Planning

/// The second phase: from the best weights on, with the shots alone.
///
///     source   1 2 3 … 17 (early stopping chose 12)      shots   18 … 27
///              weights, optimiser, plateau                the weights of 12, a fresh optimiser
///
/// Epochs count on. The validation side, which is the source's, is scored but decides nothing: the
/// last epoch's weights predict. Scalers stay those of the source.
extension Trainer {
    /// What the second phase learns from, and how long.
    struct Tuning: Sendable {
        let chunks: [Chunk]
        let epochs: Int
        let learningRate: Double
    }

    /// The second phase over data that have shots; nil where there are none.
    ///
    /// - Throws: ``TrainingError/noFrames(_:)`` where the shots hold nothing to learn from, and
    ///   ``TrainingError/setting(_:)`` where no single weights are the best.
    static func tuning(
        _ tuning: FineTuning?, _ recipe: TrainingRecipe, lag: Lag, data: TrialData
    ) throws(TrainingError) -> Tuning? {
        guard let tuning, !data.tune.isEmpty else { return nil }
        try recipe.check(tuning)
        let chunks = Chunk.cut(
            data.tune, length: recipe.chunkFrames, hop: recipe.hopFrames, lag: lag)
        if chunks.isEmpty { throw .noFrames(.tune) }
        return Tuning(
            chunks: chunks, epochs: tuning.epochs,
            learningRate: tuning.learningRate(after: recipe))
    }

    /// The epochs of the first phase that are done.
    var sourceEpochs: Int { choices[0].stopping.epochs }

    /// Whether the first phase is over: all its epochs are done, or patience is spent.
    var isTrained: Bool {
        sourceEpochs >= recipe.epochs || choices.allSatisfy(\.stopping.isSpent)
    }

    /// Whether an epoch of the second phase is done.
    var isTuned: Bool { epochs.count > sourceEpochs }

    /// The most epochs of both phases.
    var epochsMax: Int { recipe.epochs + (tuning?.epochs ?? 0) }

    /// The next epoch of the second phase.
    mutating func tune(
        _ tuning: Tuning, _ progress: (_ done: Int, _ epochs: Int) throws -> Void
    ) throws {
        if !isTuned {
            weights.base.update(from: choices[0].weights.base, count: weights.count)
            if averaged !== weights {
                averaged.base.update(from: weights.base, count: weights.count)
            }
            adam = recipe.optimiser.makeOptimiser(
                count: weights.count, learningRate: tuning.learningRate)
        }
        adam.learningRate = tuning.learningRate
        epochs.append(try pass(tuning.chunks, of: data.tune, progress))
        if isFinished {
            choices[0].weights.base.update(from: averaged.base, count: weights.count)
        }
        try progress(epochs.count, epochsMax)
    }

    /// How many of these epochs are the first phase's: it ended where it would end again.
    func sourceEpochs(of epochs: [Outcome.Epoch]) -> Int {
        guard tuning != nil else { return epochs.count }
        var stopping = EarlyStopping(patience: recipe.patience)
        for epoch in epochs.prefix(recipe.epochs) {
            if stopping.isSpent { break }
            _ = stopping.isBest(epoch.score(of: choices[0].targets))
        }
        return stopping.epochs
    }
}
