import Descriptors
import Planning

extension TrialInputs {
    /// The inputs of a model: of feature sets that are taken as they are, and what follows of those
    /// that are not.
    init(
        _ plain: FeatureChoice, _ decoder: inout CanonicalDecoder, hasDerived: Bool
    ) throws {
        guard hasDerived else {
            self.init(plain, derivers: plain.inputs.map { _ in nil })
            return
        }
        let derived = try decoder.list(itemBytes: 2) {
            d throws(OutcomeError) -> (Derivation?, Deriver?) in
            (
                try d.optional { d throws(OutcomeError) in try d.derivation() },
                try d.optional { d throws(OutcomeError) in try d.deriver() }
            )
        }
        guard derived.count == plain.inputs.count,
            derived.allSatisfy({ ($0.0 == nil) == ($0.1 == nil) })
        else { throw ModelError.malformed("derived features are not those of its feature sets") }
        var features = plain
        var place = 0
        for modality in features.modalities.indices {
            for input in features.modalities[modality].inputs.indices {
                features.modalities[modality].inputs[input].derivation = derived[place].0
                place += 1
            }
        }
        self.init(features, derivers: derived.map(\.1))
    }

    /// Whether what derives fits feature sets of these widths, and says what was asked for.
    func fit(_ widths: [Int], hopSeconds: Double) -> Bool {
        zip(zip(features.inputs, derivers), sources).allSatisfy { pair, source in
            let (input, deriver) = pair
            switch (input.derivation?.kind, deriver?.making) {
            case (nil, nil): return true
            case (.functionals?, .functionals(let made)?):
                return made.hopSeconds == hopSeconds && made.windowSeconds > 0
                    && made.windowSeconds.isFinite && widths[source] < 1 << 24
            case (.words(let learner)?, .words(let bag)?):
                return bag.hopSeconds == hopSeconds && bag.windowSeconds > 0
                    && bag.windowSeconds.isFinite && bag.codebook.width == widths[source]
                    && bag.codebook.words.count == learner.words
            default: return false
            }
        }
    }
}

extension CanonicalEncoder {
    /// Writes what derives features, with all that it learnt.
    mutating func deriver(_ deriver: Deriver) {
        switch deriver.making {
        case .functionals(let functionals):
            string("functionals")
            number(functionals.windowSeconds)
            number(functionals.hopSeconds)
        case .words(let bag):
            string("words")
            number(bag.windowSeconds)
            number(bag.hopSeconds)
            codebook(bag.codebook)
        }
    }

    private mutating func codebook(_ codebook: Codebook) {
        list(codebook.words) { $0.numbers($1) }
        optional(codebook.scale) { encoder, scale in
            encoder.numbers(scale.means)
            encoder.numbers(scale.deviations)
        }
        integer(codebook.assignments)
        optional(codebook.gaussianWidth) { $0.number($1) }
        flag(codebook.isLogarithmic)
    }
}

extension CanonicalDecoder {
    /// What derives features.
    mutating func deriver() throws(OutcomeError) -> Deriver {
        let start = offset
        switch try string() {
        case "functionals":
            return Deriver(
                making: .functionals(
                    Functionals(windowSeconds: try double(), hopSeconds: try double())))
        case "words":
            let (window, hop) = (try double(), try double())
            return Deriver(
                making: .words(
                    BagOfWords(codebook: try codebook(), windowSeconds: window, hopSeconds: hop)))
        case let kind: throw .malformed("`\(kind)` derives", offset: start)
        }
    }

    private mutating func codebook() throws(OutcomeError) -> Codebook {
        let start = offset
        let words = try list(itemBytes: 8) { d throws(OutcomeError) in try d.numbers() }
        let scale = try optional { d throws(OutcomeError) in
            Codebook.Scale(means: try d.numbers(), deviations: try d.numbers())
        }
        let assignments = try integer()
        let gaussianWidth = try optional { d throws(OutcomeError) in try d.float() }
        let isLogarithmic = try flag()
        let width = words.first?.count ?? 0
        guard width > 0, words.allSatisfy({ $0.count == width }), assignments >= 1,
            scale.map({ $0.means.count == width && $0.deviations.count == width }) ?? true,
            gaussianWidth.map({ $0 > 0 && $0.isFinite }) ?? true
        else { throw .malformed("a codebook cannot be", offset: start) }
        var codebook = Codebook(words: words, scale: scale)
        codebook.assignments = assignments
        codebook.gaussianWidth = gaussianWidth
        codebook.isLogarithmic = isLogarithmic
        return codebook
    }
}
