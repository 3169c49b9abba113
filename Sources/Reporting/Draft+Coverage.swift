import Planning
import Scoring

extension Draft {
    /// What the report is made of: n of N trials, and what is lacking.
    var coverage: Section {
        let coverage = scores.coverage
        let sizes = "\(Fixed.grouped(coverage.scored)) of \(Fixed.grouped(coverage.planned)) trials"
        var blocks: [Block] = []
        if !coverage.isComplete {
            blocks.append(
                .notice(
                    """
                    This report is partial: \(sizes) are scored, \(coverage.missing) missing, \
                    \(coverage.quarantined) quarantined. Every number that lacks trials says how \
                    many it stands on, such as (3/4).
                    """))
        }
        blocks += plan.notes.map(note)
        let seeds = plan.sweep.seeds
        blocks.append(
            .paragraph(
                """
                \(sizes) are scored: \(plan.cells.count) cells (schemes with their cultures, \
                features and models) with \(seeds) \(seeds == 1 ? "seed" : "seeds") each. \
                CCC is the concordance correlation coefficient in the \(headline.rawValue) \
                convention (\(headline.explanation)).
                """))
        if let table = lackingTable { blocks.append(.table(table)) }
        return Section("Coverage", blocks)
    }

    /// A note of the plan, which is an alarm unless it only tells of a scheme that has no mark.
    private func note(_ text: String) -> Block {
        let isPlain = schemes.contains { scheme in
            text.hasPrefix(scheme + ": ") && plan.cells.filter { $0.scheme == scheme }.mark == nil
        }
        return isPlain ? .paragraph(text) : .notice(text)
    }

    private var lackingTable: Table? {
        let lacking = scores.cells.filter { !$0.coverage.isComplete }
        guard !lacking.isEmpty else { return nil }
        return Table(
            caption: "Cells that lack trials",
            columns: [
                .name("Cell"), .number("Scored"), .number("Missing"), .number("Quarantined"),
                .name("Why"),
            ],
            rows: lacking.map { cell in
                .row([
                    .init(plan.cells[cell.cell].name),
                    "\(cell.coverage.scored)/\(cell.coverage.planned)",
                    "\(cell.coverage.missing)", "\(cell.coverage.quarantined)",
                    .init(reasons(cell.cell)),
                ])
            })
    }

    /// Why trials of a cell were given up, such as `fold 2 seed 0: the loss was not a number`.
    private func reasons(_ cell: Int) -> String {
        plan.trials.filter { $0.cell == cell }.compactMap { trial in
            scores.quarantined[trial.key].map { "fold \(trial.fold) seed \(trial.seed): \($0)" }
        }.joined(separator: "; ")
    }
}
