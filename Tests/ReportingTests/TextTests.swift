import Planning
import Reporting
import Scoring
import Testing

@Suite struct TextTests {
    @Test("Paragraphs and tables keep to the width, and wide tables repeat their first columns")
    func widths() throws {
        var study = Study()
        study.cultures = ["DE", "HU", "CN", "IT", "FR"]
        study.models = ["lstm"]
        study.seeds = 1
        study.schemes = Array(Study().schemes.prefix(2))
        let plan = try study.plan()
        let report = try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 10)
        for width in [40, 60, 80, 200] {
            let longest = report.text(width: width).split(separator: "\n").map(\.count).max() ?? 0
            #expect(longest <= width, "\(longest) at \(width)")
        }
        func heads(_ width: Int) -> Int {
            report.text(width: width).split(separator: "\n")
                .filter { $0.hasPrefix("Trained on \\ tested on") }.count
        }
        #expect(heads(200) == 2 && heads(40) > 2)
    }

    @Test("A report says which cells trained without the adversary of their model")
    func adversaries() throws {
        func text(_ study: Study) throws -> String {
            let plan = try study.plan()
            return try Report(
                plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 10
            ).markdown
        }
        let note = "there is nothing to tell apart: there eaf trained without adversary."
        var study = Study(adversaries: ["eaf"])
        let mixed = try text(study)
        #expect(mixed.contains(note) && mixed.contains("; culture adversary of weight 0.3"))
        study.schemes = [.pooled(folds: 3, group: nil)]
        #expect(try !text(study).contains("without adversary"))
        study.adversaries = []
        #expect(try !text(study).contains("adversary"))
    }

    @Test("The terminal leaves out the background, the other formats do not")
    func background() throws {
        let study = Study()
        let plan = try study.plan()
        let report = try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 10)
        #expect(!report.text().contains("How it was made"))
        #expect(report.markdown.contains("## How it was made"))
        #expect(report.html.contains("<h2>How it was made</h2>"))
    }
}
