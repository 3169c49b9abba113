import Corpora
import Kernels
import Planning

/// What a score needs of an outcome: its moments without its predictions, a few hundred bytes a
/// recording, so that a report over thousands of trials fits in memory.
public struct ScoredTrial: Hashable, Sendable {
    /// The trial that it is of.
    public var key: TrialKey
    /// The targets, in the order of each recording's moments.
    public var targets: [String]
    /// The epoch whose weights predicted, from 1.
    public var bestEpoch: Int
    /// The recordings of the test side, in the split's order.
    public var recordings: [Recording]
    /// The loss of each epoch, and the mean over targets of its validation CCC, not-a-number where
    /// none is defined.
    public var losses: [Float] = [], validation: [Float] = []
    /// Per target the CCC (population) on the validation side of what predicted; nil where it is
    /// undefined, or where the outcome does not hold it.
    public var selected: [Double?]

    /// One predicted recording.
    public struct Recording: Hashable, Sendable {
        /// The digest of its gold traces.
        public var gold: Digest
        /// Gold against predicted, per target.
        public var moments: [Moments]

        /// A recording of these parts.
        public init(gold: Digest, moments: [Moments]) {
            self.gold = gold
            self.moments = moments
        }
    }

    /// A trial of these parts.
    public init(key: TrialKey, targets: [String], bestEpoch: Int, recordings: [Recording]) {
        self.key = key
        self.targets = targets
        self.bestEpoch = bestEpoch
        self.recordings = recordings
        selected = targets.map { _ in nil }
    }

    /// What a score needs of `outcome`.
    public init(_ outcome: Outcome) {
        self.init(
            key: outcome.key, targets: outcome.targets, bestEpoch: outcome.bestEpoch,
            recordings: outcome.recordings.map { Recording(gold: $0.gold, moments: $0.moments) })
        losses = outcome.epochs.map { Float($0.loss) }
        validation = outcome.epochs.map { epoch in
            Float(SeedStatistics(epoch.validation).mean ?? .nan)
        }
        selected = outcome.targets.indices.map { outcome.validation(ofTarget: $0) }
    }
}

extension Outcome {
    /// The CCC of a target on the validation side of what predicted it.
    ///
    /// That is of the epoch of its only network, or of the one for all networks together, whichever
    /// is better: a step that does not gain there is not taken.
    fileprivate func validation(ofTarget target: Int) -> Double? {
        let sources = choices.isEmpty ? [] : choices[target].sources
        let own = sources.count == 1 ? [sources[0].epoch] : []
        return (own + [bestEpoch]).compactMap { epoch in
            epochs.indices.contains(epoch - 1) ? epochs[epoch - 1].validation[target] : nil
        }.max()
    }
}
