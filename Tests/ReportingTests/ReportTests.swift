import Planning
import Scoring
import Testing

@testable import Reporting

@Suite struct ReportTests {
    private func report(_ study: Study, resamples: Int = 20) throws -> Report {
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: resamples)
    }

    private func tables(_ report: Report) -> [Table] {
        report.sections.flatMap(\.blocks).compactMap(\.table)
    }

    @Test("The matrix holds within-culture on its diagonal, cross-culture beside it, pooled below")
    func matrix() throws {
        let report = try report(Study())
        #expect(report.matrices.count == 4)
        let matrix = try #require(report.matrices.first)
        #expect((matrix.target, matrix.model, matrix.features) == ("arousal", "lstm", "av"))
        #expect(matrix.columns == ["DE", "HU", "all"])
        #expect(matrix.rows.map(\.label) == ["DE", "HU", "pooled (DE+HU)"])
        #expect(
            matrix.rows.map { $0.values.map { $0 != nil } } == [
                [true, true, false], [true, true, false], [true, true, true],
            ])
        func mean(_ scheme: String, _ train: [String], _ test: String?) -> Double? {
            let cell = report.scores.cells.first {
                let cell = report.scores.plan.cells[$0.cell]
                return cell.scheme == scheme && cell.trainCultures == train
                    && cell.testCultures.first == (test ?? "DE") && cell.recipe.name == "lstm"
                    || scheme == "pooled" && cell.scheme == scheme && cell.recipe.name == "lstm"
            }
            return cell?.test(test)?.targets[0].statistics(\.ccc, .population).mean
        }
        let both = ["DE", "HU"]
        #expect(matrix.rows[0].values[0]?.mean == mean("within-culture", ["DE"], "DE"))
        #expect(matrix.rows[0].values[1]?.mean == mean("cross-culture", ["DE"], "HU"))
        #expect(matrix.rows[1].values[0]?.mean == mean("cross-culture", ["HU"], "DE"))
        #expect(matrix.rows[2].values[1]?.mean == mean("pooled", both, "HU"))
        #expect(matrix.rows[2].values[2]?.mean == mean("pooled", both, nil))
        let means = matrix.rows.flatMap { $0.values.compactMap { $0?.mean } }
        #expect(Set(means).count == 7)
    }

    @Test("The gap of a pair is within the tested culture less across")
    func gap() throws {
        let matrix = try #require(try report(Study()).matrices.first)
        #expect(matrix.gaps.map(\.train) == ["DE", "HU"])
        #expect(matrix.gaps.map(\.test) == ["HU", "DE"])
        let gap = matrix.gaps[0]
        let within = try #require(matrix.rows[1].values[1]?.mean)
        let cross = try #require(matrix.rows[0].values[1]?.mean)
        #expect(gap.difference == within - cross)
        // Planted: a gain of 0.7 within and of 0.3 across.
        #expect(matrix.gaps.allSatisfy { $0.difference! > 0.1 })
    }

    @Test("A sweep without within-culture has a matrix without a diagonal and without gaps")
    func crossOnly() throws {
        var study = Study()
        study.schemes = [.crossCulture(folds: nil, group: nil)]
        let report = try report(study)
        let matrix = try #require(report.matrices.first)
        #expect(matrix.gaps.isEmpty)
        #expect(
            matrix.rows.map { $0.values.map { $0 == nil } } == [[true, false], [false, true]])
        #expect(!matrix.reading.contains("diagonal"))
        #expect(report.html.contains("not planned"))
        #expect(report.sections.map(\.title).contains("Leave-one-recording-out") == false)
    }

    @Test("Leave-one-recording-out stands in a table of its own")
    func leftOut() throws {
        var study = Study()
        study.schemes = [Study().schemes[3]]
        let report = try report(study)
        #expect(report.matrices.isEmpty)
        #expect(
            report.sections.map(\.title)
                == [
                    "Coverage", "Leave-one-recording-out", "Differences between models",
                    "Recordings one by one", "How it was made", "How training went",
                    "All numbers",
                ])
    }

    @Test("Three cultures have six pairs and a gap for each")
    func threeCultures() throws {
        var study = Study()
        study.cultures = ["DE", "HU", "CN"]
        let matrix = try #require(try report(study).matrices.first)
        #expect(matrix.columns == ["CN", "DE", "HU", "all"])
        #expect(matrix.gaps.count == 6)
        #expect(matrix.share == "36/36")
    }

    @Test("Each choice of features has its own matrices and tables")
    func features() throws {
        var study = Study()
        study.features = ["av", "audio"]
        study.schemes = Array(Study().schemes.prefix(2))
        let report = try report(study)
        #expect(report.matrices.map(\.features).prefix(5) == ["av", "av", "av", "av", "audio"])
        let captions = tables(report).map(\.caption)
        #expect(captions.contains { $0.hasPrefix("within-culture · audio") })
        #expect(captions.contains { $0.hasPrefix("cross-culture · av") })
    }

    @Test("The best of a row is marked over models; ties are all best, one model is never best")
    func best() throws {
        var study = Study()
        study.schemes = [.withinCulture(folds: 3, group: nil)]
        study.predict = { cell, _, _, gold in
            gold.map { (cell.recipe.name == "eaf" ? 0.8 : 0.5) * $0 }
        }
        let whole = marks(try report(study))
        #expect(whole == [[false, true], [false, true], [false, true], [false, true]])
        study.predict = { _, trial, _, gold in gold.map { $0 + Double(trial.seed) } }
        #expect(marks(try report(study)).allSatisfy { $0 == [true, true] })
        study.models = ["eaf"]
        #expect(marks(try report(study)).allSatisfy { $0 == [false] })
    }

    private func marks(_ report: Report) -> [[Bool]] {
        let table = tables(report).first { $0.caption.hasPrefix("within-culture") }
        return (table?.rows ?? []).compactMap { line in
            if case .row(let values) = line { values.dropFirst(2).map(\.isBest) } else { nil }
        }
    }

    @Test("Means say what they are over: seeds, repetitions, or both")
    func runs() throws {
        for (seeds, repeats, words) in [
            (2, 1, "seeds"), (1, 2, "repetitions"), (2, 2, "seeds and repetitions"),
            (1, 1, "seeds"),
        ] {
            var study = Study()
            study.seeds = seeds
            study.schemes = [Scheme(.kFold(folds: 3, repeats: repeats, train: .all))]
            let report = try report(study)
            let text = report.text(width: 200)
            #expect(text.contains("(population), mean ± SD over \(words)\n"), "\(words)")
            #expect(text.contains("differences of the CCC (population), mean over \(words)\n"))
            #expect(report.markdown.contains("are means over \(words); RMSE"))
            let figure = try #require(
                report.document.figures.first { $0.name.hasPrefix("recordings-") })
            #expect(figure.elements.joined().contains("mean over \(words)<"))
            let runs = try #require(report.scores.summary([.population]).first).fields
            #expect(runs[18] == .count(seeds * repeats))
        }
    }

    @Test("Only what may be too good is an alarm; other notes of the plan are text")
    func notes() throws {
        var study = Study()
        study.schemes = [
            Scheme(.sizeMatched(folds: 3, size: nil)),
            Scheme(.kFold(folds: 3, repeats: 1, train: .all), selection: .test),
        ]
        let blocks = try report(study).sections[0].blocks
        let notices = blocks.compactMap { if case .notice(let text) = $0 { text } else { nil } }
        #expect(notices.count == 1 && notices[0].hasPrefix("k-fold: "))
        #expect(blocks.contains(.paragraph("size-matched: every training side has 2 groups.")))
    }

    @Test("One model alone has what it could have shown: beside its scores, gaps and asymmetries")
    func power() throws {
        var study = Study()
        study.models = ["lstm"]
        let report = try report(study)
        #expect(report.scores.comparisons.isEmpty)
        func column(_ caption: String) throws -> [String] {
            let table = try #require(
                report.sections.flatMap(\.blocks).compactMap(\.table).first {
                    $0.caption.contains(caption)
                })
            let place = try #require(table.columns.firstIndex { $0.title == "Detectable" })
            return table.rows.compactMap {
                if case .row(let values) = $0 { values[place].text } else { nil }
            }
        }
        for caption in ["All scores, CCC", "generalization gaps", "asymmetry"] {
            let found = try column(caption)
            #expect(!found.isEmpty && found.allSatisfy { (Double($0) ?? 0) > 0 }, "\(caption)")
        }
        #expect(report.json.contains(#""detectable":0."#))
    }

    @Test("What is undefined is called so, with its number of seeds, and never printed as 0")
    func undefined() throws {
        var study = Study()
        study.schemes = Array(Study().schemes.prefix(2))
        study.models = ["lstm"]
        study.seeds = 3
        // Seed 0 predicts not-a-number within DE; every seed does within HU.
        study.predict = { cell, trial, _, gold in
            let spoilt = cell.testCultures == ["HU"] || trial.seed == 0
            return spoilt && cell.scheme == "within-culture"
                ? gold.map { _ in .nan } : gold.map { 0.5 * $0 }
        }
        let report = try report(study)
        let text = report.text(width: 100)
        #expect(text.contains("0.800 ± 0.000 (1 of 3 seeds undefined)"))
        #expect(text.contains("undefined (3 of 3 seeds)"))
        let matrix = try #require(report.matrices.first)
        #expect(matrix.rows[1].values[1]?.mean == nil)
        #expect(matrix.gaps[0].difference == nil)
        #expect(report.html.contains(">undefined</text>"))
        #expect(report.html.contains("3/3</text>"))
        #expect(report.html.contains("9/9, 3 undef.</text>"))
        let summary = report.csvFiles[0].text.split(separator: "\n")
        #expect(summary[1].contains(",2,1,validation,"))
        #expect(summary[5].contains(",0,3,validation,"))
        #expect(summary[5].hasPrefix("within-culture,HU,HU,lstm,av,arousal,population,,,,,,,6,3,"))
        #expect(report.json.contains(#""target":"arousal","convention":"population","ccc":null"#))
    }

    @Test("The first convention is that of all tables, and every file names its own")
    func conventions() throws {
        var study = Study()
        study.schemes = Array(Study().schemes.prefix(2))
        let plan = try study.plan()
        let scored = study.scored(plan)
        func matrix(_ conventions: [Convention]) throws -> CultureMatrix {
            let report = try Report(
                plan: plan, scored: scored, quarantined: [:], conventions: conventions,
                resamples: 10)
            for text in [report.text(), report.markdown, report.html, report.json] {
                #expect(text.contains(conventions[0].rawValue))
            }
            #expect(
                report.csvFiles.allSatisfy { $0.text.contains(",\(conventions[0].rawValue),") })
            return try #require(report.matrices.first)
        }
        let avec = try matrix([.avec])
        let sample = try matrix([.sample, .population])
        #expect(avec.convention == .avec)
        #expect(avec.rows[0].values[0]?.mean != sample.rows[0].values[0]?.mean)
    }

    @Test("The same input gives the same bytes, whatever the order of the dictionaries")
    func order() throws {
        let study = Study()
        let plan = try study.plan()
        let scored = study.scored(plan)
        var bytes: Set<[String]> = []
        for start in [0, 7, 40] {
            var shuffled: [TrialKey: ScoredTrial] = [:]
            shuffled.reserveCapacity(start * 100)
            let trials = plan.trials
            for step in trials.indices {
                let trial = trials[(start + step * 5) % trials.count]
                shuffled[trial.key] = scored[trial.key]
            }
            #expect(shuffled.count == scored.count)
            let report = try Report(
                plan: plan, scored: shuffled, quarantined: [:], resamples: 30)
            bytes.insert(
                [report.text(), report.markdown, report.html, report.json]
                    + report.csvFiles.map(\.text))
        }
        #expect(bytes.count == 1)
    }
}
