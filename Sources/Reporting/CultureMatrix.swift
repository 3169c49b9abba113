import Scoring

/// How one model generalizes, for one target: a row for each training side, a column for each
/// culture that is tested. Within-culture scores stand on the diagonal.
public struct CultureMatrix: Hashable, Sendable {
    /// The predicted quantity.
    public let target: String
    /// The model's name.
    public let model: String
    /// The name of the choice of features.
    public let features: String
    /// Which divisors its CCC have.
    public let convention: Convention
    /// The scheme that it is of, where that has a matrix of its own; nil where it is of
    /// within-culture, cross-culture and pooled.
    public let scheme: String?
    /// How many of its trials are there.
    let coverage: Coverage
    /// The cultures that are tested, and `all` where they are scored together.
    public let columns: [String]
    /// The training sides.
    public let rows: [Row]
    /// Within less cross, for each pair of cultures that has both.
    public let gaps: [Gap]
    /// What is printed in red over it; nil where nothing of it was chosen on the test side.
    public let mark: String?

    /// One training side.
    public struct Row: Hashable, Sendable {
        /// The cultures that are trained on, such as `DE` or `DE+HU`.
        public let train: String
        /// Whether it learns from several cultures at once.
        public let isPooled: Bool
        /// A score for each column; nil where none is planned.
        public let values: [MeanScore?]

        /// The row's name in tables.
        public var label: String { isPooled ? "pooled (\(train))" : train }
    }

    /// What is lost when a model meets another culture than the one that it learnt from.
    public struct Gap: Hashable, Sendable {
        /// The culture that was trained on.
        public let train: String
        /// The culture that was tested.
        public let test: String
        /// The score within the tested culture.
        public let within: MeanScore
        /// The score from the other culture.
        public let cross: MeanScore
        /// The 95 % interval of the difference; nil where there is none.
        public let interval: Interval?

        /// Within less cross; nil where either is undefined.
        public var difference: Double? {
            guard let a = within.mean, let b = cross.mean else { return nil }
            return a - b
        }
    }

    /// What it shows, in a line.
    public var title: String {
        ([target, model, features] + (scheme.map { [$0] } ?? [])).joined(separator: " · ")
    }

    /// A sentence that says how to read it.
    public var reading: String {
        var text = """
            Each cell is the concordance (CCC, no unit, \(convention.rawValue) convention; 1 is \
            full agreement, 0 none) of a model trained on the row's cultures and tested on the \
            column's, as the mean over seeds
            """
        if scores.contains(where: { $0.sd != nil }) { text += " ± their standard deviation" }
        text += "."
        if hasDiagonal { text += " The diagonal is within-culture." }
        return text
    }

    /// Whether a cell was trained and tested in the same culture.
    func isWithin(_ row: Row, _ column: String) -> Bool { !row.isPooled && row.train == column }

    var hasDiagonal: Bool {
        rows.contains { row in
            zip(columns, row.values).contains { isWithin(row, $0) && $1 != nil }
        }
    }

    var scores: [MeanScore] { rows.flatMap { $0.values.compactMap { $0 } } }

    /// The matrix as a heatmap.
    var figure: Figure { Heatmap(self).figure }

    /// The trials behind its scores, such as `32/32`.
    var share: String { "\(coverage.scored)/\(coverage.planned)" }

    /// The matrix as a table.
    var table: Table {
        Table(
            caption: "\(title): CCC (\(convention.rawValue)), trials \(share)",
            columns: [.name("Trained on \\ tested on")] + columns.map { .number($0) },
            rows: rows.map { row in
                .row([.init(row.label)] + row.values.map { .init($0?.text ?? "") })
            }, mark: mark)
    }

    /// The generalization gaps as a table; nil where there are none.
    var gapTable: Table? {
        guard !gaps.isEmpty else { return nil }
        return Table(
            caption: "\(title): gap (within − cross)",
            columns: [
                .name("Trained → tested"), .number("Within"), .number("Cross"), .number("Gap"),
                .number("95 % interval"),
            ],
            rows: gaps.map { gap in
                let scored = gap.within.scored + gap.cross.scored
                let planned = gap.within.planned + gap.cross.planned
                let share = scored == planned ? "" : " (\(scored)/\(planned))"
                let isThere = gap.within.scored > 0 && gap.cross.scored > 0
                let difference = gap.difference.map { Fixed.text($0) }
                return .row([
                    "\(gap.train) → \(gap.test)", .init(gap.within.text(beside: "")),
                    .init(gap.cross.text(beside: "")),
                    .init((difference ?? (isThere ? "undefined" : "–")) + share),
                    .init(Fixed.text(gap.interval)),
                ])
            }, mark: mark)
    }
}
