import Kernels

/// What of a network says where it looks; nothing where all are 0.
public struct AttentionShape: Hashable, Sendable {
    /// The features that gates weigh in a frame: all that stand before the first layer, or none.
    public let features: Int
    /// The modalities that are weighed against each other, or none.
    public let modalities: Int
    /// The decoders that attend to an encoder's frames.
    public let decoders: Int

    /// A shape of these numbers.
    public init(features: Int = 0, modalities: Int = 0, decoders: Int = 0) {
        self.features = features
        self.modalities = modalities
        self.decoders = decoders
    }

    /// Whether the network looks everywhere alike.
    public var isNothing: Bool { features + modalities + decoders == 0 }
}

/// What a network attended to in a recording of T frames.
public struct Attended: Hashable, Sendable {
    /// The gate weight of each feature: the mean over frames of its softmax, before a scaled gate
    /// multiplies it. Those of a modality add up to 1. Empty where no gate weighs features.
    public var features: [Float]
    /// The weight of each modality, the mean over frames; they add up to 1. Empty where modalities
    /// are not weighed.
    public var modalities: [Float]
    /// The attention lag (T, decoders) in frames: of the step at frame t, which attends to frame j
    /// with weight a_tj, the mean Σ_j a_tj (t − j). Above 0 it looks back.
    public var lags: [Float]
    /// The attention spread (T, decoders) in frames: the standard deviation of t − j about the lag
    /// under the same weights. Equal weights on all frames within w have √(w(w + 1) / 3).
    public var spreads: [Float]

    /// What was attended to.
    public init(
        features: [Float] = [], modalities: [Float] = [], lags: [Float] = [],
        spreads: [Float] = []
    ) {
        self.features = features
        self.modalities = modalities
        self.lags = lags
        self.spreads = spreads
    }
}

/// The memory in which a prediction of a batch leaves what its network attends to.   R rows.
///
/// Whoever predicts makes it for the largest batch and puts it into the batch; layers write their
/// rows as they compute them, so that nothing of frames × frames is kept.
public struct AttentionRecord: Hashable, Sendable {
    /// What it has room for.
    public let shape: AttentionShape
    /// The softmax of the features (R, features) and of the modalities (R, modalities), unscaled.
    private let features: Arena, modalities: Arena
    /// Lag and spread of each decoder's step (R, decoders, 2).
    private let steps: Arena

    /// A record of a network of this shape, for batches of at most so many rows.
    public init(_ shape: AttentionShape, rows: Int) {
        self.shape = shape
        features = Arena(count: rows * shape.features)
        modalities = Arena(count: rows * shape.modalities)
        steps = Arena(count: rows * shape.decoders * 2)
    }

    /// The bytes of such a record.
    public static func bytes(_ shape: AttentionShape, rows: Int) -> Int {
        [shape.features, shape.modalities, 2 * shape.decoders].reduce(0) {
            $0 + Arena.bytes(count: rows * $1)
        }
    }

    /// Whether both are the same memory.
    public static func == (a: AttentionRecord, b: AttentionRecord) -> Bool { a.steps === b.steps }

    /// Hashes the identity of the memory.
    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(steps)) }

    /// Where the softmax of the features goes, from a feature on.
    func features(from column: Int) -> Rows {
        Rows(features.base + column, step: shape.features)
    }

    /// Where the softmax of the modalities goes.
    var modalityRows: Rows { Rows(modalities.base, step: shape.modalities) }

    /// Where lag and spread of a decoder's steps go.
    func steps(ofDecoder index: Int) -> Rows {
        Rows(steps.base + 2 * index, step: 2 * shape.decoders)
    }

    /// What was attended to in sequence `n` of the batch that was predicted last.
    ///
    /// Means are taken in float64, in the order of the frames.
    public func attended(sequence n: Int, of batch: SequenceBatch) -> Attended {
        let rows = (0..<batch.lengths[n]).map { batch.row(sequence: n, frame: $0) }
        func mean(_ values: Arena, _ count: Int) -> [Float] {
            var sums = [Double](repeating: 0, count: count)
            for row in rows {
                for i in 0..<count { sums[i] += Double(values.base[row * count + i]) }
            }
            return sums.map { Float($0 / Double(rows.count)) }
        }
        func steps(_ part: Int) -> [Float] {
            rows.flatMap { row in
                (0..<shape.decoders).map { self.steps.base[(row * shape.decoders + $0) * 2 + part] }
            }
        }
        return Attended(
            features: mean(features, shape.features),
            modalities: mean(modalities, shape.modalities), lags: steps(0), spreads: steps(1))
    }
}

extension Rows {
    /// Writes the first `columns` values of `rows` rows, divided by `scale`, to `target`.
    func divide(rows: Int, columns: Int, by scale: Float, to target: Rows) {
        for row in 0..<rows {
            let (from, to) = (base + row * step, target.base + row * target.step)
            for column in 0..<columns { to[column] = from[column] / scale }
        }
    }
}
