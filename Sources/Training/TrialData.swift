import Corpora
import Kernels

/// What a trial learns from and is scored on: the matrices of its split's three lists.
///
/// Matrices are shared with whoever holds them and never copied whole. The order of recordings is
/// the split's (the order of content digests), and enters the outcome's bytes.
public struct TrialData: Sendable {
    /// What is trained on.
    public var train: [RecordingData]
    /// What early stopping sees.
    public var validation: [RecordingData]
    /// What is predicted and scored.
    public var test: [RecordingData]
    /// What is learnt from after `train`, the shots of a few-shot trial that is fine-tuned; empty
    /// in all others.
    public var tune: [RecordingData]

    /// The data of a trial.
    public init(
        train: [RecordingData], validation: [RecordingData], test: [RecordingData],
        tune: [RecordingData] = []
    ) {
        self.train = train
        self.validation = validation
        self.test = test
        self.tune = tune
    }

    /// The recordings of one side.
    public subscript(side: Side) -> [RecordingData] {
        switch side {
        case .train: train
        case .validation: validation
        case .test: test
        case .tune: tune
        }
    }

    /// One of a split's three lists, the first in two parts where a trial is fine-tuned.
    public enum Side: String, Hashable, Sendable, CaseIterable {
        /// What is trained on.
        case train
        /// What early stopping sees.
        case validation
        /// What is predicted and scored.
        case test
        /// What is learnt from last.
        case tune
    }
}

/// One recording's matrices, frame by frame at the corpus's hop.
public struct RecordingData: Sendable {
    /// Names the recording by content: the digest of its gold traces.
    public var goldDigest: Digest
    /// One matrix (T, D) for each feature set, in the order of `FeatureChoice.featureSets`.
    public var features: [Matrix]
    /// For each feature set: T bytes, 0 where the frame is a gap; nil where it has no gaps.
    ///
    /// A gap's values, a finite filler, are never read: the network sees the training side's mean.
    public var masks: [[UInt8]?]
    /// The gold traces (T, all targets of the corpus).
    public var gold: Matrix
    /// T bytes, 0 where a frame was not annotated; nil where all were.
    ///
    /// Such frames are learnt from in no epoch and scored on no side; they are predicted.
    public var goldMask: [UInt8]?
    /// For each target of the sweep: its column in ``gold``.
    public var targetColumns: [Int]
    /// Its culture, which only an adversary looks at.
    public var culture: String

    /// The number of frames, T.
    public var frames: Int { gold.rows }

    /// A recording to predict, of which no gold trace is known.
    ///
    /// - Precondition: There is a feature set.
    public init(features: [Matrix], masks: [[UInt8]?]) {
        self.init(
            goldDigest: Digest(of: [UInt8]()), features: features, masks: masks,
            gold: Matrix(rows: features[0].rows, columns: 0, values: []), targetColumns: [])
    }

    /// Whether the gold traces hold anything at `frame`.
    func isAnnotated(_ frame: Int) -> Bool { goldMask.map { $0[frame] != 0 } ?? true }

    /// A recording of these matrices; without masks no matrix has gaps.
    public init(
        goldDigest: Digest, features: [Matrix], masks: [[UInt8]?] = [], gold: Matrix,
        goldMask: [UInt8]? = nil, targetColumns: [Int], culture: String = ""
    ) {
        self.goldDigest = goldDigest
        self.features = features
        self.masks = masks.isEmpty ? features.map { _ in nil } : masks
        self.gold = gold
        self.goldMask = goldMask
        self.targetColumns = targetColumns
        self.culture = culture
    }
}
