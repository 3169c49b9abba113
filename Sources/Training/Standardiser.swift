import Kernels
import Networks
import Planning

/// Turns recordings into what a network reads and learns, and its outputs into predicted traces.
///
/// Features and gold traces are standardised by what the training side holds, and by nothing else.
/// Networks start with outputs of mean 0 and a spread below 1, so they learn gold traces of mean 0
/// and SD 1: every target starts equally far from its scale, whatever its units, and a mean squared
/// error weighs all alike. CCC does not notice: it is unchanged when both traces are mapped alike.
/// A target that is constant on the training side is predicted as that constant.
struct Standardiser: Sendable {
    /// The scaler of each feature set.
    let features: [Scaler]
    /// The scaler of the targets, in the sweep's order.
    let gold: Scaler
    /// By how much the gold traces follow the features.
    let lag: Lag
    /// Where each feature set starts in a row of inputs, and the row's width at the end.
    let offsets: [Int]

    /// The width of a row of inputs, D.
    var width: Int { offsets[offsets.count - 1] }
    /// The number of targets, O.
    var targets: Int { gold.means.count }

    /// Fits all scalers on `train`.
    ///
    /// - Precondition: `train` has passed `TrialData.check`.
    init(train: [RecordingData], lag: Lag) {
        let widths = train[0].features.map(\.columns)
        self.init(
            features: widths.indices.map { k in
                Scaler(
                    columns: widths[k], matrices: train.map { $0.features[k] },
                    masks: train.map { $0.masks[k] })
            }, gold: Scaler(gold: train), lag: lag)
    }

    /// A standardiser of these scalers.
    init(features: [Scaler], gold: Scaler, lag: Lag) {
        self.features = features
        self.gold = gold
        self.lag = lag
        offsets = features.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.means.count) }
    }

    /// Writes the packed rows of a batch's features.  `chunks` → `inputs` (R, D).
    ///
    /// A feature set's gaps become 0: the training side's mean.
    func writeInputs(
        _ chunks: [Chunk], of recordings: [RecordingData], as batch: SequenceBatch,
        to inputs: UnsafeMutablePointer<Float>
    ) {
        for (n, chunk) in chunks.enumerated() {
            let recording = recordings[chunk.recording]
            for (k, matrix) in recording.features.enumerated() {
                let mask = recording.masks[k]
                for t in 0..<chunk.frames {
                    let frame = chunk.start + t
                    let row = inputs + batch.row(sequence: n, frame: t) * width + offsets[k]
                    if let mask, mask[frame] == 0 {
                        row.update(repeating: 0, count: matrix.columns)
                    } else {
                        features[k].scale(matrix.base + frame * matrix.columns, to: row)
                    }
                }
            }
        }
    }

    /// Writes what each packed row learns.  `chunks` → `values` (R, O), `counted` (R) of 0 and 1.
    func writeGold(
        _ chunks: [Chunk], of recordings: [RecordingData], as batch: SequenceBatch,
        to values: UnsafeMutablePointer<Float>, counted: UnsafeMutablePointer<UInt8>
    ) {
        for (n, chunk) in chunks.enumerated() {
            let recording = recordings[chunk.recording]
            for t in 0..<chunk.frames {
                let row = batch.row(sequence: n, frame: t)
                let partner = recording.partner(of: chunk.start + t, lag)
                counted[row] = partner == .none ? 0 : 1
                for target in 0..<targets {
                    let value =
                        switch partner {
                        case .gold(let frame): recording.goldValue(frame, target)
                        case .zero, .none: 0.0
                        }
                    values[row * targets + target] = gold.scaled(value, column: target)
                }
            }
        }
    }

    /// The predicted trace of sequence `n` of a batch of whole recordings, in gold units.
    ///
    /// `outputs` (R, O) → `trace` (T, O).
    func writeTrace(
        ofSequence n: Int, in batch: SequenceBatch, outputs: UnsafePointer<Float>,
        to trace: UnsafeMutablePointer<Float>
    ) {
        for t in 0..<batch.lengths[n] {
            for target in 0..<targets {
                trace[t * targets + target] =
                    lag.source(of: t).map { source in
                        let row = batch.row(sequence: n, frame: source)
                        return gold.restored(outputs[row * targets + target], column: target)
                    } ?? 0
            }
        }
    }
}

extension Scaler {
    /// The scaler of the targets of these recordings.
    fileprivate init(gold recordings: [RecordingData]) {
        // Corpora may order the columns of their gold traces differently.
        let traces = recordings.map { recording in
            Matrix(
                rows: recording.frames, columns: recording.targetColumns.count,
                values: (0..<recording.frames).flatMap { t in
                    recording.targetColumns.map { recording.gold[t, $0] }
                })
        }
        self.init(
            columns: recordings[0].targetColumns.count, matrices: traces,
            masks: recordings.map(\.goldMask))
    }
}

extension RecordingData {
    /// The gold trace of the sweep's `target` at `frame`.
    func goldValue(_ frame: Int, _ target: Int) -> Double {
        Double(gold.base[frame * gold.columns + targetColumns[target]])
    }

    /// What the output at frame `t` learns: the lag's partner, nothing where that is a gap.
    func partner(of t: Int, _ lag: Lag) -> Lag.Partner {
        let partner = lag.partner(of: t, count: frames)
        if case .gold(let frame) = partner, !isAnnotated(frame) { return .none }
        return partner
    }

    /// Gold against a predicted trace (T, targets), per target, over the annotated frames.
    func moments(predicted: UnsafePointer<Float>) -> [Moments] {
        let annotated = (0..<frames).filter(isAnnotated)
        return targetColumns.indices.map { target in
            Moments(
                gold: annotated.lazy.map { goldValue($0, target) },
                predicted: annotated.lazy.map {
                    Double(predicted[$0 * targetColumns.count + target])
                })
        }
    }
}
