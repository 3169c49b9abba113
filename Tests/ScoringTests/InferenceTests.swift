import Corpora
import Kernels
import Planning
import Testing

@testable import Scoring

/// Comparisons, gaps and asymmetries of small studies whose numbers are known.
@Suite struct InferenceTests {
    /// A trace and what a model makes of it: `gain` of it, an offset, and noise of its own.
    private func traces(
        _ id: String, gain: Double, offset: Double = 0, noise: String = ""
    ) -> (gold: [Double], predicted: [Double]) {
        var random = RandomStream(digest: Study.gold(id).bytes)
        var other = RandomStream(digest: Study.gold(id + noise).bytes)
        let level = random.normal()
        let gold = (0..<10).map { _ in level + random.normal() }
        return (gold, gold.map { gain * $0 + offset + 0.3 * other.normal() })
    }

    /// Two cultures of six dyads, within and across; the dyads' names as given.
    private func study(models: [String], shared: Bool = false) -> Study {
        var study = Study()
        study.targets = ["arousal", "valence"]
        for culture in ["DE", "HU"] {
            for number in 0..<6 {
                let dyad = shared ? "\(number)" : "\(culture)\(number)"
                study.record("\(culture)\(number)", culture, ["dyad": dyad])
            }
        }
        func ids(_ culture: String, _ numbers: Range<Int>) -> [String] {
            numbers.map { "\(culture)\($0)" }
        }
        for culture in ["DE", "HU"] {
            study.cell(
                "within \(culture)", train: [culture], test: [culture], model: models[0],
                folds: [
                    (ids(culture, 3..<6), ids(culture, 0..<3)),
                    (ids(culture, 0..<3), ids(culture, 3..<6)),
                ])
            for model in models.dropFirst() {
                study.model(model, besideCell: study.cells.firstIndex {
                    $0.name == "within \(culture)"
                }!)
            }
        }
        for (train, test) in [("DE", "HU"), ("HU", "DE")] {
            let folds = (0..<2).map { half in
                (
                    ids(train, half == 0 ? 3..<6 : 0..<3), ids(test, half == 0 ? 0..<3 : 3..<6)
                )
            }
            study.cell(
                "cross \(train)", scheme: "cross-culture", train: [train], test: [test],
                model: models[0], folds: folds)
            for model in models.dropFirst() {
                study.model(model, besideCell: study.cells.firstIndex {
                    $0.name == "cross \(train)"
                }!)
            }
        }
        return study
    }

