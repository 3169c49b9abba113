import Kernels
import Networks
import Planning

/// Linear models: an epoch is a candidate, solved instead of stepped to.
extension Trainer {
    /// Solves for the next candidate, and scores the validation side. Each target keeps the
    /// weights of the candidate that is best for it, the first of equals.
    ///
    /// The epoch's loss is the mean squared error on the training side, in variances of the gold
    /// traces, before anything is rescaled. Which candidate a target kept is the first maximum of
    /// its validation scores; the outcome's best epoch is that of their mean.
    mutating func solve(
        _ recipe: LinearRecipe, _ progress: (_ done: Int, _ epochs: Int) throws -> Void
    ) throws {
        let (done, all) = (epochs.count, self.recipe.epochs)
        let solver = try solver ?? makeSolver(recipe) { try progress(done, all) }
        self.solver = solver
        var solution = try solver.solution(recipe.candidates[done]) { try progress(done, all) }
        write(solution)
        let moments = trainingMoments()
        let errors = moments.map(\.meanSquaredError)
        if recipe.isRescaled {
            for target in targets.indices { solution[target].rescale(by: moments[target]) }
            write(solution)
        }
        let scores = try validate(step: 1)
        end(
            Outcome.Epoch(
                loss: errors.reduce(0, +) / Double(errors.count), validation: scores))
        try progress(epochs.count, all)
    }

    /// The solver of a recipe over the training side.
    private func makeSolver(
        _ recipe: LinearRecipe, _ progress: () throws -> Void
    ) throws -> any LinearSolver {
        let (width, outputs) = (standardiser.width, network.outputs)
        switch recipe.method {
        case .ridge:
            let solver = try RidgeSolver(width: width, targets: outputs)
            try forEachTrainingFrame(progress) { _, features, gold in solver.add(features, gold) }
            return solver
        case .svr(_, let epsilon, let every):
            var (rows, values): ([Float], [Float]) = ([], [])
            try forEachTrainingFrame(progress) { frame, features, gold in
                guard frame % every == 0 else { return }
                rows += UnsafeBufferPointer(start: features, count: width)
                values += UnsafeBufferPointer(start: gold, count: outputs)
            }
            return try SupportVectorSolver(
                features: rows, width: width, gold: values, targets: outputs, epsilon: epsilon,
                order: key.random("order"))
        }
    }

    /// Hands over each frame of the training side that counts: its number in its recording, its
    /// features (D) and what they learn (O), standardised.
    private func forEachTrainingFrame(
        _ progress: () throws -> Void,
        _ body: (Int, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
    ) throws {
        for chunk in chunks {
            writeTraining(chunk)
            for t in 0..<chunk.frames where space.counted.base[t] != 0 {
                body(
                    t, space.inputs.base + t * standardiser.width,
                    space.gold.base + t * network.outputs)
            }
            try progress()
        }
    }

    /// Writes a whole recording's features and gold traces to the work space.
    private func writeTraining(_ chunk: Chunk) {
        let batch = SequenceBatch(lengths: [chunk.frames])
        standardiser.writeInputs([chunk], of: data.train, as: batch, to: space.inputs.base)
        standardiser.writeGold(
            [chunk], of: data.train, as: batch, to: space.gold.base, counted: space.counted.base)
    }

    /// Gold against what the weights say, standardised, per target over the training side.
    private func trainingMoments() -> [Moments] {
        var moments = targets.map { _ in Moments() }
        let outputs = network.outputs
        let (gold, predicted) = (space.gold.base, space.predictions.base)
        for chunk in chunks {
            writeTraining(chunk)
            network.forward(
                SequenceBatch(lengths: [chunk.frames]), inputs: space.inputs.base,
                parameters: weights.base, workspace: space.network.base, training: false,
                predictions: predicted)
            let counted = (0..<chunk.frames).filter { space.counted.base[$0] != 0 }
            for target in 0..<outputs {
                let places = counted.map { $0 * outputs + target }
                moments[target].merge(
                    Moments(
                        gold: places.lazy.map { Double(gold[$0]) },
                        predicted: places.lazy.map { Double(predicted[$0]) }))
            }
        }
        return moments
    }

    /// Writes a solution over the network's weights, W (O, D) and b (O).
    private func write(_ solution: [[Double]]) {
        let width = standardiser.width
        for (target, values) in solution.enumerated() {
            for d in 0..<width { weights.base[target * width + d] = Float(values[d]) }
            weights.base[targets.count * width + target] = Float(values[width])
        }
    }
}

extension Moments {
    /// The mean of (gold − predicted)².
    fileprivate var meanSquaredError: Double {
        let bias = goldMean - predictedMean
        return (goldSquares + predictedSquares - 2 * products) / Double(count) + bias * bias
    }
}

extension [Double] {
    /// Maps the weights and the intercept, which is last, so that the output has the gold trace's
    /// mean and SD where it had those of `moments`; a constant output stays.
    fileprivate mutating func rescale(by moments: Moments) {
        guard moments.predictedSquares > 0 else { return }
        let factor = (moments.goldSquares / moments.predictedSquares).squareRoot()
        self[count - 1] -= moments.predictedMean
        for i in indices { self[i] *= factor }
        self[count - 1] += moments.goldMean
    }
}
