import Corpora
import Kernels

/// What was found where a recording's matrix should lie: the shell fills this in, one a matrix.
public struct MatrixFinding: Hashable, Sendable {
    /// The recording's id.
    public var recording: String
    /// A feature set's name, or `targets`.
    public var matrix: String
    /// What was read, or the reason why nothing was.
    public var content: Content

    /// What was found of a matrix.
    public enum Content: Hashable, Sendable {
        /// The matrix was read.
        case read(MatrixSummary)
        /// It was not, for this reason: a missing file, a wrong path, a damaged file.
        case unreadable(String)
    }

    /// The finding of a matrix.
    public init(recording: String, matrix: String, content: Content) {
        self.recording = recording
        self.matrix = matrix
        self.content = content
    }
}

/// What a check needs to know of a matrix's values.
public struct MatrixSummary: Hashable, Sendable {
    /// The number of frames.
    public var rows: Int
    /// The number of values in a frame.
    public var columns: Int
    /// How many values are NaN or infinite.
    public var nonFinite: Int
    /// The smallest and the largest finite value; nil where there is none.
    public var range: ClosedRange<Float>?
    /// Seconds between two frames, where the file says so.
    public var hopSeconds: Double?
    /// The content digest.
    public var digest: Digest
    /// The content digest of the mask beside it, where there is one.
    public var maskDigest: Digest?

    /// The summary of a matrix whose file says `hopSeconds`, with a mask beside it or without.
    /// - Complexity: O(rows × columns).
    public init(of matrix: Matrix, mask: [UInt8]? = nil, hopSeconds: Double? = nil) {
        maskDigest = mask.map { mask in
            Digest(of: Matrix(rows: mask.count, columns: 1, values: mask.map(Float.init)))
        }
        rows = matrix.rows
        columns = matrix.columns
        self.hopSeconds = hopSeconds
        digest = Digest(of: matrix)
        var low = Float.infinity
        var high = -Float.infinity
        nonFinite = 0
        for value in matrix.values {
            if value.isFinite {
                low = min(low, value)
                high = max(high, value)
            } else {
                nonFinite += 1
            }
        }
        range = low <= high ? low...high : nil
    }
}

/// Compares what lies in the files with what the manifest says.
///
/// Of an outline's recordings the gold traces tell the frames, and every digest is new.
public struct CorpusCheck: Sendable {
    /// What is wrong, a sentence each, in the order of recordings and matrices; empty when all is
    /// well.
    public private(set) var problems: [String] = []
    /// What is unusual but no error, a sentence each: gold traces beyond -1 and 1, and recordings
    /// of which nothing tells who met whom.
    public private(set) var notes: [String] = []
    /// The corpus with the frames and digests that were found.
    public private(set) var found: Corpus
    /// The rows of the table: one for each matrix and culture.
    private(set) var rows: [Row] = []

    /// What a row of the table counts.
    struct Row {
        let matrix: String
        let culture: String
        var planned = 0
        var read = 0
        var frames = 0
        var columns: Set<Int> = []
        var nonFinite = 0
        var range: ClosedRange<Float>?
        var equalDigests = 0
        var newDigests = 0
    }

    /// Checks the findings against `corpus`; a matrix without a finding counts as unread.
    public init(of corpus: Corpus, findings: [MatrixFinding]) {
        var contents: [String: [String: MatrixFinding.Content]] = [:]
        for finding in findings {
            contents[finding.recording, default: [:]][finding.matrix] = finding.content
        }
        found = corpus
        for index in corpus.recordings.indices {
            found.recordings[index].take(contents[corpus.recordings[index].id] ?? [:])
        }
        let frames = Dictionary(
            uniqueKeysWithValues: found.recordings.map { ($0.id, $0.frames) })
        let widths =
            corpus.featureSets.map { ($0.name, $0.width) }
            + [(Recording.goldDigestName, corpus.targets.count)]
        var cultures: [String] = []
        for recording in corpus.recordings where !cultures.contains(recording.culture) {
            cultures.append(recording.culture)
        }
        if let note = corpus.noteOnGroups { notes.append(note) }
        for (matrix, width) in widths {
            let absent = CorpusCheck.absent(matrix, of: corpus, contents)
            if let absent { problems.append(absent) }
            for culture in cultures {
                var row = Row(matrix: matrix, culture: culture)
                for recording in corpus.recordings where recording.culture == culture {
                    row.planned += 1
                    guard let content = contents[recording.id]?[matrix] else {
                        problems.append("\(recording.id): `\(matrix)` was not read.")
                        continue
                    }
                    switch content {
                    case .unreadable(let reason):
                        guard absent == nil else { continue }
                        problems.append("\(recording.id): `\(matrix)`: \(reason)")
                    case .read(let summary):
                        row.add(summary, expected: recording.digests[matrix])
                        problems += CorpusCheck.problems(
                            of: summary, matrix, recording, frames: frames[recording.id] ?? 0,
                            width: width, hop: corpus.hopSeconds)
                    }
                }
                if matrix == Recording.goldDigestName, let range = row.range,
                    range.lowerBound < -1 || range.upperBound > 1
                {
                    notes.append(
                        """
                        The gold traces of \(culture) lie in \(range.lowerBound)...\
                        \(range.upperBound), beyond the usual -1...1.
                        """)
                }
                rows.append(row)
            }
        }
    }

