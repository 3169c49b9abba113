import Corpora
import Descriptors
import Kernels
import Networks

extension TrialKey {
    /// The key of a trial made of these parts, under the numerics of this program.
    init(
        split: Digest, form: Digest, recipe: Digest, seed: Int,
        numericsVersion: Int = Numerics.version, numericClass: String = Numerics.numericClass
    ) {
        digest = Digest("concord trial") { encoder in
            encoder.integer(numericsVersion)
            encoder.string(numericClass)
            encoder.digest(split)
            encoder.digest(form)
            encoder.digest(recipe)
            encoder.integer(seed)
        }
    }
}

/// What of a choice of features and targets enters a key beside the recordings: their form.
extension FeatureChoice {
    /// The number of features of each modality, as a network sees them.
    public func widths(in corpus: Corpus) -> [Int] {
        modalities.map { modality in
            modality.inputs.reduce(0) { $0 + $1.width(in: corpus) }
        }
    }

    /// The digest of the targets' names, the hop of the traces, and, modality by modality, the
    /// width and hop of each feature set, and what is derived of it. Names of modalities and
    /// feature sets do not count.
    func form(in corpus: Corpus, targets: [String]) -> Digest {
        Digest("concord form") { encoder in
            encoder.list(targets) { $0.string($1) }
            encoder.number(corpus.hopSeconds)
            encoder.list(modalities) { encoder, modality in
                let sets = modality.inputs.compactMap { corpus.featureSet($0.featureSet) }
                encoder.list(sets) { encoder, set in
                    encoder.integer(set.width)
                    encoder.number(set.hopSeconds)
                }
            }
            guard inputs.contains(where: { $0.derivation != nil }) else { return }
            encoder.list(inputs) { $0.optional($1.derivation) { $0.derivation($1) } }
        }
    }
}

extension Recording {
    /// The digest of what a trial sees of this recording.
    ///
    /// - Parameters:
    ///   - columns: the indices of the sweep's targets among the columns of the gold matrix.
    ///   - features: the feature sets in their roles: modality by modality, in the user's order.
    ///   - groups: its values of the columns that group.
    func content(columns: [Int], features: FeatureChoice, groups: [String?]) -> Digest {
        Digest("concord recording") { encoder in
            encoder.string(culture)
            encoder.optional(digests[Recording.goldDigestName]) { $0.digest($1) }
            encoder.list(columns) { $0.integer($1) }
            encoder.list(features.modalities) { encoder, modality in
                encoder.list(modality.inputs.map(\.featureSet)) { encoder, set in
                    encoder.optional(digests[set]) { $0.digest($1) }
                    encoder.optional(digests[set + ".mask"]) { $0.digest($1) }
                }
            }
            encoder.list(groups) { $0.optional($1) { $0.string($1) } }
        }
    }
}

extension Split {
    /// The digest of the three lists; `contents` holds the digest of each recording of the plan.
    ///
    /// That of a trial which learns from the shots last says which these are.
    func digest(contents: [Digest], isTuned: Bool = false) -> Digest {
        Digest("concord split") { encoder in
            for side in [train, validation, test] {
                encoder.list(side) { $0.digest(contents[$1]) }
            }
            if isTuned {
                encoder.string("tuned")
                encoder.list(tuned) { $0.digest(contents[$1]) }
            }
        }
    }
}

extension Recipe {
    /// The digest of the network and of how it is trained; the name does not count.
    var digest: Digest {
        Digest("concord recipe") { encoder in
            network.encode(into: &encoder)
            training.encode(into: &encoder)
            if isLateFused { encoder.string("late fusion") }
            if let projection {
                encoder.string("projection")
                encoder.integer(projection.width)
                encoder.integer(projection.above)
            }
            if let adversaryWeight {
                encoder.string("adversary")
                encoder.number(adversaryWeight)
            }
            if let tuning {
                encoder.string("fine-tuning")
                encoder.integer(tuning.epochs)
                encoder.number(tuning.learningRate(after: training))
            }
        }
    }
}

extension NetworkRecipe {
    /// Writes the kind of network and all of its sizes.
    fileprivate func encode(into encoder: inout CanonicalEncoder) {
        switch self {
        case .baseline(let hidden):
            encoder.string("baseline")
            encoder.list(hidden) { $0.integer($1) }
        case .eaf(let hidden, let layers, let gate):
            encoder.string("eaf")
            encoder.integer(hidden)
            encoder.integer(layers)
            switch gate {
            case .none: encoder.string("none")
            case .feature(let scaled):
                encoder.string("feature")
                encoder.flag(scaled)
            case .modality(let attention, let scaled):
                encoder.string("modality")
                encoder.integer(attention)
                encoder.flag(scaled)
            }
        case .aed(let hidden, let attention, let feed, let window):
            encoder.string("aed")
            encoder.integer(hidden)
            encoder.integer(attention)
            encoder.string(feed.rawValue)
            encoder.optional(window) { $0.integer($1) }
        case .emafn(let hidden, let attention, let fusion, let feed, let window, let scaled):
            encoder.string("emafn")
            encoder.integer(hidden)
            encoder.integer(attention)
            encoder.string(fusion.rawValue)
            encoder.string(feed.rawValue)
            encoder.optional(window) { $0.integer($1) }
            encoder.flag(scaled)
        case .tcn(let channels, let taps, let dilations):
            encoder.string("tcn")
            encoder.integer(channels)
            encoder.integer(taps)
            encoder.list(dilations) { $0.integer($1) }
        case .transformer(let transformer):
            encoder.string("transformer")
            encoder.integer(transformer.hidden)
            encoder.integer(transformer.heads)
            encoder.integer(transformer.layers)
            encoder.integer(transformer.inner)
            encoder.optional(transformer.window) { $0.integer($1) }
            encoder.number(transformer.normEpsilon)
        case .linear(let linear):
            encoder.string("linear")
            encoder.flag(linear.isRescaled)
            encoder.list(linear.candidates) { $0.number($1) }
            switch linear.method {
            case .ridge: encoder.string("ridge")
            case .svr(_, let epsilon, let every):
                encoder.string("svr")
                encoder.number(epsilon)
                encoder.integer(every)
            }
        }
    }
}
