/// Which dataset holds the gold traces, and what its columns are called.
struct IndexedGold {
    let name: String
    let targets: [String]
    /// The frames of each recording.
    let frames: [Int]

    /// The first of the names that all recordings have as a dataset (T, targets).
    init(in sources: [RecordingSource], options: IndexOptions) throws(PreparingError) {
        let name = options.goldNames.first { name in
            sources.allSatisfy { $0.dataset(name) != nil }
        }
        guard let name else {
            let lacking =
                sources.first { source in
                    options.goldNames.allSatisfy { source.dataset($0) == nil }
                } ?? sources[0]
            let names = options.goldNames.map { "`\($0)`" }.joined(separator: ", ")
            let held = lacking.group.datasets.map(\.name).joined(separator: ", ")
            throw PreparingError(
                file: lacking.file, recording: lacking.group.path,
                problem: """
                    there are no gold traces under one of the names \(names) that all recordings \
                    have; this one holds \(held). Say the name with --gold.
                    """)
        }
        self.name = name
        var frames: [Int] = []
        var first: [String]?
        for source in sources {
            let dataset = source.dataset(name)!
            guard dataset.shape.count == 2, dataset.shape.allSatisfy({ $0 >= 1 }) else {
                throw PreparingError(
                    file: source.file, recording: source.group.path,
                    problem: """
                        the gold traces `\(name)` have the shape \(shapeText(dataset.shape)); it \
                        must be (frames, targets).
                        """)
            }
            frames.append(dataset.shape[0])
            let names = try IndexedGold.names(of: dataset, in: source, options: options)
            guard first == nil || first == names else {
                throw PreparingError(
                    file: source.file, recording: source.group.path,
                    problem: """
                        its targets are \(names.joined(separator: ", ")), those of recordings \
                        before it \(first!.joined(separator: ", ")). A corpus has one list.
                        """)
            }
            first = names
        }
        self.frames = frames
        targets = first!
    }

    private static func names(
        of dataset: FileDescription.Dataset, in source: RecordingSource, options: IndexOptions
    ) throws(PreparingError) -> [String] {
        let attributes = ["target_names", "label_names", "names", "column_names"]
        let values =
            options.targetNames
            ?? attributes.lazy.compactMap { source.attribute($0, of: dataset) }.first
        guard let values else {
            throw PreparingError(
                file: source.file, recording: source.group.path,
                problem: """
                    no attribute (\(attributes.joined(separator: ", "))) names the columns of \
                    `\(dataset.name)`. Say them with --targets.
                    """)
        }
        // One text holds all names, as h5py users write it, or each value is a name.
        let names =
            values.count == 1
            ? values[0].split { $0 == " " || $0 == "," }.map(String.init) : values
        guard names.count == dataset.shape[1], Set(names).count == names.count else {
            throw PreparingError(
                file: source.file, recording: source.group.path,
                problem: """
                    `\(dataset.name)` has \(dataset.shape[1]) columns, and the names are \
                    \(names.joined(separator: ", ")). Name each column once.
                    """)
        }
        return names
    }
}

/// A shape as text, such as `(1490, 9, 2)`.
func shapeText(_ shape: [Int]) -> String {
    "(" + shape.map { "\($0)" }.joined(separator: ", ") + ")"
}
