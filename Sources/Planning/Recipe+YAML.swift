import Networks

extension Recipe {
    /// The model of a sweep's document; settings that it does not name are those of `training`.
    init(_ section: SweepSection, training: TrainingRecipe) throws(SweepError) {
        guard let kind = try section.choice("network", NetworkKind.self) else {
            let known = NetworkKind.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            throw section.error("\(section.what) lacks `network`. Known are \(known).")
        }
        try kind.refuseSettingsOfSteps(section)
        try section.refuseUnknown(known: ["network"] + kind.keys + kind.trainingKeys)
        let network: NetworkRecipe
        switch kind {
        case .baseline: network = try .baseline(section)
        case .eaf: network = try .eaf(section)
        case .ridge, .svr: network = .linear(try LinearRecipe(section, isRidge: kind == .ridge))
        }
        var training = training
        try training.change(by: section)
        let isLateFused = try section.choice("fusion", FusionKind.self) == .late
        if isLateFused, section.has("adversary") {
            throw section.error(
                "`adversary` of \(section.what) does not apply to `fusion: late`: each modality "
                    + "would have one of its own. Leave one of them out.", at: "adversary")
        }
        self.init(
            name: section.name, network: network, training: training, isLateFused: isLateFused,
            adversaryWeight: try Recipe.adversaryWeight(section))
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
    case ridge
    case svr

    /// The keys beside those of the training.
    var keys: [String] {
        switch self {
        case .baseline: ["hidden", "fusion", "adversary"]
        case .eaf: ["hidden", "layers", "gate", "gate-scale", "attention", "fusion", "adversary"]
        case .ridge: LinearRecipe.keys + ["penalty"]
        case .svr: LinearRecipe.keys + ["complexity", "epsilon", "every"]
        }
    }

    /// The keys of the training that it may override: all, or what counts where it is solved.
    var trainingKeys: [String] {
        switch self {
        case .baseline, .eaf: TrainingRecipe.keys
        case .ridge, .svr: TrainingRecipe.keysOfSolved
        }
    }

    /// Refuses settings of training in steps where nothing is trained in steps.
    func refuseSettingsOfSteps(_ section: SweepSection) throws(SweepError) {
        let useless =
            (TrainingRecipe.keys + ["adversary"]).filter { !(keys + trainingKeys).contains($0) }
        for key in section.keys where useless.contains(key) {
            throw section.error(
                "`\(key)` does not apply to \(section.what): `network: \(rawValue)` is solved, "
                    + "not trained in steps. Leave it out.", at: key)
        }
    }
}

/// The words of `fusion`.
private enum FusionKind: String, CaseIterable {
    case early, late
}

/// The words of `gate`.
private enum GateKind: String, CaseIterable {
    case feature, modality, none
}

extension NetworkRecipe {
    /// Two layers of 64 units a direction behind a scaled gate per feature.
    static let defaultEAF = eaf(hidden: 64, layers: 2, gate: .feature(scaled: true))

    private static let unitsMax = 4096

    /// The AVEC 2019 system of a section; `hidden` is [64, 32] unless it says otherwise.
    fileprivate static func baseline(_ section: SweepSection) throws(SweepError) -> NetworkRecipe {
        let hidden = try section.integers("hidden", "number of units", in: 1...unitsMax)
        guard hidden == nil || hidden?.count == 2 else {
            throw section.error(
                "`hidden` of \(section.what) lists \(hidden?.count ?? 0) layers; the network has "
                    + "two, such as `[64, 32]`.", at: "hidden")
        }
        return .baseline(hidden: hidden ?? [64, 32])
    }

    /// Early attention fusion as a section describes it.
    fileprivate static func eaf(_ section: SweepSection) throws(SweepError) -> NetworkRecipe {
        let kind = try section.choice("gate", GateKind.self) ?? .feature
        let attention = try section.integer("attention", in: 1...unitsMax)
        let scaled = try section.boolean("gate-scale")
        if attention != nil, kind != .modality {
            throw section.error(
                "`attention` of \(section.what) needs `gate: modality`; leave it out.",
                at: "attention")
        }
        if scaled != nil, kind == .none {
            throw section.error(
                "`gate-scale` of \(section.what) needs a gate; leave it out.", at: "gate-scale")
        }
        let gate: Gate
        switch kind {
        case .feature: gate = .feature(scaled: scaled ?? true)
        case .modality: gate = .modality(attention: attention ?? 64, scaled: scaled ?? true)
        case .none: gate = .none
        }
        return .eaf(
            hidden: try section.integer("hidden", in: 1...unitsMax) ?? 64,
            layers: try section.integer("layers", in: 1...8) ?? 2, gate: gate)
    }
}
