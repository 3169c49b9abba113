import Corpora
import Descriptors

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
        /// What is joined for it, in the user's order.
        public var inputs: [Input]

        /// The inputs of one modality.
        public init(name: String, inputs: [Input]) {
            self.name = name
            self.inputs = inputs
        }

        /// Feature sets of one modality, as the corpora have them.
        public init(name: String, featureSets: [String]) {
            self.init(name: name, inputs: featureSets.map { Input(featureSet: $0) })
        }

        /// The corpora's feature sets that it reads, each once.
        public var featureSets: [String] { inputs.map(\.featureSet).uniqued() }
    }

    /// A feature set, as the corpora have it or with what each fold derives of it.
    public struct Input: Hashable, Sendable {
        /// The name of the corpora's feature set.
        public var featureSet: String
        /// What each fold makes of it; nil takes it as it is.
        public var derivation: Derivation?

        /// A feature set, or what is derived of it.
        public init(featureSet: String, derivation: Derivation? = nil) {
            self.featureSet = featureSet
            self.derivation = derivation
        }

        /// The columns of it, in a corpus that has its feature set.
        func width(in corpus: Corpus) -> Int {
            let width = corpus.featureSet(featureSet)?.width ?? 0
            return derivation?.width(of: width) ?? width
        }

        /// Such as `mfcc`, `functionals of mfcc (4.0 s)` or `words of mfcc (100, 4.0 s)`.
        public var label: String { derivation?.label(of: featureSet) ?? featureSet }
    }

    /// What a network's input is made of, modality after modality: the order of its columns.
    public var inputs: [Input] { modalities.flatMap(\.inputs) }

    /// The corpora's feature sets that it reads, each once, modality after modality.
    public var featureSets: [String] { modalities.flatMap(\.featureSets) }

    /// What a network sees of it: what was derived stands as a feature set under its label.
    public var flattened: FeatureChoice {
        FeatureChoice(
            name: name,
            modalities: modalities.map {
                Modality(name: $0.name, featureSets: $0.inputs.map(\.label))
            })
    }
}

extension Derivation {
    /// What is made of a feature set of this name, in words; other words for another derivation.
    func label(of set: String) -> String {
        switch kind {
        case .functionals: return "functionals of \(set) (\(windowSeconds) s)"
        case .words(let learner):
            var parts = ["\(learner.words)", "\(windowSeconds) s"]
            if learner.assignments != 1 { parts.append("\(learner.assignments) nearest") }
            if let sigma = learner.gaussianWidth { parts.append("gaussian \(sigma)") }
            if learner.isIterated { parts.append("k-means") }
            if !learner.isStandardised { parts.append("raw") }
            if learner.seed != CodebookLearner().seed { parts.append("seed \(learner.seed)") }
            return "words of \(set) (\(parts.joined(separator: ", ")))"
        }
    }
}
