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
        /// The weights of the best epochs, one of them for each choice.
        var best: [[Float]]
        /// The optimiser's steps, its means and its variances.
        var steps: Int, mean: [Float], variance: [Float]
        /// Where the trial's random numbers are.
        var order: RandomStream, dropout: RandomStream
    }

    /// What is left of a network when its training has ended.
    struct Trained: Hashable, Sendable {
        /// The curves.
        var epochs: [Outcome.Epoch]
        /// The weights of the best epochs, one of them for each choice.
        var best: [[Float]]
    }

    /// What to go on from.
    var state: State {
        State(
            epochs: epochs, weights: Array(weights.values),
            averaged: averaged === weights ? nil : Array(averaged.values),
            best: best, steps: adam.steps, mean: adam.mean,
            variance: adam.variance, order: orderStream, dropout: dropoutStream)
    }

    /// What is left when training has ended.
    var trained: Trained { Trained(epochs: epochs, best: best) }

    /// The epoch of the best mean over targets; where shots were learnt from last, the last.
    var bestEpoch: Int {
        isTuned
            ? epochs.count
            : EarlyStopping(patience: epochs.count, scores: epochs.map(\.meanScore)).bestEpoch
    }

    private var best: [[Float]] { choices.map { Array($0.weights.values) } }

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
        let source = Array(epochs.prefix(sourceEpochs(of: epochs)))
        for index in choices.indices {
            choices[index].restore(source, weights: trained.best[index])
        }
    }
}

extension Trainer.State {
    /// Why such a network cannot have come to this; nil where it can.
    func problem(of network: TrialTraining.Shape) -> String? {
        let count = network.weights
        let sizes = [weights, averaged ?? weights, mean, variance].map(\.count)
        if let size = sizes.first(where: { $0 != count }) {
            return "it holds \(size) weights, the network has \(count)"
        }
        if (averaged != nil) != network.isAveraged {
            return "its weights are averaged where the recipe's are not, or the other way round"
        }
        if steps < 0 { return "its optimiser has done \(steps) steps" }
        return Trainer.Trained(epochs: epochs, best: best).problem(of: network)
    }
}

extension Trainer.Trained {
    /// Why such a network cannot have ended so; nil where it can.
    func problem(of network: TrialTraining.Shape) -> String? {
        if best.count != network.choices {
            return "it chose \(best.count) epochs, not \(network.choices)"
        }
        if let best = best.first(where: { $0.count != network.weights }) {
            return "it holds \(best.count) weights, the network has \(network.weights)"
        }
        if !(1...network.epochs).contains(epochs.count) {
            return "it has \(epochs.count) epochs, not 1 to \(network.epochs)"
        }
        if let epoch = epochs.first(where: { $0.validation.count != network.targets }) {
            return "it has scores of \(epoch.validation.count) targets, not \(network.targets)"
        }
        return nil
    }
}
