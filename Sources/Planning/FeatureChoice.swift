/// A choice of feature sets by modality: one value of the grid's axis `features`.
public struct FeatureChoice: Hashable, Sendable {
    /// The name the user gave it, such as `av`; not part of a trial's identity.
    public var name: String
    /// The modalities in alphabetic order, each with the feature sets that are joined for it.
    public var modalities: [Modality]

    /// A choice of these modalities, which are put into alphabetic order.
    public init(name: String, modalities: [Modality]) {
        self.name = name
        self.modalities = modalities.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// One modality's part of the choice.
    public struct Modality: Hashable, Sendable {
        /// Such as audio.
        public var name: String
        /// Names of feature sets of the corpora, in the user's order.
        public var featureSets: [String]

        /// The feature sets of one modality.
        public init(name: String, featureSets: [String]) {
            self.name = name
            self.featureSets = featureSets
        }
    }

    /// All feature sets, modality after modality: the order of columns in a network's input.
    public var featureSets: [String] { modalities.flatMap(\.featureSets) }
}
