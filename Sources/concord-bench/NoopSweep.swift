import Corpora
import Kernels
import Leasing
import Planning
import Running

/// A sweep of any number of trials that nobody trains: small recordings, and outcomes made up.
struct NoopSweep {
    /// The texts, as a coordinator hands them to workers.
    let document: SweepDocument
    private static let frames = 10

    /// A sweep of at least so many trials: two splits × seeds × models.
    init(trials: Int) throws {
        let seeds = max(1, min(10_000, (trials + 1) / 2))
        let models = max(1, (trials + 2 * seeds - 1) / (2 * seeds))
        var recordings: [Recording] = []
        for culture in ["DE", "HU"] {
            for number in 0..<4 {
                let id = "\(culture)_\(number)"
                recordings.append(
                    Recording(
                        id: id, culture: culture, frames: Self.frames, columns: [:],
                        digests: [
                            Recording.goldDigestName: Digest(of: "\(id) gold".utf8),
                            "egemaps": Digest(of: "\(id) egemaps".utf8),
                        ]))
            }
        }
        let location = MatrixLocation(file: "none.h5", dataset: "{id}/x")
        let corpus = Corpus(
            name: "noop", hopSeconds: 0.1, dataRoot: ".", targets: ["arousal"], gold: location,
            featureSets: [
                FeatureSet(
                    name: "egemaps", modality: "audio", width: 23, hopSeconds: 0.1,
                    location: location)
            ], groups: [], recordings: recordings)
        let names = (0..<models).map { "  m\($0): {network: baseline, hidden: [\($0 + 1), 1]}" }
        let spec = """
            sweep: noop
            corpora: [noop.yaml]
            targets: [arousal]
            features: {a: {audio: [egemaps]}}
            models:
            \(names.joined(separator: "\n"))
            schemes:
              - {scheme: cross-culture}
            seeds: \(seeds)
            """
        document = SweepDocument(
            spec: spec, manifests: [try Manifest.render(corpus)], folders: ["/"])
    }

    /// The sweep with its plan.
    func load() throws -> LoadedSweep { try LoadedSweep(document: document, dataRoot: nil) }

    /// What a trainer would find, made up: a valid outcome of the trial, the same each time.
    static func delivery(of lease: LeaseID, in plan: Plan) -> Delivery? {
        guard let trial = plan.trial(lease.key) else { return nil }
        let frames = NoopSweep.frames
        let moments = Moments(
            gold: (0..<frames).map { Double($0) }, predicted: (0..<frames).map { Double($0 % 3) })
        let tested = plan.splits[trial.split].test.map { plan.recordings[$0].recording }
        let outcome = Outcome(
            key: trial.key, targets: plan.sweep.targets,
            epochs: [Outcome.Epoch(loss: 1, validation: [0.5])], bestEpoch: 1,
            recordings: tested.map { recording in
                Outcome.Prediction(
                    gold: recording.digests[Recording.goldDigestName]!, frames: frames,
                    values: [Float](repeating: 0.5, count: frames), moments: [moments])
            })
        return Delivery(outcome: outcome.encoded(), provenance: Array("{}".utf8))
    }
}
