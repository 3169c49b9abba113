import Kernels
import Planning

extension FittedStep {
    /// The trace after this step.
    ///
    /// - Complexity: O(T), but O(T w log w) for a median of w frames.
    func applied(to trace: [Double]) -> [Double] {
        switch self {
        case .median(let frames):
            return trace.indices.map { t in
                let half = min(frames / 2, t, trace.count - 1 - t)
                return trace[t - half...t + half].sorted()[half]
            }
        case .centre(let shift):
            return trace.map { $0 + shift }
        case .scale(let mean, let factor):
            return trace.map { mean + factor * ($0 - mean) }
        }
    }

    /// The widths of medians that are tried.
    static let medianFrames = [3, 5, 9, 17, 33, 65]

    /// The steps that make a target's predicted traces agree better with the gold traces, each
    /// fitted after the steps before it and left out where the concordance does not grow.
    ///
    /// A median is the best of `medianFrames`; centre and scale give the predictions the mean and
    /// the standard deviation of the gold traces. All are fitted and judged on all annotated frames
    /// of the recordings together.
    ///
    /// - Parameters:
    ///   - steps: The steps to try, in order.
    ///   - traces: What is predicted for each recording.
    ///   - moments: Gold against predicted traces over all annotated frames.
    static func fit(
        _ steps: [TrainingRecipe.PostProcessing], to traces: [[Double]],
        moments: ([[Double]]) -> Moments
    ) -> [FittedStep] {
        var fitted: [FittedStep] = []
        var (traces, reached) = (traces, moments(traces))
        for step in steps {
            var best: (step: FittedStep, traces: [[Double]])?
            for candidate in candidates(for: step, reached) {
                let changed = traces.map { candidate.applied(to: $0) }
                let found = moments(changed)
                guard found.concordance ?? 0 > reached.concordance ?? 0 else { continue }
                (best, reached) = ((candidate, changed), found)
            }
            if let best {
                fitted.append(best.step)
                traces = best.traces
            }
        }
        return fitted
    }

    /// What a step may be where gold and predicted traces have these moments.
    private static func candidates(
        for step: TrainingRecipe.PostProcessing, _ moments: Moments
    ) -> [FittedStep] {
        switch step {
        case .median:
            return medianFrames.map { .median(frames: $0) }
        case .centre:
            return [.centre(shift: moments.goldMean - moments.predictedMean)]
        case .scale:
            guard moments.predictedSquares > 0 else { return [] }
            let factor = (moments.goldSquares / moments.predictedSquares).squareRoot()
            return [.scale(mean: moments.predictedMean, factor: factor)]
        }
    }
}
