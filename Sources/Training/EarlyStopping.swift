/// Remembers the best epoch and says when to stop looking for a better one.
struct EarlyStopping: Hashable, Sendable {
    /// Epochs without a better score before training ends.
    let patience: Int
    /// The epoch with the highest score so far, the first of equals; 0 before any.
    private(set) var bestEpoch = 0
    /// Its score.
    private(set) var bestScore = -Double.infinity
    /// The epochs seen.
    private(set) var epochs = 0

    /// A watch of this patience, which has seen these scores.
    init(patience: Int, scores: [Double] = []) {
        self.patience = patience
        for score in scores { _ = isBest(score) }
    }

    /// Takes the next epoch's score; true when it is better than all before.
    mutating func isBest(_ score: Double) -> Bool {
        epochs += 1
        guard score > bestScore else { return false }
        bestScore = score
        bestEpoch = epochs
        return true
    }

    /// Whether the last `patience` epochs were all no better than the best.
    var isSpent: Bool { epochs - bestEpoch >= patience }
}
