import Corpora
import Networks
import Planning

/// How much there is to compute in a trial: told from the plan alone, to compare trials of a sweep.
///
/// It is no time: how fast a cell's trials go, a coordinator learns from those that have finished.
public struct TrialWork: Hashable, Sendable {
    /// Weights × frames × epochs of training, and of predictions; for a linear model the products
    /// that fill its matrices and solve them. More than 0.
    public let operations: Double
    /// After how many parts a checkpoint can be had: the most epochs, 1 for a linear model.
    public let steps: Int

    /// The work of a trial of this cell and split.
    ///
    /// - Throws: ``TrainingError/setting(_:)`` when the network cannot be made.
    public init(_ plan: Plan, _ cell: Cell, _ split: Split) throws(TrainingError) {
        let recipe = cell.recipe
        let corpus = plan.corpora[0]
        let targets = plan.sweep.targets.count
        let sides = [split.train, split.validation, split.test].map { side in
            side.map { plan.recordings[$0].recording }
        }
        let frames = sides.map { $0.reduce(0.0) { $0 + Double($1.frames) } }
        let widths = cell.features.widths(in: corpus)
        let networks = Double(recipe.networks(of: cell.features, targets: targets))
        if case .linear(let linear) = recipe.network {
            let width = Double(widths.reduce(0, +) + targets + 1)
            let candidates = Double(linear.candidates.count)
            let perFrame =
                switch linear.method {
                case .ridge: width * width + candidates * width
                case .svr: candidates * 1000 * width
                }
            operations = networks * (frames[0] * perFrame + candidates * width * width * width)
            steps = 1
            return
        }
        func chunked(_ side: [Int]) -> Double {
            Chunk.lengths(
                side.map { plan.recordings[$0].recording.frames },
                length: recipe.training.chunkFrames, hop: recipe.training.hopFrames
            ).reduce(0.0) { $0 + Double($1) }
        }
        var weights = 0
        let parts = recipe.isLateFused ? widths.map { [$0] } : [widths]
        for widths in parts {
            weights += try Trainer.network(
                recipe, widths: widths,
                targets: recipe.training.targetModels == .perTarget ? 1 : targets,
                cultures: Set(sides[0].map(\.culture)).count
            ).layout.count
        }
        let epochs = Double(recipe.training.epochs)
        // A step back costs about twice the step forward, which is all that validation takes.
        let (source, tuned) = split.phases(of: recipe)
        let tuning = Double(recipe.tuning?.epochs ?? 0) * (3 * chunked(tuned) + frames[1])
        let passes = epochs * (3 * chunked(source) + frames[1]) + tuning + frames[2]
        operations = max(1, networks / Double(parts.count) * Double(weights) * passes)
        steps = max(1, recipe.epochsMax(of: cell.features, targets: targets))
    }
}
