import Kernels
import Networks
import Planning

/// The training of a whole trial, from matrices to its outcome: the one door for who trains.
///
/// A trial trains one network, or with late fusion one for each modality, each by itself and one
/// after the other, and adds their predictions up. After every epoch it can be written down as a
/// checkpoint; a trial that goes on from one ends with the same outcome, byte for byte.
///
///     var training = try TrialTraining(key: key, recipe: recipe, …, data: data)
///     if let bytes { try training.resume(from: bytes) }
///     let outcome = try training.run { done, epochs in
///         show(done, of: epochs)
///     } epochEnded: { checkpoint in
///         if isTime { keep(checkpoint()) }
///     }
///
/// Every network of late fusion has random numbers of its own, derived from the trial's key and the
/// modality's place. The outcome's epochs are the curves of all networks, one after the other, and
/// then the sum: its validation scores, and as loss the mean of those of the epochs that were
/// chosen. With one modality the sum is that modality's network.
public struct TrialTraining: Sendable {
    let key: TrialKey
    let recipe: Recipe
    let features: FeatureChoice
    let targets: [String]
    let hopSeconds: Double
    let data: TrialData
    /// What `run` goes on from.
    private var start: Checkpoint

    /// The training of a trial before its first epoch.
    ///
    /// `features` says how feature sets join into modalities; `hopSeconds` is the corpus's.
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
        start = Checkpoint(key: key, trained: [], current: nil)
    }

    /// Goes on from the bytes of a checkpoint when `run` is called.
    ///
    /// - Throws: ``CheckpointError`` when they are none of this trial; it then begins anew.
    public mutating func resume(from bytes: [UInt8]) throws(CheckpointError) {
        let checkpoint = try Checkpoint(decoding: bytes, of: key)
        let count = checkpoint.trained.count + (checkpoint.current == nil ? 0 : 1)
        guard count <= parts.count else {
            throw .unfit("it holds \(count) networks, the trial has \(parts.count)")
        }
        for (index, part) in parts.prefix(count).enumerated() {
            let weights: Int
            do { weights = try network(of: part).layout.count } catch { throw .unfit("\(error)") }
            let problem =
                index < checkpoint.trained.count
                ? checkpoint.trained[index]
                    .problem(weights: weights, recipe.training, targets: targets.count)
                : checkpoint.current?
                    .problem(weights: weights, recipe.training, targets: targets.count)
            if let problem { throw .unfit(problem) }
        }
        start = checkpoint
    }

    /// Trains network after network and predicts the test side.
    ///
    /// - Parameters:
    ///   - progress: Called after every step and every epoch with the number of finished epochs
    ///     and the most there will be; what it throws ends the training.
    ///   - epochEnded: Called after every epoch with a function that gives the bytes of a
    ///     checkpoint of this moment; they are made only when it is called.
    /// - Throws: ``TrainingError`` when a number is not finite, or what the functions throw.
    public func run(
        _ progress: (_ done: Int, _ epochs: Int) throws -> Void,
        epochEnded: (_ checkpoint: () -> [UInt8]) throws -> Void = { _ in }
    ) throws -> Outcome {
        let all = recipe.epochsMax(of: features)
        var trained: [Trainer.Trained] = []
        var predictions: [Predictions] = []
        for part in parts.indices {
            var trainer = try trainer(of: parts[part])
            if part < start.trained.count {
                trainer.restore(start.trained[part])
            } else if part == start.trained.count, let state = start.current {
                trainer.restore(state)
            }
            let before = trained.reduce(0) { $0 + $1.epochs.count }
            while !trainer.isFinished {
                try trainer.epoch { done, _ in try progress(before + done, all) }
                try epochEnded {
                    Checkpoint(key: key, trained: trained, current: trainer.state).encoded()
                }
            }
            trained.append(trainer.trained)
            if !recipe.isLateFused { return try trainer.outcome() }
            predictions.append(
                Predictions(
                    validation: try trainer.predictions(of: .validation),
                    test: try trainer.predictions(of: .test)))
        }
        let outcome = fuse(trained, predictions)
        try progress(all, all)
        return outcome
    }
}
