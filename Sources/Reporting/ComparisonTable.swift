import Scoring

/// Models beside each other, in the layout of the paper's Table I: targets are blocks, cultures are
/// rows, models are columns.
public struct ComparisonTable: Hashable, Sendable {
    /// The scheme's name.
    public let scheme: String
    /// The name of the choice of features.
    public let features: String
    /// Which divisors its CCC have.
    public let convention: Convention
    /// What the means are over.
    let runs: Runs
    /// The names of the models.
    public let models: [String]
    /// The rows of each target.
    public let blocks: [Block]
    /// What stands beside a mean.
    public let spread: Spread
    /// Published columns that are quoted beside those of this sweep; none unless asked for.
    public let quoted: [QuotedColumn]
    /// What is printed in red over it; nil where nothing of it was chosen on the test side.
    public let mark: String?

    /// What stands beside a mean.
    public enum Spread: String, Hashable, Sendable, CaseIterable {
        /// The standard deviation over seeds, and over repetitions where a scheme divides anew.
        case sd
        /// The 95 % interval.
        case interval
        /// Nothing.
        case none
    }

    /// The rows of a target.
    public struct Block: Hashable, Sendable {
        /// The predicted quantity.
        public let target: String
        /// A row for each training side and culture that is tested.
        public let rows: [Row]
    }

    /// A training side and what is tested.
    public struct Row: Hashable, Sendable {
        /// What was trained on and what is tested.
        public let train: String, test: String
        /// A score for each model; nil where none is planned.
        public let values: [MeanScore?]
        /// Their 95 % intervals.
        public let intervals: [Interval?]

        /// The models whose mean is best, where every model has all of its trials; ties are all
        /// best, a single model never.
        var best: [Bool] {
            let comparable = values.count > 1 && values.allSatisfy { $0?.isWhole == true }
            let best = comparable ? values.compactMap { $0?.mean }.max() : nil
            return values.map { best != nil && $0?.mean == best }
        }
    }

    /// What it shows, in a line.
    var caption: String {
        let beside =
            switch spread {
            case .sd: "mean ± SD over \(runs.label)"
            case .interval: "mean over \(runs.label), 95 % interval"
            case .none: "mean over \(runs.label)"
            }
        return "\(scheme) · \(features): CCC (\(convention.rawValue)), \(beside)"
            + (quoted.isEmpty ? "" : "; † " + QuotedColumn.source)
    }

    /// It as a table.
    var table: Table {
        let columns = models + quoted.map { $0.name + " †" }
        return Table(
            caption: caption,
            columns: [.name("Trained on"), .name("Tested on")] + columns.map { .number($0) },
            rows: blocks.flatMap { block in
                [.banner(block.target)]
                    + block.rows.map { row in
                        .row([.init(row.train), .init(row.test)] + values(row, block.target))
                    }
            }, mark: mark)
    }

    private func values(_ row: Row, _ target: String) -> [Table.Value] {
        let own = zip(zip(row.values, row.intervals), row.best).map { pair, isBest in
            var value = Table.Value(pair.0.map { text($0, pair.1) } ?? "")
            value.isBest = isBest
            return value
        }
        return own
            + quoted.map { column in
                .init(column.value(target: target, row).map { Fixed.text($0) } ?? "")
            }
    }

    private func text(_ score: MeanScore, _ interval: Interval?) -> String {
        switch spread {
        case .sd: score.text
        case .interval: score.text(beside: interval.map { Fixed.text($0) } ?? "")
        case .none: score.text(beside: "")
        }
    }
}

/// A published column of the paper's Table I, quoted and not run here.
public struct QuotedColumn: Hashable, Sendable {
    /// The system's name there.
    public let name: String
    /// Per target (arousal, valence, liking) the CCC of DE, HU and both together.
    private let values: [String: [Double]]

    /// The value that a row of a `partition` scheme may stand beside; nil where the paper has none:
    /// it trained on the German and Hungarian training partitions together and tested their
    /// development partitions.
    func value(target: String, _ row: ComparisonTable.Row) -> Double? {
        guard Set(row.train.split(separator: "+")) == ["DE", "HU"],
            let place = ["DE", "HU", TestScores.allTogether].firstIndex(of: row.test)
        else { return nil }
        return values[target]?[place]
    }

    /// What a dagger says.
    static let source = """
        quoted from Raju, Gaus and Breckon, Table I: AVEC 2019, German and Hungarian training \
        partitions, tested on development, CCC in the avec convention; not run here
        """

    /// All columns of Table I.
    public static let tableOne = [
        column(
            "baseline", [0.629, 0.583, 0.614], [0.684, 0.508, 0.615], [0.048, 0.260, 0.222]),
        column(
            "Chen [45]", [0.789, 0.583, 0.724], [0.794, 0.572, 0.708], [0.352, 0.311, 0.320]),
        column(
            "Zhao [46]", [0.791, 0.585, 0.737], [0.778, 0.463, 0.653], [0.441, 0.208, 0.425]),
        column("EAF", [0.486, 0.222, 0.365], [0.510, 0.152, 0.345], [0.160, 0.261, 0.215]),
        column("EMAFN", [0.132, 0.181, 0.155], [0.659, 0.586, 0.631], [0.386, 0.803, 0.625]),
        column("AED", [0.635, 0.638, 0.637], [0.676, 0.708, 0.689], [-0.129, 0.224, 0.062]),
    ]

    private static func column(
        _ name: String, _ arousal: [Double], _ valence: [Double], _ liking: [Double]
    ) -> QuotedColumn {
        QuotedColumn(
            name: name, values: ["arousal": arousal, "valence": valence, "liking": liking])
    }
}
