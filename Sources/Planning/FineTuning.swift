/// The second phase of a few-shot trial: a network that was trained on the source goes on from its
/// best weights with the shots alone.
///
/// The number of epochs is fixed, for nothing is left to stop early on: the shots are learnt from,
/// and the validation side is of the source. The optimiser begins anew; scalers stay the source's.
public struct FineTuning: Hashable, Sendable {
    /// The passes over the shots. The default is 10.
    public var epochs: Int
    /// The step size; nil is a tenth of the model's own, the default.
    public var learningRate: Double?

    /// So many epochs with this step size.
    public init(epochs: Int = 10, learningRate: Double? = nil) {
        self.epochs = epochs
        self.learningRate = learningRate
    }

    /// The step size for a model that is trained so.
    public func learningRate(after training: TrainingRecipe) -> Double {
        learningRate ?? training.learningRate / 10
    }
}

extension Scheme {
    /// How networks learn from the shots after the source; nil where they learn from both at once,
    /// or there are none.
    var tuning: FineTuning? {
        if case .fewShot(_, _, _, let tuning) = division { return tuning }
        return nil
    }

    /// What becomes of the shots of a few-shot scheme.
    private enum Mode: String, CaseIterable {
        /// They are learnt from together with the source. The default.
        case pool
        /// They are learnt from after it.
        case fineTune = "fine-tune"
    }

    /// The `mode` of a few-shot scheme, and what stands under `fine-tune`; nil is `pool`.
    static func tuning(_ section: SweepSection) throws(SweepError) -> FineTuning? {
        let mode = try section.choice("mode", Mode.self) ?? .pool
        guard let own = try section.section(Mode.fineTune.rawValue) else {
            return mode == .fineTune ? FineTuning() : nil
        }
        guard mode == .fineTune else {
            throw section.error(
                "`fine-tune` of \(section.what) needs `mode: fine-tune`; add that, or leave it "
                    + "out.", at: Mode.fineTune.rawValue)
        }
        try own.refuseUnknown(known: ["epochs", "learning-rate"])
        return FineTuning(
            epochs: try own.integer("epochs", in: 1...1_000_000) ?? FineTuning().epochs,
            learningRate: try own.number("learning-rate", in: .positive))
    }
}
