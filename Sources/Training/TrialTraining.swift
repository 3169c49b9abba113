import Kernels
import Networks
import Planning

/// The training of a whole trial, from matrices to its outcome: the one door for who trains.
///
/// A trial trains one network, or several by themselves, one after the other: one for each modality
/// of late fusion, for each target that has its own, and for each lag that is tried. The validation
/// side decides what becomes of them. After every epoch the trial can be written down as a
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
/// The outcome's epochs are the curves of all networks, one after the other; a network of one
/// target has no scores of the others. Where no single epoch is the whole, one more follows: the
/// validation scores of all together, and as loss the mean of those of the epochs that were chosen.
public struct TrialTraining: Sendable {
    let key: TrialKey
    let recipe: Recipe
    /// How feature sets became what the networks see.
    public let inputs: TrialInputs
    /// What the networks see: derived features stand as feature sets.
    let features: FeatureChoice
    /// The width of each feature set, before anything is derived.
    private let widths: [Int]
    let targets: [String]
    let hopSeconds: Double
    let data: TrialData
    /// What `run` goes on from.
    private var start: Checkpoint

    /// The training of a trial before its first epoch.
    ///
    /// `features` says how feature sets join into modalities, and what is derived of them;
    /// `hopSeconds` is the corpus's.
    ///
    /// - Parameters:
    ///   - inputs: The ``inputs`` of another trial of the same features and the same training side,
    ///     so that nothing need be learnt anew; nil learns.
    ///   - working: Called now and then while features are derived.
    /// - Throws: ``TrainingError`` when the data cannot be trained on.
    public init(
        key: TrialKey, recipe: Recipe, features: FeatureChoice, targets: [String],
        hopSeconds: Double, data: TrialData, inputs: TrialInputs? = nil,
        working: () -> Void = {}
    ) throws(TrainingError) {
        try data.check(featureSets: features.featureSets, targets: targets)
        if let inputs {
            precondition(inputs.features.modalities == features.modalities)
            self.inputs = TrialInputs(features, derivers: inputs.derivers)
        } else {
            self.inputs = try TrialInputs(
                features, hopSeconds: hopSeconds, train: data.train, working: working)
        }
        self.key = key
        self.recipe = recipe
        self.features = features.flattened
        self.targets = targets
        self.hopSeconds = hopSeconds
        self.data = self.inputs.derived(data, working: working)
        widths = data.train[0].features.map(\.columns)
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
            let shape: Shape
            do { shape = try self.shape(of: part) } catch { throw .unfit("\(error)") }
            let problem =
                index < checkpoint.trained.count
                ? checkpoint.trained[index].problem(of: shape)
                : checkpoint.current?.problem(of: shape)
            if let problem { throw .unfit(problem) }
        }
        start = checkpoint
    }

    /// What a trial ends with.
    public struct Result: Sendable {
        /// What it found.
        public var outcome: Outcome
        /// What predicted, to be kept and used.
        public var model: Model
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
        try train(progress, epochEnded: epochEnded).outcome
    }

    /// Does what `run` does, and gives the model too.
    ///
    /// - Throws: as `run`.
    public func train(
        _ progress: (_ done: Int, _ epochs: Int) throws -> Void,
        epochEnded: (_ checkpoint: () -> [UInt8]) throws -> Void = { _ in }
    ) throws -> Result {
        let all = recipe.epochsMax(of: features, targets: targets.count)
        let parts = parts
        var trained: [Trainer.Trained] = []
        var members: [Predictor.Member] = []
        var bestEpoch = 0
        for (index, part) in parts.enumerated() {
            var trainer = try trainer(of: part)
            if index < start.trained.count {
                trainer.restore(start.trained[index])
            } else if index == start.trained.count, let state = start.current {
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
            bestEpoch = trainer.bestEpoch
            members += trainer.members(
                targets: part.targets, featureSets: featureSets(of: part), epochsBefore: before)
        }
        let curves = curves(zip(parts, trained))
        guard recipe.hasEpochOfAll(of: features, targets: targets.count) else {
            let predictor = Predictor(members, targets: targets.count)
            return try result(predictor, curves, bestEpoch: bestEpoch)
        }
        let choice = try choose(members)
        let predictor = Predictor(members: members, outputs: choice.outputs)
        let chosen = Set(predictor.choices.flatMap { $0.sources.map(\.epoch) }).sorted()
        let loss = chosen.reduce(0) { $0 + curves[$1 - 1].loss } / Double(chosen.count)
        let epochs = curves + [Outcome.Epoch(loss: loss, validation: choice.scores)]
        let result = try result(predictor, epochs, bestEpoch: epochs.count)
        try progress(all, all)
        return result
    }

    /// The curves of all networks, with scores for all targets of the trial.
    private func curves(
        _ networks: some Sequence<(Part, Trainer.Trained)>
    ) -> [Outcome.Epoch] {
        networks.flatMap { part, trained in
            trained.epochs.map { epoch in
                Outcome.Epoch(
                    loss: epoch.loss,
                    validation: targets.indices.map { target in
                        part.targets.firstIndex(of: target).flatMap { epoch.validation[$0] }
                    })
            }
        }
    }

    /// What the trial ends with where the test side is predicted so.
    private func result(
        _ predictor: Predictor, _ epochs: [Outcome.Epoch], bestEpoch: Int
    ) throws(TrainingError) -> Result {
        let predicted = try predictor.predictions(data.test)
        return Result(
            outcome: Outcome(
                key: key, targets: targets, epochs: epochs, bestEpoch: bestEpoch,
                choices: predictor.choices, recordings: predicted.recordings,
                attention: predicted.attention),
            model: Model(
                key: key, targets: targets, hopSeconds: hopSeconds, inputs: inputs,
                widths: widths, network: recipe.network,
                projection: recipe.projection,
                lagEdges: recipe.training.lagEdges, predictor: predictor.withoutUnused))
    }
}
