import Corpora

/// Writes the description of a corpus from what its HDF5 files hold.
///
/// A group that holds datasets is a recording; one with a dataset of gold traces (T, targets) tells
/// T. Datasets (T, D) of all recordings become feature sets, attributes become columns, and what
/// differs between the paths of the recordings becomes path patterns over columns.
///
/// ```swift
/// var options = IndexOptions()
/// options.cultureAttribute = "corpus"
/// options.groups = ["run"]
/// let index = try CorpusIndex(of: files, options: options)
/// // forrest_{culture}.h5, {clip}/audio; DE_clip_01 … IT_clip_44
/// ```
public struct CorpusIndex: Sendable {
    /// The corpus, with all but the digests: these need the values, which the caller reads at the
    /// locations that the corpus gives.
    public private(set) var corpus: Corpus
    /// What was left out and why, a sentence each.
    public private(set) var notes: [String] = []

    /// The index of these files, recordings in their order.
    ///
    /// - Throws: ``PreparingError`` when the files do not say a culture, the hop or the targets'
    ///   names, when a recording has no gold traces, or when two recordings would have one id.
    public init(
        of files: [FileDescription], options: IndexOptions = IndexOptions()
    ) throws(PreparingError) {
        var sources: [RecordingSource] = []
        for file in files {
            let own = file.groups.filter { !$0.datasets.isEmpty }
            guard !own.isEmpty else {
                throw PreparingError(
                    file: file.path,
                    problem: """
                        no group of the file holds a dataset. Concord reads one group a recording, \
                        with a dataset for each matrix.
                        """)
            }
            sources += own.map { RecordingSource(group: $0, in: file) }
        }
        guard !sources.isEmpty else {
            throw PreparingError(problem: "there is no file to index. Name one or more HDF5 files.")
        }
        let gold = try IndexedGold(in: sources, options: options)
        let hop = try CorpusIndex.hopSeconds(of: sources, gold: gold, options: options)
        let columns = try IndexedColumns(of: sources, files: files, gold: gold, options: options)
        let sets = try IndexedFeatures(in: sources, gold: gold, options: options)
        notes = columns.notes + sets.notes

        var recordings = columns.recordings
        let file = PathPattern.derive(
            sources.map(\.file), name: "file", over: &recordings)
        let group = PathPattern.derive(
            sources.map(\.group.path), name: "group", over: &recordings)
        corpus = Corpus(
            name: options.name, hopSeconds: hop, dataRoot: options.dataRoot,
            targets: gold.targets,
            gold: MatrixLocation(file: file, dataset: "\(group)/\(gold.name)"),
            featureSets: sets.sets.map { set in
                FeatureSet(
                    name: set.name, modality: set.modality, width: set.width, hopSeconds: hop,
                    location: MatrixLocation(file: file, dataset: "\(group)/\(set.name)"))
            },
            groups: options.groups, recordings: recordings)
        for group in options.groups {
            guard let without = recordings.first(where: { $0.value(group) == nil }) else {
                continue
            }
            let known = Set(recordings.flatMap(\.columns.keys)).sorted()
            throw PreparingError(
                recording: without.id,
                problem: """
                    there is no attribute `\(group)` to group by; the nearest column is \
                    `\(Spelling.nearest(group, in: known) ?? "culture")`.
                    """)
        }
    }

    /// The one hop of all matrices, from attributes `hop_seconds` or `rate_hz`.
    private static func hopSeconds(
        of sources: [RecordingSource], gold: IndexedGold, options: IndexOptions
    ) throws(PreparingError) -> Double {
        if let hop = options.hopSeconds { return hop }
        var first: Double?
        for source in sources {
            guard let hop = try source.hopSeconds(source.dataset(gold.name)) else {
                throw PreparingError(
                    file: source.file, recording: source.group.path,
                    problem: """
                        neither dataset, group nor file has an attribute `hop_seconds` or \
                        `rate_hz`. Say the hop with --hop-seconds.
                        """)
            }
            guard first == nil || first == hop else {
                throw PreparingError(
                    file: source.file, recording: source.group.path,
                    problem: """
                        its hop is \(hop) s, that of recordings before it \(first!) s. A corpus \
                        has one hop; resample, or index the files apart.
                        """)
            }
            first = hop
        }
        return first!
    }
}

/// A group of a file that is a recording, with the attributes of the groups around it.
struct RecordingSource {
    let file: String
    let group: FileDescription.Group
    /// Attributes of the group and, where it lacks them, of the groups around it.
    let attributes: [String: [String]]
    /// Attributes of the file's root.
    let fileAttributes: [String: [String]]

    init(group: FileDescription.Group, in file: FileDescription) {
        self.file = file.path
        self.group = group
        fileAttributes = file.attributes
        // Innermost first: what stands nearer to the recording holds.
        attributes = file.groups.reversed().filter { group.path.hasPrefix($0.path + "/") }
            .reduce(group.attributes) { inner, outer in
                inner.merging(outer.attributes) { inner, _ in inner }
            }
    }

    /// The dataset called `name`.
    func dataset(_ name: String) -> FileDescription.Dataset? {
        group.datasets.first { $0.name == name }
    }

    /// The attribute of a dataset or else of what is around it.
    func attribute(_ name: String, of dataset: FileDescription.Dataset?) -> [String]? {
        dataset?.attributes[name] ?? attributes[name] ?? fileAttributes[name]
    }

    /// Seconds between two frames of a dataset, where an attribute says so.
    func hopSeconds(_ dataset: FileDescription.Dataset?) throws(PreparingError) -> Double? {
        for (name, isRate) in [("hop_seconds", false), ("rate_hz", true)] {
            guard let values = attribute(name, of: dataset) else { continue }
            guard values.count == 1, let value = Double(values[0]), value > 0, value.isFinite
            else {
                throw PreparingError(
                    file: file, recording: group.path,
                    problem: """
                        the attribute `\(name)` is `\(values.joined(separator: " "))`; it must be \
                        one number above 0.
                        """)
            }
            return isRate ? 1 / value : value
        }
        return nil
    }
}
