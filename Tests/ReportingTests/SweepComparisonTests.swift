import Planning
import Scoring
import Testing

@testable import Reporting

@Suite struct SweepComparisonTests {
    private func report(_ study: Study) throws -> Report {
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 100)
    }

    @Test("A sweep beside itself shares all trials and differs by nothing")
    func same() throws {
        let report = try report(Study())
        let comparison = SweepComparison(report, report)
        #expect(comparison.pair.sharedTrials == report.scores.plan.uniqueKeys.count)
        #expect(comparison.pair.onlyFirst.isEmpty && comparison.pair.onlySecond.isEmpty)
        for row in comparison.pair.rows {
            #expect(row.difference.value == 0 && row.probability == 1)
            #expect(row.difference.interval == Interval(low: 0, high: 0))
        }
        #expect(comparison.document.title == "sewa-small (first) · sewa-small (second)")
    }

    @Test("A changed model differs where it changed; what one sweep lacks is listed")
    func changed() throws {
        var study = Study()
        study.name = "old"
        let old = try report(study)
        study.name = "new"
        study.models = ["eaf", "other"]
        study.predict = { cell, _, _, gold in
            gold.map { (cell.recipe.name == "eaf" ? 0.9 : 0.5) * $0 }
        }
        let new = try report(study)
        let comparison = SweepComparison(old, new)
        let pair = comparison.pair
        #expect(pair.onlyFirst.allSatisfy { $0.hasSuffix("lstm") } && !pair.onlyFirst.isEmpty)
        #expect(pair.onlySecond.allSatisfy { $0.hasSuffix("other") } && !pair.onlySecond.isEmpty)
        #expect(pair.rows.count == old.scores.cells.filter {
            old.scores.plan.cells[$0.cell].recipe.name == "eaf"
        }.reduce(0) { $0 + $1.tests.count * 2 })
        for row in pair.rows {
            let before = old.scores.cells[row.firstCell].test(row.culture)!
                .targets[row.firstTarget].statistics(\.ccc, .population).mean!
            let after = new.scores.cells[row.secondCell].test(row.culture)!
                .targets[row.secondTarget].statistics(\.ccc, .population).mean!
            #expect(row.difference.value == after - before)
            #expect(row.difference.interval != nil && row.adjusted! >= row.probability!)
        }
        let document = comparison.document
        #expect(document.sections.map(\.title) == ["Side by side", "Only in old", "Only in new"])
        #expect(document.html.contains("<svg") && document.latex.contains("\\toprule"))
        let lines = comparison.csv.split(separator: "\n")
        #expect(lines.count == pair.rows.count + 1)
        #expect(lines[1].hasPrefix("within-culture,DE,DE,eaf,av,arousal,population,0."))
    }
}
