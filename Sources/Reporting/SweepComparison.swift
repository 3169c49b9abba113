import Planning
import Scoring

/// Two sweeps' reports side by side, as one document.
public struct SweepComparison: Sendable {
    /// What was found.
    public let pair: SweepPair
    /// The convention of all CCC.
    public let convention: Convention
    private let titles: [String]

    /// The comparison of two reports, in the first convention of the first of them.
    public init(_ first: Report, _ second: Report) {
        convention = first.conventions[0]
        pair = SweepPair(
            first.scores, second.scores, convention: convention, resamples: first.resamples)
        titles = first.title == second.title
            ? [first.title + " (first)", second.title + " (second)"]
            : [first.title, second.title]
    }

    /// It as a document.
    public var document: Document {
        var blocks: [Block] = [.paragraph(text)]
        if let table { blocks.append(.table(table)) }
        if let figure { blocks.append(.figure(figure)) }
        var sections = [Section("Side by side", blocks)]
        for (title, names) in [(titles[0], pair.onlyFirst), (titles[1], pair.onlySecond)]
        where !names.isEmpty {
            sections.append(
                Section(
                    "Only in \(title)",
                    [
                        .table(
                            Table(
                                caption: "Cells that the other sweep does not have",
                                columns: [.name("Cell")], rows: names.map { .row([.init($0)]) }))
                    ]))
        }
        return Document(title: titles.joined(separator: " · "), sections: sections)
    }

    /// A row for each scheme, training side, test, features, model and target that both have.
    public var csv: String {
        let columns = [
            "scheme", "train", "test", "model", "features", "target", "convention", "first",
            "second", "difference", "difference_low", "difference_high", "p", "p_holm",
        ]
        return columns.joined(separator: ",") + "\n"
            + pair.rows.map { row in
                let cell = pair.first.plan.cells[row.firstCell]
                let names = [
                    cell.scheme, cell.trainLabel, row.culture ?? TestScores.allTogether,
                    cell.recipe.name, cell.features.name,
                    pair.first.targets[row.firstTarget], convention.rawValue,
                ]
                let scores = scores(row)
                let numbers = [
                    scores.first.mean, scores.second.mean, row.difference.value,
                    row.difference.interval?.low, row.difference.interval?.high, row.probability,
                    row.adjusted,
                ]
                return (names.map(Report.csv) + numbers.map { $0.map { "\($0)" } ?? "" })
                    .joined(separator: ",") + "\n"
            }.joined()
    }

    private var text: String {
        let coverage = [pair.first, pair.second].map {
            "\(Fixed.grouped($0.coverage.scored)) of \(Fixed.grouped($0.coverage.planned))"
        }
        return """
            \(titles[0]) has \(coverage[0]) trials, \(titles[1]) \(coverage[1]); \
            \(Fixed.grouped(pair.sharedTrials)) trials are the very same in both. A difference is \
            the CCC (\(convention.rawValue) convention) of the second less that of the first. \
            Where both tested the same recordings it has a 95 % interval on the same resamples of \
            groups, and a p-value of the exchange of predictions group by group; p (Holm) counts \
            all rows.
            """
    }

    private func scores(_ row: SweepPair.Row) -> (first: MeanScore, second: MeanScore) {
        func score(_ sweep: SweepScores, _ cell: Int, _ target: Int) -> MeanScore {
            let scores = sweep.cells[cell]
            let test = scores.test(row.culture)?.targets[target]
            return MeanScore(
                test?.statistics(\.ccc, convention) ?? SeedStatistics([]), scores.coverage,
                over: sweep.plan.runs(of: [sweep.plan.cells[cell]]))
        }
        return (
            score(pair.first, row.firstCell, row.firstTarget),
            score(pair.second, row.secondCell, row.secondTarget)
        )
    }

    private var table: Table? {
        guard !pair.rows.isEmpty else { return nil }
        var lines: [Table.Line] = []
        var banner = ""
        for row in pair.rows {
            let cell = pair.first.plan.cells[row.firstCell]
            let heading = "\(cell.scheme) · \(cell.features.name)"
            if heading != banner { lines.append(.banner(heading)) }
            banner = heading
            let scores = scores(row)
            lines.append(
                .row([
                    .init(cell.recipe.name), .init(cell.trainLabel),
                    .init(row.culture ?? TestScores.allTogether),
                    .init(pair.first.targets[row.firstTarget]), .init(scores.first.text),
                    .init(scores.second.text),
                    .init(row.difference.value.map { Fixed.text($0) } ?? "–"),
                    .init(Fixed.text(row.difference.interval)),
                    .init(Fixed.probability(row.probability)),
                    .init(Fixed.probability(row.adjusted)),
                ]))
        }
        return Table(
            caption: "CCC (\(convention.rawValue)) of both sweeps, mean ± SD over \(runs)",
            columns: [
                .name("Model"), .name("Trained on"), .name("Tested on"), .name("Target"),
                .number(titles[0]), .number(titles[1]), .number("Difference"),
                .number("95 % interval"), .number("p"), .number("p (Holm)"),
            ], rows: lines, mark: mark)
    }

    /// What means are over.
    private var runs: String {
        [
            pair.first.plan.runs(of: pair.rows.map { pair.first.plan.cells[$0.firstCell] }),
            pair.second.plan.runs(of: pair.rows.map { pair.second.plan.cells[$0.secondCell] }),
        ].map(\.label).distinct.joined(separator: ", then ")
    }

    /// What is said over what both sweeps scored, where either chose on the test side.
    private var mark: String? {
        pair.rows.flatMap { row in
            [pair.first.plan.cells[row.firstCell], pair.second.plan.cells[row.secondCell]]
        }.mark
    }

    private var figure: Figure? {
        let rows = pair.rows.compactMap { row -> ForestPlot.Row? in
            guard let value = row.difference.value, let interval = row.difference.interval else {
                return nil
            }
            let cell = pair.first.plan.cells[row.firstCell]
            let test = row.culture ?? TestScores.allTogether
            return ForestPlot.Row(
                label: """
                    \(pair.first.targets[row.firstTarget]), \(cell.recipe.name), \
                    \(cell.trainLabel) → \(test)
                    """,
                value: value, interval: interval, isFound: row.adjusted.map { $0 < 0.05 })
        }
        guard !rows.isEmpty else { return nil }
        return ForestPlot(
            name: "sweeps", title: "\(titles[1]) less \(titles[0])",
            axis: "difference of the CCC (\(convention.rawValue), no unit)",
            reading: """
                Each line is a difference of both sweeps' CCC, second less first, with its 95 % \
                interval; right of the upright line at 0 the second is better.
                """, rows: rows
        ).figure.marked(mark)
    }
}
