import Corpora
import Kernels
import Networks
import Planning

/// Trains one trial, from matrices to its outcome.
///
/// The bytes of the outcome follow from the key, the recipe and the data alone: not from what the
/// process trained before, nor from how often it was interrupted and begun anew. All random numbers
/// are the key's own (`weights`, `order`, `dropout`); nothing but the training side decides on
/// weights, nothing but the validation side on the epoch.
///
///     var trainer = try Trainer(key: key, recipe: recipe, features: features, …, data: data)
///     let outcome = try trainer.run { epoch, epochs in show(epoch, of: epochs) }
///
/// What changes from epoch to epoch are the weights, the optimiser, two random streams, the best
/// weights and the curves. Work spaces are planned for the largest batch before the first epoch.
public struct Trainer: ~Copyable {
    let key: TrialKey
    let recipe: TrainingRecipe
    let targets: [String]
    let data: TrialData
    let network: any Network
    /// The same network where it has an adversary, else nil.
    let adversarial: AdversarialNetwork?
    /// The culture of each training recording: its index among those of the training side.
    let cultures: [Int]
    /// How the network is solved; nil where it is trained in steps.
    let linear: LinearRecipe?
    let standardiser: Standardiser
    let chunks: [Chunk]
    /// The second phase; nil without one.
    let tuning: Tuning?
    let validation: PredictionPlan
    let test: PredictionPlan
    let space: WorkSpace

    let weights: Arena
    /// What validates and predicts: the weights themselves, or their running average.
    let averaged: Arena
    let gradients: Arena
    var adam: Adam
    var orderStream: RandomStream
    var dropoutStream: RandomStream
    /// The best epochs so far: one for all targets, or one for each.
    var choices: [EpochChoice]
    /// What solves a linear model, from its first epoch on.
    var solver: (any LinearSolver)?
    /// The curves so far, epoch by epoch.
    public internal(set) var epochs: [Outcome.Epoch] = []

    /// A trainer of the recipe's network, before its first epoch.
    ///
    /// `features` says how feature sets join into modalities; `hopSeconds` is the corpus's.
    ///
    /// - Throws: ``TrainingError`` when the data or a setting cannot be trained on.
    public init(
        key: TrialKey, recipe: Recipe, features: FeatureChoice, targets: [String],
        hopSeconds: Double, data: TrialData
    ) throws(TrainingError) {
        try data.check(featureSets: features.inputs.map(\.label), targets: targets)
        let network = try Trainer.network(recipe, features, targets: targets.count, data)
        var linear: LinearRecipe?
        if case .linear(let recipe) = recipe.network { linear = recipe }
        try self.init(
            key: key, recipe: recipe.training, tuning: recipe.tuning, network: network,
            linear: linear, targets: targets, hopSeconds: hopSeconds, data: data)
    }

    /// A trainer of any network over data that has passed its check.
    init(
        key: TrialKey, recipe: TrainingRecipe, tuning: FineTuning? = nil, network: any Network,
        linear: LinearRecipe? = nil, targets: [String], hopSeconds: Double, data: TrialData
    ) throws(TrainingError) {
        try recipe.check()
        let lag = Lag(
            seconds: recipe.lagSeconds, hopSeconds: hopSeconds, edges: recipe.lagEdges)
        let chunks = Chunk.cut(
            data.train, length: recipe.chunkFrames, hop: recipe.hopFrames, lag: lag)
        if chunks.isEmpty { throw .noFrames(.train) }
        self.tuning = try Trainer.tuning(tuning, recipe, lag: lag, data: data)
        self.key = key
        self.recipe = recipe
        self.targets = targets
        self.data = data
        self.network = network
        adversarial = network as? AdversarialNetwork
        let names = Set(data.train.map(\.culture)).sorted()
        cultures = data.train.map { names.firstIndex(of: $0.culture)! }
        self.linear = linear
        self.chunks = chunks
        standardiser = Standardiser(train: data.train, lag: lag)
        validation = PredictionPlan(data.validation, width: standardiser.width)
        test = PredictionPlan(data.test, width: standardiser.width)
        space = WorkSpace(
            network: network,
            training: Trainer.largestBatch(
                chunks + (self.tuning?.chunks ?? []), batch: recipe.batch),
            prediction: validation.batches + test.batches)
        weights = Arena(count: network.layout.count)
        averaged = recipe.weightAveraging > 0 ? Arena(count: weights.count) : weights
        gradients = Arena(count: network.layout.count)
        adam = recipe.optimiser.makeOptimiser(
            count: network.layout.count, learningRate: recipe.learningRate)
        orderStream = key.random("order")
        dropoutStream = key.random("dropout")
        // Each target of a linear model keeps the candidate that is best for it.
        let isJoint = linear == nil && recipe.epochChoice == .joint
        let groups = isJoint ? [Array(targets.indices)] : targets.indices.map { [$0] }
        let count = network.layout.count
        choices = groups.map {
            EpochChoice(targets: $0, patience: recipe.patience, weights: count)
        }
        var random = key.random("weights")
        network.initialise(weights.base, from: &random)
        if averaged !== weights {
            averaged.base.update(from: weights.base, count: weights.count)
        }
    }

    /// The recipe's network for these features of the data.
    static func network(
        _ recipe: Recipe, _ features: FeatureChoice, targets: Int, _ data: TrialData
    ) throws(TrainingError) -> any Network {
        var sets = data.train[0].features.map(\.columns)[...]
        let widths = features.modalities.map { modality in
            let width = sets.prefix(modality.inputs.count).reduce(0, +)
            sets = sets.dropFirst(modality.inputs.count)
            return width
        }
        return try network(
            recipe, widths: widths, targets: targets,
            cultures: Set(data.train.map(\.culture)).count)
    }

    /// The recipe's network over modalities of these widths, where so many cultures train it.
    static func network(
        _ recipe: Recipe, widths: [Int], targets: Int, cultures: Int
    ) throws(TrainingError) -> any Network {
        do {
            let network = try recipe.network.makeNetwork(
                widths: widths, outputs: targets, projection: recipe.projection)
            guard let weight = recipe.adversaryWeight else { return network }
            return AdversarialNetwork(network, cultures: cultures, weight: weight)
        } catch {
            throw .setting(error.description)
        }
    }

    /// The bytes of all arrays that have the size of the weights: they themselves, their gradients,
    /// a running average, those of so many best epochs, and two of the optimiser.
    static func bytes(ofWeights count: Int, _ recipe: TrainingRecipe, choices: Int) -> Int {
        (2 + (recipe.weightAveraging > 0 ? 1 : 0) + choices) * Arena.bytes(count: count) + 8 * count
    }

    /// Whether another epoch would change nothing: all are done, or patience is spent and nothing
    /// is left to be tuned on.
    public var isFinished: Bool {
        isTrained && epochs.count - sourceEpochs >= (tuning?.epochs ?? 0)
    }

    /// Trains epoch after epoch to the end and predicts the test side.
    ///
    /// `progress(done, epochs)` is called after every step and every epoch with the number of
    /// finished epochs and the most there will be; what it throws ends the training.
    ///
    /// - Throws: ``TrainingError/notFinite(epoch:step:tensor:recordings:)``, or what `progress`
    ///   throws.
    public mutating func run(
        _ progress: (_ done: Int, _ epochs: Int) throws -> Void
    ) throws -> Outcome {
        while !isFinished { try epoch(progress) }
        return try outcome()
    }
}
