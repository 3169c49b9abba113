import Corpora
import Kernels

/// Builds a plan step by step: recordings in order, then scheme by scheme splits, cells, trials.
struct Planner {
    let sweep: Sweep
    let corpora: [Corpus]
    let recordings: [PlannedRecording]
    private(set) var cells: [Cell] = []
    private(set) var splits: [Split] = []
    private(set) var trials: [Trial] = []

    private let splitter: Splitter
    private let leakCheck: LeakCheck
    private let forms: [Digest]
    /// For each corpus, the indices of the targets among the columns of its gold matrices.
    private let targetColumns: [[Int]]

    /// Checks that sweep and corpora fit, and prepares what all schemes share.
    init(sweep: Sweep, corpora: [Corpus]) throws(PlanError) {
        self.sweep = try sweep.completed(for: corpora)
        self.corpora = corpora
        recordings = try self.sweep.recordings(of: corpora)
        let columns = (self.sweep.schemes.flatMap(\.separated) + self.sweep.validation.columns)
            .uniqued()
        splitter = Splitter(
            recordings: recordings, table: ColumnTable(recordings, columns: columns))
        leakCheck = LeakCheck(
            recordings: recordings, columns: columns,
            featureSets: self.sweep.features.flatMap(\.featureSets).uniqued(),
            declaredGroups: corpora.flatMap(\.groups).uniqued())
        let targets = self.sweep.targets
        forms = self.sweep.features.map { $0.form(in: corpora[0], targets: targets) }
        targetColumns = corpora.map { corpus in
            targets.compactMap { corpus.targets.firstIndex(of: $0) }
        }
    }

    /// Adds all schemes of the sweep.
    mutating func plan() throws(PlanError) {
        for scheme in sweep.schemes {
            let isOnlyOne = sweep.schemes.count { $0.name == scheme.name } == 1
            let name = isOnlyOne ? scheme.name : scheme.label
            let contents = sweep.features.map { recordingContents(scheme, $0) }
            for holdout in try splitter.holdouts(of: scheme) {
                try add(holdout, of: scheme, named: name, contents: contents)
            }
        }
        try checkAdversaries()
    }

    /// Refuses a model whose adversary no cell could use.
    private func checkAdversaries() throws(PlanError) {
        for model in sweep.models where model.adversaryWeight != nil {
            let cells = cells.filter { $0.recipe.name == model.name }
            if let cell = cells.first, cells.allSatisfy({ $0.recipe.adversaryWeight == nil }) {
                throw .uselessAdversary(model: model.name, cell: cell.name)
            }
        }
    }

    /// What a trial of this scheme sees of each recording, under a choice of features.
    private func recordingContents(_ scheme: Scheme, _ features: FeatureChoice) -> [Digest] {
        let other = sweep.validation.group.flatMap { $0 == scheme.group ? nil : $0 }
        return recordings.map { planned in
            var groups = [planned.recording.group(scheme.group)]
            if let other { groups.append(planned.recording.value(other)) }
            return planned.recording.content(
                columns: targetColumns[planned.corpus], features: features, groups: groups)
        }
    }

    /// Adds the splits of one instance of a scheme, and its cells: features × models.
    private mutating func add(
        _ holdout: Splitter.Holdout, of scheme: Scheme, named name: String, contents: [[Digest]]
    ) throws(PlanError) {
        let separated = SeparatedColumns(
            test: scheme.separated,
            validation: (scheme.separated + sweep.validation.columns).uniqued())
        let source = holdout.trainCultures.joined(separator: "+")
        let target = holdout.testCultures.joined(separator: "+")
        let place = name + " " + (source == target ? source : "\(source)→\(target)")
        let start = splits.count
        for (index, fold) in holdout.folds.enumerated() {
            let split = try self.split(fold, number: index + 1, separated: separated, place)
            do {
                try leakCheck.check(split, separated: separated)
            } catch {
                throw .leak(scheme: place, fold: split.fold, error)
            }
            splits.append(split)
        }
        for (choice, features) in sweep.features.enumerated() {
            let digests = splits[start...].map { $0.digest(contents: contents[choice]) }
            for model in sweep.models {
                let recipe = model.trained(
                    onCultures: holdout.trainCultures.count, widths: features.widths(in: corpora[0])
                )
                cells.append(
                    Cell(
                        name: "\(place) \(features.name) \(recipe.name)", scheme: name,
                        trainCultures: holdout.trainCultures, testCultures: holdout.testCultures,
                        features: features, recipe: recipe, splits: start..<splits.count,
                        separated: separated))
                addTrials(digests, form: forms[choice], recipe: recipe.digest)
            }
        }
    }

    /// Adds the trials of the last cell: its splits, whose digests these are, × seeds.
    private mutating func addTrials(_ digests: [Digest], form: Digest, recipe: Digest) {
        let cell = cells.count - 1
        for (digest, split) in zip(digests, cells[cell].splits) {
            for seed in 0..<sweep.seeds {
                let key = TrialKey(
                    split: digest, form: form, recipe: recipe,
                    seed: cells[cell].recipe.isSeeded ? seed : 0)
                trials.append(
                    Trial(key: key, cell: cell, split: split, fold: splits[split].fold, seed: seed))
            }
        }
    }

    /// Draws the validation side from what may be trained on: whole groups, a share of them
    /// rounded to the nearest number (halves up), at least one and never all.
    ///
    /// The draw follows from the content of the fold alone, so that all features, models and seeds
    /// stop early on the same recordings, wherever else in a grid they stand.
    private func split(
        _ fold: Splitter.Fold, number: Int, separated: SeparatedColumns, _ place: String
    ) throws(PlanError) -> Split {
        var groups = splitter.table.components(of: fold.train, joinedBy: separated.validation)
        guard groups.count >= 2 else {
            throw .fewGroupsToTrain(scheme: place, fold: number, groups: groups.count)
        }
        let share = (sweep.validation.fraction * Double(groups.count)).rounded()
        let count = min(groups.count - 1, max(1, Int(share)))
        let seed = Digest("concord validation") { encoder in
            for side in [fold.train, fold.test] {
                encoder.list(side) { encoder, index in
                    let recording = recordings[index].recording
                    encoder.string(recording.culture)
                    encoder.optional(recording.digests[Recording.goldDigestName]) { $0.digest($1) }
                }
            }
        }
        var random = RandomStream(digest: seed.bytes)
        random.shuffle(&groups)
        let validation = groups.prefix(count).flatMap { $0 }.sorted()
        return Split(
            fold: number, train: fold.train.without(validation), validation: validation,
            test: fold.test)
    }
}

extension Sweep.ValidationRecipe {
    /// The column that the user wants held together in the draw, if any.
    fileprivate var columns: [String] { group.map { [$0] } ?? [] }
}
