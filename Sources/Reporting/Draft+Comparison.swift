import Planning
import Scoring

extension Draft {
    /// Models beside each other, a table for each scheme and choice of features.
    var comparison: Section? {
        let tables = tables { !$0.isLeaveOneRecordingOut }
        guard !tables.isEmpty else { return nil }
        return Section("Models compared", intro + tables.map { .table($0) })
    }

    /// Leave-one-recording-out, which is no row of the matrix: its training sides differ.
    var leftOut: Section? {
        let tables = tables { $0.isLeaveOneRecordingOut }
        guard !tables.isEmpty else { return nil }
        let text = """
            Each recording in turn is predicted by a model that never met it. The predictions of \
            all recordings of a culture are pooled before one CCC is taken.
            """
        return Section("Leave-one-recording-out", [.paragraph(text)] + tables.map { .table($0) })
    }

    private var intro: [Block] {
        guard models.count > 1 else { return [] }
        return [
            .paragraph(
                """
                The best mean of a row is set off, where every model has all of its trials. \
                A best mean is not a significant one: see the intervals.
                """)
        ]
    }

    private func tables(where isShown: (Cell) -> Bool) -> [Table] {
        schemes.flatMap { scheme in
            features.compactMap { features in
                let cells = scores.cells.filter {
                    let cell = plan.cells[$0.cell]
                    return cell.scheme == scheme && cell.features.name == features && isShown(cell)
                }
                return cells.isEmpty ? nil : table(scheme, features, cells)
            }
        }
    }

    private func table(_ scheme: String, _ features: String, _ cells: [CellScores]) -> Table {
        let models = cells.map { plan.cells[$0.cell].recipe.name }.distinct
        let pairs = cells.flatMap { cell in
            cell.tests.map { Pair(train: plan.cells[cell.cell].trainLabel, test: $0.label) }
        }.distinct
        var lines: [Table.Line] = []
        for (target, name) in scores.targets.enumerated() {
            lines.append(.banner(name))
            for pair in pairs {
                let row = models.map { model in score(cells, pair, model, target) }
                lines.append(.row([.init(pair.train), .init(pair.test)] + marked(row)))
            }
        }
        return Table(
            caption: """
                \(scheme) · \(features): CCC (\(headline.rawValue)), mean ± SD over seeds
                """,
            columns: [.name("Trained on"), .name("Tested on")] + models.map { .number($0) },
            rows: lines)
    }

    private func score(
        _ cells: [CellScores], _ pair: Pair, _ model: String, _ target: Int
    ) -> MeanScore? {
        for cell in cells where plan.cells[cell.cell].recipe.name == model {
            guard plan.cells[cell.cell].trainLabel == pair.train else { continue }
            if let test = cell.tests.first(where: { $0.label == pair.test }) {
                return score(cell, test, target: target)
            }
        }
        return nil
    }

    /// The values of a row over models. The best is marked where the row is whole; ties are all
    /// best.
    private func marked(_ row: [MeanScore?]) -> [Table.Value] {
        let comparable = row.count > 1 && row.allSatisfy { $0?.isWhole == true }
        let best = comparable ? row.compactMap { $0?.mean }.max() : nil
        return row.map { score in
            var value = Table.Value(score?.text ?? "")
            value.isBest = best != nil && score?.mean == best
            return value
        }
    }
}

/// A training side and what is tested.
private struct Pair: Hashable {
    let train: String
    let test: String
}
