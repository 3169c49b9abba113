import Networks

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
    /// The optimiser's step size. The default is 0.001.
    public var learningRate: Double = 1e-3
    /// The largest global norm of a gradient; nil does not clip. The default is 1.
    public var clip: Double? = 1
    /// By how many seconds the annotation follows the signal; the default is 0. Of several, a
    /// network is trained for each, and the validation side chooses.
    public var lags: [Double] = [0]
    /// What stands in the frames at the edge that the lag leaves without a partner.
    public var lagEdges = LagEdges.hold
    /// What is minimised. The default is `ccc`.
    public var loss = Loss.ccc
    /// The share of input values set to zero in a training step. The default is 0.
    public var inputDropout: Double = 0
    /// The decay per step of the running average of the weights that validation and prediction
    /// use; 0 uses the weights as they are. The default is 0.
    public var weightAveraging: Double = 0
    /// What moves the weights. The default is Adam.
    public var optimiser = OptimiserRecipe.adam
    /// The share of recurrent state units that a sequence goes without in a training step, the same
    /// in all of its frames. The default is 0.
    public var recurrentDropout: Double = 0
    /// When the step size is halved; nil keeps it, the default.
    public var plateau: Plateau?
    /// Whether each target is predicted with the weights of the epoch that is best for it. The
    /// default, `joint`, takes the epoch of the best mean.
    public var epochChoice = TargetScope.joint
    /// Whether each target has the lag that is best for it. The default, `joint`, takes the lag of
    /// the best mean. It matters where there are several.
    public var lagChoice = TargetScope.joint
    /// Whether each target has networks of its own. The default, `joint`, trains one for all.
    public var targetModels = TargetScope.joint
    /// What is done to predicted traces, in this order, each where the validation side gains.
    public var postProcessing: [PostProcessing] = []

    /// The defaults.
    public init() {}

    /// The lag where there is one; of several the first.
    public var lagSeconds: Double {
        get { lags[0] }
        set { lags = [newValue] }
    }

    /// The settings that a linear model uses, lag and post-processing, and one epoch over
    /// everything a candidate.
    func solving(candidates: Int) -> TrainingRecipe {
        var solving = TrainingRecipe()
        (solving.lags, solving.lagEdges, solving.lagChoice) = (lags, lagEdges, lagChoice)
        solving.postProcessing = postProcessing
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

    /// Halves the step size when the validation score has stopped growing.
    public struct Plateau: Hashable, Sendable {
        /// Epochs without a better score before it is halved, and before it is halved again. The
        /// default is 5.
        public var epochs = 5
        /// The smallest step size. The default is 0.00001.
        public var minimum: Double = 1e-5

        /// The defaults.
        public init() {}
    }

    /// Whether something is chosen once, by the mean over targets, or for each target.
    public enum TargetScope: String, Hashable, Sendable, CaseIterable {
        /// Once, by the mean over targets.
        case joint
        /// For each target by itself.
        case perTarget = "per-target"
    }

    /// What may be done to a predicted trace; how much of it is fitted on the validation side.
    public enum PostProcessing: String, Hashable, Sendable, CaseIterable {
        /// A running median of some frames, which takes out short outliers.
        case median
        /// The gold traces' mean.
        case centre
        /// The gold traces' standard deviation about the predictions' mean.
        case scale
    }
}
