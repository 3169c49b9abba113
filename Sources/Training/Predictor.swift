import Kernels
import Networks
import Planning

/// Trained networks, and how what they say becomes predicted traces.
///
/// For each target the predictions of its networks are added up and post-processed:
/// x (T, D) → networks → Σ share · y → median, centre, scale → trace (T).
struct Predictor: Sendable {
    /// A network with weights, and what it reads.
    struct Member: Sendable {
        let network: any Network
        let standardiser: Standardiser
        let weights: Arena
        /// The feature sets that it reads, among those of the trial.
        let featureSets: Range<Int>
        /// The trial's targets that its outputs are.
        let targets: [Int]
        /// The targets that these weights are best for.
        let serves: [Int]
        /// The epoch that the weights are of, among those of the outcome.
        let epoch: Int
        /// The lag that it learnt, in seconds.
        let lagSeconds: Double
    }

    /// How a target's trace is made.
    struct Output: Hashable, Sendable {
        /// The members whose predictions are added up, and the share of each.
        var sources: [Source]
        /// What is done to the sum.
        var steps: [FittedStep] = []
    }

    /// A member and its share.
    struct Source: Hashable, Sendable {
        var member: Int
        var share: Double
    }

    var members: [Member]
    /// For each target of the trial.
    var outputs: [Output]

    /// Networks that are put together so.
    init(members: [Member], outputs: [Output]) {
        self.members = members
        self.outputs = outputs
    }

    /// One network, with the weights that are best for each of so many targets.
    init(_ members: [Member], targets: Int) {
        self.init(
            members: members,
            outputs: (0..<targets).map { target in
                let index = members.firstIndex { $0.serves.contains(target) }!
                return Output(sources: [Source(member: index, share: 1)])
            })
    }

    /// The same predictions without the networks that no target uses.
    var withoutUnused: Predictor {
        let used = members.indices.filter { index in
            outputs.contains { $0.sources.contains { $0.member == index && $0.share != 0 } }
        }
        let places = Dictionary(uniqueKeysWithValues: zip(used, 0...))
        return Predictor(
            members: used.map { members[$0] },
            outputs: outputs.map { output in
                Output(
                    sources: output.sources.compactMap { source in
                        places[source.member].map { Source(member: $0, share: source.share) }
                    }, steps: output.steps)
            })
    }

    /// What a member says of whole recordings, a trace (T, its targets) each, in gold units; where
    /// `attended` is given, it hears what the member attended to.
    ///
    /// - Throws: ``TrainingError/notFinite(epoch:step:tensor:recordings:)`` when it overflows.
    static func traces(
        _ member: Member, _ recordings: [RecordingData],
        attended: ((_ index: Int, Attended) -> Void)? = nil
    ) throws(TrainingError) -> [[Float]] {
        let seen = recordings.map { $0.narrowed(to: member.featureSets) }
        let plan = PredictionPlan(seen, width: member.standardiser.width)
        let space = WorkSpace(network: member.network, training: nil, prediction: plan.batches)
        var traces = [[Float]](repeating: [], count: recordings.count)
        try plan.predict(
            seen, member.network, member.standardiser, weights: member.weights, in: space,
            epoch: member.epoch, step: 0, attended: attended
        ) { index, trace in
            let count = seen[index].frames * member.targets.count
            traces[index] = Array(UnsafeBufferPointer(start: trace, count: count))
        }
        return traces
    }

    /// The predicted traces (T, targets) of whole recordings, in gold units; where `attended` is
    /// given, it hears what each member attended to.
    ///
    /// - Throws: as `traces`.
    func predict(
        _ recordings: [RecordingData],
        attended: ((_ member: Int, _ index: Int, Attended) -> Void)? = nil
    ) throws(TrainingError) -> [[Float]] {
        var said: [[[Float]]] = []
        for (place, member) in members.enumerated() {
            let isUsed = outputs.contains { $0.sources.contains { $0.member == place } }
            let hear: ((Int, Attended) -> Void)? = attended.map { attended in
                { attended(place, $0, $1) }
            }
            said.append(isUsed ? try Predictor.traces(member, recordings, attended: hear) : [])
        }
        return recordings.indices.map { recording in
            let count = outputs.count
            var values = [Float](repeating: 0, count: recordings[recording].frames * count)
            for target in outputs.indices {
                let trace = trace(ofTarget: target, recording, said)
                for (t, value) in trace.enumerated() { values[t * count + target] = Float(value) }
            }
            return values
        }
    }

    /// The trace of a target in a recording, from what all members said.
    private func trace(
        ofTarget target: Int, _ recording: Int, _ said: [[[Float]]]
    ) -> [Double] {
        let output = outputs[target]
        let parts = output.sources.map { source in
            members[source.member].column(of: target, in: said[source.member][recording])
        }
        return output.steps.reduce(Predictor.sum(parts, output.sources.map(\.share))) {
            $1.applied(to: $0)
        }
    }

    /// Σ share · trace, frame by frame.
    static func sum(_ traces: [[Double]], _ shares: [Double]) -> [Double] {
        traces[0].indices.map { t in
            zip(shares, traces).reduce(0) { $0 + $1.0 * $1.1[t] }
        }
    }
}

extension Predictor.Member {
    /// The values of one of its targets in a trace that it said.
    func column(of target: Int, in trace: [Float]) -> [Double] {
        let column = targets.firstIndex(of: target)!
        return stride(from: column, to: trace.count, by: targets.count).map { Double(trace[$0]) }
    }
}

extension Predictor {
    /// The outcome's parts that say what is predicted for these recordings, and what the networks
    /// attended to that have a share in it.
    func predictions(
        _ recordings: [RecordingData]
    ) throws(TrainingError) -> (
        recordings: [Outcome.Prediction], attention: [Outcome.Attention]
    ) {
        var attended = members.map { _ in
            [Attended](repeating: Attended(), count: recordings.count)
        }
        let traces = try predict(recordings) { attended[$0][$1] = $2 }
        let predicted = zip(recordings, traces).map { recording, values in
            Outcome.Prediction(
                gold: recording.goldDigest, frames: recording.frames, values: values,
                moments: values.withUnsafeBufferPointer {
                    recording.moments(predicted: $0.baseAddress!)
                })
        }
        let attending = members.indices.filter { member in
            !members[member].network.attention.isNothing
                && outputs.contains {
                    $0.sources.contains { $0.member == member && $0.share != 0 }
                }
        }
        return (
            predicted,
            attending.map { member in
                Outcome.Attention(
                    epoch: members[member].epoch, featureSets: members[member].featureSets,
                    recordings: attended[member])
            }
        )
    }

    /// What was chosen for each target.
    var choices: [Outcome.Choice] {
        outputs.map { output in
            Outcome.Choice(
                sources: output.sources.map {
                    .init(epoch: members[$0.member].epoch, share: $0.share)
                },
                lagSeconds: members[output.sources[0].member].lagSeconds,
                postProcessing: output.steps)
        }
    }
}

extension RecordingData {
    /// The recording without other feature sets than these.
    func narrowed(to sets: Range<Int>) -> RecordingData {
        var copy = self
        copy.features = Array(features[sets])
        copy.masks = Array(masks[sets])
        return copy
    }
}
