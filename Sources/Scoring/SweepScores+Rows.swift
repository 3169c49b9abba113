import Corpora
import Kernels
import Planning

extension SweepScores {
    /// The rows of `summary.csv`, in the order of cells, test cultures, targets, conventions.
    public func summary(_ conventions: [Convention]) -> [SummaryRow] {
        zip(cells, plan.trialsOfCells).flatMap { scores, trials in
            let cell = plan.cells[scores.cell]
            let scored = trials.compactMap { self.scored[$0.key] }
            let validation = targets.indices.map { target in
                SeedStatistics(scored.map { $0.selected[target] }).mean
            }
            return scores.tests.flatMap { test in
                zip(test.targets, validation).flatMap { target, validation in
                    conventions.map {
                        row(cell, scores.coverage, test, target, $0, validation: validation)
                    }
                }
            }
        }
    }

    private func row(
        _ cell: Cell, _ coverage: Coverage, _ test: TestScores, _ target: TargetScores,
        _ convention: Convention, validation: Double?
    ) -> SummaryRow {
        let ccc = target.statistics(\.ccc, convention)
        let interval = target.interval(convention)
        return SummaryRow(fields: [
            .text(cell.scheme), .text(cell.trainLabel), .text(test.label),
            .text(cell.recipe.name), .text(cell.features.name), .text(target.target),
            .text(convention.rawValue), .number(ccc.mean), .number(interval?.low),
            .number(interval?.high), .number(ccc.sd),
            .number(target.statistics(\.pearson, convention).mean),
            .number(target.statistics(\.rmse, convention).mean), .count(test.recordings),
            .count(test.groups), .count(test.frames), .count(coverage.scored),
            .count(coverage.planned), .count(ccc.defined), .count(ccc.undefined),
            .text(cell.selection.rawValue), .number(validation),
        ])
    }

    /// The rows of `trials.csv`, in the order of the plan's trials, then of test cultures, targets
    /// and conventions. A trial that tests several cultures has a row for all together too.
    public func trials(_ conventions: [Convention]) -> [TrialRow] {
        plan.trials.flatMap { rows(of: $0, conventions) }
    }

    /// The rows of one trial; none where it is not there.
    public func rows(of trial: Trial, _ conventions: [Convention]) -> [TrialRow] {
        guard let scored = scored[trial.key] else { return [] }
        let test = plan.splits[trial.split].test
        let cultures = plan.cells[trial.cell].testCultures.filter { culture in
            test.contains { plan.recordings[$0].recording.culture == culture }
        }
        var rows = cultures.flatMap { self.rows(trial, scored, culture: $0, conventions) }
        if cultures.count > 1 { rows += self.rows(trial, scored, culture: nil, conventions) }
        return rows
    }

    private func rows(
        _ trial: Trial, _ scored: ScoredTrial, culture: String?, _ conventions: [Convention]
    ) -> [TrialRow] {
        let cell = plan.cells[trial.cell]
        let parts = zip(plan.splits[trial.split].test, scored.recordings).filter {
            culture == nil || plan.recordings[$0.0].recording.culture == culture
        }
        return targets.enumerated().flatMap { index, target in
            var moments = Moments()
            for (_, part) in parts { moments.merge(part.moments[index]) }
            return conventions.map { convention in
                let score = Score(moments, convention)
                return TrialRow(fields: [
                    .text(plan.sweep.name), .text(trial.key.description), .text(cell.scheme),
                    .text(cell.trainLabel), .text(culture ?? TestScores.allTogether),
                    .text(cell.recipe.name), .text(cell.features.name), .count(trial.fold),
                    .count(trial.seed), .text(target), .text(convention.rawValue),
                    .number(score.ccc), .number(score.pearson), .number(score.rmse),
                    .number(score.bias), .number(score.scale), .count(parts.count),
                    .count(score.frames), .count(scored.bestEpoch),
                    .count(plan.splits[trial.split].repetition),
                    .text(cell.selection.rawValue), .number(scored.selected[index]),
                ])
            }
        }
    }

    /// The rows of `recordings.csv`, in the order of the plan's trials, then of the split's
    /// recordings, targets and conventions. A trial that two cells hold is listed once.
    public func recordings(_ conventions: [Convention]) -> [RecordingRow] {
        plan.uniqueKeys.flatMap { recordings(of: $0, conventions) }
    }

    /// The rows of one trial's recordings; none where it is not there.
    public func recordings(of key: TrialKey, _ conventions: [Convention]) -> [RecordingRow] {
        guard let scored = scored[key], let trial = plan.trial(key) else { return [] }
        let name = key.description
        return zip(plan.splits[trial.split].test, scored.recordings).flatMap {
            rows(name, recording: $0.0, $0.1.moments, conventions)
        }
    }

    private func rows(
        _ key: String, recording: Int, _ moments: [Moments], _ conventions: [Convention]
    ) -> [RecordingRow] {
        let recording = plan.recordings[recording].recording
        return zip(targets, moments).flatMap { target, moments in
            conventions.map { convention in
                let score = Score(moments, convention)
                return RecordingRow(fields: [
                    .text(key), .text(recording.id), .text(recording.culture),
                    .text(target), .text(convention.rawValue), .number(score.ccc),
                    .number(score.pearson), .number(score.rmse), .count(score.frames),
                ])
            }
        }
    }
}

extension Cell {
    /// Whether it is of `scheme`, which may carry options: `pooled(folds=4)` is of `pooled`.
    public func isOf(_ scheme: String) -> Bool {
        self.scheme == scheme || self.scheme.hasPrefix(scheme + "(")
    }
}
