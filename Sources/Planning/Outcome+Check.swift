import Corpora
import Kernels

extension Outcome {
    /// Refuses an outcome that is not one of this trial: another key, other targets, recordings
    /// that the split does not test or in another order, numbers that cannot be.
    ///
    /// - Throws: ``OutcomeError/unfit(_:_:)`` with the first thing that does not fit.
    public func check(against plan: Plan, trial: Trial) throws(OutcomeError) {
        func refuse(_ problem: String) -> OutcomeError { .unfit(trial.key, problem) }
        guard key == trial.key else { throw refuse("it has the key \(key)") }
        guard targets == plan.sweep.targets else {
            throw refuse(
                "its targets are \(targets), not \(plan.sweep.targets)")
        }
        let cell = plan.cells[trial.cell]
        if let problem = curveProblem(
            epochsMax: cell.recipe.epochsMax(of: cell.features, targets: targets.count))
        {
            throw refuse(problem)
        }
        if let problem = choiceProblem { throw refuse(problem) }
        let tested = plan.splits[trial.split].test.map { plan.recordings[$0].recording }
        guard recordings.count == tested.count else {
            throw refuse("it predicts \(recordings.count) recordings, not \(tested.count)")
        }
        for (prediction, recording) in zip(recordings, tested) {
            if let problem = prediction.problem(of: recording, targets: targets.count) {
                throw refuse("recording \(recording.id) \(problem)")
            }
        }
        if let problem = attentionProblem(plan, cell) { throw refuse(problem) }
    }

    /// What is wrong with the curves; nil where nothing is.
    private func curveProblem(epochsMax: Int) -> String? {
        guard !epochs.isEmpty, epochs.count <= epochsMax else {
            return "it has \(epochs.count) epochs, not 1 to \(epochsMax)"
        }
        guard (1...epochs.count).contains(bestEpoch) else {
            return "its best epoch is \(bestEpoch) of \(epochs.count)"
        }
        for (index, epoch) in epochs.enumerated() {
            guard epoch.loss.isFinite else {
                return "the loss of epoch \(index + 1) is \(epoch.loss)"
            }
            guard epoch.validation.count == targets.count else {
                return "epoch \(index + 1) has \(epoch.validation.count) validation scores"
            }
            guard epoch.validation.allSatisfy({ $0?.isFinite ?? true }) else {
                return "a validation score of epoch \(index + 1) is no number"
            }
        }
        return nil
    }

    /// What is wrong with the choices; nil where nothing is.
    private var choiceProblem: String? {
        guard choices.isEmpty || choices.count == targets.count else {
            return "it chose for \(choices.count) targets"
        }
        for (target, choice) in zip(targets, choices) {
            guard !choice.sources.isEmpty, choice.lagSeconds.isFinite,
                choice.sources.allSatisfy({
                    (1...epochs.count).contains($0.epoch) && $0.share.isFinite
                }), choice.postProcessing.allSatisfy(\.isValid)
            else { return "what it chose for \(target) cannot be" }
        }
        return nil
    }
}

extension Outcome.Prediction {
    /// What is wrong with the prediction of a recording; nil where nothing is.
    fileprivate func problem(of recording: Recording, targets: Int) -> String? {
        guard gold == recording.digests[Recording.goldDigestName] else {
            return "is expected here, but gold traces \(gold) were predicted"
        }
        guard frames == recording.frames else {
            return "has \(recording.frames) frames, of which \(frames) were predicted"
        }
        guard values.count == frames * targets else {
            return "has \(values.count) predicted values, not \(frames) × \(targets)"
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            return "is predicted as \(values[index]) in frame \(index / targets)"
        }
        guard moments.count == targets else {
            return "has moments of \(moments.count) targets, not \(targets)"
        }
        // Frames that a mask of the gold traces leaves out are predicted, but not scored.
        let isMasked = recording.digests[Recording.goldDigestName + ".mask"] != nil
        for (target, moments) in moments.enumerated() {
            guard moments.count == frames || isMasked && moments.count < frames else {
                return "has moments of \(moments.count) frames, not \(frames)"
            }
            guard moments.isPossible else {
                return "has moments of target \(target + 1) that no traces have"
            }
        }
        return nil
    }
}

extension Moments {
    /// Whether traces could have these moments: finite sums, no negative squares, two ranges.
    fileprivate var isPossible: Bool {
        let sums = [goldMean, predictedMean, goldSquares, predictedSquares, products]
        guard sums.allSatisfy(\.isFinite), goldSquares >= 0, predictedSquares >= 0 else {
            return false
        }
        return count == 0
            || [goldRange, predictedRange].allSatisfy { range in
                range.map { $0.lowerBound.isFinite && $0.upperBound.isFinite } ?? false
            }
    }
}
