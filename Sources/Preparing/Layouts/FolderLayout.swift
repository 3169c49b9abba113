/// What the files below a database's folder are, by their paths: labels and feature sets.
public struct FolderLayout: Hashable, Sendable {
    /// A feature set or the gold traces, with a file for each recording.
    public struct Part: Hashable, Sendable {
        /// The folder's name, which becomes the feature set's.
        public var name: String
        /// audio, video or text; empty for gold traces.
        public var modality: String
        /// The paths relative to the database's folder, by recording.
        public var files: [String: String]

        /// Adds the file of a recording; of two it could not be said which one counts.
        fileprivate mutating func add(_ path: String, of id: String) throws(PreparingError) {
            if let other = files.updateValue(path, forKey: id) {
                throw PreparingError(
                    problem: """
                        \(other) and \(path) are both of \(id). Keep one, or give each its folder.
                        """)
            }
        }
    }

    /// The gold traces: one part, or one for each target.
    public private(set) var gold: [Part] = []
    /// The feature sets, by name.
    public private(set) var features: [Part] = []
    /// What was passed over and why, a sentence each.
    public private(set) var notes: [String] = []

    private static let endings: Set = ["csv", "txt", "arff"]

    /// AVEC's layout: `labels/Train_DE_01.csv`, `audio_features_egemaps/Train_DE_01.csv` ….
    ///
    /// The first word of a folder's name tells the modality: audio; visual or video; linguistic or
    /// text. Files that are not called like recordings of AVEC are passed over with a note.
    ///
    /// - Throws: ``PreparingError`` where two files of a folder are of one recording.
    public init(avec paths: [String]) throws(PreparingError) {
        for (folder, files) in try FolderLayout.folders(paths, depth: 2) {
            let name = folder[0]
            var part = Part(name: name, modality: "", files: [:])
            var others: [String] = []
            for (stem, path) in files.sorted(by: { $0.key < $1.key }) {
                let words = stem.split(separator: "_")
                // `Train_DE_01_res.txt` belongs to Train_DE_01.
                let id = (2...3).reversed().lazy
                    .map { words.prefix($0).joined(separator: "_") }
                    .first { RecordingName.columns(of: $0)["partition"] != nil }
                if let id { try part.add(path, of: id) } else { others.append(path) }
            }
            if let other = others.first, !part.files.isEmpty {
                let what = others.count == 1 ? "1 file" : "\(others.count) files, such as"
                notes.append("of \(name), not called like a recording: \(what) \(other).")
            }
            guard !part.files.isEmpty else { continue }
            if name.hasPrefix("labels"), gold.isEmpty {
                gold.append(part)
            } else if name.hasPrefix("labels") {
                for (id, path) in part.files.sorted(by: { $0.key < $1.key }) {
                    try gold[0].add(path, of: id)
                }
            } else if let modality = FolderLayout.modality(of: name) {
                part.modality = modality
                features.append(part)
            } else {
                notes.append("the folder \(name) does not begin with audio, visual or text.")
            }
        }
    }

    /// MuSe's layout: `label_segments/arousal/1.csv` and `feature_segments/vggish/1.csv`, or
    /// `labels` and `features` for these folders.
    ///
    /// - Parameter modalities: The modality of feature sets by name; those that it lacks are
    ///   guessed from names that MuSe uses, and passed over with a note where that fails.
    /// - Throws: ``PreparingError`` where two files of a folder are of one recording.
    public init(muse paths: [String], modalities: [String: String]) throws(PreparingError) {
        for (folder, files) in try FolderLayout.folders(paths, depth: 3) {
            var part = Part(name: folder[1], modality: "", files: files)
            switch folder[0] {
            case "label_segments", "labels": gold.append(part)
            case "feature_segments", "features":
                let usual = FolderLayout.muse[folder[1].lowercased()]
                guard let modality = modalities[folder[1]] ?? usual else {
                    notes.append(
                        "the modality of \(folder[1]) is not known; say --modality "
                            + "\(folder[1])=audio, video or text.")
                    continue
                }
                part.modality = modality
                features.append(part)
            default: continue
            }
        }
    }

    /// The files that lie `depth` - 1 folders deep: their folders, and in each paths by stem.
    private static func folders(
        _ paths: [String], depth: Int
    ) throws(PreparingError) -> [(folder: [String], files: [String: String])] {
        var folders: [[String]: Part] = [:]
        for path in paths {
            let parts = path.split(separator: "/").map(String.init)
            guard parts.count == depth, let stem = RecordingName.stem(of: path),
                endings.contains(String(path.split(separator: ".").last ?? "").lowercased())
            else { continue }
            let empty = Part(name: "", modality: "", files: [:])
            try folders[parts.dropLast(), default: empty].add(path, of: stem)
        }
        return folders.sorted { $0.key.joined(separator: "/") < $1.key.joined(separator: "/") }
            .map { (folder: $0.key, files: $0.value.files) }
    }

    private static func modality(of folder: String) -> String? {
        let words = [
            "audio": "audio", "visual": "video", "video": "video", "linguistic": "text",
            "text": "text",
        ]
        return words[String(folder.prefix { $0 != "_" })]
    }

    /// Feature sets of the MuSe challenges.
    private static let muse = [
        "vggish": "audio", "deepspectrum": "audio", "egemaps": "audio", "ds": "audio",
        "w2v-msp": "audio", "bert": "text", "bert-base": "text", "fasttext": "text",
        "xception": "video", "vggface": "video", "vggface2": "video", "facenet512": "video",
        "fau": "video", "faus": "video", "au": "video", "openpose": "video", "gocar": "video",
        "landmarks_2d": "video", "landmarks_3d": "video", "gaze": "video", "pose": "video",
        "vit": "video",
    ]
}
