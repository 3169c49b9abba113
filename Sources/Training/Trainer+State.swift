import Kernels
import Networks
import Planning

extension Trainer {
    /// All that training goes on from after an epoch.
    ///
    /// Early stopping is not in it: it has seen what the curves hold. Nor is what follows from the
    /// data and the recipe, such as the scalers.
    struct State: Hashable, Sendable {
        /// The curves.
        var epochs: [Outcome.Epoch]
        /// The weights, and their running average where there is one.
        var weights: [Float], averaged: [Float]?
        /// The weights of the best epoch.
        var best: [Float]
        /// The optimiser's steps, its means and its variances.
        var steps: Int, mean: [Float], variance: [Float]
        /// Where the trial's random numbers are.
        var order: RandomStream, dropout: RandomStream
    }

    /// What is left of a network when its training has ended.
    struct Trained: Hashable, Sendable {
        /// The curves.
        var epochs: [Outcome.Epoch]
        /// The weights of the best epoch.
        var best: [Float]

        /// The loss of the best epoch.
        var bestLoss: Double {
            let best = EarlyStopping(patience: epochs.count, scores: epochs.map(\.meanScore))
            return epochs[best.bestEpoch - 1].loss
        }
    }

    /// What to go on from.
    var state: State {
        State(
            epochs: epochs, weights: Array(weights.values),
            averaged: averaged === weights ? nil : Array(averaged.values),
            best: Array(bestWeights.values), steps: adam.steps, mean: adam.mean,
            variance: adam.variance, order: orderStream, dropout: dropoutStream)
    }

    /// What is left when training has ended.
    var trained: Trained { Trained(epochs: epochs, best: Array(bestWeights.values)) }

    /// Goes on from `state`, which is of this network.
    mutating func restore(_ state: State) {
        restore(Trained(epochs: state.epochs, best: state.best))
        _ = weights.values.update(fromContentsOf: state.weights)
        if let values = state.averaged { _ = averaged.values.update(fromContentsOf: values) }
        adam.restore(steps: state.steps, mean: state.mean, variance: state.variance)
        (orderStream, dropoutStream) = (state.order, state.dropout)
    }

    /// Takes the end of its training over from `trained`, which is of this network.
    mutating func restore(_ trained: Trained) {
        epochs = trained.epochs
        _ = bestWeights.values.update(fromContentsOf: trained.best)
        stopping = EarlyStopping(
            patience: recipe.patience, scores: trained.epochs.map(\.meanScore))
    }
}

extension Outcome.Epoch {
    /// The mean of the targets' validation scores, an undefined one counting as 0: what chooses
    /// the epoch.
    var meanScore: Double { validation.reduce(0) { $0 + ($1 ?? 0) } / Double(validation.count) }
}

extension Trainer.State {
    /// Why a network of so many weights, trained so, cannot have come to this; nil where it can.
    func problem(weights count: Int, _ recipe: TrainingRecipe, targets: Int) -> String? {
        let sizes = [weights, averaged ?? weights, mean, variance].map(\.count)
        if let size = sizes.first(where: { $0 != count }) {
            return "it holds \(size) weights, the network has \(count)"
        }
        if (averaged != nil) != (recipe.weightAveraging > 0) {
            return "its weights are averaged where the recipe's are not, or the other way round"
        }
        if steps < 0 { return "its optimiser has done \(steps) steps" }
        return Trainer.Trained(epochs: epochs, best: best)
            .problem(weights: count, recipe, targets: targets)
    }
}

extension Trainer.Trained {
    /// Why a network of so many weights, trained so, cannot have ended so; nil where it can.
    func problem(weights count: Int, _ recipe: TrainingRecipe, targets: Int) -> String? {
        if best.count != count {
            return "it holds \(best.count) weights, the network has \(count)"
        }
        if !(1...recipe.epochs).contains(epochs.count) {
            return "it has \(epochs.count) epochs, not 1 to \(recipe.epochs)"
        }
        if let epoch = epochs.first(where: { $0.validation.count != targets }) {
            return "it has scores of \(epoch.validation.count) targets, not \(targets)"
        }
        return nil
    }
}
