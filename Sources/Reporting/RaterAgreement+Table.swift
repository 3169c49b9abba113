import Scoring

extension RaterAgreement {
    /// The agreement of each target's raters, as a table for a terminal.
    public static func text(_ agreements: [(target: String, agreement: RaterAgreement)]) -> String {
        let table = table(agreements)
        let lines = TextGrid(table).lines(Array(table.columns.indices))
        return ([table.caption, ""] + lines).joined(separator: "\n") + "\n"
    }

    /// A line a target with the mean over pairs and alpha, and one for each of its raters.
    static func table(_ agreements: [(target: String, agreement: RaterAgreement)]) -> Table {
        func figure(_ value: Double?) -> Table.Value {
            Table.Value(value.map { Fixed.text($0) } ?? "undefined")
        }
        var rows: [Table.Line] = []
        for (target, agreement) in agreements {
            rows.append(
                .row([
                    Table.Value(target), "all", figure(agreement.meanConcordance()),
                    figure(agreement.alpha),
                ]))
            for (place, rater) in agreement.raters.enumerated() {
                rows.append(
                    .row([
                        "", Table.Value(rater), figure(agreement.meanConcordance(of: place)), "",
                    ]))
            }
        }
        return Table(
            caption: """
                Agreement of raters: mean CCC (population) over pairs of raters, and \
                Krippendorff's alpha on an interval scale
                """,
            columns: [
                .name("target"), .name("rater"), .number("mean CCC with others"), .number("alpha"),
            ], rows: rows)
    }
}