    /// One sentence for a matrix that no recording has, instead of one for each.
    private static func absent(
        _ matrix: String, of corpus: Corpus,
        _ contents: [String: [String: MatrixFinding.Content]]
    ) -> String? {
        let reasons = corpus.recordings.compactMap { recording -> String? in
            guard case .unreadable(let reason) = contents[recording.id]?[matrix] else { return nil }
            return reason
        }
        guard reasons.count > 1, reasons.count == corpus.recordings.count else { return nil }
        return """
            `\(matrix)` is there of none of the \(reasons.count) recordings; of \
            \(corpus.recordings[0].id): \(reasons[0]) Where you do not have it, name what you have \
            with --features.
            """
    }

    private static func problems(
        of found: MatrixSummary, _ matrix: String, _ recording: Recording, frames: Int,
        width: Int, hop: Double
    ) -> [String] {
        var problems: [String] = []
        // An outline's frames are those of gold traces, which may not be there.
        if frames > 0, found.rows != frames {
            problems.append(
                recording.frames > 0
                    ? "has \(found.rows) frames, the manifest says \(frames). Index again."
                    : "has \(found.rows) frames, the gold traces have \(frames). Trim it.")
        }
        if found.columns != width {
            problems.append("has \(found.columns) columns, the manifest says \(width).")
        }
        if let other = found.hopSeconds, other != hop {
            problems.append("has a hop of \(other) s, the manifest says \(hop) s.")
        }
        if found.nonFinite > 0 {
            problems.append(
                """
                has NaN or infinite values, \(found.nonFinite) of \
                \(found.rows * found.columns). Put a finite filler there and a mask beside it.
                """)
        }
        if let expected = recording.digests[matrix], expected != found.digest {
            problems.append(
                """
                has other content than the manifest: digest \(found.digest), expected \
                \(expected). Restore the file, or index again if the change is meant.
                """)
        }
        let mask = recording.digests[matrix + Recording.maskSuffix]
        if !recording.digests.isEmpty, mask != found.maskDigest {
            problems.append(
                """
                has a mask with \(found.maskDigest.map { "the digest \($0)" } ?? "no file"), the \
                manifest has \(mask.map { "the digest \($0)" } ?? "none"). Restore the file, or \
                index again if the change is meant.
                """)
        }
        return problems.map { "\(recording.id): `\(matrix)` \($0)" }
    }
}

extension Recording {
    /// Takes over what was found of its matrices, the frames from the gold traces.
    fileprivate mutating func take(_ contents: [String: MatrixFinding.Content]) {
        for (matrix, content) in contents {
            guard case .read(let summary) = content else { continue }
            if matrix == Recording.goldDigestName, frames == 0 { frames = summary.rows }
            digests[matrix] = summary.digest
            digests[matrix + Recording.maskSuffix] = summary.maskDigest
        }
    }
}

extension CorpusCheck.Row {
    fileprivate mutating func add(_ found: MatrixSummary, expected: Digest?) {
        read += 1
        newDigests += expected == nil ? 1 : 0
        frames += found.rows
        columns.insert(found.columns)
        nonFinite += found.nonFinite
        equalDigests += found.digest == expected ? 1 : 0
        guard let other = found.range else { return }
        range =
            range.map {
                min($0.lowerBound, other.lowerBound)...max($0.upperBound, other.upperBound)
            } ?? other
    }
}
