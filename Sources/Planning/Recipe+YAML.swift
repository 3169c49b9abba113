import Networks

extension Recipe {
    /// The model of a sweep's document; settings that it does not name are those of `training`.
    init(_ section: SweepSection, training: TrainingRecipe) throws(SweepError) {
        guard let kind = try section.choice("network", NetworkKind.self) else {
            let known = NetworkKind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw section.error("\(section.what) lacks `network`. Known are \(known).")
        }
        try kind.refuseUselessSettings(section)
        try section.refuseUnknown(known: ["network", "needs"] + kind.keys + kind.trainingKeys)
        if kind != .emafn { _ = try section.choice("fusion", FusionKind.self) }
        let network: NetworkRecipe
        switch kind {
        case .baseline: network = try .baseline(section)
        case .eaf: network = try .eaf(section)
        case .aed: network = try .aed(section)
        case .emafn: network = try .emafn(section)
        case .tcn: network = try .tcn(section)
        case .transformer: network = .transformer(try TransformerRecipe(section))
        case .ridge, .svr: network = .linear(try LinearRecipe(section, isRidge: kind == .ridge))
        }
        var training = training
        try training.change(by: section)
        if !kind.isRecurrent { training.recurrentDropout = 0 }
        let isLateFused = try section.isWord("late", at: "fusion")
        if isLateFused, section.has("adversary") {
            throw section.error(
                "`adversary` of \(section.what) does not apply to `fusion: late`: each modality "
                    + "would have one of its own. Leave one of them out.", at: "adversary")
        }
        self.init(
            name: section.name, network: network, training: training, isLateFused: isLateFused,
            projection: kind.keys.contains("projection") ? try Recipe.projection(section) : nil,
            adversaryWeight: try Recipe.adversaryWeight(section))
    }

    /// The projection of modalities of more than 512 features to 64 values, unless it says
    /// otherwise; nil for `none`.
    private static func projection(_ model: SweepSection) throws(SweepError) -> ProjectionRecipe? {
        let isNone = try model.isWord("none", at: "projection")
        let above = try model.integer("projection-above", in: 1...1_000_000)
        if isNone, above != nil {
            throw model.error(
                "`projection-above` of \(model.what) needs a projection; leave it out.",
                at: "projection-above")
        }
        guard !isNone else { return nil }
        let defaults = ProjectionRecipe()
        return ProjectionRecipe(
            width: try model.integer("projection", in: 1...NetworkRecipe.unitsMax)
                ?? defaults.width,
            above: above ?? defaults.above)
    }

    /// The weight of the adversary, 0.3 unless it says otherwise; nil where there is none.
    private static func adversaryWeight(_ model: SweepSection) throws(SweepError) -> Double? {
        guard let section = try model.section("adversary") else { return nil }
        try section.refuseUnknown(known: ["weight"])
        return try section.number("weight", in: .positive) ?? 0.3
    }
}

/// The networks that a sweep may name.
private enum NetworkKind: String, CaseIterable {
    case baseline
    case eaf
    case aed
    case emafn
    case tcn
    case transformer
    case ridge
    case svr

    /// The keys beside those of the training.
    var keys: [String] {
        switch self {
        case .baseline: ["hidden", "fusion", "adversary"]
        case .eaf:
            [
                "hidden", "layers", "gate", "gate-scale", "attention", "fusion", "adversary",
                "projection", "projection-above",
            ]
        case .aed: NetworkRecipe.decoderKeys + ["fusion", "adversary"]
        case .emafn:
            NetworkRecipe.decoderKeys
                + ["gate-scale", "fusion", "adversary", "projection", "projection-above"]
        case .tcn: ["channels", "kernel", "dilations", "fusion", "adversary"]
        case .transformer:
            ["hidden", "heads", "layers", "inner", "window", "fusion", "adversary"]
        case .ridge: LinearRecipe.keys + ["penalty"]
        case .svr: LinearRecipe.keys + ["complexity", "epsilon", "every"]
        }
    }

    /// The keys of the training that it may override: all, or what counts where it is solved.
    var trainingKeys: [String] {
        switch self {
        case .baseline, .eaf, .aed, .emafn: TrainingRecipe.keys
        case .tcn, .transformer: TrainingRecipe.keys.filter { $0 != "recurrent-dropout" }
        case .ridge, .svr: TrainingRecipe.keysOfSolved
        }
    }

    /// Whether it has states that recurrent dropout could leave out.
    var isRecurrent: Bool { trainingKeys.contains("recurrent-dropout") }

    /// Whether it is solved instead of trained in steps.
    private var isSolved: Bool { self == .ridge || self == .svr }

    /// Refuses settings of a training that change nothing for this network.
    func refuseUselessSettings(_ section: SweepSection) throws(SweepError) {
        if isSolved, section.has("fusion") {
            throw section.error(
                "`fusion` does not apply to \(section.what): `network: \(rawValue)` is one linear "
                    + "model of all modalities together. Leave it out.", at: "fusion")
        }
        let useless =
            (TrainingRecipe.keys + ["adversary"]).filter { !(keys + trainingKeys).contains($0) }
        for key in section.keys where useless.contains(key) {
            throw section.error(
                "`\(key)` does not apply to \(section.what): `network: \(rawValue)` "
                    + (isSolved ? "is solved, not trained in steps" : "has no recurrent states")
                    + ". Leave it out.", at: key)
        }
    }
}

/// The words of `fusion` on a network that joins its modalities itself in one way only.
private enum FusionKind: String, CaseIterable {
    case early, late
}
