import Kernels

extension Loss {
    /// The loss and its gradient.   `predictions`, `gold` (R, O) → `dPredictions` (R, O).
    ///
    /// `counted`, where given, has a byte a row; a row of 0 counts nowhere and gets gradient 0. All
    /// sums run in float64 over the rows in their order. With
    /// CCC = 2 cov / (var p + var g + (mean p − mean g)²) = N / D:
    /// - `ccc`: 1 − the mean CCC of the outputs, each over all rows of the batch;
    /// - `cccSequence`: the same over each sequence, averaged over those that have at least two
    ///   rows and an output whose gold is not constant; 0 where there is none;
    /// - `mse`: the mean of (p − g)² over rows and outputs.
    ///
    /// A D of exactly 0 gives CCC 0 and gradient 0.   Lin 1989.
    public func evaluate(
        _ batch: SequenceBatch, outputs: Int, predictions: UnsafePointer<Float>,
        gold: UnsafePointer<Float>, counted: UnsafePointer<UInt8>?,
        dPredictions: UnsafeMutablePointer<Float>
    ) -> Double {
        dPredictions.clear(count: batch.rows * outputs)
        let columns = Columns(
            outputs: outputs, predictions: predictions, gold: gold, dPredictions: dPredictions)
        let all = FrameSet(rows: batch.rows, valid: counted)
        switch self {
        case .ccc:
            return columns.concordanceLoss(all, columns.moments(all), weight: 1)
        case .cccSequence:
            return batch.offsets.withUnsafeBufferPointer { offsets in
                columns.sequenceLoss(batch, offsets: offsets.baseAddress!, counted: counted)
            }
        case .mse:
            let count = columns.moments(all)[0].count
            return count == 0 ? 0 : columns.squaredLoss(all, count: count)
        }
    }

    /// The CCC of each output over all counted rows of the batch, whatever the loss.
    public static func concordances(
        _ batch: SequenceBatch, outputs: Int, predictions: UnsafePointer<Float>,
        gold: UnsafePointer<Float>, counted: UnsafePointer<UInt8>?
    ) -> [Double] {
        let frames = FrameSet(rows: batch.rows, valid: counted)
        return (0..<outputs).map { column in
            frames.moments(gold: gold + column, predicted: predictions + column, step: outputs)
                .concordance.value
        }
    }
}

extension FrameSet.ColumnMoments {
    /// The CCC and its denominator D; 0 where D is exactly 0 or one of the traces is constant.
    var concordance: (value: Double, denominator: Double) {
        guard count > 0 else { return (0, 0) }
        let n = Double(count)
        let shift = predictedMean - goldMean
        let denominator = (goldSquares + predictedSquares) / n + shift * shift
        if denominator == 0 || goldIsConstant || predictedIsConstant { return (0, denominator) }
        return (2 * products / n / denominator, denominator)
    }
}

/// The outputs of a batch side by side.
private struct Columns {
    let outputs: Int
    let predictions: UnsafePointer<Float>
    let gold: UnsafePointer<Float>
    let dPredictions: UnsafeMutablePointer<Float>

    func moments(_ frames: FrameSet) -> [FrameSet.ColumnMoments] {
        (0..<outputs).map {
            frames.moments(gold: gold + $0, predicted: predictions + $0, step: outputs)
        }
    }

    /// weight · (1 − mean CCC) over these frames.
    ///
    /// dCCC/dp = 2/n · ((g − mean g) − CCC · (p − mean g)) / D.
    func concordanceLoss(
        _ frames: FrameSet, _ moments: [FrameSet.ColumnMoments], weight: Double
    ) -> Double {
        var sum = 0.0
        for (column, m) in moments.enumerated() {
            let (ccc, denominator) = m.concordance
            sum += ccc
            if denominator == 0 || m.goldIsConstant { continue }
            frames.concordanceGradient(
                gold: gold + column, predicted: predictions + column, step: outputs,
                factor: -weight * 2 / (Double(m.count) * denominator * Double(outputs)), ccc: ccc,
                goldMean: m.goldMean, into: dPredictions + column)
        }
        return weight * (1 - sum / Double(outputs))
    }

    func sequenceLoss(
        _ batch: SequenceBatch, offsets: UnsafePointer<Int>, counted: UnsafePointer<UInt8>?
    ) -> Double {
        var chosen: [(FrameSet, [FrameSet.ColumnMoments])] = []
        for (n, length) in batch.lengths.enumerated() {
            let frames = FrameSet(sequence: n, frames: length, offsets: offsets, valid: counted)
            let moments = moments(frames)
            if moments[0].count >= 2 && !moments.allSatisfy(\.goldIsConstant) {
                chosen.append((frames, moments))
            }
        }
        return chosen.reduce(0) { sum, item in
            sum + concordanceLoss(item.0, item.1, weight: 1 / Double(chosen.count))
        }
    }

    func squaredLoss(_ frames: FrameSet, count: Int) -> Double {
        let values = Double(count * outputs)
        return (0..<outputs).reduce(0) { sum, column in
            sum
                + frames.squaredError(
                    gold: gold + column, predicted: predictions + column, step: outputs,
                    factor: 2 / values, into: dPredictions + column)
        } / values
    }
}
