import Networks

extension TrainingRecipe {
    /// Writes all settings, and those that are off by default only where they are on, each behind
    /// its name; the hop only where there are chunks, for else it changes nothing.
    func encode(into encoder: inout CanonicalEncoder) {
        encoder.integer(epochs)
        encoder.integer(patience)
        encoder.integer(batch)
        encoder.optional(chunkFrames) { encoder, chunk in
            encoder.integer(chunk)
            encoder.integer(hopFrames)
        }
        encoder.number(learningRate)
        encoder.optional(clip) { $0.number($1) }
        encoder.number(lags[0])
        encoder.string(lagEdges.rawValue)
        encoder.string(loss.rawValue)
        encoder.number(inputDropout)
        encoder.number(weightAveraging)
        encodeOptimiser(into: &encoder)
        encodeChoices(into: &encoder)
    }

    private func encodeOptimiser(into encoder: inout CanonicalEncoder) {
        switch optimiser {
        case .adam: break
        case .adamW(let decay):
            encoder.string("adamw")
            encoder.number(decay)
        case .rmsprop: encoder.string("rmsprop")
        }
        if recurrentDropout > 0 {
            encoder.string("recurrent dropout")
            encoder.number(recurrentDropout)
        }
        if let plateau {
            encoder.string("plateau")
            encoder.integer(plateau.epochs)
            encoder.number(plateau.minimum)
        }
    }

    /// Writes what is chosen for targets by themselves. Over one lag nothing is chosen, and where a
    /// target has its own network, that network's epoch is its own too.
    private func encodeChoices(into encoder: inout CanonicalEncoder) {
        if epochChoice == .perTarget, targetModels == .joint { encoder.string("epoch per target") }
        if lags.count > 1 {
            encoder.string("lags")
            encoder.list(lags.dropFirst()) { $0.number($1) }
            encoder.string(lagChoice.rawValue)
        }
        if targetModels == .perTarget { encoder.string("model per target") }
        if !postProcessing.isEmpty {
            encoder.string("post-processing")
            encoder.list(postProcessing) { $0.string($1.rawValue) }
        }
    }
}

extension TrainingRecipe {
    /// The settings that count under these of the others, by name: what enters the key.
    var counted: [(name: String, value: Any)] {
        var idle: Set<String> = []
        if chunkFrames == nil { idle.insert("hopFrames") }
        if lags.count == 1 { idle.insert("lagChoice") }
        if targetModels == .perTarget { idle.insert("epochChoice") }
        return Mirror(reflecting: self).children.compactMap { child in
            child.label.flatMap { idle.contains($0) ? nil : ($0, child.value) }
        }
    }
}
