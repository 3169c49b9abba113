/// What cannot be prepared, why, and what to do.
public struct PreparingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The data file that is concerned, where it is one.
    public var file: String?
    /// The recording, or the group of the file, that is concerned, where it is one.
    public var recording: String?
    /// What is wrong and what to do about it.
    public var problem: String

    /// An error of these parts.
    public init(file: String? = nil, recording: String? = nil, problem: String) {
        self.file = file
        self.recording = recording
        self.problem = problem
    }

    /// `forrest_DE.h5: clip_01: …`, without the parts that are unknown.
    public var description: String {
        [file, recording, problem].compactMap(\.self).joined(separator: ": ")
    }
}
