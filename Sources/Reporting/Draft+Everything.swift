import Planning
import Scoring

extension Draft {
    /// Every number with its interval and what it stands on.
    var everything: Section {
        let others = conventions.dropFirst()
        var columns: [Table.Column] = [
            .name("Scheme"), .name("Trained on"), .name("Tested on"), .name("Features"),
            .name("Model"), .name("Target"), .number("CCC"), .number("95 % interval"),
        ]
        columns += others.map { .number("CCC (\($0.rawValue))") }
        columns += [
            .number("Pearson"), .number("RMSE"), .number("Bias"), .number("Scale"),
            .number("CCC of a recording"), .number("CCC of a subject"), .number("Recordings"),
            .number("Groups"), .number("Frames"), .number("Trials"),
        ]
        let rows = scores.cells.flatMap { cell in
            cell.tests.flatMap { test in
                test.targets.indices.map { Table.Line.row(values(cell, test, target: $0)) }
            }
        }
        let text = """
            CCC, Pearson, RMSE, bias (predicted less gold mean) and scale (predicted over gold \
            standard deviation) are means over seeds; RMSE and bias are in the target's unit, the \
            others have none. The CCC is of all out-of-fold frames of a test culture together, \
            never a mean over folds. The CCC of a recording and of a subject are means ± SD over \
            recordings and subjects, each of its own frames alone: differences of level between \
            people do not count in them.
            """
        return Section(
            "All numbers", isBackground: true,
            [
                .paragraph(text), .paragraph(intervals),
                .table(
                    Table(
                        caption: "All scores, CCC in the \(headline.rawValue) convention",
                        columns: columns, rows: rows)),
            ])
    }

    private func values(_ cell: CellScores, _ test: TestScores, target: Int) -> [Table.Value] {
        let planned = plan.cells[cell.cell]
        let scored = test.targets[target]
        func mean(_ figure: KeyPath<Score, Double?>) -> Table.Value {
            .init(scored.statistics(figure, headline).mean.map { Fixed.text($0) } ?? "–")
        }
        var values: [Table.Value] = [
            .init(planned.scheme), .init(planned.trainLabel), .init(test.label),
            .init(planned.features.name), .init(planned.recipe.name), .init(scored.target),
            .init(score(cell, test, target: target).text),
            .init(Fixed.text(scored.interval(headline))),
        ]
        values += conventions.dropFirst().map {
            .init(MeanScore(scored.statistics(\.ccc, $0), cell.coverage).text)
        }
        return values + [
            mean(\.pearson), mean(\.rmse), mean(\.bias), mean(\.scale),
            .init(spread(scored.recordings)), .init(spread(scored.subjects)),
            "\(test.recordings)", "\(test.groups)", .init(Fixed.grouped(test.frames)),
            "\(cell.coverage.scored)/\(cell.coverage.planned)",
        ]
    }

    /// Mean ± SD over parts, with how many of them are undefined.
    private func spread(_ parts: [PartScore]) -> String {
        guard !parts.isEmpty else { return "–" }
        let spread = SeedStatistics(parts.map(\.ccc))
        let undefined = spread.undefined > 0 ? " (\(spread.undefined) undefined)" : ""
        guard let mean = spread.mean else { return "undefined" + undefined }
        return Fixed.text(mean) + (spread.sd.map { " ± " + Fixed.text($0) } ?? "") + undefined
    }

    /// How the intervals were made, and when not to trust them.
    private var intervals: String {
        let tests = scores.cells.flatMap(\.tests).filter { $0.recordings > 0 }
        let units = tests.map(\.unit).distinct.joined(separator: ", ")
        var text = """
            Intervals are 95 % bootstrap intervals (\(Interval.Kind.standard.label)) of the mean \
            over seeds: whole groups of recordings (\(units.isEmpty ? "none" : units)), not \
            frames, are drawn with replacement, \(Fixed.grouped(resamples)) times. They say what \
            other people of the same kind would change, not what other seeds would.
            """
        let few = tests.map(\.groups).min() ?? 0
        if few < 30 {
            text += """
                 The smallest test side has \(few) groups; below about 30 such intervals are too \
                narrow.
                """
        }
        return text
    }
}
