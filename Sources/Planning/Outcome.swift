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
    /// Where targets have epochs of their own, as those of a linear model have, whose epochs are
    /// its candidates, this one is the best for the mean of the scores. A trial of several networks
    /// holds their curves one after the other and ends with an epoch for what they are together,
    /// post-processing included, which is then this one; its loss is the mean of those chosen.
    public var bestEpoch: Int
    /// What was chosen on the validation side, per target; empty where the outcome does not say,
    /// as those of early programs do not.
    public var choices: [Choice]
    /// The recordings of the test side, in the split's order.
    public var recordings: [Prediction]
    /// What the networks that predicted attended to; empty where none says where it looks, and in
    /// outcomes of early programs.
    public var attention: [Attention]

    /// An outcome of these parts.
    public init(
        key: TrialKey, targets: [String], epochs: [Epoch], bestEpoch: Int,
        choices: [Choice] = [], recordings: [Prediction], attention: [Attention] = []
    ) {
        self.key = key
        self.targets = targets
        self.epochs = epochs
        self.bestEpoch = bestEpoch
        self.choices = choices
        self.recordings = recordings
        self.attention = attention
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

    /// What was chosen for a target on the validation side.
    public struct Choice: Hashable, Sendable {
        /// The networks that predict it, by their epochs.
        public var sources: [Source]
        /// The lag that they learnt, in seconds.
        public var lagSeconds: Double
        /// What is done to the sum of their predictions, in this order.
        public var postProcessing: [FittedStep]

        /// A choice of these parts.
        public init(
            sources: [Source], lagSeconds: Double, postProcessing: [FittedStep] = []
        ) {
            self.sources = sources
            self.lagSeconds = lagSeconds
            self.postProcessing = postProcessing
        }

        /// A network with the weights of one of its epochs.
        public struct Source: Hashable, Sendable {
            /// The epoch among the outcome's, from 1.
            public var epoch: Int
            /// By what its predictions are multiplied before they are added up.
            public var share: Double

            /// A source of these figures.
            public init(epoch: Int, share: Double) {
                self.epoch = epoch
                self.share = share
            }
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
