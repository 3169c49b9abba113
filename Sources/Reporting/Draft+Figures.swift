import Networks
import Planning
import Scoring

extension Draft {
    // MARK: Differences

    /// Differences of models with their intervals, a figure for each scheme, features and target.
    func differenceFigures(scheme: String, features: String) -> [Figure] {
        scores.targets.compactMap { target in
            let rows = scores.comparisons.compactMap { comparison -> ForestPlot.Row? in
                let (first, second) = (plan.cells[comparison.first], plan.cells[comparison.second])
                guard comparison.target == target, first.scheme == scheme,
                    first.features.name == features, let value = comparison.difference.value,
                    let interval = comparison.difference.interval
                else { return nil }
                let test = comparison.culture ?? TestScores.allTogether
                return ForestPlot.Row(
                    label: "\(second.recipe.name) − \(first.recipe.name), "
                        + place(first.trainLabel, test),
                    value: value, interval: interval,
                    isFound: comparison.adjusted.map { $0 < 0.05 })
            }
            guard !rows.isEmpty else { return nil }
            return ForestPlot(
                name: Figure.name(["differences", scheme, features, target]),
                title: "\(target) · \(scheme) · \(features): differences between models",
                axis: "difference of the CCC (\(headline.rawValue), no unit)",
                reading: """
                    Each line is a difference of two models' CCC, second less first, with its 95 % \
                    interval; right of the upright line at 0 the second is better. An interval \
                    that holds 0 leaves it open which one is.
                    """, rows: rows
            ).figure.marked(
                plan.cells.filter { $0.scheme == scheme && $0.features.name == features }.mark)
        }
    }

    /// Generalization gaps with their intervals, a figure for each target.
    func gapFigures(_ set: CrossingSet) -> [Figure] {
        scores.targets.compactMap { target in
            let rows = scores.gaps.compactMap { gap -> ForestPlot.Row? in
                guard gap.target == target, gap.features == set.features,
                    set.family.schemes.contains(gap.scheme), let value = gap.gap.value,
                    let interval = gap.gap.interval
                else { return nil }
                return ForestPlot.Row(
                    label: "\(gap.model), \(gap.train) → \(gap.test)", value: value,
                    interval: interval, isFound: nil)
            }
            guard !rows.isEmpty else { return nil }
            return ForestPlot(
                name: Figure.name(["gaps"] + set.words + [target]),
                title: "\(target) · \(set.title): generalization gaps",
                axis: "within − cross, CCC (\(headline.rawValue), no unit)",
                reading: """
                    Each line is what a model loses when it meets another culture than the one \
                    that it learnt from, with its 95 % interval; right of the upright line at 0 \
                    it loses.
                    """, rows: rows
            ).figure.marked(crossing(set).mark)
        }
    }

    // MARK: Recordings

    /// The CCC of single recordings, a figure for each choice of features and target.
    var recordingSection: Section? {
        let figures = features.flatMap { features in
            scores.targets.indices.compactMap { stripFigure(features: features, target: $0) }
        }
        guard !figures.isEmpty else { return nil }
        let text = """
            A mean hides for whom a model works and for whom it does not. The CCC of a single \
            recording counts neither its level nor that of others, so that their mean is another \
            quantity than the CCC of all frames.
            """
        return Section(
            "Recordings one by one", [.paragraph(text)] + figures.map { .figure($0) })
    }

    private func stripFigure(features: String, target: Int) -> Figure? {
        let lanes = scores.cells.flatMap { cell -> [StripPlot.Lane] in
            let planned = plan.cells[cell.cell]
            guard planned.features.name == features else { return [] }
            return cell.tests.filter { $0.culture != nil }.compactMap { test in
                let parts = test.targets[target].recordings
                let values = SeedStatistics(parts.map(\.ccc))
                guard !parts.isEmpty else { return nil }
                let undefined =
                    values.undefined > 0 ? ", \(values.undefined) of \(parts.count) undefined" : ""
                let kind = kind(planned)
                let scheme = kind == .other ? "\(planned.scheme), " : ""
                let place = place(planned.trainLabel, test.label)
                return StripPlot.Lane(
                    label: "\(scheme)\(planned.recipe.name), \(place)\(undefined)", kind: kind,
                    values: parts.compactMap(\.ccc), mean: values.mean)
            }
        }
        guard !lanes.isEmpty else { return nil }
        let name = scores.targets[target]
        let cells = plan.cells.filter { $0.features.name == features }
        return StripPlot(
            name: Figure.name(["recordings", features, name]),
            title: "\(name) · \(features): recordings one by one",
            axis: """
                CCC of a recording (\(headline.rawValue), no unit), mean over \
                \(plan.runs(of: cells).label)
                """,
            reading: """
                Each sign is one recording, predicted by models that never met it; the further \
                right the better. Up and down within a lane means nothing. Recordings whose CCC is \
                undefined have no sign and are counted behind the lane's name.
                """,
            lanes: StripPlot.Kind.allCases.flatMap { kind in lanes.filter { $0.kind == kind } }
        ).figure.marked(cells.mark)
    }

