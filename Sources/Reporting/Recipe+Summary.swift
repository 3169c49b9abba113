import Networks
import Planning

extension Recipe {
    /// The network and how modalities are joined, in a few words.
    var networkSummary: String {
        network.summary + (isLateFused ? "; one network a modality, fused late" : "")
            + (projection.map {
                "; modalities of more than \($0.above) features projected to \($0.width)"
            } ?? "")
            + (adversaryWeight.map { "; culture adversary of weight \(Fixed.plain($0))" } ?? "")
    }

    /// Whether it has a decoder that attends to frames.
    var attends: Bool {
        switch network {
        case .aed, .emafn: true
        case .baseline, .eaf, .tcn, .transformer, .linear: false
        }
    }

    /// How it is trained or solved in a few words, every setting named.
    var trainingSummary: String {
        guard !isSolved else { return "solved, " + training.summaryOfSolved }
        let tuned = tuning.map {
            "; then on the shots alone, \($0.epochs) epochs, learning rate "
                + "\($0.learningRate(after: training))"
        }
        return training.summary + (tuned ?? "")
    }
}

extension NetworkRecipe {
    /// The network and its sizes in a few words.
    var summary: String {
        switch self {
        case .baseline(let hidden):
            "baseline: LSTM layers of " + hidden.map(String.init).joined(separator: ", ") + " units"
        case .eaf(let hidden, let layers, let gate):
            """
            EAF: \(gate.summary), \(layers) bidirectional LSTM layers of \(hidden) units a direction
            """
        case .aed(let hidden, let attention, let feed, let window):
            """
            AED: encoder of \(hidden) units a direction, decoder of \(hidden) units, \
            \(attentionSummary(attention, feed, window))
            """
        case .emafn(let hidden, let attention, let fusion, let feed, let window, let scaled):
            """
            EMAFN: gate by feature\(scaled ? ", scaled" : ""), \(fusion.summary), encoders of \
            \(hidden) units a direction, decoders of \(hidden) units, \
            \(attentionSummary(attention, feed, window))
            """
        case .tcn(let channels, let taps, let dilations):
            """
            TCN: \(taps) taps, \(channels) channels, dilations \
            \(dilations.map(String.init).joined(separator: ", "))
            """
        case .transformer(let recipe):
            """
            transformer: \(recipe.layers) layers of \(recipe.hidden) units, \(recipe.heads) heads, \
            \(recipe.inner) units between, \
            \(recipe.window.map { "window \($0) frames" } ?? "no window")
            """
        case .linear(let linear): linear.summary
        }
    }
}

/// What decoders look at and read, in a few words.
private func attentionSummary(
    _ attention: Int, _ feed: NetworkRecipe.Feed, _ window: Int?
) -> String {
    let reach = window.map { "\($0) frames to either side" } ?? "all frames"
    return "attention \(attention) over \(reach), \(feed.summary)"
}

extension NetworkRecipe.Feed {
    /// What a decoder is fed, in a few words.
    fileprivate var summary: String {
        switch self {
        case .previous: "fed the previous prediction"
        case .encoder: "fed the encoder's state"
        case .none: "fed nothing else"
        }
    }
}

extension NetworkRecipe.Fusion {
    /// Where modalities are joined, in a few words.
    fileprivate var summary: String {
        switch self {
        case .early: "modalities joined early"
        case .model: "modalities joined at the model level"
        }
    }
}

extension LinearRecipe {
    /// The method and its candidates in a few words.
    fileprivate var summary: String {
        let candidates = candidates.map(Fixed.plain).joined(separator: ", ")
        let output = isRescaled ? "output rescaled to the gold traces" : "output as it is"
        return switch method {
        case .ridge: "ridge: penalty \(candidates), \(output)"
        case .svr(_, let epsilon, let every):
            """
            linear SVR: complexity \(candidates), epsilon \(Fixed.plain(epsilon)), one frame in \
            \(every), \(output)
            """
        }
    }
}

extension NetworkRecipe.Gate {
    /// The gate in a few words.
    fileprivate var summary: String {
        switch self {
        case .none: "no gate"
        case .feature(let scaled): "gate by feature" + (scaled ? ", scaled" : "")
        case .modality(let attention, let scaled):
            "gate by modality (attention \(attention))" + (scaled ? ", scaled" : "")
        }
    }
}
