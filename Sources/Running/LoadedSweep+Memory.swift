import Planning
import Training

extension LoadedSweep {
    /// The plan for people: a line a cell, with the sizes of its splits and the memory that a
    /// trainer of its largest trial needs.
    public func describePlan() -> String {
        var problems: [String] = []
        let peaks = plan.cells.map { cell -> Int? in
            do {
                return try plan.splits[cell.splits].map { split in
                    try TrialMemory(plan, cell, split).peak
                }.max()
            } catch {
                problems.append("\(cell.name) cannot be trained: \(error)\n")
                return nil
            }
        }
        return plan.describe(peakBytes: peaks)
            + (problems.isEmpty ? "" : "\n" + problems.joined())
    }

    /// The plan for machines, each trial with the bytes of memory that its trainer needs; `more`
    /// may write further members of a trial.
    public func planJSON(more: (Trial, inout JSONWriter) -> Void = { _, _ in }) -> String {
        var known: [Place: Int?] = [:]
        return plan.json(
            peakBytes: { trial in
                let place = Place(cell: trial.cell, split: trial.split)
                if let bytes = known[place] { return bytes }
                let bytes = try? TrialMemory(
                    plan, plan.cells[trial.cell], plan.splits[trial.split]
                ).peak
                known[place] = bytes
                return bytes
            }, more: more)
    }

    /// Trials that differ in their seed alone.
    private struct Place: Hashable {
        let cell: Int
        let split: Int
    }
}
