import Foundation
import Journaling
import Leasing
import Planning
import Scoring

/// What a store says of its sweep, read without writing anything: for status and report.
struct StoreReading {
    /// The sweep, made again from the texts in the store, or the one that was asked for.
    let loaded: LoadedSweep
    /// The journal's word on every trial.
    let history: Dispatcher.History
    /// Since when trials are in training.
    let watch: Stopwatch
    let store: Store

    /// The store in `folder`, whether a coordinator runs on it or not.
    ///
    /// - Parameters:
    ///   - spec: the file of the sweep to speak of; nil, the default, takes the one that ran last.
    ///   - dataRoot: the folder that replaces the manifests' own data roots.
    /// - Throws: an error when there is none, or it holds no sweep.
    init(folder: String, spec: String? = nil, dataRoot: String? = nil) throws {
        store = try Store.observe(folder)
        guard let document = try store.document() else {
            throw RunningError("\(folder): the store holds no sweep yet.")
        }
        loaded =
            try spec.map { try LoadedSweep(spec: $0, dataRoot: dataRoot) }
            ?? LoadedSweep(document: document, dataRoot: dataRoot)
        var history = Dispatcher.History(trials: loaded.plan.uniqueKeys)
        watch = try store.replay(timing: &history)
        self.history = history
    }

    /// The sweep's plan.
    var plan: Plan { loaded.plan }

    /// What a trial found; nil where it is not there.
    func outcome(_ key: TrialKey) throws -> Outcome? {
        try store.outcome(key).map { try Outcome(decoding: $0.outcome) }
    }

    /// That trials had second outcomes of other bytes, for people; nil where none had.
    var doubt: String? { history.doubt(in: store.folder) }

    /// Why trials were given up.
    var quarantined: [TrialKey: Failure] {
        Dictionary(uniqueKeysWithValues: history.quarantined.map { ($0.key, $0.failure) })
    }

    /// All finished trials of the plan, without their predictions; `each` hears of every outcome,
    /// in the plan's order.
    func scored(_ each: (Outcome) -> Void = { _ in }) throws -> [TrialKey: ScoredTrial] {
        var scored: [TrialKey: ScoredTrial] = [:]
        for key in plan.uniqueKeys {
            guard let outcome = try outcome(key) else { continue }
            scored[key] = ScoredTrial(outcome)
            each(outcome)
        }
        return scored
    }

    /// Where and how every outcome came to be, and whether a second one had other bytes, as CSV in
    /// the order of the plan.
    func provenance() throws -> String {
        let columns = [
            "attempt", "host", "process", "started", "seconds", "peakBytes", "version", "numerics",
            "instructionSet", "tags",
        ]
        var lines = [(["key", "differs"] + columns).joined(separator: ",")]
        let differing = Set(history.differing)
        for key in plan.uniqueKeys {
            guard let fields = try store.provenance(of: key) else { continue }
            let values = columns.map { name in fields[name].map { "\($0)" } ?? "" }
            let doubt = differing.contains(key) ? "yes" : "no"
            lines.append(([key.description, doubt] + values).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension Dispatcher.History {
    /// That trials had second outcomes of other bytes, for people; nil where none had.
    func doubt(in folder: String) -> String? {
        let count = differing.count
        guard count > 0 else { return nil }
        return """
            concord: \(count) of \(keys.count) trials had a second outcome of other bytes: a \
            machine does not compute as it should. `concord status \(folder)` names them, \
            `concord audit` trains some again.
            """
    }
}

extension Store {
    /// How long trials of the plan took, learnt from the newest of those that were done at the
    /// first attempt.
    func costs(of plan: Plan, _ demands: Demands) throws -> CostModel {
        var costs = CostModel()
        var shapes: [TrialKey: Demands.Shape]?
        for (key, bytes) in try newestProvenance(Store.newestLearnt) {
            let known = shapes ?? Dictionary(
                uniqueKeysWithValues: plan.uniqueKeys.enumerated().map { ($1, demands[$0]) })
            shapes = known
            guard let shape = known[key],
                let fields = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
                fields["attempt"] as? Int == 1, let seconds = fields["seconds"] as? Double
            else { continue }
            costs.learn(shape, seconds: seconds)
        }
        return costs
    }

    private static let newestLearnt = 2000

    /// Where and how a trial's outcome came to be, by name; nil where it has none.
    func provenance(of key: TrialKey) throws -> [String: Any]? {
        guard let delivery = try outcome(key) else { return nil }
        let object = try JSONSerialization.jsonObject(with: Data(delivery.provenance))
        return object as? [String: Any] ?? [:]
    }
}