    private func kind(_ cell: Cell) -> StripPlot.Kind {
        if cell.isCrossCulture { return .cross }
        if cell.kind == .pooled { return .pooled }
        return cell.isOf("within-culture") ? .within : .other
    }

    /// Such as `DE → HU`, or `DE` within a culture.
    private func place(_ train: String, _ test: String) -> String {
        train == test ? train : "\(train) → \(test)"
    }

    // MARK: Training

    /// Loss and validation score by epoch, a figure for each model that is trained in epochs.
    var trainingSection: Section? {
        let figures = features.flatMap { features in
            models.compactMap { trainingFigure(features: features, model: $0) }
        }
        guard !figures.isEmpty else { return nil }
        return Section(
            "How training went", isBackground: true, figures.map { .figure($0) })
    }

    private func trainingFigure(features: String, model: String) -> Figure? {
        let cells = plan.cells.indices.filter {
            let cell = plan.cells[$0]
            return cell.features.name == features && cell.recipe.name == model
                && cell.recipe.hasOneCurve
        }
        guard !cells.isEmpty else { return nil }
        var curves: [(scheme: String, trials: [ScoredTrial])] = []
        for scheme in cells.map({ plan.cells[$0].scheme }).distinct {
            let members = Set(cells.filter { plan.cells[$0].scheme == scheme })
            var seen: Set<TrialKey> = []
            let trials = plan.trials.filter { members.contains($0.cell) }
                .filter { seen.insert($0.key).inserted }.compactMap { scores.scored[$0.key] }
                .filter { !$0.losses.isEmpty }
            if !trials.isEmpty { curves.append((scheme, trials)) }
        }
        guard !curves.isEmpty else { return nil }
        let all = curves.flatMap(\.trials)
        func panel(_ axis: String, _ values: KeyPath<ScoredTrial, [Float]>) -> LinePlot.Panel {
            LinePlot.Panel(
                axis: axis,
                series: curves.enumerated().map { index, curve in
                    LinePlot.Series(
                        label: curve.scheme, points: mean(curve.trials.map { $0[keyPath: values] }),
                        style: index)
                })
        }
        return LinePlot(
            name: Figure.name(["training", features, model]),
            title: "\(model) · \(features): training of \(all.count) trials",
            reading: """
                Above the mean loss of a scheme's trials by epoch, below their mean validation CCC \
                over targets. A curve ends where fewer than half of its trials still \
                train. The strokes at the foot are the epochs whose weights predicted.
                """,
            axis: "epoch",
            panels: [
                panel(plan.cells[cells[0]].recipe.training.loss.axis, \.losses),
                panel("validation CCC (population, no unit)", \.validation),
            ],
            marks: all.map { Double($0.bestEpoch) }, marksLabel: "epochs that were chosen",
            isWhole: true
        ).figure.marked(cells.map { plan.cells[$0] }.mark)
    }

    /// The mean of the curves that are still there, as long as half of them are.
    private func mean(_ curves: [[Float]]) -> [(x: Double, y: Double)?] {
        let lengths = curves.map(\.count).sorted(by: >)
        let last = lengths[(lengths.count - 1) / 2]
        return (0..<last).map { epoch in
            let values = curves.filter { $0.count > epoch }.map { Double($0[epoch]) }
                .filter { !$0.isNaN }
            guard !values.isEmpty else { return nil }
            return (Double(epoch + 1), values.reduce(0, +) / Double(values.count))
        }
    }
}

extension Loss {
    /// What an axis of it shows.
    fileprivate var axis: String {
        self == .mse ? "loss (mean squared error, no unit)" : "loss (1 − CCC, no unit)"
    }
}

extension Recipe {
    /// Whether the epochs of an outcome are those of one network, one after the other, on the same
    /// recordings.
    fileprivate var hasOneCurve: Bool {
        !isSolved && !isLateFused && tuning == nil && training.lags.count == 1
            && training.targetModels == .joint
    }
}
