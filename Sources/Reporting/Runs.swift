import Planning

/// What means and standard deviations are over: models that differ by their seeds, or by how the
/// recordings were divided.
enum Runs: Hashable {
    case seeds, repetitions, both

    /// Such as `seeds`.
    var label: String {
        switch self {
        case .seeds: "seeds"
        case .repetitions: "repetitions"
        case .both: "seeds and repetitions"
        }
    }
}

extension Plan {
    /// What the means of these cells are over.
    func runs(of cells: some Sequence<Cell>) -> Runs {
        let repeats = cells.contains { cell in splits[cell.splits].contains { $0.repetition > 0 } }
        return repeats ? (sweep.seeds > 1 ? .both : .repetitions) : .seeds
    }
}
