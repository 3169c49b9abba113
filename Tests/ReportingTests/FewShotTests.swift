import Planning
import Scoring
import Testing
import _StringProcessing

@testable import Reporting

/// Curves of few-shot schemes.
@Suite struct FewShotTests {
    private static func scheme(_ repeats: Int) -> Scheme {
        Scheme(.fewShot(shots: [0, 1], test: 0.5, repeats: repeats))
    }

    private func report(_ schemes: [Scheme], cultures: [String] = ["DE", "HU"]) throws -> Report {
        var study = Study()
        study.cultures = cultures
        study.schemes = schemes
        study.predict = { cell, trial, id, gold in
            let gain = 0.2 + 0.3 * Double(cell.shots ?? 0) + (cell.recipe.name == "eaf" ? 0.1 : 0)
            return gold.map { gain * $0 + 0.01 * Double(trial.seed) }
        }
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 100)
    }

    private func section(_ report: Report) -> Section? {
        report.sections.first { $0.title == "Few groups of the tested culture" }
    }

    @Test("A table has a row for each pair of cultures and model, and a column for each number")
    func table() throws {
        let report = try report([Self.scheme(1)])
        let section = try #require(self.section(report))
        let tables = section.blocks.compactMap(\.table)
        #expect(tables.map { $0.caption.hasPrefix("arousal") } == [true, false])
        #expect(tables[0].columns.map(\.title) == ["Model", "0", "1"])
        guard case .banner(let heading) = tables[0].rows[0], case .row(let row) = tables[0].rows[1]
        else {
            Issue.record("\(tables[0].rows)")
            return
        }
        #expect(heading == "DE → HU, tested on 4 recordings of 2 groups (dyad)")
        #expect(tables[0].rows.count == 6)
        let plan = report.scores.plan
        for (shots, value) in zip([0, 1], row.dropFirst()) {
            let cell = try #require(
                report.scores.cells.first {
                    let cell = plan.cells[$0.cell]
                    return cell.shots == shots && cell.testCultures == ["HU"]
                        && cell.recipe.name == "lstm"
                })
            let target = cell.tests[0].targets[0]
            let mean = try #require(target.statistics(\.ccc, .population).mean)
            let interval = try #require(target.interval(.population))
            #expect(value.text == "\(Fixed.text(mean)) \(Fixed.text(interval))")
        }
        #expect(report.text(width: 100).contains("DE → HU, tested on 4 recordings"))
        #expect(report.html.contains("In few-shot it is of the culture that is not tested."))
    }

    @Test("A figure has a panel for each pair of cultures, and in it a line for each model")
    func figure() throws {
        let report = try report([Self.scheme(1)], cultures: ["CN", "DE", "HU"])
        let figures = report.document.figures.filter { $0.name.hasPrefix("few-shot-") }
        #expect(figures.map(\.name) == ["few-shot-av-arousal", "few-shot-av-valence"])
        let elements = figures[0].elements
        // Six pairs × two models, with two points each.
        #expect(elements.count { $0.hasPrefix("<path") } == 12)
        #expect(elements.count { $0.contains("class=\"whisker ") } == 24)
        for pair in ["CN → DE", "HU → DE", "DE → CN"] {
            #expect(elements.count { $0.contains(">\(pair): CCC") } == 1)
        }
        #expect(elements.count { $0.contains(">eaf</text>") } == 1)
        // Models stand beside each other, at the same place of the axis.
        let place = try Regex("x1=\"([0-9.]+)\"")
        let places = Set(
            elements.filter { $0.contains("class=\"whisker ") }
                .compactMap { $0.firstMatch(of: place)?.output[1].substring })
        #expect(places.count == 4)
    }

    @Test("Two ways of the same model are two lines, named by their schemes")
    func ways() throws {
        let report = try report([Self.scheme(1), Self.scheme(2)])
        let figure = try #require(
            report.document.figures.first { $0.name == "few-shot-av-arousal" })
        #expect(figure.elements.count { $0.hasPrefix("<path") } == 2 * 4)
        for way in ["repeats=1", "repeats=2"] {
            let name = "lstm, few-shot(shots=0+1,test=0.5,\(way))"
            #expect(figure.elements.count { $0.contains(">\(name)</text>") } == 1)
        }
    }

    @Test("Splits are told by folds in each repetition, and shots that are drawn once by one")
    func repetitions() throws {
        let report = try report([
            Scheme(.fewShot(shots: [0, 1], test: 0.4, repeats: 4)),
            Scheme(.kFold(folds: 3, repeats: 2, train: .all)),
        ])
        let splits = report.sections.flatMap(\.blocks).compactMap(\.table)
            .first { $0.caption.hasPrefix("Splits") }
        let rows = (splits?.rows ?? []).compactMap { line -> [String]? in
            guard case .row(let values) = line else { return nil }
            return [values[1], values[3], values[4]].map(\.text)
        }
        #expect(
            rows == [
                ["DE", "1", "1"], ["DE + 1 HU", "1", "2"], ["HU", "1", "1"],
                ["HU + 1 DE", "1", "2"], ["DE+HU", "3", "2"],
            ])
        #expect(report.json.contains("\"shots\":1") && report.html.contains("drawn 4 times"))
        #expect(report.json.contains("\"folds\":3,\"repetitions\":2,\"trials\":12"))
    }

    @Test("Without a few-shot scheme there is no such section, and JSON says null")
    func none() throws {
        let report = try report([.withinCulture(folds: 3, group: nil)])
        #expect(section(report) == nil)
        #expect(report.json.contains("\"partner\":\"exclude\",\"shots\":null"))
        #expect(try self.report([Self.scheme(1)]).json.contains("\"shots\":1"))
    }
}
