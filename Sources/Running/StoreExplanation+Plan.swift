import Foundation
import Journaling
import Planning

extension StoreExplanation {
    /// The present plan against the store, for people: per cell how many trials are reused, changed
    /// and new, and what the rest will cost.
    ///
    /// - Throws: an error when the store cannot be read.
    public func describePlan() throws -> String {
        let costs = try self.costs()
        let plan = plans[0]
        let trials = Dictionary(grouping: plan.trials, by: \.cell)
        var rows = [["cell", "trials", "reused", "changed", "new", "cost"]]
        var total = 0.0
        var isKnown = true
        var counted: Set<TrialKey> = []
        for (index, cell) in plan.cells.enumerated() {
            let standings = (trials[index] ?? []).map { ($0, standing(of: $0)) }
            var rest = 0
            for (trial, standing) in standings
            where standing != .reused && counted.insert(trial.key).inserted { rest += 1 }
            let seconds = costs.seconds(of: cell).map { $0 * Double(rest) }
            if let seconds { total += seconds } else if rest > 0 { isKnown = false }
            rows.append(
                [cell.name, "\(standings.count)"]
                    + Standing.allCases.map { kind in "\(standings.count { $0.1 == kind })" }
                    + [rest == 0 ? "" : seconds.map(ProgressDisplay.duration) ?? "unknown"])
        }
        let cost = "\(ProgressDisplay.duration(total)) of training on one core"
        return """
            \(plan.sweep.name): \(standings); \
            \(isKnown ? cost : total > 0 ? "more than " + cost : "of unknown cost")


            """ + Plan.table(rows)
    }

    /// `12 trials: 4 reused, 8 changed, 0 new`.
    private var standings: String {
        var counts: [Standing: Int] = [:]
        for key in plans[0].uniqueKeys {
            counts[standing(of: plans[0].trial(key)!), default: 0] += 1
        }
        let shares = Standing.allCases.map { "\(counts[$0] ?? 0) \($0.rawValue)" }
        return "\(plans[0].uniqueKeys.count) trials: \(shares.joined(separator: ", "))"
    }

    /// What the store means for a sweep that was edited since, or is another than ran there last.
    var resumption: String {
        let names = plans.map(\.sweep.name)
        let former =
            names.count > 1 && names[1] != names[0]
            ? "the sweep \(names[1]) ran here before" : "the sweep was edited since it ran here"
        let others = finished.subtracting(plans[0].uniqueKeys).count
        let kept = "; \(others) finished trials of earlier plans are kept and not reported"
        return "\(former): \(standings)\(others > 0 ? kept : "")"
    }

    /// The present plan against the store, for machines: what ``LoadedSweep/planJSON(more:)`` says
    /// of every trial, and its `state`, `reused`, `changed` or `new`, with the `seconds` that it
    /// will take on one core: 0 of a reused one, null where they are unknown.
    ///
    /// - Throws: an error when the store cannot be read.
    public func planJSON() throws -> String {
        let costs = try self.costs()
        return sweep.planJSON { trial, json in
            let standing = standing(of: trial)
            json.key("state")
            json.string(standing.rawValue)
            json.key("seconds")
            json.number(standing == .reused ? 0 : costs.seconds(of: plans[0].cells[trial.cell]))
        }
    }

    /// What trials have taken: the mean seconds by the name of their cell and of their model.
    private struct Costs {
        var cells: [String: Double]
        var models: [String: Double]

        /// What a trial of the cell will take, as those of the cell did, or else as the others of
        /// its model; nil where there were none.
        func seconds(of cell: Cell) -> Double? { cells[cell.name] ?? models[cell.recipe.name] }
    }

    private func costs() throws -> Costs {
        var taken: [TrialKey: Double] = [:]
        for (key, bytes) in try store.newestProvenance(.max) {
            let fields = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            taken[key] = fields?["seconds"] as? Double
        }
        var cells: [String: [Double]] = [:]
        var models: [String: [Double]] = [:]
        for plan in plans {
            for trial in plan.trials {
                guard let seconds = taken.removeValue(forKey: trial.key) else { continue }
                let cell = plan.cells[trial.cell]
                cells[cell.name, default: []].append(seconds)
                models[cell.recipe.name, default: []].append(seconds)
            }
        }
        let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
        return Costs(cells: cells.mapValues(mean), models: models.mapValues(mean))
    }
}
