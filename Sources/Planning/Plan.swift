import Corpora

/// All trials of a sweep, listed before anything runs: the same sweep and corpora, the same plan.
///
/// A plan is made in every process from the same texts, so only the key of a trial ever travels.
public struct Plan: Sendable {
    /// What the user asked for, with the targets and features filled in that the user left out.
    public let sweep: Sweep
    /// The corpora that it names, in its order.
    public let corpora: [Corpus]
    /// All recordings of the corpora, in the order of their content (the digest of the gold traces
    /// first); splits hold ascending indices into it.
    public let recordings: [PlannedRecording]
    /// The points of the grid, in the sweep's order: schemes, then features, then models.
    public let cells: [Cell]
    /// The (train, validation, test) lists that the cells share.
    public let splits: [Split]
    /// One cell × one fold × one seed each, in the order of cells, folds, seeds. Two cells may
    /// hold the same trial (the same key): it is trained once.
    public let trials: [Trial]
    /// The keys of all trials, each once, where it first occurs in ``trials``.
    public let uniqueKeys: [TrialKey]
    /// Sentences about its schemes that nobody should miss, such as a choice on the test side.
    public let notes: [String]

    private let firstTrials: [TrialKey: Int]

    /// The plan of a sweep over its corpora.
    ///
    /// - Parameter corpora: the corpora that the sweep names, in its order.
    /// - Throws: a sentence about what does not fit: a target or feature set that a corpus lacks,
    ///   too few groups for the folds, data that would stand on two sides of a split.
    /// - Complexity: O(trials + splits × recordings × feature choices).
    public init(sweep: Sweep, corpora: [Corpus]) throws(PlanError) {
        var planner = try Planner(sweep: sweep, corpora: corpora)
        try planner.plan()
        self.init(
            sweep: planner.sweep, corpora: corpora, recordings: planner.recordings,
            cells: planner.cells, splits: planner.splits, trials: planner.trials,
            notes: planner.notes)
    }

    /// A plan of these parts, which fit each other.
    init(
        sweep: Sweep, corpora: [Corpus], recordings: [PlannedRecording], cells: [Cell],
        splits: [Split], trials: [Trial], notes: [String] = []
    ) {
        self.sweep = sweep
        self.corpora = corpora
        self.recordings = recordings
        self.cells = cells
        self.splits = splits
        self.trials = trials
        self.notes = notes
        var firstTrials: [TrialKey: Int] = [:]
        firstTrials.reserveCapacity(trials.count)
        var uniqueKeys: [TrialKey] = []
        for (index, trial) in trials.enumerated() where firstTrials[trial.key] == nil {
            firstTrials[trial.key] = index
            uniqueKeys.append(trial.key)
        }
        self.firstTrials = firstTrials
        self.uniqueKeys = uniqueKeys
    }

    /// How often the recordings of a cell are divided anew, or its shots drawn: at least once.
    public func repetitions(of cell: Cell) -> Int {
        Set(splits[cell.splits].map(\.repetition)).count
    }

    /// The first trial with this key, or nil when the plan has none.
    public func trial(_ key: TrialKey) -> Trial? { firstTrials[key].map { trials[$0] } }
}

/// A recording and the corpus that it is of.
public struct PlannedRecording: Hashable, Sendable {
    /// The index of its corpus in ``Plan/corpora``.
    public let corpus: Int
    /// The recording.
    public let recording: Recording

    /// A recording of the corpus with this index.
    public init(corpus: Int, recording: Recording) {
        self.corpus = corpus
        self.recording = recording
    }
}

/// A point of the grid: scheme with its cultures × features × recipe.
public struct Cell: Hashable, Sendable {
    /// Readable and stable, such as `cross-culture DE→IT av eaf`.
    public let name: String
    /// The scheme's name, such as `cross-culture`; with its options where a sweep has two
    /// schemes of one name, such as `pooled(folds=4)`.
    public let scheme: String
    /// The cultures of the training side.
    public let trainCultures: [String]
    /// The cultures that are scored.
    public let testCultures: [String]
    /// The feature sets.
    public let features: FeatureChoice
    /// The model.
    public let recipe: Recipe
    /// Its splits: indices into ``Plan/splits``, fold by fold.
    public let splits: Range<Int>
    /// The columns whose equal values stand on one side only.
    public let separated: SeparatedColumns
    /// What is trained on, in tables: the cultures, such as `DE+HU`, with a few-shot scheme's
    /// groups `DE + 4 HU`, or a corpus.
    public let trainLabel: String
    /// The column that the user wants held together; nil takes the default.
    public let group: String?
    /// On which side everything is chosen; where it is the test side, reports must say so.
    public let selection: Scheme.Selection
    /// Whether partners of what is held out are learnt from; where they are, reports must say so.
    public let partner: Scheme.Partner
    /// In a few-shot scheme the number of the tested culture's groups that are learnt from; nil in
    /// all others.
    public let shots: Int?

    /// A cell of these parts; without a label, what it is trained on is called by its cultures.
    init(
        name: String, scheme: String, trainCultures: [String], testCultures: [String],
        features: FeatureChoice, recipe: Recipe, splits: Range<Int>, separated: SeparatedColumns,
        trainLabel: String? = nil, group: String? = nil,
        selection: Scheme.Selection = .validation, partner: Scheme.Partner = .exclude,
        shots: Int? = nil
    ) {
        self.name = name
        self.scheme = scheme
        self.trainCultures = trainCultures
        self.testCultures = testCultures
        self.features = features
        self.recipe = recipe
        self.splits = splits
        self.separated = separated
        self.trainLabel = trainLabel ?? trainCultures.joined(separator: "+")
        self.group = group
        self.selection = selection
        self.partner = partner
        self.shots = shots
    }

    /// The kind of its scheme; nil where its name is of none.
    public var kind: Scheme.Kind? {
        Scheme.Kind(rawValue: String(scheme.prefix { $0 != "(" }))
    }
}

/// Three disjoint lists of recordings, derived by holding out one fold.
public struct Split: Hashable, Sendable {
    /// The held-out block, from 1.
    public let fold: Int
    /// What is trained on: indices into ``Plan/recordings``, in the order of their content.
    public let train: [Int]
    /// What early stopping sees, drawn from the training side; where everything is chosen on the
    /// test side, that.
    public let validation: [Int]
    /// What is predicted and scored.
    public let test: [Int]
    /// How often the recordings were divided anew before, from 0: each is tested once in each.
    public let repetition: Int
    /// Of ``train``, what a network learns from last and alone where it is fine-tuned: the shots.
    /// Empty elsewhere.
    public let tuned: [Int]

    /// A split of these lists.
    public init(
        fold: Int, train: [Int], validation: [Int], test: [Int], repetition: Int = 0,
        tuned: [Int] = []
    ) {
        self.repetition = repetition
        self.tuned = tuned
        self.fold = fold
        self.train = train
        self.validation = validation
        self.test = test
    }

    /// What a trial of this recipe learns from first, and what it learns from last and alone.
    public func phases(of recipe: Recipe) -> (source: [Int], tuned: [Int]) {
        recipe.tuning == nil ? (train, []) : (train.without(tuned), tuned)
    }
}

/// One cell × one fold × one seed: the unit of leased work.
public struct Trial: Hashable, Sendable {
    /// What determines its numbers, hashed.
    public let key: TrialKey
    /// The index of its cell in ``Plan/cells``.
    public let cell: Int
    /// The index of its split in ``Plan/splits``.
    public let split: Int
    /// The held-out block, from 1.
    public let fold: Int
    /// The index of its seed, from 0.
    public let seed: Int
}
