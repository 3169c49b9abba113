import Networks
import Planning

extension TrainingRecipe {
    /// How it trains in a few words; what most recipes leave off is named where it is on.
    var summary: String {
        let chunks = chunkFrames.map { "chunks of \($0) frames, hop \(hopFrames)" }
        return
            ([
                "loss \(loss.rawValue)", "at most \(epochs) epochs", "patience \(patience)",
                "batch \(batch)", chunks ?? "whole recordings",
                optimiserSummary + "learning rate \(Fixed.plain(learningRate))" + plateauSummary,
                clip.map { "clip \(Fixed.plain($0))" } ?? "no clipping",
                lagSummary, "input dropout \(Fixed.plain(inputDropout))",
                weightAveraging > 0
                    ? "weights averaged, decay \(Fixed.plain(weightAveraging))" : "no averaging",
            ] + switchedOn + postProcessingSummary).joined(separator: ", ")
    }

    /// What of it counts where nothing is trained in steps.
    var summaryOfSolved: String {
        ([lagSummary] + postProcessingSummary).joined(separator: ", ")
    }

    private var plateauSummary: String {
        plateau.map {
            " (halved after \($0.epochs) epochs without a better score, at least "
                + Fixed.plain($0.minimum) + ")"
        } ?? ""
    }

    /// The lag and what stands at its edges.
    private var lagSummary: String {
        let edges = "(edges \(lagEdges.rawValue))"
        guard lags.count > 1 else { return "lag \(Fixed.plain(lags[0])) s \(edges)" }
        let list = lags.map(Fixed.plain).joined(separator: ", ")
        let choice = lagChoice == .perTarget ? "chosen per target" : "chosen for all targets"
        return "lag \(list) s, \(choice) \(edges)"
    }

    /// The settings that are off in most recipes, where they are on.
    private var switchedOn: [String] {
        var words: [String] = []
        if recurrentDropout > 0 {
            words.append("recurrent dropout \(Fixed.plain(recurrentDropout))")
        }
        if targetModels == .perTarget {
            words.append("a model per target")
        } else if epochChoice == .perTarget {
            words.append("best epoch per target")
        }
        return words
    }

    private var postProcessingSummary: [String] {
        if postProcessing.isEmpty { return [] }
        let steps = postProcessing.map(\.rawValue).joined(separator: ", ")
        return ["post-processing where it gains: \(steps)"]
    }

    private var optimiserSummary: String {
        switch optimiser {
        case .adam: ""
        case .adamW(let decay): "AdamW, weight decay \(Fixed.plain(decay)), "
        case .rmsprop: "RMSprop, "
        }
    }
}
