import Networks
import Planning

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

extension TrainingRecipe {
    /// How it trains in a few words, every setting named.
    var summary: String {
        let chunks = chunkFrames.map { "chunks of \($0) frames, hop \(hopFrames)" }
        return [
            "loss \(loss.rawValue)", "at most \(epochs) epochs", "patience \(patience)",
            "batch \(batch)", chunks ?? "whole recordings", "learning rate \(learningRate)",
            clip.map { "clip \($0)" } ?? "no clipping",
            "lag \(lagSeconds) s (edges \(lagEdges.rawValue))", "input dropout \(inputDropout)",
            weightAveraging > 0 ? "weights averaged, decay \(weightAveraging)" : "no averaging",
        ].joined(separator: ", ")
    }
}
