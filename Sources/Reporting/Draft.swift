import Planning
import Scoring

/// What a report's sections are written from.
struct Draft {
    let scores: SweepScores
    let conventions: [Convention]
    let resamples: Int
    let options: ReportOptions
    /// A matrix for each choice of features, target and model; none where no model meets another
    /// culture than the one that it learnt from.
    private(set) var matrices: [CultureMatrix] = []

    /// What stands in one matrix.
    let families: [MatrixFamily]

    init(
        scores: SweepScores, conventions: [Convention], resamples: Int, options: ReportOptions
    ) {
        self.scores = scores
        self.conventions = conventions
        self.resamples = resamples
        self.options = options
        families = scores.plan.matrixFamilies
        matrices = allMatrices
    }

    var plan: Plan { scores.plan }
    /// The convention of all tables for people.
    var headline: Convention { conventions[0] }
    /// The names of the choices of features, in the plan's order.
    var features: [String] { scores.cells.map { plan.cells[$0.cell].features.name }.distinct }
    /// The names of the models, in the plan's order.
    var models: [String] { scores.cells.map { plan.cells[$0.cell].recipe.name }.distinct }
    /// The names of the schemes, in the plan's order.
    var schemes: [String] { plan.cells.map(\.scheme).distinct }

    /// The names of the schemes in which all is chosen on the test side.
    var schemesChosenOnTest: [String] {
        plan.cells.filter { $0.selection == .test }.map(\.scheme).distinct
    }

    var sections: [Section] {
        [
            coverage, generalization, gapSection, fewShot, comparison, leftOut, differences,
            recordingSection, method, trainingSection, everything,
        ].compactMap { $0 }
    }

    /// A target's score in a cell.
    func score(_ cell: CellScores, _ test: TestScores, target: Int) -> MeanScore {
        score(cell, test.targets[target].statistics(\.ccc, headline))
    }

    /// A figure's mean in a cell.
    func score(_ cell: CellScores, _ statistics: SeedStatistics) -> MeanScore {
        MeanScore(statistics, cell.coverage, over: plan.runs(of: [plan.cells[cell.cell]]))
    }
}

extension Cell {
    var isLeaveOneRecordingOut: Bool { isOf("leave-one-recording-out") }
    var isCrossCulture: Bool { isOf("cross-culture") }
}

extension Array where Element: Hashable {
    /// The elements, each where it first stands.
    var distinct: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