    private func scores(_ study: Study) throws -> SweepScores {
        let scored = study.scoreAll { trial, id in
            let cell = study.cells[trial.cell]
            let cross = cell.scheme == "cross-culture"
            let gain = (cross ? 0.3 : 0.8) + (cell.recipe.name == "eaf" ? 0.1 : 0)
            return traces(id, gain: gain, offset: cross ? 1.5 : 0, noise: cell.recipe.name)
        }
        return try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], conventions: [.population],
            resamples: 400)
    }

    @Test("Two models on the same splits are compared per target and test, the order says the sign")
    func comparisons() throws {
        let scores = try scores(study(models: ["lstm", "eaf"]))
        // Two targets × (DE, HU within; DE → HU, HU → DE).
        #expect(scores.comparisons.count == 8)
        for comparison in scores.comparisons {
            let ccc = [comparison.first, comparison.second].map {
                scores.cells[$0].tests[0].targets[0].statistics(\.ccc, .population).mean!
            }
            let value = try #require(comparison.difference.value)
            #expect(abs(value - (ccc[1] - ccc[0])) < 1e-12)
            let interval = try #require(comparison.difference.interval)
            #expect(interval.low < value && value < interval.high)
            let p = try #require(comparison.probability)
            #expect(comparison.isExact && p >= 2 / 64.0 && p <= 1)
            // Two targets and two tests in a scheme: at most four times p.
            let adjusted = try #require(comparison.adjusted)
            #expect(adjusted >= p && adjusted <= 4 * p + 1e-12)
            #expect(comparison.groups == 6)
        }
    }

    @Test("Any number of threads finds the same, in the same order")
    func threads() throws {
        let study = study(models: ["lstm", "eaf"])
        let scored = study.scoreAll { trial, id in
            traces(id, gain: 0.5, noise: study.cells[trial.cell].recipe.name)
        }
        func scores(_ threads: some Threading) throws -> SweepScores {
            try SweepScores(
                plan: study.plan, scored: scored, quarantined: [:], resamples: 100,
                threads: threads)
        }
        let alone = try scores(OneThread())
        #expect(alone.cells[0].tests[0].targets[1].interval(.sample) != nil)
        #expect(alone.comparisons.count == 8 && alone.gaps.count == 8)
        for count in [2, 3, 8] {
            let found = try scores(Backwards(count: count))
            #expect(found.cells == alone.cells)
            #expect(found.comparisons == alone.comparisons)
            #expect(found.gaps == alone.gaps && found.asymmetries == alone.asymmetries)
        }
    }

    @Test("A model and its twin differ by nothing, and that is no evidence")
    func twins() throws {
        var study = study(models: ["lstm", "twin"])
        study.seeds = 1
        let scored = study.scoreAll { _, id in traces(id, gain: 0.5) }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 50)
        for comparison in scores.comparisons {
            #expect(comparison.difference.value == 0)
            #expect(comparison.difference.interval == Interval(low: 0, high: 0))
            #expect(comparison.probability == 1 && comparison.adjusted == 1)
            #expect(comparison.difference.detectable == 0)
        }
    }

    @Test("Six models are compared in pairs, seven with the first alone")
    func manyModels() throws {
        for (count, pairs) in [(6, 15), (7, 6)] {
            let study = study(models: (0..<count).map { "model \($0)" })
            let found = try scores(study).comparisons.filter {
                $0.target == "arousal" && study.cells[$0.first].name.hasPrefix("within DE")
            }
            #expect(found.count == pairs)
        }
    }

    @Test("A gap is within less cross with all that it is made of")
    func gaps() throws {
        let scores = try scores(study(models: ["lstm"]))
        #expect(
            scores.gaps.map { "\($0.target) \($0.train)→\($0.test)" } == [
                "arousal DE→HU", "arousal HU→DE", "valence DE→HU", "valence HU→DE",
            ])
        for gap in scores.gaps {
            let within = try #require(gap.within)
            let cross = try #require(gap.cross)
            let value = try #require(gap.gap.value)
            #expect(abs(value - (within - cross)) < 1e-12)
            #expect(value > 0.2)
            let interval = try #require(gap.gap.interval)
            #expect(interval.low > 0 && interval.low < value && value < interval.high)
            #expect(abs(try #require(gap.transfer.value) - cross / within) < 1e-12)
            let parts = try #require(gap.parts)
            #expect(abs(parts.correlation + parts.bias + parts.scale - value) < 1e-12)
            // The noise is the same, the gain is less, the offset is new.
            #expect(parts.correlation > 0 && parts.bias > 0 && parts.scale > 0)
            #expect(gap.gain == nil)
        }
    }

    @Test("Where within is nearly nothing there is a gap and no transfer ratio")
    func noRatio() throws {
        let study = study(models: ["lstm"])
        let scored = study.scoreAll { trial, id in
            let trace = traces(id, gain: -0.3, noise: "other")
            return (trace.gold, trace.predicted)
        }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 50)
        for gap in scores.gaps where (gap.within ?? 0) <= 0.05 {
            #expect(gap.transfer.value == nil && gap.transfer.interval == nil)
            #expect(gap.gap.value != nil)
        }
        #expect(scores.gaps.contains { ($0.within ?? 0) <= 0.05 })
    }

    @Test("Groups that both cultures share are drawn at once, which narrows the asymmetry")
    func asymmetry() throws {
        // All that differs between the two directions is the culture's offset.
        func width(shared: Bool) throws -> Double {
            let study = study(models: ["lstm"], shared: shared)
            let scored = study.scoreAll { trial, id in
                let number = String(id.last!)
                let trace = traces(number, gain: 0.3 + 0.15 * Double(number)!)
                return (trace.gold, trace.predicted)
            }
            let scores = try SweepScores(
                plan: study.plan, scored: scored, quarantined: [:], resamples: 400)
            let found = try #require(scores.asymmetries.first)
            #expect(found.first == "DE" && found.second == "HU")
            let value = try #require(found.difference.value)
            #expect(abs(value) < 1e-12)
            let interval = try #require(found.difference.interval)
            return interval.high - interval.low
        }
        #expect(try width(shared: true) < 1e-9)
        #expect(try width(shared: false) > 0.1)
    }

    @Test("A subject's recordings are one part; one that is undefined says so")
    func parts() throws {
        var study = Study()
        for (id, subject) in [("a", "1"), ("b", "1"), ("c", "2"), ("d", "3")] {
            study.record(id, "DE", frames: 10, ["subject": subject])
        }
        study.record("e", "DE", ["subject": "4"])
        study.cell(
            "within", train: ["DE"], test: ["DE"], folds: [(["e"], ["a", "b", "c", "d"])])
        let scored = study.scoreAll { _, id in
            id == "d"
                ? ([Double](repeating: 1, count: 10), [Double](repeating: 1, count: 10))
                : traces(id, gain: 0.5)
        }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 20)
        let target = scores.cells[0].tests[0].targets[0]
        #expect(Set(target.recordings.map(\.name)) == ["a", "b", "c", "d"])
        let parts = Dictionary(
            uniqueKeysWithValues: target.subjects.map { ($0.name, $0.ccc) })
        #expect(Set(parts.keys) == ["1", "2", "3"])
        #expect(parts["3"] == .some(nil))
        let pair = [traces("a", gain: 0.5), traces("b", gain: 0.5)]
        let together = Moments(
            gold: pair.flatMap(\.gold), predicted: pair.flatMap(\.predicted))
        #expect(abs(parts["1"]!! - Score(together, .population).ccc!) < 1e-12)
    }
}

/// Threads of which the last one is always the first to be done.
private struct Backwards: Threading {
    let count: Int

    func map<Item: Sendable, Outcome: Sendable>(
        _ items: [Item], _ body: @Sendable (Item) -> Outcome
    ) -> [Outcome] {
        items.reversed().map(body).reversed()
    }
}
