import Networks
import Planning

extension TrainingRecipe {
    /// Checks what no second phase can follow.
    ///
    /// - Throws: ``TrainingError/setting(_:)``.
    func check(_ tuning: FineTuning) throws(TrainingError) {
        let rate = tuning.learningRate(after: self)
        guard tuning.epochs >= 1, rate > 0, rate.isFinite else {
            throw .setting(
                "fine-tune has \(tuning.epochs) epochs and a learning rate of \(rate); both are "
                    + "greater than 0.")
        }
    }

    /// Checks what no training can follow.
    ///
    /// - Throws: ``TrainingError/setting(_:)``.
    func check() throws(TrainingError) {
        func need(_ holds: Bool, _ sentence: String) throws(TrainingError) {
            if !holds { throw .setting(sentence) }
        }
        try need(epochs >= 1, "epochs is \(epochs); train for at least 1.")
        try need(patience >= 1, "patience is \(patience); wait at least 1 epoch.")
        try need(batch >= 1, "batch is \(batch); a step has at least 1 sequence.")
        if let chunkFrames {
            try need(chunkFrames >= 1, "chunk is \(chunkFrames); it has at least 1 frame.")
            try need(
                (1...chunkFrames).contains(hopFrames),
                "hop is \(hopFrames); it lies between 1 and the chunk's \(chunkFrames) frames.")
        }
        try need(!lags.isEmpty, "lag-seconds lists nothing; give at least one lag.")
        for lag in lags {
            try need(
                lag >= 0 && lag.isFinite,
                "lag-seconds is \(lag); the annotation follows the signal by 0 or more.")
        }
        try need(
            learningRate > 0 && learningRate.isFinite,
            "learning-rate is \(learningRate); it is greater than 0.")
        if let plateau {
            try need(
                plateau.epochs >= 1,
                "plateau-epochs is \(plateau.epochs); wait at least 1 epoch.")
            try need(
                plateau.minimum > 0 && plateau.minimum <= learningRate,
                "learning-rate-minimum is \(plateau.minimum); it lies above 0 and not above the "
                    + "learning rate, \(learningRate).")
        }
        if case .adamW(weightDecay: let decay) = optimiser {
            try need(
                decay >= 0 && decay.isFinite, "weight-decay is \(decay); it is 0 or more.")
        }
        if let clip { try need(clip > 0, "clip is \(clip); it is greater than 0.") }
        try need(
            (0..<1).contains(inputDropout),
            "input-dropout is \(inputDropout); it lies in 0 ..< 1.")
        try need(
            (0..<1).contains(recurrentDropout),
            "recurrent-dropout is \(recurrentDropout); it lies in 0 ..< 1.")
        try need(
            (0..<1).contains(weightAveraging),
            "weight-averaging is \(weightAveraging); it lies in 0 ..< 1.")
    }
}
