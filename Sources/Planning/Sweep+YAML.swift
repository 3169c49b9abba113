import Networks

extension Sweep {
    /// The sweep that a YAML document describes.
    ///
    /// Only `corpora` and `schemes` must be there. Defaults: the file's name without its ending
    /// for `sweep`, all targets of the first corpus, all its feature sets as one choice `all`, one
    /// model `eaf`, a fifth of the training side's groups for validation, 5 seeds, and the
    /// settings of ``TrainingRecipe``.
    ///
    /// ```yaml
    /// sweep: forrest-small
    /// corpora: [../../data-manifests/forrest.yaml]
    /// models:
    ///   eaf: {network: eaf, hidden: 64}
    /// schemes:
    ///   - {scheme: within-culture, folds: 4, group: run}
    /// ```
    ///
    /// - Parameter file: what errors call the document.
    /// - Throws: a sentence with file and line about the first thing that is wrong: an unknown key
    ///   (with the nearest known one), a wrong type, a number out of range, an empty axis, a name
    ///   used twice.
    public init(yaml: String, file: String) throws(SweepError) {
        let root = try SweepSection(document: yaml, file: file)
        try root.refuseUnknown(known: [
            "sweep", "corpora", "targets", "features", "models", "schemes", "validation",
            "training", "seeds", "limits",
        ])
        guard let corpora = try root.words("corpora", "manifest") else {
            throw root.error("the sweep lacks `corpora`. Name at least one manifest.")
        }
        guard let schemes = try root.items("schemes", "scheme") else {
            throw root.error("the sweep lacks `schemes`. Give at least one, `- {scheme: pooled}`.")
        }
        var training = TrainingRecipe()
        if let section = try root.section("training") {
            try section.refuseUnknown(known: TrainingRecipe.keys)
            try training.change(by: section)
        }
        self.init(
            name: try root.text("sweep") ?? Sweep.stem(of: file),
            corpora: corpora,
            targets: try root.words("targets", "target") ?? [],
            features: try Sweep.features(root),
            models: try Sweep.models(root, training: training),
            schemes: try Sweep.schemes(schemes),
            validation: try Sweep.validation(root),
            seeds: try root.integer("seeds", in: 1...10_000) ?? 5)
        limits = try Sweep.limits(root)
        needs = try Sweep.needs(root)
    }

    private static func needs(_ root: SweepSection) throws(SweepError) -> [String: Set<String>] {
        var needs: [String: Set<String>] = [:]
        for section in try root.section("models")?.sections("model") ?? [] {
            guard let tags = try section.words("needs", "tag") else { continue }
            if let objection = Tag.objection(to: tags) {
                throw section.error("`needs` of \(section.what): \(objection)", at: "needs")
            }
            needs[section.name] = Set(tags)
        }
        return needs
    }

    private static func limits(_ root: SweepSection) throws(SweepError) -> RunLimits {
        var limits = RunLimits()
        guard let section = try root.section("limits") else { return limits }
        try section.refuseUnknown(known: [
            "step-seconds", "trial-seconds", "checkpoint-seconds", "copy-seconds", "attempts",
        ])
        limits.stepSeconds = try section.number("step-seconds", in: .positive)
        limits.trialSeconds = try section.number("trial-seconds", in: .positive)
        limits.checkpointSeconds = try section.number("checkpoint-seconds", in: .positive)
        limits.copySeconds = try section.number("copy-seconds", in: .notNegative)
        limits.attempts = try section.integer("attempts", in: 1...1000)
        return limits
    }

    private static func features(_ root: SweepSection) throws(SweepError) -> [FeatureChoice] {
        guard let axis = try root.section("features") else { return [] }
        var choices: [FeatureChoice] = []
        for section in try axis.sections("choice of features") {
            try checkName(section, axis)
            choices.append(try FeatureChoice(section))
        }
        return choices
    }

    private static func models(
        _ root: SweepSection, training: TrainingRecipe
    ) throws(SweepError) -> [Recipe] {
        guard let axis = try root.section("models") else {
            return [
                Recipe(
                    name: "eaf", network: .defaultEAF, training: training,
                    projection: ProjectionRecipe())
            ]
        }
        var recipes: [Recipe] = []
        for section in try axis.sections("model") {
            try checkName(section, axis)
            recipes.append(try Recipe(section, training: training))
        }
        return recipes
    }

    private static func schemes(_ sections: [SweepSection]) throws(SweepError) -> [Scheme] {
        var schemes: [Scheme] = []
        for section in sections {
            let scheme = try Scheme(section)
            guard !schemes.contains(scheme) else {
                throw section.error("`schemes` lists \(scheme.label) twice. Remove one.")
            }
            schemes.append(scheme)
        }
        return schemes
    }

    private static func validation(_ root: SweepSection) throws(SweepError) -> ValidationRecipe {
        guard let section = try root.section("validation") else { return ValidationRecipe() }
        try section.refuseUnknown(known: ["fraction", "group"])
        return ValidationRecipe(
            fraction: try section.number("fraction", in: .share) ?? 0.2,
            group: try section.text("group"))
    }

    /// A name stands in cells, tables and file names: a word, not a sentence.
    private static func checkName(
        _ section: SweepSection, _ axis: SweepSection
    ) throws(SweepError) {
        let isWord = section.name.unicodeScalars.allSatisfy {
            !$0.isControl && !$0.properties.isWhitespace && $0 != "/"
        }
        guard isWord, section.name.utf8.count <= 64 else {
            throw axis.error(
                "the name of \(section.what) must be a word of at most 64 bytes without blanks "
                    + "and slashes.", at: section.name)
        }
    }

    /// `forrest-small` for `cluster/sweeps/forrest-small.yaml`.
    private static func stem(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        guard let dot = last.lastIndex(of: "."), dot > last.startIndex else { return last }
        return String(last[..<dot])
    }
}
