/// What an HDF5 file holds, as far as an index needs to know it: the shell fills this in.
public struct FileDescription: Hashable, Sendable {
    /// The path relative to the data root, such as `forrest_DE.h5`.
    public var path: String
    /// The attributes of the root group: a scalar has one value, a list several; numbers are
    /// written in their shortest form (`1`, `0.1`).
    public var attributes: [String: [String]]
    /// All groups below the root, each before those that it holds, in a fixed order.
    public var groups: [Group]

    /// A file with this content.
    public init(path: String, attributes: [String: [String]], groups: [Group]) {
        self.path = path
        self.attributes = attributes
        self.groups = groups
    }

    /// A group and the datasets directly in it.
    public struct Group: Hashable, Sendable {
        /// The path from the root without a slash in front, such as `clip_01` or `DE/clip_01`.
        public var path: String
        /// Its own attributes.
        public var attributes: [String: [String]]
        /// The datasets directly in it, in a fixed order.
        public var datasets: [Dataset]

        /// A group with this content.
        public init(path: String, attributes: [String: [String]], datasets: [Dataset]) {
            self.path = path
            self.attributes = attributes
            self.datasets = datasets
        }
    }

    /// A dataset: its name, shape and attributes.
    public struct Dataset: Hashable, Sendable {
        /// The name within its group, such as `audio`.
        public var name: String
        /// The lengths of its dimensions.
        public var shape: [Int]
        /// Its own attributes.
        public var attributes: [String: [String]]

        /// A dataset of this shape.
        public init(name: String, shape: [Int], attributes: [String: [String]] = [:]) {
            self.name = name
            self.shape = shape
            self.attributes = attributes
        }
    }
}

/// What the user says about files that they do not say themselves.
public struct IndexOptions: Hashable, Sendable {
    /// The corpus's name. The default is `corpus`.
    public var name = "corpus"
    /// The folder of the files, relative to the manifest. The default is `.`.
    public var dataRoot = "."
    /// The attribute that holds the culture, of a recording's group, of one around it or of the
    /// file. The default is `culture`.
    public var cultureAttribute = "culture"
    /// The columns that are declared as groups. The default is none.
    public var groups: [String] = []
    /// The datasets that become feature sets. The default, nil, takes all that each recording has
    /// and whose modality is known.
    public var features: [String]?
    /// The modality of datasets that neither say it in an attribute nor are named by it.
    public var modalities: [String: String] = [:]
    /// What the dataset of gold traces may be called; the first that all recordings have is taken.
    public var goldNames = ["targets", "labels", "gold"]
    /// The targets' names, where no attribute says them. The default is nil.
    public var targetNames: [String]?
    /// Seconds between two frames, where no attribute says it. The default is nil.
    public var hopSeconds: Double?

    /// The defaults.
    public init() {}
}
