import Planning
import Reporting
import Testing

@Suite struct SnapshotTests {
    private static func report(_ study: Study = Study()) throws -> Report {
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 200)
    }

    @Test("A whole sweep is rendered as it was looked at")
    func whole() throws {
        let report = try Self.report()
        try Snapshot.expect(report.text(width: 80), is: "whole.txt")
        try Snapshot.expect(report.mainTables(width: 80), is: "whole-main.txt")
        try Snapshot.expect(report.markdown, is: "whole.md")
        try Snapshot.expect(report.html, is: "whole.html")
        try Snapshot.expect(report.document.latex, is: "whole.tex")
        try Snapshot.expect(report.json, is: "whole.json")
        try Snapshot.expect(report.csvFiles[0].text, is: "whole-summary.csv")
    }

    @Test("A sweep of one scheme and model leaves out what it cannot show")
    func withinOnly() throws {
        var study = Study()
        study.name = "within"
        study.schemes = [.withinCulture(folds: 3, group: nil)]
        study.models = ["lstm"]
        study.seeds = 1
        let report = try Self.report(study)
        try Snapshot.expect(report.text(width: 60), is: "within.txt")
        try Snapshot.expect(report.mainTables(width: 60), is: "within-main.txt")
        try Snapshot.expect(report.markdown, is: "within.md")
        try Snapshot.expect(report.json, is: "within.json")
        for file in report.csvFiles { try Snapshot.expect(file.text, is: "within-" + file.name) }
        #expect(report.matrices.isEmpty)
    }

    @Test("A partial sweep marks every number that lacks trials")
    func partial() throws {
        let study = Study()
        let plan = try study.plan()
        var outcomes = study.outcomes(plan)
        // A fold of within-culture DE lstm is quarantined; cross-culture DE→HU eaf is missing.
        let first = plan.trials[0]
        outcomes[first.key] = nil
        for trial in plan.trials where plan.cells[trial.cell].name == "cross-culture DE→HU av eaf" {
            outcomes[trial.key] = nil
        }
        let report = try Report(
            plan: plan, outcomes: outcomes,
            quarantined: [first.key: "the loss was not a number in epoch 3"], allowPartial: true,
            resamples: 200)
        try Snapshot.expect(report.text(width: 100), is: "partial.txt")
        try Snapshot.expect(report.markdown, is: "partial.md")
    }
}
