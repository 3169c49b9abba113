/// A row of a table for machines: the same names in CSV and JSON.
public protocol Row: Hashable, Sendable {
    /// The names of the columns, in order.
    static var columns: [String] { get }
    /// The values, in the order of ``columns``.
    var fields: [Field] { get }
}

/// A value of a table for machines.
public enum Field: Hashable, Sendable {
    /// A name or label.
    case text(String)
    /// A whole number.
    case count(Int)
    /// A figure; nil where it is undefined.
    case number(Double?)
}

/// The row of a trial, test culture, target and convention in `trials.csv`.
public struct TrialRow: Row {
    /// The columns of the CSV file, in the words of the glossary.
    public static let columns = [
        "sweep", "key", "scheme", "train", "test", "model", "features", "fold", "seed", "target",
        "convention", "ccc", "pearson", "rmse", "bias", "scale", "recordings", "frames", "epoch",
        "repetition", "selection", "validation",
    ]
    /// The values.
    public let fields: [Field]
}

/// The row of a trial, recording, target and convention in `recordings.csv`.
public struct RecordingRow: Row {
    /// The columns of the CSV file, in the words of the glossary.
    public static let columns = [
        "key", "recording", "culture", "target", "convention", "ccc", "pearson", "rmse", "frames",
    ]
    /// The values.
    public let fields: [Field]
}

/// The row of a cell, seed, subject, target and convention in `subjects.csv`.
public struct SubjectRow: Row {
    /// The columns of the CSV file, in the words of the glossary.
    public static let columns = [
        "scheme", "train", "test", "model", "features", "repetition", "seed", "subject", "target",
        "convention", "ccc", "pearson", "rmse", "bias", "scale", "recordings", "frames",
    ]
    /// The values.
    public let fields: [Field]
}

/// The row of a cell, test culture, target and convention in `summary.csv`: means over seeds and
/// repetitions.
public struct SummaryRow: Row {
    /// The columns of the CSV file, in the words of the glossary.
    public static let columns = [
        "scheme", "train", "test", "model", "features", "target", "convention", "ccc", "ccc_low",
        "ccc_high", "seed_sd", "pearson", "rmse", "recordings", "groups", "frames", "trials",
        "planned", "defined", "undefined", "selection", "validation",
    ]
    /// The values.
    public let fields: [Field]
}
