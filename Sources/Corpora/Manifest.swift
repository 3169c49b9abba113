import Yams

/// The file that describes a corpus: checked YAML, which loads to a ``Corpus``.
///
/// ```yaml
/// corpus: forrest
/// hop-seconds: 0.1
/// data-root: ../forrest
/// targets: {names: [arousal, valence], file: "forrest_{culture}.h5", dataset: "{clip}/labels"}
/// features:
///   audio: {modality: audio, width: 29, file: "forrest_{culture}.h5", dataset: "{clip}/audio"}
/// groups: [run]
/// columns: [film_start_s]
/// recordings:
///   - {id: DE_clip_01, culture: DE, run: "1", clip: clip_01, film_start_s: "0", frames: 1490,
///      digests: {audio: 1f…, targets: 9a…}}
/// ```
///
/// Every key but these is an error, so that a misspelt one cannot pass unseen: a recording has
/// `id`, `culture`, `frames`, `digests`, and as columns `subject`, `session`, `dyad`, `partition`,
/// the declared `groups`, what a path pattern names, and what `columns` lists. The value of a
/// column is the text as it is written. `hop-seconds` of a feature set is the corpus's unless it
/// says another, `data-root` the manifest's own folder.
///
/// A manifest whose recordings have neither `frames` nor `digests` is an outline: it says what the
/// files of a corpus should hold that cannot be brought along. `concord data check` makes a
/// manifest of it and of somebody's files.
public enum Manifest {
    /// The columns that any recording may have, beside groups and the columns of path patterns.
    public static let commonColumns = ["subject", "session", "dyad", "partition"]

    static let recordingKeys = ["id", "culture", "frames", "digests"]

    /// The corpus that `text` describes; `file` names it in errors.
    ///
    /// - Parameter outlines: Whether `text` may be an outline. The default is that it may not: no
    ///   trial can be named by it. All recordings of an outline have 0 frames and no digest.
    /// - Throws: ``CorpusError`` with the line when the text is no YAML, has an unknown, missing or
    ///   malformed key, or describes a corpus that ``check(_:file:)`` refuses.
    public static func parse(
        _ text: String, file: String, outlines: Bool = false
    ) throws(CorpusError) -> Corpus {
        let root = try ManifestSection(document: text, file: file)
        try root.refuseUnknown(known: [
            "corpus", "hop-seconds", "data-root", "targets", "features", "groups", "columns",
            "recordings",
        ])
        let hop = try root.seconds("hop-seconds")
        let targets = try root.section("targets")
        try targets.refuseUnknown(known: ["names", "file", "dataset"])
        var lines = ManifestLines()
        var corpus = Corpus(
            name: try root.text("corpus"), hopSeconds: hop,
            dataRoot: root.has("data-root") ? try root.text("data-root") : ".",
            targets: try targets.names("names"), gold: try location(targets),
            featureSets: [], groups: root.has("groups") ? try root.names("groups") : [],
            recordings: [])
        for section in try root.section("features").sections("feature set") {
            corpus.featureSets.append(try featureSet(section, hop: hop))
            lines.featureSets.append(section.line)
        }
        let declared = root.has("columns") ? try root.names("columns") : []
        let known =
            try knownColumns(corpus, at: root)
            + declared.filter { !recordingKeys.contains($0) }
        for section in try root.items("recordings", "a recording") {
            corpus.recordings.append(try recording(section, columns: known))
            lines.recordings.append(section.line)
        }
        if let idle = declared.first(where: { name in
            !corpus.recordings.contains { $0.columns[name] != nil }
        }) {
            throw root.error(
                "`columns` lists `\(idle)`, which no recording has as a column. Remove it there.",
                at: "columns")
        }
        guard outlines || !corpus.isOutline else {
            throw CorpusError(
                file: file,
                problem: """
                    no recording has `frames` and `digests`: the manifest is an outline. Run \
                    `concord data check \(file) --data-root FOLDER --output corpus.yaml` on your \
                    files, and use corpus.yaml.
                    """)
        }
        try check(corpus, file: file, lines: lines)
        return corpus
    }

    /// The columns that a recording of `corpus` may have without `columns` listing them.
    static func knownColumns(_ corpus: Corpus) throws(CorpusError) -> [String] {
        var names = commonColumns + corpus.groups
        for location in [corpus.gold] + corpus.featureSets.map(\.location) {
            names += try location.columns
        }
        var seen = Set(recordingKeys)
        return names.filter { seen.insert($0).inserted }
    }

    private static func knownColumns(
        _ corpus: Corpus, at root: ManifestSection
    ) throws(CorpusError) -> [String] {
        do {
            return try knownColumns(corpus)
        } catch {
            throw root.error(error.problem)
        }
    }

    private static func featureSet(
        _ section: ManifestSection, hop: Double
    ) throws(CorpusError) -> FeatureSet {
        try section.refuseUnknown(known: ["modality", "width", "hop-seconds", "file", "dataset"])
        return FeatureSet(
            name: section.name, modality: try section.text("modality"),
            width: try section.count("width"),
            hopSeconds: section.has("hop-seconds") ? try section.seconds("hop-seconds") : hop,
            location: try location(section))
    }

    private static func location(
        _ section: ManifestSection
    ) throws(CorpusError) -> MatrixLocation {
        MatrixLocation(file: try section.text("file"), dataset: try section.text("dataset"))
    }

    private static func recording(
        _ section: ManifestSection, columns known: [String]
    ) throws(CorpusError) -> Recording {
        var section = section
        if section.has("id") { section.recording = try section.text("id") }
        try section.refuseUnknown(
            known: recordingKeys + known,
            advice: "If it is a column of your own, list it under `columns`.")
        var columns: [String: String] = [:]
        for name in known where section.has(name) { columns[name] = try section.text(name) }
        guard section.has("frames") || section.has("digests") else {
            return Recording(
                id: try section.text("id"), culture: try section.text("culture"), frames: 0,
                columns: columns, digests: [:])
        }
        var digests: [String: Digest] = [:]
        let digestSection = try section.section("digests")
        for name in digestSection.keys {
            let text = try digestSection.text(name)
            guard let digest = Digest(hex: text) else {
                throw digestSection.error(
                    """
                    the digest of `\(name)` is `\(text)`, which is not 64 lower-case hexadecimal \
                    digits. Run `concord data index` to write it.
                    """, at: name)
            }
            digests[name] = digest
        }
        return Recording(
            id: try section.text("id"), culture: try section.text("culture"),
            frames: try section.count("frames"), columns: columns, digests: digests)
    }
}

/// On which lines of a manifest the parts of its corpus stand.
struct ManifestLines {
    var featureSets: [Int?] = []
    var recordings: [Int?] = []
}
