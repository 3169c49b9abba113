/// What is wrong with a manifest or with the corpus that it describes, where, and what to do.
public struct CorpusError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The manifest's name as the caller gave it, where there is one.
    public var file: String?
    /// The line of the manifest, from 1, where it is known.
    public var line: Int?
    /// The id of the recording that is concerned, where it is one.
    public var recording: String?
    /// What is wrong and what to do about it.
    public var problem: String

    /// An error of these parts.
    public init(
        file: String? = nil, line: Int? = nil, recording: String? = nil, problem: String
    ) {
        self.file = file
        self.line = line
        self.recording = recording
        self.problem = problem
    }

    /// `forrest.yaml:12: recording DE_clip_01: …`, without the parts that are unknown.
    public var description: String {
        var parts: [String] = []
        if let file { parts.append(line.map { "\(file):\($0)" } ?? file) }
        if let recording { parts.append("recording \(recording)") }
        return (parts + [problem]).joined(separator: ": ")
    }
}
