import Planning
import Scoring

extension Draft {
    /// Models beside each other, a table for each scheme and choice of features.
    var comparison: Section? {
        let tables = tables { !$0.isLeaveOneRecordingOut }
        guard !tables.isEmpty else { return nil }
        return Section("Models compared", intro + tables.map { .comparison($0) })
    }

    /// Leave-one-recording-out, which is no row of the matrix: its training sides differ.
    var leftOut: Section? {
        let tables = tables { $0.isLeaveOneRecordingOut }
        guard !tables.isEmpty else { return nil }
        let text = """
            Each recording in turn is predicted by a model that never met it. The predictions of \
            all recordings of a culture are pooled before one CCC is taken.
            """
        return Section(
            "Leave-one-recording-out", [.paragraph(text)] + tables.map { .comparison($0) })
    }

    private var intro: [Block] {
        guard models.count > 1 else { return [] }
        return [
            .paragraph(
                """
                The best mean of a row is set off, where every model has all of its trials. \
                A best mean is not a significant one: see the differences below.
                """)
        ]
    }

    private func tables(where isShown: (Cell) -> Bool) -> [ComparisonTable] {
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

    private func table(
        _ scheme: String, _ features: String, _ cells: [CellScores]
    ) -> ComparisonTable {
        let models = cells.map { plan.cells[$0.cell].recipe.name }.distinct
        let pairs = cells.flatMap { cell in
            cell.tests.map { Pair(train: plan.cells[cell.cell].trainLabel, test: $0.label) }
        }.distinct
        let blocks = scores.targets.enumerated().map { target, name in
            ComparisonTable.Block(
                target: name,
                rows: pairs.map { pair in
                    let found = models.map { test(cells, pair, $0) }
                    return ComparisonTable.Row(
                        train: pair.train, test: pair.test,
                        values: found.map { $0.map { score($0, $1, target: target) } },
                        intervals: found.map { $0?.1.targets[target].interval(headline) })
                })
        }
        return ComparisonTable(
            scheme: scheme, features: features, convention: headline,
            runs: plan.runs(of: cells.map { plan.cells[$0.cell] }), models: models,
            blocks: blocks, spread: options.spread,
            quoted: plan.cells[cells[0].cell].kind == .partition ? quoted(blocks) : [],
            mark: cells.map { plan.cells[$0.cell] }.mark)
    }

    /// The paper's columns, where they are asked for and a row may stand beside them.
    private func quoted(_ blocks: [ComparisonTable.Block]) -> [QuotedColumn] {
        guard options.quotesTableOne else { return [] }
        return QuotedColumn.tableOne.filter { column in
            blocks.contains { block in
                block.rows.contains { column.value(target: block.target, $0) != nil }
            }
        }
    }

    private func test(
        _ cells: [CellScores], _ pair: Pair, _ model: String
    ) -> (CellScores, TestScores)? {
        for cell in cells where plan.cells[cell.cell].recipe.name == model {
            guard plan.cells[cell.cell].trainLabel == pair.train else { continue }
            if let test = cell.tests.first(where: { $0.label == pair.test }) {
                return (cell, test)
            }
        }
        return nil
    }
}

/// A training side and what is tested.
private struct Pair: Hashable {
    let train: String
    let test: String
}
