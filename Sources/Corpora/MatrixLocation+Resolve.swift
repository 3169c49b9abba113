extension MatrixLocation {
    /// The columns that the two patterns name, each once, in the order of their first use.
    ///
    /// - Throws: ``CorpusError`` when a brace of a pattern has no partner or holds no name.
    public var columns: [String] {
        get throws(CorpusError) {
            var names: [String] = []
            for piece in try Pattern(file).pieces + Pattern(dataset).pieces {
                if case .column(let name) = piece, !names.contains(name) { names.append(name) }
            }
            return names
        }
    }

    /// Where the matrix of `recording` lies: the file relative to the data root, and the dataset.
    ///
    /// ```swift
    /// MatrixLocation(file: "forrest_{culture}.h5", dataset: "{clip}/audio")
    ///     .resolve(for: recording)  // ("forrest_DE.h5", "clip_01/audio")
    /// ```
    /// - Throws: ``CorpusError`` when a pattern is malformed or names a column that the recording
    ///   does not have, and when the file would lie outside the data root.
    public func resolve(
        for recording: Recording
    ) throws(CorpusError) -> (file: String, dataset: String) {
        let path = try fill(file, for: recording)
        let dataset = try fill(dataset, for: recording)
        let climbs = path.split(separator: "/").contains("..")
        guard !path.hasPrefix("/"), !climbs else {
            throw CorpusError(
                recording: recording.id,
                problem: """
                    the file `\(path)` (pattern `\(file)`) lies outside the data root. Write a \
                    path relative to the data root, without `..`.
                    """)
        }
        return (path, dataset)
    }

    private func fill(
        _ pattern: String, for recording: Recording
    ) throws(CorpusError) -> String {
        var text = ""
        for piece in try Pattern(pattern).pieces {
            switch piece {
            case .text(let part): text += part
            case .column(let name):
                guard let value = recording.value(name) else {
                    let known = ["id", "culture"] + recording.columns.keys.sorted()
                    throw CorpusError(
                        recording: recording.id,
                        problem: """
                            the pattern `\(pattern)` names the column `\(name)`, which the \
                            recording does not have; it has \(known.joined(separator: ", ")). \
                            Give it a value or name another column.
                            """)
                }
                text += value
            }
        }
        guard !text.isEmpty else {
            throw CorpusError(
                recording: recording.id,
                problem: "a path pattern is empty. Say which file and dataset hold the matrix.")
        }
        return text
    }
}

/// A path pattern taken apart.
private struct Pattern {
    enum Piece {
        case text(String)
        case column(String)
    }

    var pieces: [Piece] = []

    init(_ pattern: String) throws(CorpusError) {
        var rest = pattern[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}"),
                case let name = rest[rest.index(after: open)..<close],
                !name.isEmpty, !name.contains("{")
            else {
                throw CorpusError(
                    problem: """
                        the pattern `\(pattern)` is malformed: write each column as `{name}`, and \
                        no other brace.
                        """)
            }
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            pieces.append(.column(String(name)))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
    }
}
