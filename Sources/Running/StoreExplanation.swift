import Foundation
import Journaling
import Leasing
import Planning

/// What a store knows of single trials, and how a plan stands against it: `why`, `diff`, `plan`.
///
/// Beside the present plan it knows those that the store was opened with before, so that a trial
/// whose data or recipe was edited still has its predecessor.
public struct StoreExplanation {
    let store: Store
    /// The sweep that the store is seen from.
    let sweep: LoadedSweep
    /// Its plan, the present one, then the store's earlier ones, the latest first.
    let plans: [Plan]
    /// The journal, from its first line.
    let entries: [Entry]
    /// The trials that have an outcome, in whatever sweep of the store.
    let finished: Set<TrialKey>
    /// The finished trials of earlier plans by their names, each in the latest plan that has one.
    private let predecessors: [Name: (plan: Int, trial: Trial)]

    /// What a person knows a trial by, whatever its ingredients.
    private struct Name: Hashable {
        let cell: String
        let fold: Int
        let seed: Int

        init(_ trial: Trial, in plan: Plan) {
            cell = plan.cells[trial.cell].name
            fold = trial.fold
            seed = trial.seed
        }
    }

    /// The store in a folder, seen from `sweep`, or from the sweep it was opened with last.
    ///
    /// - Throws: an error when there is no store, or it cannot be read.
    public init(store folder: String, sweep: LoadedSweep?) throws {
        store = try Store.observe(folder)
        entries = try store.entries()
        finished = Set(try store.outcomeKeys())
        var sweeps = sweep.map { [$0] } ?? []
        for entry in entries.reversed() {
            guard case .other(.planned(let document, _)) = entry.event,
                !sweeps.contains(where: { $0.document == document })
            else { continue }
            sweeps.append(try LoadedSweep(document: document, dataRoot: nil))
        }
        guard let present = sweeps.first else {
            throw RunningError("\(folder): the store holds no sweep yet.")
        }
        self.sweep = present
        plans = sweeps.map(\.plan)
        var predecessors: [Name: (plan: Int, trial: Trial)] = [:]
        for (index, plan) in plans.enumerated().dropFirst().reversed() {
            for trial in plan.trials where finished.contains(trial.key) {
                predecessors[Name(trial, in: plan)] = (index, trial)
            }
        }
        self.predecessors = predecessors
    }

    /// How a trial of the present plan stands against the store.
    public enum Standing: String, CaseIterable, Sendable {
        /// It has its outcome and is not trained again.
        case reused
        /// The trial of this cell, fold and seed has an outcome of other ingredients.
        case changed
        /// Nothing of its name was trained.
        case new
    }

    /// How `trial` of the present plan stands.
    public func standing(of trial: Trial) -> Standing {
        if finished.contains(trial.key) { return .reused }
        return predecessor(of: trial) == nil ? .new : .changed
    }

    /// The finished trial of the same cell, fold and seed in the latest plan that has one.
    func predecessor(of trial: Trial) -> (plan: Plan, trial: Trial)? {
        predecessors[Name(trial, in: plans[0])].map { (plans[$0.plan], $0.trial) }
    }

    /// The trial whose key begins with `prefix`, and a plan that holds it.
    ///
    /// - Throws: an error when none or several begin so.
    func find(_ prefix: String) throws -> (plan: Plan, trial: Trial) {
        let wanted = prefix.lowercased()
        var found: [TrialKey: (Plan, Trial)] = [:]
        for plan in plans {
            for key in plan.uniqueKeys
            where found[key] == nil && key.description.hasPrefix(wanted) {
                found[key] = plan.trial(key).map { (plan, $0) }
            }
        }
        guard let only = found.first else {
            throw RunningError(
                "No trial's key begins with `\(prefix)`. `concord plan SPEC --json` lists them.")
        }
        guard found.count == 1 else {
            throw RunningError(
                "\(found.count) trials' keys begin with `\(prefix)`. Give more of its digits.")
        }
        return only.value
    }
}
