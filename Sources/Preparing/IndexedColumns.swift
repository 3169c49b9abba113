import Corpora

/// The recordings with ids, cultures and columns, from the attributes of their groups and files.
struct IndexedColumns {
    private(set) var recordings: [Recording] = []
    private(set) var notes: [String] = []

    /// Attributes with a meaning of their own, which are no columns.
    private static let reserved: Set = [
        "id", "culture", "digests", "frames", "n_frames", "hop_seconds", "rate_hz", "modality",
        // What PyTables writes on every group.
        "CLASS", "TITLE", "VERSION",
    ]

    init(
        of sources: [RecordingSource], files: [FileDescription], gold: IndexedGold,
        options: IndexOptions
    ) throws(PreparingError) {
        let cultures = try IndexedColumns.cultures(of: sources, options: options)
        let ids = try IndexedColumns.ids(of: sources, cultures: cultures)
        // What a file says of itself tells recordings apart only where files differ in it.
        let fileNames = Set(files.flatMap(\.attributes.keys)).filter { name in
            files.contains { $0.attributes[name] != files[0].attributes[name] }
        }
        for (i, source) in sources.enumerated() {
            try IndexedColumns.checkFrames(source, frames: gold.frames[i])
            var columns: [String: String] = [:]
            let own = source.fileAttributes.filter { fileNames.contains($0.key) }
                .merging(source.attributes) { _, inner in inner }
            for (name, values) in own.sorted(by: { $0.key < $1.key })
            where !isSkipped(name, options: options) {
                guard values.count == 1, isPlain(values[0]), isPlain(name) else {
                    note("the attribute `\(name)` is no column: it is not one short text.")
                    continue
                }
                columns[name] = values[0]
            }
            recordings.append(
                Recording(
                    id: ids[i], culture: cultures[i], frames: gold.frames[i], columns: columns,
                    digests: [:]))
        }
        if options.cultureAttribute != "culture",
            sources.contains(where: { $0.attribute("culture", of: nil) != nil })
        {
            note(
                """
                the attribute `culture` is no column: `\(options.cultureAttribute)` is the culture.
                """)
        }
    }

    private func isSkipped(_ name: String, options: IndexOptions) -> Bool {
        IndexedColumns.reserved.contains(name) || name == options.cultureAttribute
            || name.hasSuffix("_names") || name.hasPrefix("MATLAB_")
    }

    private func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.count <= 200
            && !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
            && !text.contains("{") && !text.contains("}")
    }

    private mutating func note(_ text: String) {
        let sentence = "\(text.prefix(1).uppercased())\(text.dropFirst())"
        if !notes.contains(sentence) { notes.append(sentence) }
    }

    private static func cultures(
        of sources: [RecordingSource], options: IndexOptions
    ) throws(PreparingError) -> [String] {
        var cultures: [String] = []
        for source in sources {
            guard let values = source.attribute(options.cultureAttribute, of: nil),
                values.count == 1, !values[0].isEmpty
            else {
                let known = Set(source.attributes.keys).union(source.fileAttributes.keys).sorted()
                let advice =
                    known.isEmpty
                    ? "There are no attributes at all: write one."
                    : "Attributes are \(known.joined(separator: ", ")): "
                        + "say which with --culture."
                throw PreparingError(
                    file: source.file, recording: source.group.path,
                    problem: """
                        no attribute `\(options.cultureAttribute)` of group or file says the \
                        culture. \(advice)
                        """)
            }
            cultures.append(values[0])
        }
        return cultures
    }

    /// The attribute `id`, else the group's name, else culture and group's name: what is unique.
    private static func ids(
        of sources: [RecordingSource], cultures: [String]
    ) throws(PreparingError) -> [String] {
        let names = sources.map { source in
            source.attributes["id"].flatMap { $0.count == 1 ? $0[0] : nil }
                ?? source.group.path.split(separator: "/").joined(separator: "_")
        }
        if Set(names).count == names.count { return names }
        let ids = zip(cultures, names).map { "\($0)_\($1)" }
        var first: [String: Int] = [:]
        for (i, id) in ids.enumerated() {
            if let other = first[id] {
                throw PreparingError(
                    file: sources[i].file, recording: sources[i].group.path,
                    problem: """
                        its id would be \(id), as that of \(sources[other].group.path) in \
                        \(sources[other].file). Give each group an attribute `id`.
                        """)
            }
            first[id] = i
        }
        return ids
    }

    private static func checkFrames(
        _ source: RecordingSource, frames: Int
    ) throws(PreparingError) {
        for name in ["frames", "n_frames"] {
            guard let value = source.attributes[name]?.first, value != "\(frames)" else { continue }
            throw PreparingError(
                file: source.file, recording: source.group.path,
                problem: """
                    the attribute `\(name)` says \(value) frames, and the gold traces have \
                    \(frames). Correct the file.
                    """)
        }
    }
}
