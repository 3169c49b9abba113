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
    /// The projection of wide modalities that stands before the network; nil has none.
    public var projection: ProjectionRecipe?
    /// The weight of an adversary that tells cultures apart; nil trains without one, the default.
    public var adversaryWeight: Double?
    /// How it goes on with a few-shot scheme's shots after the source; nil does not, the default.
    /// The plan sets it in the cells where there are shots.
    public var tuning: FineTuning?

    /// A recipe of these parts.
    ///
    /// A linear model takes only the lag of `training`: each of its candidates is one epoch.
    public init(
        name: String, network: NetworkRecipe, training: TrainingRecipe, isLateFused: Bool = false,
        projection: ProjectionRecipe? = nil, adversaryWeight: Double? = nil,
        tuning: FineTuning? = nil
    ) {
        self.name = name
        self.network = network
        if case .linear(let linear) = network {
            self.training = training.solving(candidates: linear.candidates.count)
        } else {
            self.training = training
        }
        self.isLateFused = isLateFused
        self.projection = projection
        self.adversaryWeight = adversaryWeight
        self.tuning = tuning
    }

    /// The recipe as it is trained on so many cultures and modalities of these widths, without what
    /// changes nothing there: an adversary of one culture, which has nothing to tell apart, and a
    /// projection where no modality is wide.
    ///
    /// With `tuning` the last of the cultures is that of the shots. What is solved learns from both
    /// at once all the same.
    func trained(
        onCultures count: Int, widths: [Int], tuning: FineTuning? = nil
    ) -> Recipe {
        var recipe = self
        recipe.tuning = isSolved ? nil : tuning
        let count = recipe.tuning == nil ? count : count - 1
        if count < 2 { recipe.adversaryWeight = nil }
        if let projection, !widths.contains(where: projection.applies) { recipe.projection = nil }
        return recipe
    }

    /// The most epochs that an outcome over these features may have.
    ///
    /// It adds up the curves of all networks of a trial, and one epoch for what they are together.
    public func epochsMax(of features: FeatureChoice, targets: Int) -> Int {
        let epochs = training.epochs + (tuning?.epochs ?? 0)
        let all = networks(of: features, targets: targets) * epochs
        return hasEpochOfAll(of: features, targets: targets) ? all + 1 : all
    }

    /// The networks that a trial trains: one for each lag, each modality of late fusion, and each
    /// target that has a model of its own. A trial costs so many times the training of one.
    public func networks(of features: FeatureChoice, targets: Int) -> Int {
        training.lags.count * (isLateFused ? features.modalities.count : 1)
            * (training.targetModels == .perTarget ? targets : 1)
    }

    /// Whether an outcome ends with an epoch that shows the validation scores of the whole: where
    /// no single epoch has them.
    public func hasEpochOfAll(of features: FeatureChoice, targets: Int) -> Bool {
        isLateFused || networks(of: features, targets: targets) > 1
            || !training.postProcessing.isEmpty
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
