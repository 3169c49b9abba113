/// What is wrong with a feature file, where, and what to do about it.
///
/// ```
/// data/forrest_DE.h5: dataset "clip_01/audio" of recording "DE_clip_01" holds nan at frame 7,
/// column 3 (counted from 0). Repair it, or write a finite filler and a mask "clip_01/audio.mask".
/// ```
public struct FeatureError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds that callers tell apart.
    public enum Cause: String, Hashable, Sendable, CaseIterable {
        /// There is no such file.
        case missingFile
        /// The file cannot be opened: no permission, or it is a folder.
        case unreadableFile
        /// The file does not begin as HDF5 files do.
        case notHDF5
        /// The file is shorter than it says.
        case truncated
        /// The file uses a format that this library does not know.
        case newerFormat
        /// The file does not hold this path.
        case noSuchDataset
        /// The path leads to something else, such as a group.
        case notADataset
        /// The values are not numbers.
        case notNumeric
        /// The dataset has not one or two dimensions.
        case notAMatrix
        /// A pandas table.
        case pandas
        /// A filter (compression) that this library lacks.
        case unsupportedFilter
        /// The values lie in other files.
        case elsewhere
        /// No values at all.
        case empty
        /// More values than fit.
        case tooLarge
        /// The file contradicts itself.
        case damaged
        /// The library failed in another way.
        case library
        /// A value is not a number or infinite.
        case notFinite
        /// Values of a mask other than 0 and 1.
        case notAMask
        /// Rows or columns are not what the manifest says.
        case wrongShape
        /// The content is not what the manifest says.
        case wrongDigest
        /// A path pattern names a column that the recording does not have, or is malformed.
        case unknownColumn
        /// A path leads out of the data root.
        case outsideDataRoot
        /// The file could not be written.
        case notWritten
    }

    /// The kind.
    public let cause: Cause
    /// The file's path.
    public let file: String
    /// The dataset's path in the file, where one is meant.
    public let dataset: String?
    /// The recording's id, where one is meant.
    public var recording: String?
    /// What is wrong: the rest of a sentence that begins with the file or dataset.
    public let what: String
    /// What to do about it: a sentence.
    public let advice: String

    /// An error of these parts.
    public init(
        _ cause: Cause, file: String, dataset: String? = nil, recording: String? = nil,
        _ what: String, advice: String
    ) {
        self.cause = cause
        self.file = file
        self.dataset = dataset
        self.recording = recording
        self.what = what
        self.advice = advice
    }

    /// The same error, said of a recording.
    func of(_ recording: String) -> FeatureError {
        var error = self
        error.recording = recording
        return error
    }

    /// One sentence on what is wrong and where, and one on what to do.
    public var description: String {
        let owner = recording.map { " of recording \"\($0)\"" } ?? ""
        let subject = dataset.map { "\(file): dataset \"\($0)\"\(owner)" } ?? "\(file)\(owner)"
        return "\(subject) \(what). \(advice)"
    }
}
