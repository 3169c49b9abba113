/// A step of post-processing with the numbers that the validation side gave it.
public enum FittedStep: Hashable, Sendable {
    /// The median of so many frames about each frame, an odd number; as many as there are on both
    /// sides near the edges.
    case median(frames: Int)
    /// Adds `shift`.
    case centre(shift: Double)
    /// Multiplies the distance from `mean` by `factor`.
    case scale(mean: Double, factor: Double)

    /// Whether its numbers can be.
    var isValid: Bool {
        switch self {
        case .median(let frames): frames > 0 && frames % 2 == 1
        case .centre(let shift): shift.isFinite
        case .scale(let mean, let factor): mean.isFinite && factor.isFinite
        }
    }
}

extension CanonicalEncoder {
    /// Writes what was chosen for a target.
    public mutating func choice(_ choice: Outcome.Choice) {
        list(choice.sources) { encoder, source in
            encoder.integer(source.epoch)
            encoder.number(source.share)
        }
        number(choice.lagSeconds)
        list(choice.postProcessing) { $0.step($1) }
    }

    private mutating func step(_ step: FittedStep) {
        switch step {
        case .median(let frames):
            integer(0)
            integer(frames)
        case .centre(let shift):
            integer(1)
            number(shift)
        case .scale(let mean, let factor):
            integer(2)
            number(mean)
            number(factor)
        }
    }
}

extension CanonicalDecoder {
    /// What was chosen for a target.
    public mutating func choice() throws(OutcomeError) -> Outcome.Choice {
        Outcome.Choice(
            sources: try list(itemBytes: 16) { d throws(OutcomeError) in
                .init(epoch: try d.integer(), share: try d.double())
            },
            lagSeconds: try double(),
            postProcessing: try list(itemBytes: 16) { d throws(OutcomeError) in try d.step() })
    }

    private mutating func step() throws(OutcomeError) -> FittedStep {
        let start = offset
        switch try integer() {
        case 0: return .median(frames: try integer())
        case 1: return .centre(shift: try double())
        case 2: return .scale(mean: try double(), factor: try double())
        case let kind:
            throw .malformed("a step of post-processing is of kind \(kind)", offset: start)
        }
    }
}
