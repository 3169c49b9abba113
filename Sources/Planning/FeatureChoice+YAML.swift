import Descriptors

extension FeatureChoice {
    /// The choice that a section describes: modalities with lists of feature sets, each by its name
    /// or with what is derived of it.
    ///
    /// ```yaml
    /// bags: {audio: [mfcc, {words: mfcc, count: 100}], video: [{functionals: facs}]}
    /// ```
    init(_ section: SweepSection) throws(SweepError) {
        guard !section.keys.isEmpty else {
            throw section.error("\(section.what) is empty. Give it a modality.")
        }
        var modalities: [Modality] = []
        for name in section.keys {
            var inputs: [Input] = []
            for item in try section.wordsAndSections(name, "feature set") {
                let input: Input
                switch item {
                case .word(let word): input = Input(featureSet: word)
                case .section(let derived): input = try Input(derived)
                }
                guard !inputs.contains(input) else {
                    throw section.error(
                        "`\(name)` of \(section.what) lists `\(input.label)` twice. Remove one.",
                        at: name)
                }
                inputs.append(input)
            }
            modalities.append(Modality(name: name, inputs: inputs))
        }
        self.init(name: section.name, modalities: modalities)
    }
}

extension FeatureChoice.Input {
    /// What is derived of a feature set: `{words: SET, …}` or `{functionals: SET, …}`.
    ///
    /// Defaults: windows of 4 s; 100 words that k-means++ draws of standardised features by
    /// openXBOW's generator and seed; a row counts 1 for the nearest.
    fileprivate init(_ section: SweepSection) throws(SweepError) {
        let kinds = ["words", "functionals"].filter(section.has)
        guard kinds.count == 1, let featureSet = try section.text(kinds[0]) else {
            throw section.error(
                """
                \(section.what) must name what is made and of which feature set: `{words: SET}` or \
                `{functionals: SET}`.
                """)
        }
        var derivation = Derivation(kind: .functionals)
        if kinds == ["words"] {
            try section.refuseUnknown(known: [
                "words", "count", "window-seconds", "assign", "gaussian", "iterate", "raw", "seed",
            ])
            var learner = CodebookLearner()
            learner.words = try section.integer("count", in: 1...2000) ?? learner.words
            learner.assignments = try section.integer("assign", in: 1...2000) ?? 1
            learner.gaussianWidth = try section.number("gaussian", in: .positive).map(Float.init)
            learner.isIterated = try section.boolean("iterate") ?? false
            learner.isStandardised = !(try section.boolean("raw") ?? false)
            learner.seed = try section.integer("seed", in: 0...Int(Int32.max)).map(Int64.init)
                ?? learner.seed
            guard learner.assignments <= learner.words else {
                throw section.error(
                    """
                    a frame counts for \(learner.assignments) words of \(section.what), which has \
                    \(learner.words). Lower `assign`.
                    """, at: "assign")
            }
            guard learner.gaussianWidth.map({ $0 > 0 && $0.isFinite }) ?? true else {
                throw section.error("`gaussian` of \(section.what) is no float32.", at: "gaussian")
            }
            derivation.kind = .words(learner)
        } else {
            try section.refuseUnknown(known: ["functionals", "window-seconds"])
        }
        if let seconds = try section.number("window-seconds", in: .positive) {
            derivation.windowSeconds = seconds
        }
        self.init(featureSet: featureSet, derivation: derivation)
    }
}
