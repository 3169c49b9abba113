import Networks

/// The words of `gate`.
private enum GateKind: String, CaseIterable {
    case feature, modality, none
}

extension NetworkRecipe {
    /// Two layers of 64 units a direction behind a scaled gate per feature.
    static let defaultEAF = eaf(hidden: 64, layers: 2, gate: .feature(scaled: true))

    static let unitsMax = 4096

    /// The AVEC 2019 system of a section; `hidden` is [64, 32] unless it says otherwise.
    static func baseline(_ section: SweepSection) throws(SweepError) -> NetworkRecipe {
        func refused(_ fault: String) -> SweepError {
            section.error(
                "`hidden` of \(section.what) \(fault); the network has two, such as `[64, 32]`.",
                at: "hidden")
        }
        if section.has("hidden"), !section.isList("hidden") {
            throw refused("must be a list of layers")
        }
        let hidden = try section.integers("hidden", "number of units", in: 1...unitsMax)
        guard hidden == nil || hidden?.count == 2 else {
            throw refused("lists \(hidden?.count ?? 0) layers")
        }
        return .baseline(hidden: hidden ?? [64, 32])
    }

    /// Early attention fusion as a section describes it.
    static func eaf(_ section: SweepSection) throws(SweepError) -> NetworkRecipe {
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

    /// Temporal convolutions as a section describes them.
    ///
    /// Five blocks that see 31 frames to both sides, 3 s at 10 Hz, unless it says otherwise.
    static func tcn(_ section: SweepSection) throws(SweepError) -> NetworkRecipe {
        let taps = try section.integer("kernel", in: 1...255) ?? 3
        guard taps % 2 == 1 else {
            throw section.error(
                "`kernel` of \(section.what) is \(taps); it must be odd, so that each frame lies "
                    + "in the centre of what it sees.", at: "kernel")
        }
        return .tcn(
            channels: try section.integer("channels", in: 1...unitsMax) ?? 64, taps: taps,
            dilations: try section.integers("dilations", "number of frames", in: 1...100_000)
                ?? [1, 2, 4, 8, 16])
    }
}

extension TransformerRecipe {
    /// A transformer as a section describes it: two layers of 64 units, 4 heads, no window.
    init(_ section: SweepSection) throws(SweepError) {
        let unitsMax = NetworkRecipe.unitsMax
        let hidden = try section.integer("hidden", in: 1...unitsMax) ?? 64
        let heads = try section.integer("heads", in: 1...unitsMax) ?? 4
        guard hidden % heads == 0 else {
            throw section.error(
                "`heads` of \(section.what) is \(heads), which does not divide the \(hidden) "
                    + "hidden units. Take a number that does.", at: "heads")
        }
        self.init(
            hidden: hidden, heads: heads,
            layers: try section.integer("layers", in: 1...32) ?? 2,
            inner: try section.integer("inner", in: 1...4 * unitsMax),
            window: try NetworkRecipe.window(section, otherwise: nil))
    }
}
