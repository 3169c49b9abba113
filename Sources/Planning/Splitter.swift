import Corpora

/// Turns a scheme into the blocks that it holds out, before a validation side is drawn.
///
/// Recordings that share a value of a separated column (the scheme's group, subject, session, dyad,
/// the groups that corpora declare) are one group, and groups are never cut. Equal values mean the
/// same thing everywhere: where two cultures number their people on their own, manifests must say
/// `DE-07`, not `7`.
///
/// Six recordings, `D1 D1 D2 D3` of DE and `H1 H2` of HU by dyad, are divided so (train → test):
///
///     within-culture, folds: 2     D2 D3 → D1 D1   D1 D1 → D2 D3   H1 → H2   H2 → H1
///     cross-culture                D1 D1 D2 D3 → H1 H2   H1 H2 → D1 D1 D2 D3
///     leave-one-culture-out        the same, as there are two cultures
///     pooled, k-fold, folds: 2     D2 H1 H2 → D1 D1 D3   D1 D1 D3 → D2 H1 H2
///     leave-one-recording-out      D2 D3 → D1   D2 D3 → D1   D1 D1 D3 → D2   …
///     leave-one-dyad-out           D2 D3 → D1 D1   D1 D1 D3 → D2   D1 D1 D2 → D3   …
///
/// Only groups of at least two on each training side make a plan, for one is for validation.
struct Splitter {
    /// One instance of a scheme, such as one ordered pair of cultures.
    struct Holdout {
        var trainCultures: [String]
        var testCultures: [String]
        /// What is trained on, in tables; nil is the cultures'.
        var trainLabel: String?
        /// What is tested, in names of cells; nil is the cultures'.
        var testLabel: String?
        /// The groups of the tested culture that are learnt from, in a few-shot scheme.
        var shots: Int?
        var folds: [Fold]
    }

    /// A held-out block and what may be trained on: ascending indices of recordings.
    struct Fold {
        var train: [Int]
        var test: [Int]
        /// Of `train`, what validation must leave to the training: the shots of a few-shot scheme.
        var support: [Int] = []
        /// The validation side where the scheme names it; else it is drawn from `train`.
        var validation: [Int]?
        /// How often all was divided anew before, from 0.
        var repetition = 0
    }

    /// All recordings, in the order of their content.
    let recordings: [PlannedRecording]
    /// The separated columns.
    let table: ColumnTable
    /// The groups that the corpora declare.
    let declared: [String]
    /// All cultures, in alphabetic order.
    let cultures: [String]
    /// The corpora's names, in the sweep's order.
    let corpora: [String]

    /// Divides these recordings; `table` holds at least the schemes' separated columns.
    init(
        recordings: [PlannedRecording], table: ColumnTable, declared: [String] = [],
        corpora: [String] = []
    ) {
        self.recordings = recordings
        self.table = table
        self.declared = declared
        self.corpora = corpora
        cultures = Splitter.cultures(of: recordings)
    }

    /// The instances of a scheme, in the order of their cultures.
    func holdouts(of scheme: Scheme) throws(PlanError) -> [Holdout] {
        switch scheme.division {
        case .withinCulture(let folds): try within(scheme, folds: folds, repeats: 1)
        case .crossCulture(let folds): try crossed(scheme, folds: folds)
        case .pooled(let folds): [try pooled(scheme, folds: folds, repeats: 1)]
        case .kFold(let folds, let repeats, .all):
            [try pooled(scheme, folds: folds, repeats: repeats)]
        case .kFold(let folds, let repeats, .culture):
            try within(scheme, folds: folds, repeats: repeats)
        case .leaveOneCultureOut(let folds): try cultureOut(scheme, folds: folds)
        case .leaveOneOut(let unit, _, let side):
            cultures.map { culture in
                Holdout(
                    trainCultures: side == .all ? cultures : [culture], testCultures: [culture],
                    folds: leftOut(culture, unit, side, scheme))
            }
        case .partition(let from, let to, let validation, let side):
            try partition(scheme, from: from, to: to, validation: validation, side)
        case .fewShot(let shots, let share, let repeats, _):
            try fewShot(scheme, shots: shots, share: share, repeats: repeats)
        case .sizeMatched(let folds, let size):
            try sizeMatched(scheme, folds: folds, size: size)
        case .crossCorpus(let folds): try crossCorpus(scheme, folds: folds)
        }
    }

    private func within(
        _ scheme: Scheme, folds count: Int, repeats: Int
    ) throws(PlanError) -> [Holdout] {
        var holdouts: [Holdout] = []
        for culture in cultures {
            let members = members(culture)
            let folds = try folds(of: members, count: count, repeats: repeats, scheme, culture)
            holdouts.append(
                Holdout(trainCultures: [culture], testCultures: [culture], folds: folds))
        }
        return holdouts
    }

    private func pooled(
        _ scheme: Scheme, folds count: Int, repeats: Int
    ) throws(PlanError) -> Holdout {
        let place = cultures.joined(separator: "+")
        let everything = Array(recordings.indices)
        return Holdout(
            trainCultures: cultures, testCultures: cultures,
            folds: try folds(of: everything, count: count, repeats: repeats, scheme, place))
    }

    private func crossed(_ scheme: Scheme, folds count: Int?) throws(PlanError) -> [Holdout] {
        var holdouts: [Holdout] = []
        for (source, target) in try pairs(scheme) {
            let folds = try folds(
                testing: members(target), trainingOn: members(source), count: count, scheme,
                "\(source)→\(target)")
            holdouts.append(
                Holdout(trainCultures: [source], testCultures: [target], folds: folds))
        }
        return holdouts
    }

    private func cultureOut(_ scheme: Scheme, folds count: Int?) throws(PlanError) -> [Holdout] {
        _ = try pairs(scheme)
        var holdouts: [Holdout] = []
        for culture in cultures {
            let others = cultures.filter { $0 != culture }
            let folds = try folds(
                testing: members(culture),
                trainingOn: Array(recordings.indices).without(members(culture)), count: count,
                scheme, "\(others.joined(separator: "+"))→\(culture)")
            holdouts.append(
                Holdout(trainCultures: others, testCultures: [culture], folds: folds))
        }
        return holdouts
    }

    /// All ordered pairs of cultures.
    func pairs(_ scheme: Scheme) throws(PlanError) -> [(source: String, target: String)] {
        guard cultures.count > 1 else {
            throw .oneCulture(scheme: scheme.name, culture: cultures[0])
        }
        return cultures.flatMap { source in
            cultures.filter { $0 != source }.map { (source, $0) }
        }
    }

    /// The recordings of a culture.
    func members(_ culture: String) -> [Int] {
        recordings.indices.filter { recordings[$0].recording.culture == culture }
    }

    /// The cultures of recordings, in alphabetic order.
    static func cultures(of recordings: some Sequence<PlannedRecording>) -> [String] {
        recordings.map(\.recording.culture).uniqued().sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }
}
