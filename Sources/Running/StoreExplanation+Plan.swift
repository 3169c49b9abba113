import Foundation
import Planning

extension StoreExplanation {
    /// The present plan against the store, for people: per cell how many trials are reused, changed
    /// and new, and what the rest will cost.
    ///
    /// Costs are those of the cell's own finished trials, or of the store's others of its model;
    /// where there are none they are unknown.
    ///
    /// - Throws: an error when the store cannot be read.
    public func describePlan() throws -> String {
        let costs = try self.costs()
        let plan = plans[0]
        var rows = [["cell", "trials", "reused", "changed", "new", "cost"]]
        var total = 0.0
        var known = true
        var counts: [Standing: Int] = [:]
        var counted: Set<TrialKey> = []
        for (index, cell) in plan.cells.enumerated() {
            let trials = plan.trials.filter { $0.cell == index }
            let standings = trials.map(standing)
            for (trial, standing) in zip(trials, standings)
            where counted.insert(trial.key).inserted {
                counts[standing, default: 0] += 1
            }
            let rest = standings.count { $0 != .reused }
            let seconds = costs.cells[cell.name] ?? costs.models[cell.recipe.name]
            if let seconds { total += seconds * Double(rest) } else if rest > 0 { known = false }
            let cost = seconds.map { ProgressDisplay.duration($0 * Double(rest)) } ?? "unknown"
            rows.append(
                [cell.name, "\(trials.count)"]
                    + Standing.allCases.map { kind in "\(standings.count { $0 == kind })" }
                    + [rest == 0 ? "" : cost])
        }
        let shares = Standing.allCases.map { "\(counts[$0] ?? 0) \($0.rawValue)" }
        return """
            \(plan.sweep.name): \(plan.uniqueKeys.count) trials: \
            \(shares.joined(separator: ", ")); \(known ? "" : "more than ")\
            \(ProgressDisplay.duration(total)) of training on one core


            """ + Plan.table(rows)
    }

    /// The mean seconds of a finished trial, by the name of its cell and of its model.
    private func costs() throws -> (cells: [String: Double], models: [String: Double]) {
        var cells: [String: [Double]] = [:]
        var models: [String: [Double]] = [:]
        var seen: Set<TrialKey> = []
        for plan in plans {
            for trial in plan.trials
            where finished.contains(trial.key) && seen.insert(trial.key).inserted {
                let provenance = try store.provenance(of: trial.key)
                guard let seconds = provenance?["seconds"] as? Double else { continue }
                let cell = plan.cells[trial.cell]
                cells[cell.name, default: []].append(seconds)
                models[cell.recipe.name, default: []].append(seconds)
            }
        }
        let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
        return (cells.mapValues(mean), models.mapValues(mean))
    }
}
