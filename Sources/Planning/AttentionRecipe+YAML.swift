import Networks

/// The words of `fusion` on EMAFN. Late, each modality has an EMAFN of its own.
private enum AttentionFusionKind: String, CaseIterable {
    case early, model, late
}

extension NetworkRecipe {
    /// The keys of networks with a decoder.
    static let decoderKeys = ["hidden", "attention", "feed", "window"]

    /// The attention encoder–decoder of a section: 64 units everywhere, fed the encoder's state,
    /// and a window of 100 frames unless it says otherwise.
    static func aed(_ section: SweepSection) throws(SweepError) -> NetworkRecipe {
        .aed(
            hidden: try section.integer("hidden", in: 1...unitsMax) ?? 64,
            attention: try section.integer("attention", in: 1...unitsMax) ?? 64,
            feed: try section.choice("feed", Feed.self) ?? .encoder,
            window: try window(section, otherwise: 100))
    }

    /// Extended multi-attention fusion of a section: `aed` behind scaled gates, joined at the
    /// model level unless it says otherwise.
    static func emafn(_ section: SweepSection) throws(SweepError) -> NetworkRecipe {
        let kind = try section.choice("fusion", AttentionFusionKind.self) ?? .model
        let feed = try section.choice("feed", Feed.self) ?? .encoder
        if kind == .model, feed == .previous {
            throw section.error(
                "`feed` of \(section.what) is `previous`, but with `fusion: model` no decoder "
                    + "makes predictions that it could be fed. Take `fusion: early`, or another "
                    + "feed.",
                at: "feed")
        }
        return .emafn(
            hidden: try section.integer("hidden", in: 1...unitsMax) ?? 64,
            attention: try section.integer("attention", in: 1...unitsMax) ?? 64,
            fusion: kind == .model ? .model : .early, feed: feed,
            window: try window(section, otherwise: 100),
            gateScaled: try section.boolean("gate-scale") ?? true)
    }

    /// The frames to either side that a frame looks at beside itself; `none` looks at all.
    static func window(
        _ section: SweepSection, otherwise usual: Int?
    ) throws(SweepError) -> Int? {
        guard let text = try section.text("window") else { return usual }
        if text == "none" { return nil }
        guard let frames = Int(text), (0...10_000_000).contains(frames) else {
            throw section.error(
                "`window` of \(section.what) is `\(text)`; it must be `none`, or a whole number "
                    + "of frames from 0 to 10000000.", at: "window")
        }
        return frames
    }
}
