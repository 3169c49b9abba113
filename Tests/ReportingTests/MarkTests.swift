import Foundation
import Planning
import Scoring
import Testing

@testable import Reporting

/// What was chosen on the test side is marked in red over each table and figure that it touched.
@Suite struct MarkTests {
    private static let words = "Chosen on the test side (selection: test), hence too good"

    /// Within-culture is chosen honestly, the repeated folds are not.
    private func report(_ selection: Scheme.Selection = .test) throws -> Report {
        var study = Study()
        study.schemes = [
            .withinCulture(folds: 3, group: nil), .crossCulture(folds: nil, group: nil),
            Scheme(.kFold(folds: 3, repeats: 1, train: .all), selection: selection),
        ]
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 50)
    }

    /// Marks of blocks by what the blocks show.
    private func marks(_ report: Report) -> [(title: String, mark: String?)] {
        report.sections.flatMap(\.blocks).flatMap { block -> [(title: String, mark: String?)] in
            switch block {
            case .table(let table): [(table.caption, table.mark)]
            case .comparison(let table): [(table.caption, table.mark)]
            case .matrix(let matrix): [(matrix.title, matrix.mark)]
            case .figure(let figure): [(figure.title, figure.mark)]
            case .paragraph, .notice: []
            }
        }
    }

    @Test("What shows its scores is marked, and nothing else is")
    func touched() throws {
        let marks = marks(try report())
        func found(_ title: String) -> [String?] {
            marks.filter { $0.title.contains(title) }.map(\.mark)
        }
        let whole = Self.words + ": everything here."
        let part = Self.words + ": what is here of k-fold."
        #expect(found("k-fold · av").allSatisfy { $0 == whole } && !found("k-fold · av").isEmpty)
        for mixed in ["All scores", "recordings one by one", "training of"] {
            #expect(found(mixed).allSatisfy { $0 == part } && !found(mixed).isEmpty, "\(mixed)")
        }
        for clean in [
            "within-culture · av", "cross-culture · av", "arousal · lstm", "generalization gaps",
            "asymmetry", "Splits", "Corpora", "Models",
        ] {
            #expect(found(clean).allSatisfy { $0 == nil } && !found(clean).isEmpty, "\(clean)")
        }
        #expect(self.marks(try report(.validation)).allSatisfy { $0.mark == nil })
    }

    @Test("What was learnt from partners is marked, too, and so is what was both")
    func partners() throws {
        var study = Study()
        study.schemes = [
            .withinCulture(folds: 3, group: nil),
            Scheme(.leaveOneOut(.recording, partner: .keep, train: .culture), selection: .test),
        ]
        let plan = try study.plan()
        let report = try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 50)
        let partners = "Learnt from partners too (partner: keep), hence perhaps too good: "
        let marks = marks(report)
        func found(_ title: String) -> [String?] {
            marks.filter { $0.title.contains(title) }.map(\.mark)
        }
        let all = found("All scores")
        let part = "what is here of leave-one-recording-out."
        #expect(!all.isEmpty)
        #expect(all.allSatisfy { $0 == "\(Self.words): \(part) \(partners)\(part)" })
        #expect(found("leave-one-recording-out · av").allSatisfy { $0?.contains(partners) == true })
        #expect(found("within-culture · av").allSatisfy { $0 == nil })
        #expect(report.json.contains("\"selection\":\"test\",\"partner\":\"keep\""))
        #expect(!report.markdown.contains("nothing is learnt from what shares a group"))
    }

    @Test("Every form prints each mark, in red")
    func printed() throws {
        let report = try report()
        let marks = marks(report)
        let figures = report.document.figures
        let marked = marks.count { $0.mark != nil }
        let tables = marked - figures.count { $0.mark != nil }
        #expect(tables > 2 && marked > tables)
        #expect(count("<p class=\"mark\"", report.html) == marked)
        #expect(report.html.contains(".mark { color: var(--alarm);"))
        let caution = "> [!CAUTION]\n> **" + Document.escaped(Self.words)
        #expect(count(caution, report.markdown) == tables)
        // Both tables of all scores are background, which the terminal leaves out.
        #expect(count("\\textcolor{red}{\\bfseries Chosen", report.document.latex) >= tables)
        #expect(report.document.latex.contains("\\usepackage{color}"))
        #expect(count("NOTICE: Chosen", report.text(width: 200)) == tables - 2)
        #expect(report.html.contains("In k-fold there is no such side: all is chosen on the test"))
        for figure in figures {
            #expect(figure.file.contains("class=\"alarm\"") == (figure.mark != nil))
        }
        let clean = try self.report(.validation)
        #expect(!clean.html.contains("there is no such side"))
        #expect(!clean.html.contains("class=\"mark\""))
        for text in [clean.markdown, clean.document.latex, clean.text()] {
            #expect(!text.contains("Chosen on the test side"))
        }
    }

    @Test("A comparison of sweeps is marked where either of them chose on the test side")
    func comparison() throws {
        let (clean, touched) = (try report(.validation), try report())
        for (first, second, isMarked) in [
            (clean, clean, false), (clean, touched, true), (touched, clean, true),
        ] {
            let html = SweepComparison(first, second).document.html
            #expect(html.contains("what is here of k-fold.") == isMarked)
        }
    }

    private func count(_ part: String, _ text: String) -> Int {
        text.components(separatedBy: part).count - 1
    }
}
