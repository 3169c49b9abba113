import Corpora
import Leasing
import Planning

/// The sweep that a simulated cluster runs: trials t0, t1, … with one right outcome each.
struct SimulatedSweep: Sendable {
    let keys: [TrialKey]
    private let numbers: [TrialKey: Int]

    static let document = SweepDocument(spec: "sweep", manifests: ["manifest"], folders: ["."])

    /// What the trials ask for.
    let demands: Demands

    /// A sweep of so many trials.
    ///
    /// - Parameter shapes: What they ask for, in turns; nothing by default.
    init(trials: Int, shapes: [Demands.Shape] = [Demands.Shape()]) {
        demands = Demands(
            shapes: shapes, shapeOfTrial: (0..<trials).map { Int32($0 % shapes.count) })
        keys = (0..<trials).map { TrialKey(digest: Digest(of: "t\($0)".utf8)) }
        numbers = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
    }

    /// The memory that a trainer of the trial has.
    func bytes(_ key: TrialKey) -> Int { numbers[key].map { demands[$0].bytes } ?? 0 }

    /// The tags that a worker must have for the trial.
    func needs(_ key: TrialKey) -> Set<String> { numbers[key].map { demands[$0].needs } ?? [] }

    func number(_ key: TrialKey) -> Int? { numbers[key] }

    func name(_ key: TrialKey) -> String { numbers[key].map { "t\($0)" } ?? "t?" }

    func name(_ lease: LeaseID) -> String { "\(name(lease.key))#\(lease.attempt)" }

    /// The one right outcome of a trial, or what a machine that is not deterministic makes of it.
    func delivery(_ key: TrialKey, isRight: Bool = true) -> Delivery {
        Delivery(outcome: Array(key.digest.bytes.prefix(8)) + (isRight ? [] : [0]), provenance: [])
    }

    /// What the report is a function of: the outcome of every trial in the plan's order, as an
    /// observer reads them from the disk, and which trials are missing.
    func reportDigest(_ journal: [JournalEvent]) -> Digest {
        var outcomes: [TrialKey: [UInt8]] = [:]
        for case .finished(let lease, _, let delivery) in journal {
            outcomes[lease.key] = delivery.outcome
        }
        var bytes: [UInt8] = []
        for key in keys {
            bytes += key.digest.bytes
            bytes += outcomes[key].map { [1] + Digest(of: $0).bytes } ?? [0]
        }
        return Digest(of: bytes)
    }
}
