import Corpora
import Kernels

/// What a trial found: predictions, scores and curves.
///
/// Its canonical bytes are compared, hashed and reported; host, times and memory are provenance and
/// stand elsewhere.
public struct Outcome: Hashable, Sendable {
    /// The trial that it is of.
    public var key: TrialKey
    /// The targets, in the order of all columns below.
    public var targets: [String]
    /// The curves, epoch by epoch; epochs count from 1.
    public var epochs: [Epoch]
    /// The epoch whose weights predicted.
    ///
    /// A linear model has an epoch a candidate, and each target the candidate that was best for
    /// it: the first maximum of its validation scores. This one is the best for their mean. Late
    /// fusion ends with an epoch for the weighted sum of its networks, which is this one.
    public var bestEpoch: Int
    /// The recordings of the test side, in the split's order.
    public var recordings: [Prediction]

    /// An outcome of these parts.
    public init(
        key: TrialKey, targets: [String], epochs: [Epoch], bestEpoch: Int, recordings: [Prediction]
    ) {
        self.key = key
        self.targets = targets
        self.epochs = epochs
        self.bestEpoch = bestEpoch
        self.recordings = recordings
    }

    /// One pass over the training side.
    public struct Epoch: Hashable, Sendable {
        /// The mean loss of its steps.
        public var loss: Double
        /// The validation side's CCC, per target; nil where it is undefined.
        public var validation: [Double?]

        /// An epoch of these figures.
        public init(loss: Double, validation: [Double?]) {
            self.loss = loss
            self.validation = validation
        }
    }

    /// What was predicted for one recording.
    public struct Prediction: Hashable, Sendable {
        /// Names the recording by content: the digest of its gold traces.
        public var gold: Digest
        /// The number of frames, T.
        public var frames: Int
        /// The predicted traces (T, targets), row-major, in the gold traces' units.
        public var values: [Float]
        /// Gold against predicted, per target.
        public var moments: [Moments]

        /// A prediction of these parts.
        public init(gold: Digest, frames: Int, values: [Float], moments: [Moments]) {
            self.gold = gold
            self.frames = frames
            self.values = values
            self.moments = moments
        }
    }
}
