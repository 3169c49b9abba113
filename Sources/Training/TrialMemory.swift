import Corpora
import Descriptors
import Kernels
import Networks
import Planning

/// How much memory a trainer holds at its peak while it trains a trial: told from the plan alone.
///
/// It is resident memory, as an outcome's provenance has it (`peakBytes`). Where feature files hold
/// contiguous float32 they are mapped, not copied, and the trainers of a machine share their pages:
/// n trainers of one sweep then hold `matrices` once, and `process` and `own` n times.
///
/// A trainer lets go of what its last trial had and this one has not before it reads.
public struct TrialMemory: Hashable, Sendable {
    /// The bytes of the feature matrices and gold traces of the split's three lists.
    public let matrices: Int
    /// The bytes of weights, gradients, optimiser and work spaces, and of what is derived of
    /// features inside the fold.
    public let own: Int

    /// The bytes of a trainer before its first trial: program, libraries and plan. Measured on
    /// Debian 12, x86-64.
    public static let process = 41_000_000

    /// The bytes of all together.
    public var peak: Int { TrialMemory.process + matrices + own }

    /// The memory of a trial of this cell and split.
    ///
    /// - Throws: ``TrainingError/setting(_:)`` when the network cannot be made.
    public init(_ plan: Plan, _ cell: Cell, _ split: Split) throws(TrainingError) {
        let corpus = plan.corpora[0]
        let sides = [split.train, split.validation, split.test].map { side in
            side.map { plan.recordings[$0].recording }
        }
        let frames = sides.joined().reduce(0) { $0 + $1.frames }
        let columns = cell.features.featureSets.compactMap(corpus.featureSet)
            .reduce(corpus.targets.count) { $0 + $1.width }
        matrices = 4 * columns * frames
        let (source, tuned) = split.phases(of: cell.recipe)
        let shape = TrainingShape(
            recipe: cell.recipe, targets: plan.sweep.targets.count,
            cultures: Set(sides[0].map(\.culture)).count,
            frames: [source, split.validation, split.test, tuned].map { side in
                side.map { plan.recordings[$0].recording.frames }
            },
            isChosenAtEnd: cell.recipe.hasEpochOfAll(
                of: cell.features, targets: plan.sweep.targets.count))
        let derived = DerivedMemory(
            cell.features, corpus,
            trainFrames: source.reduce(0) { $0 + plan.recordings[$1].recording.frames },
            frames: frames)
        own =
            derived.matrices
            + max(derived.learning, try shape.bytes(modalities: cell.features.widths(in: corpus)))
    }
}

/// The memory of what is derived of features inside a fold.
private struct DerivedMemory {
    /// The bytes of the matrices that are made, and of the codebooks.
    var matrices = 0
    /// The bytes while the largest codebook is learnt.
    var learning = 0

    init(_ features: FeatureChoice, _ corpus: Corpus, trainFrames: Int, frames: Int) {
        for input in features.inputs {
            guard let derivation = input.derivation else { continue }
            let width = corpus.featureSet(input.featureSet)?.width ?? 0
            matrices += 4 * derivation.width(of: width) * frames
            matrices += derivation.codebookBytes(width: width)
            learning = max(
                learning, derivation.learningBytes(frames: trainFrames, width: width))
        }
    }
}

/// What the memory of one network's training depends on, beside the widths that it sees.
struct TrainingShape {
    let recipe: Recipe
    let targets: Int
    let cultures: Int
    /// The frames of each recording that is trained, validated and tested on, and of those that
    /// are tuned on last, as far as these are not among the first.
    let frames: [[Int]]
    /// Whether the networks predict the validation side once more when all are trained.
    var isChosenAtEnd = false

    /// The bytes at the peak of a trial over modalities of these widths.
    ///
    /// Networks are trained one after the other, for each lag, target and modality that have their
    /// own; the weights of those that are done are kept for the prediction.
    func bytes(modalities: [Int]) throws(TrainingError) -> Int {
        let scope = recipe.training.targetModels
        let (groups, size) = scope == .perTarget ? (targets, 1) : (1, targets)
        var (kept, most, predicting) = (0, 0, 0)
        for widths in recipe.isLateFused ? modalities.map({ [$0] }) : [modalities] {
            let part = try Part(self, widths: widths, targets: size)
            for _ in 0..<groups * recipe.training.lags.count {
                most = max(most, kept + part.training)
                kept += part.weights
            }
            predicting = max(predicting, part.prediction)
        }
        return max(most, kept + predicting)
    }

    /// The bytes of one network of a trial.
    struct Part {
        /// While it is trained.
        let training: Int
        /// Of the weights of its best epochs, as the trainer and the curves keep them.
        let weights: Int
        /// Of the work space of its predictions.
        let prediction: Int

        init(_ shape: TrainingShape, widths: [Int], targets: Int) throws(TrainingError) {
            let (recipe, frames) = (shape.recipe.training, shape.frames)
            let network = try Trainer.network(
                shape.recipe, widths: widths, targets: targets, cultures: shape.cultures)
            let width = widths.reduce(0, +)
            let lengths = [frames[0], frames[3]].flatMap {
                Chunk.lengths($0, length: recipe.chunkFrames, hop: recipe.hopFrames)
            }
            let batch = SequenceBatch(
                lengths: Array(lengths.sorted(by: >).prefix(recipe.batch)))
            let batches = frames[1...2].flatMap {
                PredictionPlan(frames: $0, width: width).batches
            }
            let isJoint = !shape.recipe.isSolved && recipe.epochChoice == .joint
            let count = network.layout.count
            let choices = isJoint ? 1 : targets
            training =
                WorkSpace.bytes(network: network, training: batch, prediction: batches)
                + Trainer.bytes(ofWeights: count, recipe, choices: choices)
                + shape.solverBytes(width: width, targets: targets)
            weights = choices * (Arena.bytes(count: count) + 4 * count)
            let tests = PredictionPlan(frames: frames[2], width: width).batches
            prediction =
                WorkSpace.bytes(
                    network: network, training: nil,
                    prediction: shape.isChosenAtEnd ? batches : tests)
                + AttentionRecord.bytes(
                    network.attention, rows: tests.map(\.rows).max() ?? 0)
        }
    }

    /// The bytes of what solves a linear model.
    private func solverBytes(width: Int, targets: Int) -> Int {
        guard case .linear(let linear) = recipe.network else { return 0 }
        switch linear.method {
        case .ridge:
            let columns = width + targets + 1
            return 8 * (columns * columns + width * width)
        case .svr(_, _, let every):
            let rows = frames[0].reduce(0) { $0 + ($1 + every - 1) / every }
            // Frames in float64, and in float32 before that, in an array that grew.
            return rows * (8 * (width + 1) + 6 * width)
        }
    }
}
