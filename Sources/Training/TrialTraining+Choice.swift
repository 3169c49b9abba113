import Kernels
import Planning

/// What becomes of the trained networks: all of it is decided on the validation side.
extension TrialTraining {
    /// How each target is predicted, and with which score on the validation side.
    struct Choice {
        var outputs: [Predictor.Output]
        var scores: [Double?]
    }

    /// Chooses how each target is predicted: which lag, with which shares of late fusion, and what
    /// is done to the sum.
    func choose(_ members: [Predictor.Member]) throws(TrainingError) -> Choice {
        var said: [[[Float]]] = []
        for member in members { said.append(try Predictor.traces(member, data.validation)) }
        let lags = recipe.training.lags
        let candidates = targets.indices.map { target in
            lags.map { candidate(ofTarget: target, lag: $0, members, said) }
        }
        let scores = candidates.map { $0.map { $0.moments.concordance } }
        let chosen = chosenLags(scores)
        var choice = Choice(outputs: [], scores: [])
        for target in targets.indices {
            let best = candidates[target][chosen[target]]
            let steps = FittedStep.fit(recipe.training.postProcessing, to: best.traces) {
                moments(ofTarget: target, $0)
            }
            choice.outputs.append(.init(sources: best.sources, steps: steps))
            let traces = best.traces.map { steps.reduce($0) { $1.applied(to: $0) } }
            choice.scores.append(moments(ofTarget: target, traces).concordance)
        }
        return choice
    }

    /// One way to predict a target.
    private struct Candidate {
        var sources: [Predictor.Source]
        /// What it predicts for each recording of the validation side.
        var traces: [[Double]]
        var moments: Moments
    }

    /// The networks of one lag that serve a target, added up with the best shares.
    private func candidate(
        ofTarget target: Int, lag: Double, _ members: [Predictor.Member], _ said: [[[Float]]]
    ) -> Candidate {
        let serving = members.indices.filter {
            members[$0].lagSeconds == lag && members[$0].serves.contains(target)
        }
        let columns = serving.map { member in
            said[member].map { members[member].column(of: target, in: $0) }
        }
        var shares = [1.0]
        if columns.count > 1 {
            let gold = gold(ofTarget: target)
            shares =
                FusionWeights(gold: gold, predicted: columns.map { annotated($0) }).shares
        }
        let traces = data.validation.indices.map { recording in
            Predictor.sum(columns.map { $0[recording] }, shares)
        }
        return Candidate(
            sources: zip(serving, shares).map { .init(member: $0, share: $1) },
            traces: traces, moments: moments(ofTarget: target, traces))
    }

    /// The index of each target's lag, from the scores of targets by lags: the first of the best.
    private func chosenLags(_ scores: [[Double?]]) -> [Int] {
        func best(_ scores: [Double]) -> Int { scores.firstIndex(of: scores.max() ?? 0) ?? 0 }
        if recipe.training.lagChoice == .perTarget {
            return scores.map { best($0.map { $0 ?? 0 }) }
        }
        let sums = recipe.training.lags.indices.map { lag in
            scores.reduce(0) { $0 + ($1[lag] ?? 0) }
        }
        return scores.map { _ in best(sums) }
    }

    // MARK: The validation side

    /// The values of all annotated frames, recording by recording.
    private func annotated(_ traces: [[Double]]) -> [Double] {
        zip(data.validation, traces).flatMap { recording, trace in
            trace.indices.filter(recording.isAnnotated).map { trace[$0] }
        }
    }

    /// A target's gold traces in all annotated frames.
    private func gold(ofTarget target: Int) -> [Double] {
        annotated(
            data.validation.map { recording in
                (0..<recording.frames).map { recording.goldValue($0, target) }
            })
    }

    /// A target's gold traces against these, which are as float32 in an outcome.
    private func moments(ofTarget target: Int, _ traces: [[Double]]) -> Moments {
        zip(data.validation, traces).reduce(into: Moments()) { merged, pair in
            let (recording, trace) = pair
            let frames = trace.indices.filter(recording.isAnnotated)
            merged.merge(
                Moments(
                    gold: frames.lazy.map { recording.goldValue($0, target) },
                    predicted: frames.lazy.map { Double(Float(trace[$0])) }))
        }
    }
}
