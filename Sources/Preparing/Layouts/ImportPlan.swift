/// A matrix of each recording that is to be imported: the gold traces, or a feature set.
public struct ImportPart: Hashable, Sendable {
    /// The feature set's name, or `targets`.
    public var name: String
    /// audio, video or text; empty for gold traces.
    public var modality: String
    /// How the tables are read.
    public var format: TableFormat
    /// The targets' names, where the tables do not give them.
    public var targets: [String]?
    /// The files, in a fixed order.
    public var files: [File]

    /// What a recording's matrix is read from.
    public struct File: Hashable, Sendable {
        /// The recording, where the file's name or folder tells it.
        public var id: String?
        /// The file; for gold traces one for each target, where they are apart.
        public var paths: [String]

        /// Files of a recording.
        public init(id: String?, paths: [String]) {
            self.id = id
            self.paths = paths
        }
    }

    /// A part of these files.
    public init(
        name: String, modality: String, format: TableFormat, targets: [String]? = nil,
        files: [File]
    ) {
        self.name = name
        self.modality = modality
        self.format = format
        self.targets = targets
        self.files = files
    }
}

extension FolderLayout {
    /// The gold traces and feature sets of this layout below `folder`, gold traces first.
    ///
    /// - Parameters:
    ///   - gold: What the part of the gold traces is called.
    ///   - format: How tables are read; its columns are those of features.
    ///   - targets: The targets' names, where tables have no header.
    public func parts(
        in folder: String, gold name: String, format: TableFormat, targets: [String]?
    ) -> [ImportPart] {
        var parts: [ImportPart] = []
        if !gold.isEmpty {
            // A recording needs all of its targets; those of one table are columns.
            let ids = gold.dropFirst().reduce(Set(gold[0].files.keys)) { ids, part in
                ids.intersection(part.files.keys)
            }
            var goldFormat = format
            goldFormat.columns = []
            var names = targets
            if !gold[0].name.hasPrefix("labels") {
                goldFormat.columns = ["value"]
                names = gold.map(\.name)
            }
            parts.append(
                ImportPart(
                    name: name, modality: "", format: goldFormat, targets: names,
                    files: ids.sorted().map { id in
                        let paths = gold.compactMap { $0.files[id] }
                        return ImportPart.File(id: id, paths: paths.map { "\(folder)/\($0)" })
                    }))
        }
        return parts
            + features.map { part in
                ImportPart(
                    name: part.name, modality: part.modality, format: format,
                    files: part.files.sorted { $0.key < $1.key }.map {
                        ImportPart.File(id: $0.key, paths: ["\(folder)/\($0.value)"])
                    })
            }
    }
}
