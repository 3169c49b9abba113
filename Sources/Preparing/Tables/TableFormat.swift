/// How a tool writes tables, and what of them is wanted.
///
/// Columns are found by name. One called `name`, `file`, `filename` or `instance_name` tells the
/// instance that a row belongs to; `frameTime`, `timestamp`, `timeStamp`, `time` or `start` its
/// time; `end`, `frame`, `frameIndex`, `face_id`, `segment_id` and `class` are passed over. Case
/// does not count. Where there is no header, columns are called 1, 2, 3 …; a first column of text
/// is the name, and then the second the time.
public struct TableFormat: Hashable, Sendable {
    /// How rows are written.
    public enum Syntax: Hashable, Sendable {
        /// Fields between separators; ARFF and LibSVM are known by their first lines.
        case separated
        /// LibSVM: a label, then `index:value` with indices from 1; `width` values a row, or as
        /// many as the largest index where that is nil.
        case sparse(width: Int?)
    }

    /// The syntax. The default is ``Syntax/separated``.
    public var syntax = Syntax.separated
    /// The byte between two fields. The default, nil, takes what the first line has of semicolon,
    /// tab, comma and blank, in this order.
    public var separator: UInt8?
    /// Whether the first line names the columns. The default, nil, finds out.
    public var hasHeader: Bool?
    /// The column of times, where it is called otherwise.
    public var timeColumn: String?
    /// The column of instance names, where it is called otherwise.
    public var nameColumn: String?
    /// Seconds in one unit of the time column. The default is 1.
    public var secondsPerUnit = 1.0
    /// The columns that are wanted: names, patterns with `*`, or a list that ``KnownFeatures``
    /// names. The default, none, wants all.
    public var columns: [String] = []
    /// Whether `success` and `confidence` tell which rows were measured, as OpenFace has it.
    public var hasConfidence = false
    /// The confidence below which a row counts as a gap, as one of confidence 0 always does. The
    /// default is 0.
    public var confidenceMin = 0.0

    /// A table of any tool.
    public init() {}

    /// What openSMILE writes by its sinks or its Python package, as CSV or ARFF.
    public static let openSMILE = TableFormat()

    /// What OpenFace writes: gaze, pose and action units, without landmarks.
    public static let openFace: TableFormat = {
        var format = TableFormat()
        format.columns = ["gaze_*", "pose_*", "AU*_r", "AU*_c"]
        format.hasConfidence = true
        return format
    }()

    /// AVEC's tables: `visual_features` are OpenFace's, without `success`.
    public static let avec: TableFormat = {
        var format = TableFormat()
        format.hasConfidence = true
        return format
    }()

    /// MuSe's tables: times in milliseconds.
    public static let muse: TableFormat = {
        var format = TableFormat()
        format.secondsPerUnit = 0.001
        return format
    }()
}

extension TableFormat {
    /// What determines the values that are read, in words: equal for equal formats.
    public var summary: String {
        var parts = ["columns \(columns.isEmpty ? "all" : columns.joined(separator: " "))"]
        if case .sparse(let width) = syntax { parts.append("sparse \(width ?? 0)") }
        if let separator { parts.append("separator \(separator)") }
        if let hasHeader { parts.append(hasHeader ? "header" : "no header") }
        if let timeColumn { parts.append("time \(timeColumn)") }
        if let nameColumn { parts.append("names \(nameColumn)") }
        if secondsPerUnit != 1 { parts.append("unit \(secondsPerUnit) s") }
        if hasConfidence { parts.append("confidence \(confidenceMin)") }
        return parts.joined(separator: ", ")
    }
}

/// A table of numbers, as read from text.
public struct Table: Hashable, Sendable {
    /// What the columns are called.
    public var columns: [String]
    /// The instances in the order of the file, each with its rows.
    public var instances: [Instance] = []
    /// Seconds from the beginning of the instance, one a row; nil where the file has no times.
    public var times: [Double]?
    /// The values (rows, columns), row by row; not-a-number where there is none.
    public var values: [Float] = []
    /// Whether each row was measured; nil where the file does not say.
    public var isMeasured: [Bool]?
    /// Whether the first line names the columns; nil for what is no text with separators.
    public var hasHeader: Bool?

    /// Rows that belong together, such as those of one recording.
    public struct Instance: Hashable, Sendable {
        /// The name that the rows give; nil where they give none.
        public var name: String?
        /// The rows.
        public var rows: Range<Int>

        /// Rows of this name.
        public init(name: String?, rows: Range<Int>) {
            self.name = name
            self.rows = rows
        }
    }

    /// A table without rows.
    public init(columns: [String]) { self.columns = columns }
}
