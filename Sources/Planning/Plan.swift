import Corpora

/// All trials of a sweep, listed before anything runs: the same sweep and corpora, the same plan.
public struct Plan: Sendable {
    /// What the user asked for.
    public let sweep: Sweep
    /// The corpora that it names, in its order.
    public let corpora: [Corpus]
    /// All recordings of the corpora, one list; splits hold indices into it.
    public let recordings: [PlannedRecording]
    /// The points of the grid, in the sweep's order: schemes, then features, then models.
    public let cells: [Cell]
    /// The (train, validation, test) lists that the cells share.
    public let splits: [Split]
    /// One cell × one fold × one seed each, in the order of cells, folds, seeds. Two cells may
    /// hold the same trial (the same key): it is trained once.
    public let trials: [Trial]
}

/// A recording and the corpus that it is of.
public struct PlannedRecording: Hashable, Sendable {
    /// The index of its corpus in ``Plan/corpora``.
    public let corpus: Int
    /// The recording.
    public let recording: Recording
}

/// A choice of feature sets by modality: one value of the grid's axis `features`.
public struct FeatureChoice: Hashable, Sendable {
    /// The name the user gave it, such as `av`; not part of a trial's identity.
    public var name: String
    /// The modalities in alphabetic order, each with the feature sets that are joined for it.
    public var modalities: [Modality]

    /// One modality's part of the choice.
    public struct Modality: Hashable, Sendable {
        /// Such as audio.
        public var name: String
        /// Names of feature sets of the corpora, in the user's order.
        public var featureSets: [String]
    }

    /// All feature sets, modality after modality: the order of columns in a network's input.
    public var featureSets: [String] { modalities.flatMap(\.featureSets) }
}

/// A point of the grid: scheme with its cultures × features × recipe.
public struct Cell: Hashable, Sendable {
    /// Readable and stable, such as `cross-culture DE→IT av eaf`.
    public let name: String
    /// The scheme's name, such as `cross-culture`.
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
}

/// Three disjoint lists of recordings, derived by holding out one fold.
public struct Split: Hashable, Sendable {
    /// The held-out block, from 1.
    public let fold: Int
    /// What is trained on: indices into ``Plan/recordings``, in the order of their content.
    public let train: [Int]
    /// What early stopping sees, drawn from the training side.
    public let validation: [Int]
    /// What is predicted and scored.
    public let test: [Int]
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
