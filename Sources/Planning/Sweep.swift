/// What the user submits: a grid of features × models × schemes, and how many seeds of each.
public struct Sweep: Hashable, Sendable {
    /// The sweep's name, which titles its report.
    public var name: String
    /// Paths of manifests, relative to the sweep's file.
    public var corpora: [String]
    /// The predicted quantities; empty means all of the first corpus's, and a plan fills them in.
    public var targets: [String]
    /// The axis of feature choices, in the user's order; empty means one choice of all feature
    /// sets of the first corpus, and a plan fills it in.
    public var features: [FeatureChoice]
    /// The axis of models, in the user's order.
    public var models: [Recipe]
    /// The axis of evaluation protocols, in the user's order.
    public var schemes: [Scheme]
    /// How the validation side is drawn.
    public var validation: ValidationRecipe
    /// Seeds of each cell and fold.
    public var seeds: Int
    /// What the user says about how trials run, which changes none of their numbers. The default
    /// says nothing.
    public var limits = RunLimits()
    /// The tags that a worker must have to train a model's trials, by the model's name; those that
    /// are not named need none. No ingredient of a trial.
    public var needs: [String: Set<String>] = [:]

    /// A sweep of these parts.
    public init(
        name: String, corpora: [String], targets: [String], features: [FeatureChoice],
        models: [Recipe], schemes: [Scheme], validation: ValidationRecipe, seeds: Int
    ) {
        self.name = name
        self.corpora = corpora
        self.targets = targets
        self.features = features
        self.models = models
        self.schemes = schemes
        self.validation = validation
        self.seeds = seeds
    }

    /// What cells and tables call one of its schemes: by its name, with its options where the sweep
    /// has two of one name.
    public func name(of scheme: Scheme) -> String {
        schemes.count { $0.name == scheme.name } == 1 ? scheme.name : scheme.label
    }

    /// The scheme that cells and tables call so; nil where there is none.
    public func scheme(named name: String) -> Scheme? {
        schemes.first { self.name(of: $0) == name }
    }

    /// Limits of a sweep's run; those that are nil keep their defaults. No ingredient of a trial.
    public struct RunLimits: Hashable, Sendable {
        /// Seconds without progress after which a trainer is ended.
        public var stepSeconds: Double?
        /// Seconds that one attempt at a trial may take.
        public var trialSeconds: Double?
        /// Seconds between two checkpoints.
        public var checkpointSeconds: Double?
        /// Seconds after which idle slots take a second copy of a trial.
        public var copySeconds: Double?
        /// Faults of a trial on one worker after which it is quarantined.
        public var attempts: Int?

        /// The defaults.
        public init() {}
    }

    /// How the validation side is drawn from the training side.
    public struct ValidationRecipe: Hashable, Sendable {
        /// The share of the training side's groups. The default is 0.2.
        public var fraction: Double
        /// The column whose equal values stay together; nil takes the scheme's group.
        public var group: String?

        /// A fifth of the groups of the scheme, unless told otherwise.
        public init(fraction: Double = 0.2, group: String? = nil) {
            self.fraction = fraction
            self.group = group
        }
    }
}
