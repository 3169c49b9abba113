import Kernels
import Planning

/// Which epoch is best for some targets, and its weights.
struct EpochChoice: Sendable {
    /// The targets that choose together, by the mean of their validation scores.
    let targets: [Int]
    /// The best epoch so far, and whether a better one is still looked for.
    private(set) var stopping: EarlyStopping
    /// The weights of the best epoch.
    let weights: Arena

    /// No choice yet, for a network of so many weights.
    init(targets: [Int], patience: Int, weights: Int) {
        self.targets = targets
        stopping = EarlyStopping(patience: patience)
        self.weights = Arena(count: weights)
    }

    /// Takes the next epoch and what predicted in it, where it is the best yet.
    mutating func consider(_ epoch: Outcome.Epoch, _ weights: Arena) {
        if stopping.isBest(epoch.score(of: targets)) {
            self.weights.base.update(from: weights.base, count: weights.count)
        }
    }

    /// Takes the choice over that was made of these epochs.
    mutating func restore(_ epochs: [Outcome.Epoch], weights: [Float]) {
        stopping = EarlyStopping(
            patience: stopping.patience, scores: epochs.map { $0.score(of: targets) })
        _ = self.weights.values.update(fromContentsOf: weights)
    }
}

extension Outcome.Epoch {
    /// The mean of these targets' validation scores, an undefined one counting as 0.
    func score(of targets: [Int]) -> Double {
        targets.reduce(0) { $0 + (validation[$1] ?? 0) } / Double(targets.count)
    }

    /// The mean of all targets' validation scores, an undefined one counting as 0.
    var meanScore: Double { score(of: Array(validation.indices)) }
}

extension TrainingRecipe {
    /// The step size after epochs of these validation scores.
    ///
    /// On a plateau it is halved whenever so many epochs, since the best one or the last halving,
    /// brought no better score.
    func learningRate(after scores: [Double]) -> Double {
        guard let plateau else { return learningRate }
        var rate = learningRate
        var best = -Double.infinity
        var waited = 0
        for score in scores {
            waited += 1
            if score > best { (best, waited) = (score, 0) }
            if waited == plateau.epochs { (rate, waited) = (max(plateau.minimum, rate / 2), 0) }
        }
        return rate
    }
}
