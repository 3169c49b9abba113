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
    private(set) var notes: [String] = []

    private let splitter: Splitter
    private let leakCheck: LeakCheck
    private let declared: [String]
    private let forms: [Digest]
    /// For each corpus, the indices of the targets among the columns of its gold matrices.
    private let targetColumns: [[Int]]

    /// Checks that sweep and corpora fit, and prepares what all schemes share.
    init(sweep: Sweep, corpora: [Corpus]) throws(PlanError) {
        self.sweep = try sweep.completed(for: corpora)
        self.corpora = corpora
        recordings = try self.sweep.recordings(of: corpora)
        let declared = corpora.flatMap(\.groups).uniqued()
        let separated = self.sweep.schemes.flatMap { $0.separated(declared: declared) }
        let columns = (separated + self.sweep.validation.columns).uniqued()
        self.declared = declared
        splitter = Splitter(
            recordings: recordings, table: ColumnTable(recordings, columns: columns),
            declared: declared, corpora: corpora.map(\.name))
        leakCheck = LeakCheck(
            recordings: recordings, columns: columns,
            featureSets: self.sweep.features.flatMap(\.featureSets).uniqued())
        let targets = self.sweep.targets
        forms = self.sweep.features.map { $0.form(in: corpora[0], targets: targets) }
        targetColumns = corpora.map { corpus in
            targets.compactMap { corpus.targets.firstIndex(of: $0) }
        }
    }

    /// Adds all schemes of the sweep.
    mutating func plan() throws(PlanError) {
        if sweep.schemes.contains(where: { $0.group == nil }) {
            notes += corpora.compactMap(\.noteOnGroups)
        }
        for scheme in sweep.schemes {
            let name = sweep.name(of: scheme)
            try checkPartner(of: scheme, named: name)
            try checkContent(under: scheme, named: name)
            let contents = sweep.features.map { recordingContents(scheme, $0) }
            let holdouts = try splitter.holdouts(of: scheme)
            for holdout in holdouts {
                try add(holdout, of: scheme, named: name, contents: contents)
            }
            notes += self.notes(of: scheme, named: name, holdouts)
            if scheme.tuning != nil { try checkTuning(named: name) }
        }
        try checkAdversaries()
        try checkLags()
    }

    /// What a reader of the plan must know of a scheme.
    private func notes(
        of scheme: Scheme, named name: String, _ holdouts: [Splitter.Holdout]
    ) -> [String] {
        var notes: [String] = []
        if case .leaveOneCultureOut = scheme.division, splitter.cultures.count == 2 {
            notes.append("\(name): with two cultures it equals cross-culture.")
        }
        if case .sizeMatched = scheme.division, let fold = holdouts.first?.folds.first {
            let groups = splitter.table.components(
                of: fold.train, joinedBy: scheme.separated(declared: declared))
            notes.append("\(name): every training side has \(groups.count) groups.")
        }
        if let tuning = scheme.tuning {
            notes.append(note(of: tuning, in: name))
        }
        if scheme.partner == .keep {
            notes.append(
                "\(name): others of the session or dyad that is tested are learnt from (partner: "
                    + "keep), so its scores may be too good.")
        }
        if scheme.selection == .test {
            notes.append(
                "\(name): epochs and all else are chosen on the test side (selection: test), so "
                    + "its scores are too good.")
        }
        return notes
    }

    /// Refuses partners that are to be learnt from, but stand in a column that is kept apart.
    private func checkPartner(of scheme: Scheme, named name: String) throws(PlanError) {
        guard scheme.partner == .keep else { return }
        let apart = scheme.separated(declared: declared)
        if let column = Scheme.partnerColumns.first(where: apart.contains) {
            throw .partnerApart(scheme: name, column: column)
        }
    }

    /// Refuses one content under two ids, unless what the recordings share keeps them on one side:
    /// on one side too it would count as two.
    private func checkContent(under scheme: Scheme, named name: String) throws(PlanError) {
        var groups = [Int](repeating: 0, count: recordings.count)
        let components = splitter.table.components(
            of: Array(recordings.indices), joinedBy: scheme.separated(declared: declared))
        for (number, members) in components.enumerated() {
            for member in members { groups[member] = number }
        }
        let sets = sweep.features.flatMap(\.featureSets).uniqued()
        for matrix in [Recording.goldDigestName] + sets {
            var holders: [Digest: Int] = [:]
            for (index, planned) in recordings.enumerated() {
                guard let digest = planned.recording.digests[matrix] else { continue }
                guard let other = holders.updateValue(index, forKey: digest),
                    groups[other] != groups[index]
                else { continue }
                throw .equalContent(
                    scheme: name, matrix: matrix,
                    recordings: [other, index].map { recordings[$0].recording.id })
            }
        }
    }

    /// Refuses a model that has several best weights, of which none is the one to go on from.
    private func checkTuning(named name: String) throws(PlanError) {
        let model = sweep.models.first {
            !$0.isSolved && $0.training.epochChoice == .perTarget
                && $0.training.targetModels == .joint
        }
        if let model { throw .severalBestWeights(model: model.name, scheme: name) }
    }

    /// How a scheme learns from its shots.
    private func note(of tuning: FineTuning, in name: String) -> String {
        let rate =
            tuning.learningRate.map { "a learning rate of \($0)" }
            ?? "a tenth of its learning rate"
        let solved = sweep.models.filter(\.isSolved).map(\.name)
        let others =
            solved.isEmpty
            ? "" : " Linear models (\(solved.joined(separator: ", "))) learn from both at once."
        return "\(name): a network learns from the source, then from the shots alone in "
            + "\(tuning.epochs) epochs at \(rate).\(others)"
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

    /// Refuses a lag that leaves a training side no frame to learn from.
    private func checkLags() throws(PlanError) {
        let shortest = recordings.map(\.recording.frames).min() ?? 0
        for cell in cells {
            let seconds = cell.recipe.training.lags.max() ?? 0
            let lag = (seconds / corpora[0].hopSeconds).rounded()
            guard lag >= Double(shortest) else { continue }
            for split in splits[cell.splits] {
                let (source, tuned) = split.phases(of: cell.recipe)
                for side in [source, tuned] {
                    let longest = side.map { recordings[$0].recording.frames }.max()
                    guard let longest, lag >= Double(longest) else { continue }
                    throw .longLag(
                        seconds: seconds, cell: cell.name, fold: split.fold, frames: longest,
                        hopSeconds: corpora[0].hopSeconds)
                }
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
    mutating func add(
        _ holdout: Splitter.Holdout, of scheme: Scheme, named name: String, contents: [[Digest]]
    ) throws(PlanError) {
        let columns = scheme.separated(declared: declared)
        let separated = SeparatedColumns(
            test: columns, validation: (columns + sweep.validation.columns).uniqued())
        let source = holdout.trainLabel ?? holdout.trainCultures.joined(separator: "+")
        let target = holdout.testLabel ?? holdout.testCultures.joined(separator: "+")
        let place = name + " " + (source == target ? source : "\(source)→\(target)")
        let start = splits.count
        for (index, fold) in holdout.folds.enumerated() {
            let split = try self.split(
                fold, number: index + 1, of: scheme, separated: separated, place)
            do {
                try leakCheck.check(split, separated: separated, selection: scheme.selection)
            } catch {
                throw .leak(scheme: place, fold: split.fold, error)
            }
            splits.append(split)
        }
        for (choice, features) in sweep.features.enumerated() {
            let plain = splits[start...].map { $0.digest(contents: contents[choice]) }
            let tuned =
                scheme.tuning == nil
                ? plain
                : splits[start...].map { $0.digest(contents: contents[choice], isTuned: true) }
            for model in sweep.models {
                let recipe = model.trained(
                    onCultures: holdout.trainCultures.count,
                    widths: features.widths(in: corpora[0]),
                    tuning: splits[start].tuned.isEmpty ? nil : scheme.tuning)
                cells.append(
                    Cell(
                        name: "\(place) \(features.name) \(recipe.name)", scheme: name,
                        trainCultures: holdout.trainCultures, testCultures: holdout.testCultures,
                        features: features, recipe: recipe, splits: start..<splits.count,
                        separated: separated, trainLabel: source, group: scheme.group,
                        selection: scheme.selection, partner: scheme.partner,
                        shots: holdout.shots))
                addTrials(
                    recipe.tuning == nil ? plain : tuned, form: forms[choice],
                    recipe: recipe.digest)
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

    /// The split of a fold, with the validation side that its scheme asks for.
    private func split(
        _ fold: Splitter.Fold, number: Int, of scheme: Scheme, separated: SeparatedColumns,
        _ place: String
    ) throws(PlanError) -> Split {
        let validation: [Int]
        if scheme.selection == .test {
            validation = fold.test
        } else if let named = fold.validation {
            validation = named
        } else {
            validation = try drawn(fold, number: number, separated: separated, place)
        }
        let train = scheme.selection == .test ? fold.train : fold.train.without(validation)
        let tuned = scheme.tuning == nil ? [] : fold.support
        guard !train.without(tuned).isEmpty else {
            throw .fewGroupsToTrain(scheme: place, fold: number, groups: 0)
        }
        return Split(
            fold: number, train: train, validation: validation, test: fold.test,
            repetition: fold.repetition, tuned: tuned)
    }

    /// Draws the validation side from what may be trained on: whole groups, a share of them
    /// rounded to the nearest number (halves up), at least one and never all.
    ///
    /// The draw follows from the content of the fold alone, so that all features, models and seeds
    /// stop early on the same recordings, wherever else in a grid they stand. A fold's support is
    /// not drawn, and does not change the draw unless it shares a group with it.
    private func drawn(
        _ fold: Splitter.Fold, number: Int, separated: SeparatedColumns, _ place: String
    ) throws(PlanError) -> [Int] {
        let pool = fold.train.without(fold.support)
        var groups = splitter.table.components(of: pool, joinedBy: separated.validation)
        let share = (sweep.validation.fraction * Double(groups.count)).rounded()
        let count = max(1, Int(share))
        var random = splitter.stream("concord validation", pool, fold.test)
        random.shuffle(&groups)
        if !fold.support.isEmpty {
            let met = splitter.table.contacts(of: fold.support, in: separated.validation)
            groups.removeAll { group in group.contains { met[$0] } }
        }
        guard groups.count >= 2 else {
            throw .fewGroupsToTrain(scheme: place, fold: number, groups: groups.count)
        }
        return groups.prefix(min(groups.count - 1, count)).flatMap { $0 }.sorted()
    }
}

extension Sweep.ValidationRecipe {
    /// The column that the user wants held together in the draw, if any.
    fileprivate var columns: [String] { group.map { [$0] } ?? [] }
}
