import Features
import Networks

extension Fixture {
    /// The recipe that the attributes describe; what older fixtures do not name has the meaning
    /// that the golden page gives it.
    static func recipe(_ attributes: Attributes) throws -> NetworkRecipe {
        switch attributes.text("net") {
        case "baseline":
            return .baseline(hidden: [try attributes.number("h1"), try attributes.number("h2")])
        case "eaf", "grl":
            return .eaf(
                hidden: try attributes.number("hidden"), layers: try attributes.number("layers"),
                gate: try gate(attributes))
        case "aed":
            return .aed(
                hidden: try attributes.number("hidden"), attention: try attributes.number("attn"),
                feed: try feed(attributes), window: try window(attributes))
        case "emafn", "emafn_model":
            return .emafn(
                hidden: try attributes.number("hidden"), attention: try attributes.number("attn"),
                fusion: attributes.text("net") == "emafn" ? .early : .model,
                feed: try feed(attributes), window: try window(attributes),
                gateScaled: try isScaled(attributes))
        case "tcn":
            let dilations = try attributes.numbers("dilations")
            return .tcn(
                channels: try attributes.number("channels"),
                taps: try attributes.number("kernel"), dilations: dilations.map { Int($0) })
        case "transformer":
            return .transformer(
                TransformerRecipe(
                    hidden: try attributes.number("d_model"),
                    heads: try attributes.number("heads"),
                    layers: try attributes.number("layers"), inner: try attributes.number("ff"),
                    normEpsilon: try attributes.number("norm_eps")))
        case let other:
            throw FixtureError(
                description:
                    "\(attributes.path): the engine has no network \(other ?? "of no name").")
        }
    }

    private static func isScaled(_ attributes: Attributes) throws -> Bool {
        try attributes.number("gate_scale") != 0
    }

    private static func gate(_ attributes: Attributes) throws -> NetworkRecipe.Gate {
        switch attributes.text("gate") ?? "feature" {
        case "none": return .none
        case "feature": return .feature(scaled: try isScaled(attributes))
        case "modality":
            return .modality(
                attention: try attributes.number("attn"), scaled: try isScaled(attributes))
        case let other:
            throw FixtureError(description: "\(attributes.path): there is no gate \(other).")
        }
    }

    private static func feed(_ attributes: Attributes) throws -> NetworkRecipe.Feed {
        let name = attributes.text("feed") ?? "previous"
        guard let feed = NetworkRecipe.Feed(rawValue: name) else {
            throw FixtureError(description: "\(attributes.path): there is no feed \(name).")
        }
        return feed
    }

    /// The frames to either side; −1 stands for all.
    private static func window(_ attributes: Attributes) throws -> Int? {
        guard attributes.values["window"] != nil else { return nil }
        let window: Int = try attributes.number("window")
        return window < 0 ? nil : window
    }
}
