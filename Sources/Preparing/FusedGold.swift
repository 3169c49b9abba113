import Kernels

/// The gold trace of one recording and target, and what became of its raters.
///
/// Letters: R raters, T frames. Lags are whole frames, one for each rater: a trace has its own
/// delay, and is not stretched. Each rater in turn takes the lag at which the trace fits the mean
/// of the others best, until none changes or ten rounds have passed; only the frames that both have
/// are compared. What the raters have in common cannot be told from the traces, so the median lag
/// is taken off: the gold trace keeps its delay behind the recording, and `lag-seconds` of a sweep
/// treats it.
public struct FusedGold: Hashable, Sendable {
    /// (T); not-a-number where no rater that counts has a value.
    public let trace: [Double]
    /// By how many frames each rater is later than the median rater (R).
    public let lags: [Int]
    /// The raters' shares of the trace (R); their sum is 1.
    public let weights: [Double]

    private static let roundsMax = 10

    /// The gold trace of `raters` (R, T), aligned and averaged as `recipe` says; beyond its ends a
    /// shifted trace holds its edge values. Where a rater has not-a-number, the others' shares
    /// grow.
    ///
    /// Where no rater agrees with the mean, all count the same.
    /// - Precondition: There is a rater, and all have the same number of frames, one or more.
    /// - Complexity: O(R × T × lags) a round.
    public init(of raters: [[Double]], _ recipe: GoldRecipe) {
        precondition(!raters.isEmpty && !raters[0].isEmpty)
        precondition(raters.allSatisfy { $0.count == raters[0].count })
        let lags = FusedGold.lags(of: raters, recipe)
        let aligned = zip(raters, lags).map { FusedGold.shifted($0, by: $1) }
        let mean = FusedGold.mean(aligned)
        let trust: [Double] = aligned.map { trace in
            recipe.fusion == .mean
                ? 1
                : max(0, FusedGold.agreement(of: mean[...], trace[...], .correlation) ?? 0)
        }
        let sum = trust.reduce(0, +)
        weights = trust.map { sum > 0 ? $0 / sum : 1 / Double(raters.count) }
        self.lags = lags
        var trace = [Double](repeating: 0, count: mean.count)
        for (weight, own) in zip(weights, aligned) {
            for t in trace.indices { trace[t] += weight * own[t] }
        }
        for t in trace.indices where trace[t].isNaN {
            let rated = zip(weights, aligned).filter { $0 > 0 && !$1[t].isNaN }
            trace[t] = rated.reduce(0) { $0 + $1.0 * $1.1[t] } / rated.reduce(0) { $0 + $1.0 }
        }
        self.trace = trace
    }

    private static func lags(of raters: [[Double]], _ recipe: GoldRecipe) -> [Int] {
        let most = min(recipe.lagFramesMax, (raters[0].count - 1) / 2)
        var lags = [Int](repeating: 0, count: raters.count)
        guard most > 0, raters.count > 1 else { return lags }
        // 0, -1, 1, -2, …: of lags that fit as well, the smallest.
        let candidates = [0] + (1...most).flatMap { [-$0, $0] }
        for _ in 0..<roundsMax {
            let before = lags
            for (k, trace) in raters.enumerated() {
                let others = mean(
                    raters.indices.filter { $0 != k }.map { shifted(raters[$0], by: lags[$0]) })
                var best = -Double.infinity
                for lag in candidates {
                    let frames = max(0, -lag)..<min(trace.count, trace.count - lag)
                    let own = trace[frames.lowerBound + lag..<frames.upperBound + lag]
                    let fit = agreement(of: others[frames], own, recipe.alignment)
                    if let fit, fit > best { (best, lags[k]) = (fit, lag) }
                }
            }
            if lags == before { break }
        }
        let median = lags.sorted()[(lags.count - 1) / 2]
        return lags.map { $0 - median }
    }

    /// Frame t of the result is frame t + lag of `trace`, or its nearest.
    static func shifted(_ trace: [Double], by lag: Int) -> [Double] {
        lag == 0 ? trace : trace.indices.map { trace[min(max($0 + lag, 0), trace.count - 1)] }
    }

    /// Of the traces that have a value.
    private static func mean(_ traces: [[Double]]) -> [Double] {
        traces[0].indices.map { t in
            let values = traces.map { $0[t] }.filter { !$0.isNaN }
            return values.reduce(0, +) / Double(values.count)
        }
    }

    /// Of the frames that both have; nil where either trace is constant there.
    private static func agreement(
        of gold: ArraySlice<Double>, _ own: ArraySlice<Double>, _ measure: GoldRecipe.Alignment
    ) -> Double? {
        let both = zip(gold, own).filter { !$0.isNaN && !$1.isNaN }
        let moments = Moments(gold: both.map(\.0), predicted: both.map(\.1))
        guard moments.goldRange?.isPoint == false, moments.predictedRange?.isPoint == false else {
            return nil
        }
        switch measure {
        case .correlation:
            return moments.products
                / (moments.goldSquares.squareRoot() * moments.predictedSquares.squareRoot())
        case .ccc:
            let bias = moments.predictedMean - moments.goldMean
            return 2 * moments.products
                / (moments.goldSquares + moments.predictedSquares
                    + Double(moments.count) * bias * bias)
        }
    }
}

extension ClosedRange where Bound == Double {
    /// Whether it holds one value alone.
    fileprivate var isPoint: Bool { lowerBound == upperBound }
}
