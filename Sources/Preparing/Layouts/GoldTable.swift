import Kernels

/// A recording's gold traces, from one table or from one for each target.
public enum GoldTable {
    /// Seconds between two rows, to the microsecond.
    ///
    /// - Throws: ``PreparingError`` when the table has no times, or one row only.
    public static func hopSeconds(of table: Table) throws(PreparingError) -> Double {
        guard table.times != nil, let instance = table.instances.first, instance.rows.count > 1
        else {
            throw PreparingError(
                problem: "the table does not tell its hop. Say it with --hop-seconds.")
        }
        let hop = RowTimes(table, instance, hopSeconds: 1).hopSeconds
        return (hop * 1e6).rounded() / 1e6
    }

    /// The traces (T, targets) of the first instance of each table, and the targets' names.
    ///
    /// - Parameter targets: Names in place of the tables'; a single list that does not fit is an
    ///   error.
    /// - Throws: ``PreparingError`` when the hop is another, or the names do not fit.
    public static func traces(
        _ tables: [Table], hopSeconds: Double, targets: [String]?
    ) throws(PreparingError) -> (result: Alignment.Result, targets: [String]) {
        var alignment = Alignment(hopSeconds: hopSeconds)
        alignment.slackSeconds = .infinity
        var results: [Alignment.Result] = []
        for table in tables {
            guard let instance = table.instances.first, table.instances.count == 1 else {
                throw PreparingError(
                    problem: "gold traces of several recordings are in one file. Split it.")
            }
            let rows = RowTimes(table, instance, hopSeconds: hopSeconds)
            guard (rows.hopSeconds / hopSeconds - 1).magnitude < 0.01 || rows.seconds.count < 3
            else {
                throw PreparingError(
                    problem: """
                        its rows are \(rows.hopSeconds) s apart, and those of the corpus \
                        \(hopSeconds) s. A corpus has one hop.
                        """)
            }
            results.append(try alignment.align(table, instance, frames: nil))
        }
        let frames = results.map(\.matrix.rows).max() ?? 0
        let names = try names(tables.flatMap(\.columns), targets)
        var values = [Float](repeating: 0, count: frames * names.count)
        var mask = [UInt8](repeating: 1, count: frames)
        var first = 0
        for result in results {
            let matrix = result.matrix
            for frame in 0..<frames {
                guard frame < matrix.rows, result.mask?[frame] != 0 else {
                    mask[frame] = 0
                    continue
                }
                for column in 0..<matrix.columns {
                    values[frame * names.count + first + column] = matrix[frame, column]
                }
            }
            first += matrix.columns
        }
        return (Alignment.Result(values, mask, width: names.count), names)
    }

    private static func names(
        _ columns: [String], _ targets: [String]?
    ) throws(PreparingError) -> [String] {
        guard let targets else { return columns }
        guard targets.count == columns.count else {
            throw PreparingError(
                problem: """
                    the table has \(columns.count) columns of traces (\
                    \(TableError.shown(columns.joined(separator: ", ")))) and there are \
                    \(targets.count) targets, \(targets.joined(separator: ", ")). Say them with \
                    --targets.
                    """)
        }
        return targets
    }
}
