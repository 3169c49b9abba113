import Corpora
import Planning
import Scoring
import Testing

@testable import Reporting

@Suite struct FigureTests {
    private func report(_ study: Study = Study()) throws -> Report {
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 100)
    }

    @Test("Every figure has a title, a unit, a legend and a sentence that says how to read it")
    func complete() throws {
        let figures = try report().document.figures
        let names = figures.map(\.name)
        #expect(Set(names).count == names.count)
        for prefix in ["matrix-", "differences-", "gaps-", "recordings-", "training-"] {
            #expect(names.contains { $0.hasPrefix(prefix) }, "\(prefix)")
        }
        for figure in figures {
            #expect(!figure.title.isEmpty && figure.reading.hasSuffix("."))
            #expect(
                figure.name.allSatisfy {
                    $0.isASCII && ($0.isLetter || $0.isNumber || ".-".contains($0))
                })
            let text = figure.elements.joined()
            #expect(text.contains("no unit"), "\(figure.name)")
            #expect(text.contains("class=\"axis\""))
            #expect(!text.contains("nan") && !text.contains("inf"))
        }
    }

    @Test("Names that differ in signs or case alone are told apart by numbers, in files and pages")
    func collisions() throws {
        var study = Study()
        study.models = ["a_b", "a-b", "A b", "a-b-2"]
        study.schemes = Array(Study().schemes.prefix(3))
        let document = try report(study).document
        let names = document.figures.map(\.name)
        #expect(Set(names).count == names.count)
        for name in ["a-b", "a-b-2", "a-b-3", "a-b-2-2"] {
            #expect(names.contains("matrix-av-arousal-\(name)"), "\(name)")
        }
        let page = document.html
        for name in names {
            #expect(page.split(separator: "<title id=\"\(name)-title\">").count == 2)
        }
    }

    @Test("A label that has no room loses its middle, and is whole where the pointer rests")
    func longLabels() throws {
        var study = Study()
        study.models = [String(repeating: "long-", count: 12) + "a", "b"]
        let figures = try report(study).document.figures
        let text = try Regex("<text x=\"([0-9.]+)\"[^>]* class=\"label\"[^>]*>(.*)</text>")
        var shortened = 0
        for figure in figures {
            for element in figure.elements {
                guard let match = element.firstMatch(of: text) else { continue }
                let end = Double(match.output[1].substring ?? "") ?? .nan
                let words = match.output[2].substring ?? ""
                let shown = words.split(separator: "</title>").last ?? ""
                #expect(Double(shown.count) * 6.6 <= end, "\(figure.name): \(shown)")
                if shown.contains("…") {
                    shortened += 1
                    #expect(element.contains("<title>") && element.contains(study.models[0]))
                }
            }
        }
        #expect(shortened > 10)
    }

    @Test("Beyond six curves colours come again, and each is told by its sign")
    func manyCurves() {
        let series = (0..<20).map { style in
            LinePlot.Series(
                label: "scheme \(style)", points: (0..<30).map { (Double($0), Double(style)) },
                style: style)
        }
        let figure = LinePlot(
            name: "n", title: "t", reading: "r.", axis: "epoch",
            panels: [.init(axis: "loss (no unit)", series: series)]
        ).figure
        // What a legend's entry is drawn with: its line's style, and its sign.
        var entries: [String] = []
        for (index, element) in figure.elements.enumerated()
        where element.hasPrefix("<line") && element.contains("curve s") {
            let words = figure.elements[index + 1].split(separator: " ")
            func height(_ word: Int) -> Substring? { words[word].split(separator: ",").last }
            let sign =
                switch words[0] {
                case "<text": "none"
                case "<circle": "circle"
                default:
                    words.count == 6
                        ? "triangle" : height(1) == height(2) ? "square" : "diamond"
                }
            entries.append("\(element.split(separator: "class=").last ?? "") \(sign)")
        }
        #expect(entries.count == 20)
        #expect(entries.prefix(6).allSatisfy { $0.contains("none") })
        #expect(Set(entries.prefix(18)).count == 18)
    }

    @Test("Recordings whose CCC is undefined are counted in their lane, if none has one too")
    func undefinedRecordings() throws {
        var study = Study()
        study.models = ["lstm"]
        study.schemes = [.withinCulture(folds: 3, group: nil)]
        study.predict = { _, _, id, gold in
            id == "DE_02" || id.hasPrefix("HU") ? gold.map { _ in .nan } : gold
        }
        let figure = try #require(
            report(study).document.figures.first { $0.name.hasPrefix("recordings-") })
        let text = figure.elements.joined()
        #expect(text.contains(">lstm, DE, 1 of 6 undefined</text>"))
        #expect(text.contains(">lstm, HU, 6 of 6 undefined</text>"))
        #expect(figure.elements.count { $0.contains("class=\"mean\"") } == 2)
    }

    @Test("A figure's file is well-formed XML that names no other file")
    func files() throws {
        for figure in try report().document.figures {
            let parser = XMLChecker(figure.file)
            #expect(parser.isWellFormed, "\(figure.name): \(parser.problem)")
            #expect(!figure.file.contains("href") && !figure.file.contains("url("))
        }
    }

    @Test("Whatever it shows lies within a figure")
    func inside() throws {
        let place = try Regex(" (?:x|x1|x2|cx|y|y1|y2|cy)=\"(-?[0-9.]+)\"")
        for figure in try report().document.figures where figure.style == "plot" {
            for element in figure.elements {
                for match in element.matches(of: place) {
                    let value = Double(match.output[1].substring ?? "") ?? .nan
                    #expect(value >= 0 && value <= Double(max(figure.width, figure.height)))
                }
            }
        }
    }

    @Test("Ticks are round numbers that hold all values")
    func ticks() {
        for (values, labels) in [
            ([0.03, 0.97], ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
            ([-0.2, 0.31], ["-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3", "0.4"]),
            ([0, 120], ["0", "20", "40", "60", "80", "100", "120"]),
            ([0.001, 0.0034], ["0.001", "0.0015", "0.002", "0.0025", "0.003", "0.0035"]),
        ] {
            let axis = Axis(values, start: 10, end: 110)
            let found = axis.ticks.map(\.label)
            #expect(found.count == labels.count, "\(found)")
            #expect(axis.low <= values[0] && axis.high >= values[1])
            #expect(axis.place(axis.low) == 10 && axis.place(axis.high) == 110)
            #expect(zip(found, labels).allSatisfy { Double($0) == Double($1) }, "\(found)")
        }
        // Epochs are counted whole, also where they are few; named places are evenly spaced.
        let epochs = Axis([1, 4], start: 0, end: 3, isWhole: true)
        #expect(epochs.ticks.map(\.label) == ["1", "2", "3", "4"])
        let named = Axis(names: ["0", "1", "8"], start: 0, end: 300)
        #expect(named.ticks.map { named.place($0.value) } == [50, 150, 250])
        // A single value, and none at all.
        #expect(Axis([0.5], start: 0, end: 1).ticks.count >= 2)
        #expect(Axis([], start: 0, end: 1).low == 0)
    }

    @Test("Of more predictions than a figure draws it says how many there are")
    func manyTraces() throws {
        var study = Study()
        study.models = ["lstm"]
        study.cultures = ["CN", "DE", "HU"]
        study.schemes += [
            Scheme(.sizeMatched(folds: 3, size: nil)),
            Scheme(.kFold(folds: 3, repeats: 1, train: .all)),
        ]
        let report = try report(study)
        let requests = report.traceRequests
        // Within, two across, pooled, one left out; the same four of one size; folds over all.
        #expect(requests.allSatisfy { $0.cells.count == 6 && $0.others == 4 })
        let drawn = report.drawing(
            requests.map { request in
                RecordedTraces(
                    request: request, gold: [0, 1, 2],
                    predictions: request.cells.map { _ in [0, 1, 1] })
            })
        let figure = try #require(
            drawn.document.figures.first { $0.name.hasPrefix("traces-") })
        #expect(figure.reading.contains("Of 10 predictions the first 6 of the plan are drawn."))
    }

    @Test("Curves of training end where fewer than half of the trials still train")
    func training() throws {
        var study = Study()
        study.models = ["lstm"]
        study.schemes = [.withinCulture(folds: 3, group: nil)]
        let plan = try study.plan()
        var scored = study.scored(plan)
        for (number, key) in plan.uniqueKeys.enumerated() {
            let epochs = number < plan.uniqueKeys.count / 2 ? 4 : 10
            scored[key]?.losses = (0..<epochs).map { 1 / Float($0 + 1) }
            scored[key]?.validation = (0..<epochs).map { Float($0) / 10 }
            scored[key]?.bestEpoch = epochs
        }
        let report = try Report(
            plan: plan, scored: scored, quarantined: [:], resamples: 20)
        let figure = try #require(
            report.document.figures.first { $0.name.hasPrefix("training-") })
        #expect(figure.title.contains("12 trials"))
        let curve = try #require(figure.elements.first { $0.hasPrefix("<path") })
        #expect(curve.filter { $0 == "L" }.count == 9)
    }

    @Test("Traces are of the median recording by the best model, and are drawn with their gold")
    func traces() throws {
        let report = try report()
        let requests = report.traceRequests
        // Two targets × two cultures.
        #expect(requests.count == 4)
        let plan = report.scores.plan
        for request in requests {
            let culture = plan.recordings[request.recording].recording.culture
            func mean(_ cell: CellScores) -> Double {
                cell.test(culture)!.targets[request.target].statistics(\.ccc, .population).mean!
            }
            let within = report.scores.cells.filter {
                plan.cells[$0.cell].trainCultures == [culture] && $0.test(culture) != nil
            }
            let best = try #require(within.max { mean($0) < mean($1) })
            #expect(plan.cells[best.cell].recipe.name == request.model)
            let parts = try #require(best.test(culture)).targets[request.target].recordings
            let values = parts.compactMap(\.ccc).sorted()
            let id = plan.recordings[request.recording].recording.id
            #expect(parts.first { $0.name == id }?.ccc == values[values.count / 2])
            #expect(request.cells.count >= 3)
        }
        let drawn = report.drawing(
            requests.map { request in
                RecordedTraces(
                    request: request, gold: (0..<1200).map { Float($0 % 50) / 50 },
                    predictions: request.cells.map { _ in [Float](repeating: 0.5, count: 1200) })
            })
        let figures = drawn.document.figures.filter { $0.name.hasPrefix("traces-") }
        #expect(figures.count == 4)
        #expect(figures[0].elements.contains { $0.contains("curve gold") })
        // A panel for every two predictions, each with the gold trace; all that there are.
        for (figure, request) in zip(figures, requests) {
            let panels = (request.cells.count + 1) / 2
            #expect(
                figure.elements.count { $0.contains("curve gold") && $0.hasPrefix("<path") }
                    == panels)
            #expect(request.others == 0 && !figure.reading.contains("are drawn"))
        }
        // 1,200 frames are drawn as 400 points of three.
        let gold = try #require(
            figures[0].elements.first { $0.contains("curve gold") && $0.hasPrefix("<path") })
        #expect(gold.filter { $0 == "L" }.count == 399)
        #expect(drawn.sections.firstIndex { $0.title == "Predicted traces" }! < drawn.sections
            .firstIndex { $0.title == "How it was made" }!)
    }
}

/// Whether tags close in the order in which they were opened, and attributes are quoted.
private struct XMLChecker {
    private(set) var problem = ""
    var isWellFormed: Bool { problem.isEmpty }

    init(_ text: String) {
        var open: [Substring] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            guard let end = rest[start...].firstIndex(of: ">") else {
                problem = "a tag has no end"
                return
            }
            let tag = rest[rest.index(after: start)..<end]
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else {
                    problem = "<\(tag)> closes nothing"
                    return
                }
            } else if !tag.hasSuffix("/") {
                open.append(tag.prefix { !$0.isWhitespace })
            }
            if tag.filter({ $0 == "\"" }).count % 2 != 0 { problem = "<\(tag)>" }
            rest = rest[rest.index(after: end)...]
        }
        if !open.isEmpty { problem = "\(open) are open" }
    }
}
