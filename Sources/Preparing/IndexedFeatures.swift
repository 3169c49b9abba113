import Corpora

/// Which datasets become feature sets, and why the others do not.
struct IndexedFeatures {
    private(set) var sets: [(name: String, modality: String, width: Int)] = []
    private(set) var notes: [String] = []

    private static let modalities = ["audio", "video", "text"]

    /// The feature sets of these recordings, in the order of the first recording's datasets or of
    /// the user's list.
    init(
        in sources: [RecordingSource], gold: IndexedGold, options: IndexOptions
    ) throws(PreparingError) {
        var names: [String] = []
        for name in sources.flatMap(\.group.datasets).map(\.name) where name != gold.name {
            if !names.contains(name) { names.append(name) }
        }
        if let wanted = options.features {
            for name in wanted where !names.contains(name) {
                throw PreparingError(
                    problem: """
                        no recording has a dataset `\(name)`; the nearest is \
                        `\(Spelling.nearest(name, in: names) ?? gold.name)`.
                        """)
            }
            names = wanted
        }
        for name in names {
            switch IndexedFeatures.judge(name, sources, gold, options) {
            case .success(let set): sets.append(set)
            case .failure(let refusal) where options.features != nil: throw refusal.error
            case .failure(let refusal): notes.append("\(refusal.error) It is left out.")
            }
        }
        guard !sets.isEmpty else {
            throw PreparingError(
                problem: """
                    no dataset of the files can be a feature set. \(notes.joined(separator: " "))
                    """)
        }
    }

    private struct Refusal: Error {
        let error: PreparingError
    }

    /// Whether the datasets called `name` are one matrix (T, D) a recording, of a known modality.
    private static func judge(
        _ name: String, _ sources: [RecordingSource], _ gold: IndexedGold, _ options: IndexOptions
    ) -> Result<(name: String, modality: String, width: Int), Refusal> {
        func refuse(_ source: RecordingSource?, _ problem: String) -> Refusal {
            Refusal(
                error: PreparingError(
                    file: source?.file, recording: source?.group.path, problem: problem))
        }
        let having = sources.count { $0.dataset(name) != nil }
        guard having == sources.count else {
            return .failure(
                refuse(nil, "`\(name)` is in \(having) of \(sources.count) recordings only."))
        }
        var width: Int?
        for (source, frames) in zip(sources, gold.frames) {
            let shape = source.dataset(name)!.shape
            guard shape.count == 2, shape[0] == frames, shape[1] >= 1 else {
                return .failure(
                    refuse(
                        source,
                        """
                        `\(name)` has the shape \(shapeText(shape)), not (\(frames), features) as \
                        the \(frames) frames of `\(gold.name)` ask.
                        """))
            }
            guard width == nil || width == shape[1] else {
                return .failure(
                    refuse(
                        source,
                        "`\(name)` has \(shape[1]) columns, and \(width!) in recordings before it."
                    ))
            }
            width = shape[1]
        }
        let written = sources[0].dataset(name)!.attributes["modality"]?.first
        guard
            let modality = options.modalities[name] ?? written
                ?? (modalities.contains(name) ? name : nil)
        else {
            return .failure(
                refuse(
                    nil,
                    """
                    `\(name)` does not say its modality. Say it with --modality \(name)=audio, \
                    video or text.
                    """))
        }
        return .success((name, modality, width!))
    }
}
