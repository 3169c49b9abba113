import Planning
import Scoring

extension Draft {
    /// Every number with its interval and what it stands on.
    var everything: Section {
        let text = """
            CCC, Pearson, RMSE, bias (predicted less gold mean) and scale (predicted over gold \
            standard deviation) are means over \(runs); RMSE and bias are in the target's unit, \
            the others have none. The CCC is of all out-of-fold frames of a test culture together, \
            never a mean over folds. Detectable is the smallest difference of a CCC from a given \
            value that this corpus would have shown with a probability of 80 % at a level of 5 %. \
            The CCC of a recording\
            \(hasSubjects ? " and of a subject are means" : " is the mean") ± SD over all of them, \
            each of its own frames alone: differences of level between people do not count.
            """
        return Section(
            "All numbers", isBackground: true,
            [
                .paragraph(text), .paragraph(intervals), .table(concordances),
                .table(otherFigures),
            ])
    }

    private var concordances: Table {
        let others = conventions.dropFirst()
        var columns: [Table.Column] = [
            .number("CCC"), .number("95 % interval"), .number("Detectable"),
        ]
        columns += others.map { .number("CCC (\($0.rawValue))") }
        columns.append(.number("Trials"))
        return table(
            caption: "All scores, CCC in the \(headline.rawValue) convention", columns
        ) { cell, test, target in
            let scored = test.targets[target]
            var values: [Table.Value] = [
                .init(score(cell, test, target: target).text),
                .init(Fixed.text(scored.interval(headline))),
                .init(scored.detectable.map { Fixed.text($0) } ?? "–"),
            ]
            values += others.map { .init(score(cell, scored.statistics(\.ccc, $0)).text) }
            values.append("\(cell.coverage.scored)/\(cell.coverage.planned)")
            return values
        }
    }

    private var hasSubjects: Bool {
        scores.cells.contains { cell in
            cell.tests.contains { $0.targets.contains { !$0.subjects.isEmpty } }
        }
    }

    private var otherFigures: Table {
        var columns: [Table.Column] = [
            .number("Pearson"), .number("RMSE"), .number("Bias"), .number("Scale"),
            .number("CCC of a recording"),
        ]
        if hasSubjects { columns.append(.number("CCC of a subject")) }
        columns += [.number("Recordings"), .number("Groups"), .number("Frames")]
        return table(
            caption: """
                All scores: other figures, means ± SD of single recordings\
                \(hasSubjects ? " and subjects" : "") (CCC, \(headline.rawValue) convention), and \
                what they stand on
                """, columns
        ) { cell, test, target in
            let scored = test.targets[target]
            func mean(_ figure: KeyPath<Score, Double?>) -> Table.Value {
                .init(score(cell, scored.statistics(figure, headline)).text(beside: ""))
            }
            var values = [mean(\.pearson), mean(\.rmse), mean(\.bias), mean(\.scale)]
            values.append(.init(spread(scored.recordings)))
            if hasSubjects { values.append(.init(spread(scored.subjects))) }
            values += [
                "\(test.recordings)", "\(test.groups)", .init(Fixed.grouped(test.frames)),
            ]
            return values
        }
    }

    /// A row for each cell, test side and target, which these values follow.
    private func table(
        caption: String, _ columns: [Table.Column],
        _ values: (CellScores, TestScores, Int) -> [Table.Value]
    ) -> Table {
        let names: [Table.Column] = [
            .name("Scheme"), .name("Trained on"), .name("Tested on"), .name("Features"),
            .name("Model"), .name("Target"),
        ]
        let rows = scores.cells.flatMap { cell in
            cell.tests.flatMap { test in
                test.targets.indices.map { target in
                    let planned = plan.cells[cell.cell]
                    let labels: [Table.Value] = [
                        .init(planned.scheme), .init(planned.trainLabel), .init(test.label),
                        .init(planned.features.name), .init(planned.recipe.name),
                        .init(test.targets[target].target),
                    ]
                    return Table.Line.row(labels + values(cell, test, target))
                }
            }
        }
        return Table(
            caption: caption, columns: names + columns, rows: rows, mark: plan.cells.mark)
    }

    /// Mean ± SD over parts, with how many of them are undefined.
    private func spread(_ parts: [PartScore]) -> String {
        guard !parts.isEmpty else { return "–" }
        let spread = SeedStatistics(parts.map(\.ccc))
        let undefined = spread.undefined > 0 ? " (\(spread.undefined) undefined)" : ""
        guard let mean = spread.mean else { return "undefined" + undefined }
        return Fixed.text(mean) + (spread.sd.map { " ± " + Fixed.text($0) } ?? "") + undefined
    }

    /// What means are over.
    private var runs: String { plan.runs(of: plan.cells).label }

    /// How the intervals were made, and when not to trust them.
    private var intervals: String {
        let tests = scores.cells.flatMap(\.tests).filter { $0.recordings > 0 }
        let units = tests.map(\.unit).distinct.joined(separator: ", ")
        var text = """
            Intervals are 95 % bootstrap intervals (\(Interval.Kind.standard.label)) of the mean \
            over \(runs): whole groups of recordings that splits hold together \
            (\(units.isEmpty ? "none" : units)), not frames, are drawn with replacement, \
            \(Fixed.grouped(resamples)) times. They say what other people of the same kind would \
            change, not what other seeds would.
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
