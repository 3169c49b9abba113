import Networks

extension TrainingRecipe {
    /// The keys of `training`, which every model may override.
    static let keys = [
        "epochs", "patience", "batch", "chunk", "hop", "learning-rate", "clip", "lag-seconds",
        "lag-edges", "loss", "input-dropout", "weight-averaging", "optimiser", "weight-decay",
        "recurrent-dropout", "learning-rate-schedule", "plateau-epochs", "learning-rate-minimum",
        "epoch-choice", "lag-choice", "target-models", "post-processing",
    ]

    /// The keys that a linear model may override too.
    static let keysOfSolved = ["lag-seconds", "lag-edges", "lag-choice", "post-processing"]

    /// Takes over the settings that `section` names.
    ///
    /// `chunk: whole` trains on whole recordings and `clip: none` does not clip. A chunk that
    /// comes without a hop is followed by the next one after half its length.
    mutating func change(by section: SweepSection) throws(SweepError) {
        epochs = try section.integer("epochs", in: 1...1_000_000) ?? epochs
        patience = try section.integer("patience", in: 1...1_000_000) ?? patience
        batch = try section.integer("batch", in: 1...65_536) ?? batch
        try changeChunks(by: section)
        learningRate = try section.number("learning-rate", in: .positive) ?? learningRate
        if try section.isWord("none", at: "clip") {
            clip = nil
        } else {
            clip = try section.number("clip", in: .positive) ?? clip
        }
        try changeLags(by: section)
        lagEdges = try section.choice("lag-edges", LagEdges.self) ?? lagEdges
        loss = try section.choice("loss", Loss.self) ?? loss
        inputDropout = try section.number("input-dropout", in: .belowOne) ?? inputDropout
        recurrentDropout =
            try section.number("recurrent-dropout", in: .belowOne) ?? recurrentDropout
        weightAveraging =
            try section.number("weight-averaging", in: .belowOne) ?? weightAveraging
        try changeOptimiser(by: section)
        try changePlateau(by: section)
        epochChoice = try section.choice("epoch-choice", TargetScope.self) ?? epochChoice
        lagChoice = try section.choice("lag-choice", TargetScope.self) ?? lagChoice
        targetModels = try section.choice("target-models", TargetScope.self) ?? targetModels
        try changePostProcessing(by: section)
    }

    private mutating func changeChunks(by section: SweepSection) throws(SweepError) {
        let framesMax = 10_000_000
        if try section.isWord("whole", at: "chunk") {
            chunkFrames = nil
        } else if let chunk = try section.integer("chunk", in: 1...framesMax) {
            chunkFrames = chunk
            hopFrames = max(1, chunk / 2)
        }
        guard let hop = try section.integer("hop", in: 1...framesMax) else { return }
        guard let chunkFrames else {
            throw section.error(
                "`hop` of \(section.what) has no chunks to stand between: `chunk` is `whole`. "
                    + "Leave it out.", at: "hop")
        }
        guard hop <= chunkFrames else {
            throw section.error(
                "`hop` of \(section.what) is \(hop), beyond a chunk of \(chunkFrames) frames: "
                    + "frames between chunks would never be trained on. Lower it.", at: "hop")
        }
        hopFrames = hop
    }

    /// `lag-seconds` is a number, or a list of candidates.
    private mutating func changeLags(by section: SweepSection) throws(SweepError) {
        guard section.isList("lag-seconds") else {
            lags = try section.number("lag-seconds", in: .notNegative).map { [$0] } ?? lags
            return
        }
        lags = try section.numbers("lag-seconds", "number", in: .notNegative) ?? lags
        guard Set(lags).count == lags.count else {
            throw section.error(
                "`lag-seconds` of \(section.what) lists a number twice. Remove one.",
                at: "lag-seconds")
        }
    }

    private mutating func changeOptimiser(by section: SweepSection) throws(SweepError) {
        switch try section.choice("optimiser", OptimiserKind.self) {
        case .adam: optimiser = .adam
        case .adamw: optimiser = .adamW(weightDecay: 0.01)
        case .rmsprop: optimiser = .rmsprop
        case nil: break
        }
        guard let decay = try section.number("weight-decay", in: .notNegative) else { return }
        guard case .adamW = optimiser else {
            throw section.error(
                "`weight-decay` of \(section.what) needs `optimiser: adamw`; leave it out.",
                at: "weight-decay")
        }
        optimiser = .adamW(weightDecay: decay)
    }

    private mutating func changePlateau(by section: SweepSection) throws(SweepError) {
        switch try section.choice("learning-rate-schedule", ScheduleKind.self) {
        case .constant: plateau = nil
        case .plateau: plateau = plateau ?? Plateau()
        case nil: break
        }
        for key in ["plateau-epochs", "learning-rate-minimum"] where section.has(key) {
            guard plateau != nil else {
                throw section.error(
                    "`\(key)` of \(section.what) needs `learning-rate-schedule: plateau`; leave "
                        + "it out.", at: key)
            }
        }
        if let epochs = try section.integer("plateau-epochs", in: 1...1_000_000) {
            plateau?.epochs = epochs
        }
        if let minimum = try section.number("learning-rate-minimum", in: .positive) {
            plateau?.minimum = minimum
        }
        if let plateau, plateau.minimum > learningRate {
            throw section.error(
                "the learning rate of \(section.what), \(learningRate), is below the minimum of "
                    + "its schedule, \(plateau.minimum). Raise it, or lower "
                    + "`learning-rate-minimum`.", at: "learning-rate-minimum")
        }
    }

    /// `post-processing` is a list of steps, or `none`.
    private mutating func changePostProcessing(by section: SweepSection) throws(SweepError) {
        let key = "post-processing"
        if !section.isList(key), try section.isWord("none", at: key) {
            postProcessing = []
        } else if let words = try section.words(key, "step") {
            postProcessing = []
            for word in words {
                guard let step = PostProcessing(rawValue: word) else {
                    throw section.unknown(
                        "`\(key)` of \(section.what) cannot hold", word,
                        known: PostProcessing.allCases.map(\.rawValue), at: key)
                }
                postProcessing.append(step)
            }
        }
    }
}

/// The words of `optimiser`.
private enum OptimiserKind: String, CaseIterable {
    case adam, adamw, rmsprop
}

/// The words of `learning-rate-schedule`.
private enum ScheduleKind: String, CaseIterable {
    case constant, plateau
}
