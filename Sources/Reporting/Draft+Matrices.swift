import Planning
import Scoring

extension Draft {
    /// What ``matrices`` holds.
    var allMatrices: [CultureMatrix] {
        families.flatMap { family in
            features.flatMap { features in
                scores.targets.indices.flatMap { target in
                    models.compactMap { model in
                        matrix(family, features: features, target: target, model: model)
                    }
                }
            }
        }
    }

    private func matrix(
        _ family: MatrixFamily, features: String, target: Int, model: String
    ) -> CultureMatrix? {
        let cells = scores.cells.filter {
            let cell = plan.cells[$0.cell]
            return family.holds(cell) && cell.features.name == features
                && cell.recipe.name == model
        }
        guard !cells.isEmpty else { return nil }
        let tests = cells.flatMap(\.tests)
        var columns = tests.compactMap(\.culture).distinct
        if tests.contains(where: { $0.culture == nil }) { columns.append(TestScores.allTogether) }
        let cultures = columns
        let sides = cells.map { Side(plan.cells[$0.cell]) }.distinct
        let single = sides.filter { !$0.isPooled }.sorted {
            cultures.place(of: $0.train) < cultures.place(of: $1.train)
        }
        let rows = (single + sides.filter(\.isPooled)).map { side in
            CultureMatrix.Row(
                train: side.train, isPooled: side.isPooled,
                values: columns.map { column in
                    score(cells.filter { Side(plan.cells[$0.cell]) == side }, column, target)
                })
        }
        return CultureMatrix(
            target: scores.targets[target], model: model, features: features,
            convention: headline, scheme: family.scheme, coverage: cells.coverage,
            columns: columns, rows: rows,
            gaps: gaps(rows, columns) { train, test in
                scores.gaps.first {
                    family.schemes.contains($0.scheme) && $0.features == features
                        && $0.model == model
                        && $0.target == scores.targets[target] && $0.train == train
                        && $0.test == test
                }?.gap.interval
            }, mark: cells.map { plan.cells[$0.cell] }.mark)
    }

    private func score(_ cells: [CellScores], _ column: String, _ target: Int) -> MeanScore? {
        for cell in cells {
            if let test = cell.tests.first(where: { $0.label == column }) {
                return score(cell, test, target: target)
            }
        }
        return nil
    }

    private func gaps(
        _ rows: [CultureMatrix.Row], _ columns: [String],
        interval: (_ train: String, _ test: String) -> Interval?
    ) -> [CultureMatrix.Gap] {
        let single = rows.filter { !$0.isPooled }
        return single.flatMap { row in
            zip(columns, row.values).compactMap { column, cross in
                guard let cross, row.train != column,
                    let within = single.first(where: { $0.train == column })?
                        .values[columns.place(of: column)]
                else { return nil }
                return CultureMatrix.Gap(
                    train: row.train, test: column, within: within, cross: cross,
                    interval: interval(row.train, column))
            }
        }
    }

    var generalization: Section? {
        guard !matrices.isEmpty else { return nil }
        let shown = families.map { $0.schemes.joined(separator: ", ") }
        let text = """
            Schemes: \(shown.joined(separator: "; ")). \
            The gap of a pair is the score within the tested culture less the score of the model \
            that learnt from the other culture: what the change of culture costs.
            """
        let hasGaps = matrices.contains { !$0.gaps.isEmpty }
        let intro: [Block] = hasGaps ? [.paragraph(text)] : []
        return Section("Generalization across cultures", intro + matrices.map { .matrix($0) })
    }
}

/// The training side of a row.
private struct Side: Hashable {
    let train: String
    let isPooled: Bool

    init(_ cell: Cell) {
        train = cell.trainLabel
        isPooled = cell.isPooled
    }
}

extension [CellScores] {
    /// How many of all their trials are there.
    fileprivate var coverage: Coverage {
        reduce(into: Coverage()) {
            $0.planned += $1.coverage.planned
            $0.scored += $1.coverage.scored
            $0.quarantined += $1.coverage.quarantined
        }
    }
}

extension [String] {
    /// Where a text stands; behind all others where it does not.
    fileprivate func place(of text: String) -> Int { firstIndex(of: text) ?? count }
}
