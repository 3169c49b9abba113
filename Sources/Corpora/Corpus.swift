/// An annotated database: recordings with gold traces and feature sets, as its manifest lists them.
public struct Corpus: Hashable, Sendable {
    /// The corpus's name, such as `forrest`.
    public var name: String
    /// Seconds between two frames of the gold traces.
    public var hopSeconds: Double
    /// The folder that the files lie in, as the manifest gives it; relative to the manifest.
    public var dataRoot: String
    /// The predicted quantities, in the order of the columns of the gold matrix.
    public var targets: [String]
    /// Where the gold traces of a recording lie.
    public var gold: MatrixLocation
    /// The feature sets, in the manifest's order.
    public var featureSets: [FeatureSet]
    /// The columns, beside subject, session and dyad, whose equal values must never be on both
    /// sides of a split, such as `run`: stretches of a film that two cultures saw.
    public var groups: [String]
    /// The recordings, in the manifest's order; ids are unique.
    public var recordings: [Recording]

    /// A corpus of these parts.
    public init(
        name: String, hopSeconds: Double, dataRoot: String, targets: [String],
        gold: MatrixLocation, featureSets: [FeatureSet], groups: [String], recordings: [Recording]
    ) {
        self.name = name
        self.hopSeconds = hopSeconds
        self.dataRoot = dataRoot
        self.targets = targets
        self.gold = gold
        self.featureSets = featureSets
        self.groups = groups
        self.recordings = recordings
    }

    /// What to say where nothing tells who met whom, so that each recording counts as a group of
    /// its own; nil where a recording has a person, a meeting or a declared group.
    public var noteOnGroups: String? {
        let columns = Recording.peopleColumns + groups
        let isGrouped = recordings.contains { recording in
            columns.contains { recording.value($0) != nil }
        }
        if isGrouped { return nil }
        return """
            Corpus \(name) names no subject, session, dyad or group, so each recording counts as a \
            group of its own: somebody who is in two of them may stand on two sides of a split, \
            and intervals are too narrow. Give recordings these columns in the manifest.
            """
    }

    /// Whether nothing is known yet of what the files hold: no recording has frames or a digest.
    public var isOutline: Bool { recordings.allSatisfy(\.isOutlined) }

    /// The feature set called `name`.
    public func featureSet(_ name: String) -> FeatureSet? { featureSets.first { $0.name == name } }
}

/// A descriptor family of one modality.
public struct FeatureSet: Hashable, Sendable {
    /// Its name, unique in the corpus.
    public var name: String
    /// The signal that it describes: audio, video or text.
    public var modality: String
    /// The number of features in a frame, D.
    public var width: Int
    /// Seconds between two frames.
    public var hopSeconds: Double
    /// Where the matrix (T, D) of a recording lies.
    public var location: MatrixLocation

    /// A feature set of these parts.
    public init(
        name: String, modality: String, width: Int, hopSeconds: Double, location: MatrixLocation
    ) {
        self.name = name
        self.modality = modality
        self.width = width
        self.hopSeconds = hopSeconds
        self.location = location
    }
}

/// Where a recording's matrix lies: patterns in which `{column}` stands for the recording's value.
public struct MatrixLocation: Hashable, Sendable {
    /// The HDF5 file, relative to the data root, such as `forrest_{culture}.h5`.
    public var file: String
    /// The dataset within the file, such as `{clip}/audio`.
    public var dataset: String

    /// A location by its two patterns.
    public init(file: String, dataset: String) {
        self.file = file
        self.dataset = dataset
    }
}

/// One subject's session: the unit that is split between training and test.
public struct Recording: Hashable, Sendable {
    /// Unique in its manifest, such as `DE_clip_01`.
    public var id: String
    /// The label by which schemes hold data out.
    public var culture: String
    /// The number of frames, T.
    public var frames: Int
    /// All other columns: subject, session, dyad, partition, the declared groups and whatever a
    /// path pattern names.
    public var columns: [String: String]
    /// The content digest of each matrix, by feature set name; the gold traces' under
    /// ``goldDigestName``; masks under the feature set's name and `.mask`.
    public var digests: [String: Digest]

    /// The name under which ``digests`` holds the gold traces.
    public static let goldDigestName = "targets"

    /// The columns of people and their meetings, which splits keep apart where they are given.
    public static let peopleColumns = ["subject", "session", "dyad"]

    /// What the name of a matrix's mask ends in, in ``digests`` and in files.
    public static let maskSuffix = ".mask"

    /// A recording of these parts.
    public init(
        id: String, culture: String, frames: Int, columns: [String: String],
        digests: [String: Digest]
    ) {
        self.id = id
        self.culture = culture
        self.frames = frames
        self.columns = columns
        self.digests = digests
    }

    /// Whether nothing is known yet of what its files hold.
    var isOutlined: Bool { frames == 0 && digests.isEmpty }

    /// The person, where the manifest says.
    public var subject: String? { columns["subject"] }
    /// The meeting, where the manifest says.
    public var session: String? { columns["session"] }
    /// The pair of people who talk with each other, where the manifest says.
    public var dyad: String? { columns["dyad"] }
    /// The as-shipped division (train, development, test), where the manifest says.
    public var partition: String? { columns["partition"] }

    /// The value of `name` in a path pattern or a group: id, culture or any other column.
    public func value(_ name: String) -> String? {
        switch name {
        case "id": id
        case "culture": culture
        default: columns[name]
        }
    }
}
