import Corpora

/// The columns whose equal values must not meet on two sides of a split.
public struct SeparatedColumns: Hashable, Sendable {
    /// Those that must not meet between the test side and the others.
    public let test: [String]
    /// Those that must not meet between the training and the validation side.
    public let validation: [String]

    /// Columns for both borders.
    public init(test: [String], validation: [String]) {
        self.test = test
        self.validation = validation
    }
}

/// Looks for data that stands on two sides of a split.
///
/// Recordings, the separated columns (subject, session, dyad, declared groups) and the content of
/// the gold traces and features must be disjoint between training, validation and test. The check
/// knows nothing of how splits are made: the plan applies it to every split, a trainer before it
/// starts, and the aggregation again.
public struct LeakCheck: Sendable {
    private let recordings: [PlannedRecording]
    private let columns: ColumnTable
    private let identity: ColumnTable.Codes
    private let contents: [(matrix: String, codes: ColumnTable.Codes)]

    /// A check over these recordings, whose indices the splits hold.
    ///
    /// - Parameters:
    ///   - columns: all columns that will be checked.
    ///   - featureSets: the feature sets whose content must be disjoint, beside the gold traces.
    public init(recordings: [PlannedRecording], columns: [String], featureSets: [String]) {
        self.recordings = recordings
        self.columns = ColumnTable(recordings, columns: columns)
        identity = ColumnTable.Codes(recordings.map(\.recording.id))
        contents = ([Recording.goldDigestName] + featureSets).map { matrix in
            (matrix, ColumnTable.Codes(recordings.map { $0.recording.digests[matrix] }))
        }
    }

    /// Refuses a split in which a thing stands on two sides.
    ///
    /// Where everything is chosen on the test side, that is the validation side too.
    ///
    /// - Throws: the first leak found: recordings before columns before content.
    public func check(
        _ split: Split, separated: SeparatedColumns, selection: Scheme.Selection = .validation
    ) throws(Leak) {
        let train = Side(
            name: .train, recordings: split.train + split.tuned.without(split.train))
        let validation = Side(name: .validation, recordings: split.validation)
        let test = Side(name: .test, recordings: split.test)
        let borders =
            selection == .test && split.validation == split.test
            ? [(train, test)] : [(train, test), (validation, test), (train, validation)]
        for (a, b) in borders { try refuse(.recording, identity, a, b) }
        for (a, b) in borders {
            for column in b.name == .test ? separated.test : separated.validation {
                try refuse(.column(column), columns.codes(column), a, b)
            }
        }
        for (matrix, codes) in contents {
            for (a, b) in borders { try refuse(.content(matrix), codes, a, b) }
        }
    }

    private struct Side {
        let name: Leak.Side
        let recordings: [Int]
    }

    private func refuse(
        _ thing: Leak.Thing, _ codes: ColumnTable.Codes, _ a: Side, _ b: Side
    ) throws(Leak) {
        var holders = [Int](repeating: -1, count: codes.count)
        for index in b.recordings where codes.ofRecording[index] >= 0 {
            holders[codes.ofRecording[index]] = index
        }
        for index in a.recordings where codes.ofRecording[index] >= 0 {
            let other = holders[codes.ofRecording[index]]
            guard other >= 0 else { continue }
            throw Leak(
                thing: thing, sides: [a.name, b.name],
                recordings: [index, other].map { recordings[$0].recording.id })
        }
    }
}

/// A thing that stands on two sides of a split.
public struct Leak: Error, Hashable, Sendable, CustomStringConvertible {
    /// What stands on both sides.
    public let thing: Thing
    /// The two sides.
    public let sides: [Side]
    /// A recording of each side that shows it.
    public let recordings: [String]

    /// What can stand on two sides.
    public enum Thing: Hashable, Sendable {
        /// The recording itself.
        case recording
        /// A value of a column, such as a subject.
        case column(String)
        /// The content of a matrix: gold traces or a feature set.
        case content(String)
    }

    /// A side of a split.
    public enum Side: String, Hashable, Sendable {
        /// What is trained on.
        case train
        /// What early stopping sees.
        case validation
        /// What is scored.
        case test
    }

    /// A sentence that names both recordings and what to do.
    public var description: String {
        let (a, b) = (recordings[0], recordings[1])
        switch thing {
        case .recording:
            return "recording \(a) stands on the \(sides[0]) and the \(sides[1]) side."
        case .column(let column):
            return """
                recordings \(a) (\(sides[0])) and \(b) (\(sides[1])) have the same `\(column)`, \
                which must stand on one side only.
                """
        case .content(let matrix):
            return """
                recordings \(a) (\(sides[0])) and \(b) (\(sides[1])) have the same content in \
                `\(matrix)`, which must stand on one side only. Give them a common value of a \
                column that the manifest lists under `groups`.
                """
        }
    }
}

extension Plan {
    /// Looks again for data on two sides of the split of a trial, as the plan did.
    ///
    /// A trainer calls it before it starts.
    public func check(_ trial: Trial) throws(PlanError) {
        try check(cells[trial.cell], trial.split..<trial.split + 1)
    }

    /// Looks again for data on two sides of any split; the aggregation calls it before it counts.
    public func check() throws(PlanError) {
        var checked = 0
        for cell in cells where cell.splits.upperBound > checked {
            try check(cell, cell.splits)
            checked = cell.splits.upperBound
        }
    }

    private func check(_ cell: Cell, _ range: Range<Int>) throws(PlanError) {
        let check = LeakCheck(
            recordings: recordings,
            columns: (cell.separated.test + cell.separated.validation).uniqued(),
            featureSets: sweep.features.flatMap(\.featureSets).uniqued())
        for split in splits[range] {
            do {
                try check.check(split, separated: cell.separated, selection: cell.selection)
            } catch {
                throw .leak(scheme: cell.name, fold: split.fold, error)
            }
        }
    }
}
