import Networks

/// The settings of model and optimiser: what a grid of models varies.
public struct Recipe: Hashable, Sendable {
    /// The name the user gave it, such as `eaf`; not part of a trial's identity.
    public var name: String
    /// The network and its sizes.
    public var network: NetworkRecipe
    /// How it is trained.
    public var training: TrainingRecipe
    /// Whether each modality has a network of its own, trained by itself, and predictions are
    /// added up with weights that are learnt on the validation side. The default is false.
    public var isLateFused: Bool
    /// The weight of an adversary that tells cultures apart; nil trains without one, the default.
    public var adversaryWeight: Double?

    /// A recipe of these parts.
    ///
    /// A linear model takes only the lag of `training`: each of its candidates is one epoch.
    public init(
        name: String, network: NetworkRecipe, training: TrainingRecipe, isLateFused: Bool = false,
        adversaryWeight: Double? = nil
    ) {
        self.name = name
        self.network = network
        if case .linear(let linear) = network {
            self.training = training.solving(candidates: linear.candidates.count)
        } else {
            self.training = training
        }
        self.isLateFused = isLateFused
        self.adversaryWeight = adversaryWeight
    }

    /// The recipe as it is trained on so many cultures: where there is one only, an adversary has
    /// nothing to tell apart, and the recipe is that without it.
    func trained(onCultures count: Int) -> Recipe {
        var recipe = self
        if count < 2 { recipe.adversaryWeight = nil }
        return recipe
    }

    /// The most epochs that an outcome over these features may have.
    ///
    /// Late fusion adds up the curves of a network for each modality, and one for their sum.
    public func epochsMax(of features: FeatureChoice) -> Int {
        isLateFused ? features.modalities.count * training.epochs + 1 : training.epochs
    }

    /// Whether it is a linear model, which is solved and not trained in steps.
    public var isSolved: Bool {
        if case .linear = network { return true }
        return false
    }

    /// Whether the seed changes any number. Ridge draws none, so all its seeds are one trial.
    var isSeeded: Bool {
        if case .linear(let linear) = network, case .ridge = linear.method { return false }
        return true
    }
}

/// How a network is trained.
public struct TrainingRecipe: Hashable, Sendable {
    /// The most passes over the training side. The default is 100.
    public var epochs = 100
    /// Epochs without a better validation score before training ends. The default is 15.
    public var patience = 15
    /// Sequences in a step. The default is 8.
    public var batch = 8
    /// Frames of a training chunk; nil trains on whole recordings. The default is 200.
    public var chunkFrames: Int? = 200
    /// Frames between the starts of two chunks. The default is 100.
    public var hopFrames = 100
    /// Adam's step size. The default is 0.001.
    public var learningRate: Double = 1e-3
    /// The largest global norm of a gradient; nil does not clip. The default is 1.
    public var clip: Double? = 1
    /// By how much the annotation follows the signal. The default is 0.
    public var lagSeconds: Double = 0
    /// What stands in the frames at the edge that the lag leaves without a partner.
    public var lagEdges = LagEdges.hold
    /// What is minimised. The default is `ccc`.
    public var loss = Loss.ccc
    /// The share of input values set to zero in a training step. The default is 0.
    public var inputDropout: Double = 0
    /// The decay per step of the running average of the weights that validation and prediction
    /// use; 0 uses the weights as they are. The default is 0.
    public var weightAveraging: Double = 0

    /// The defaults.
    public init() {}

    /// The settings that a linear model uses, the lag, and one epoch over everything a candidate.
    func solving(candidates: Int) -> TrainingRecipe {
        var solving = TrainingRecipe()
        (solving.lagSeconds, solving.lagEdges) = (lagSeconds, lagEdges)
        (solving.epochs, solving.patience) = (candidates, candidates)
        (solving.batch, solving.chunkFrames) = (1, nil)
        return solving
    }

    /// What stands in the frames at the edge that the lag leaves without a partner.
    public enum LagEdges: String, Hashable, Sendable, CaseIterable {
        /// Training drops the lagged frames; prediction holds the edge value.
        case hold
        /// Zero in both, as AVEC 2019 did.
        case zero
    }
}
