import Planning
import Scoring

extension Draft {
    /// A matrix for each choice of features, target and model; none where no model meets another
    /// culture than the one that it learnt from.
    var matrices: [CultureMatrix] {
        let shown = plan.cells.filter { !$0.isLeaveOneRecordingOut }
        guard shown.contains(where: { $0.isCrossCulture || $0.isPooled }) else { return [] }
        return features.flatMap { features in
            scores.targets.indices.flatMap { target in
                models.compactMap { matrix(features: features, target: target, model: $0) }
            }
        }
    }

    private func matrix(features: String, target: Int, model: String) -> CultureMatrix? {
        let cells = scores.cells.filter {
            let cell = plan.cells[$0.cell]
            return cell.features.name == features && cell.recipe.name == model
                && plan.matrixSchemes.contains(cell.scheme)
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
            convention: headline, columns: columns, rows: rows,
            gaps: gaps(rows, columns) { train, test in
                scores.gaps.first {
                    $0.features == features && $0.model == model
                        && $0.target == scores.targets[target] && $0.train == train
                        && $0.test == test
                }?.gap.interval
            })
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
        let cells = plan.cells.filter { plan.matrixSchemes.contains($0.scheme) }
        let text = """
            Schemes: \(cells.map(\.scheme).distinct.joined(separator: ", ")). \
            The gap of a pair is the score within the tested culture less the score of the model \
            that learnt from the other culture: what the change of culture costs.
            """
        let hasGaps = matrices.contains { !$0.gaps.isEmpty }
        let intro: [Block] = hasGaps ? [.paragraph(text)] : []
        return Section("Generalisation across cultures", intro + matrices.map { .matrix($0) })
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

extension [String] {
    /// Where a text stands; behind all others where it does not.
    fileprivate func place(of text: String) -> Int { firstIndex(of: text) ?? count }
}
