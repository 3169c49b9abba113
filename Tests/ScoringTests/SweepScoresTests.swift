import Corpora
import Kernels
import Networks
import Planning
import Scoring
import Testing

@Suite struct SweepScoresTests {
    /// Two dyads of DE, two folds, as many seeds as asked for.
    private func study(seeds: Int = 1) -> Study {
        var study = Study()
        study.seeds = seeds
        for id in ["a", "b", "c", "d"] {
            study.record(id, "DE", frames: 4, ["dyad": id < "c" ? "1" : "2"])
        }
        study.cell(
            "within", train: ["DE"], test: ["DE"],
            folds: [(["c", "d"], ["a", "b"]), (["a", "b"], ["c", "d"])])
        return study
    }

    private func traces(_ id: String, noise: Double = 1) -> (gold: [Double], predicted: [Double]) {
        var random = RandomStream(digest: Study.gold(id).bytes)
        let gold = (0..<4).map { _ in random.uniform() }
        return (gold, gold.map { $0 + noise * (random.uniform() - 0.5) })
    }

    @Test("Out-of-fold recordings are pooled over folds before one CCC is taken")
    func pooled() throws {
        let study = study()
        let scored = study.scoreAll { _, id in traces(id) }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 50)
        let target = try #require(scores.cells[0].test("DE")?.targets.first)
        let all = ["a", "b", "c", "d"].map { traces($0) }
        let whole = Moments(gold: all.flatMap(\.gold), predicted: all.flatMap(\.predicted))
        let expected = try #require(Score(whole, .population).ccc)
        let found = try #require(target.statistics(\.ccc, .population).mean)
        #expect(abs(found - expected) < 1e-13)
        let folds = [all[0..<2], all[2..<4]].map { part in
            Score(
                Moments(gold: part.flatMap(\.gold), predicted: part.flatMap(\.predicted)),
                .population
            ).ccc!
        }
        #expect(abs(found - (folds[0] + folds[1]) / 2) > 1e-3)
        #expect(scores.cells[0].test("DE")?.recordings == 4)
        #expect(scores.cells[0].test("DE")?.frames == 16)
        #expect(scores.cells[0].test(nil) == nil)
    }

    @Test("Mean and SD are over seeds, each with all of its folds")
    func overSeeds() throws {
        let study = study(seeds: 3)
        let scored = study.scoreAll { trial, id in traces(id, noise: Double(trial.seed + 1)) }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 50)
        let statistics = try #require(scores.cells[0].test("DE")).targets[0]
            .statistics(\.ccc, .avec)
        let perSeed = (1...3).map { seed -> Double in
            let all = ["a", "b", "c", "d"].map { traces($0, noise: Double(seed)) }
            return Score(
                Moments(gold: all.flatMap(\.gold), predicted: all.flatMap(\.predicted)), .avec
            ).ccc!
        }
        let expected = SeedStatistics(perSeed)
        #expect(abs(statistics.mean! - expected.mean!) < 1e-13)
        #expect(abs(statistics.sd! - expected.sd!) < 1e-13)
        #expect(statistics.defined == 3)
        #expect(scores.coverage.scored == 6 && scores.coverage.isComplete)
    }

    @Test("Several test cultures are scored each and together")
    func together() throws {
        var study = Study()
        for id in ["a", "b", "c", "d"] {
            study.record(id, id < "c" ? "DE" : "HU", ["dyad": ["a": "1", "c": "1"][id] ?? "2"])
        }
        study.cell(
            "pooled", scheme: "pooled", train: ["DE", "HU"], test: ["DE", "HU"],
            folds: [(["b", "d"], ["a", "c"]), (["a", "c"], ["b", "d"])])
        let scores = try SweepScores(
            plan: study.plan, scored: study.scoreAll { _, id in traces(id) }, quarantined: [:],
            resamples: 50)
        let tests = scores.cells[0].tests
        #expect(tests.map(\.label) == ["DE", "HU", "all"])
        #expect(tests.map(\.recordings) == [2, 2, 4])
        // Equal values mean the same dyad, in DE as in HU.
        #expect(tests.map(\.groups) == [2, 2, 2])
        #expect(tests[0].unit == "dyad")
        var merged = tests[0].targets[0].seeds[0]!
        merged.merge(tests[1].targets[0].seeds[0]!)
        let all = Score(tests[2].targets[0].seeds[0]!, .population).ccc!
        #expect(abs(all - Score(merged, .population).ccc!) < 1e-12)
    }

    @Test("A declared group holds across cultures; without any, each recording is a group")
    func units() throws {
        for (group, columns, groups, unit) in [
            ("run" as String?, ["run": "1"], 1, "run"), (nil, [:], 2, "recording"),
            (nil, ["session": "1"], 1, "session"), (nil, ["subject": "1"], 1, "subject"),
            ("missing", ["dyad": "1"], 1, "dyad"),
        ] {
            var study = Study()
            study.group = group
            study.record("a", "DE", columns)
            study.record("b", "HU", columns)
            study.record("c", "HU")
            study.cell(
                "pooled", scheme: "pooled", train: ["DE", "HU"], test: ["DE", "HU"],
                folds: [(["c"], ["a", "b"])])
            let scores = try SweepScores(
                plan: study.plan, scored: study.scoreAll { _, id in traces(id) },
                quarantined: [:], resamples: 20)
            let all = try #require(scores.cells[0].test(nil))
            #expect(all.groups == groups && all.unit == unit)
            #expect((all.targets[0].interval(.population) == nil) == (groups == 1))
        }
    }

    /// Three people a group, each of them in two dyads: DE has two such groups, HU one.
    private func meetingTwice() throws -> SweepScores {
        var study = Study()
        for (culture, people) in [
            ("DE", ["1", "2", "3"]), ("DE", ["4", "5", "6"]), ("HU", ["7", "8", "9"]),
        ] {
            for (a, b) in [(0, 1), (1, 2), (2, 0)] {
                for one in [a, b] {
                    study.record(
                        "\(people[a])-\(people[b])-\(people[one])", culture, frames: 4,
                        ["dyad": people[a] + people[b], "subject": people[one]])
                }
            }
        }
        let plan = try Plan(
            sweep: Sweep(
                name: "study", corpora: ["study.yaml"], targets: ["arousal"],
                features: [FeatureChoice(name: "none", modalities: [])],
                models: [
                    Recipe(
                        name: "lstm", network: .baseline(hidden: [4, 4]),
                        training: TrainingRecipe())
                ], schemes: [.pooled(folds: 3, group: nil)], validation: .init(), seeds: 1),
            corpora: [study.corpus])
        study.recordings = plan.recordings
        study.splits = plan.splits
        study.trials = plan.trials
        return try SweepScores(
            plan: plan, scored: study.scoreAll { _, id in traces(id) }, quarantined: [:],
            resamples: 100)
    }

    @Test("Where people meet twice the bootstrap draws what splits hold together, not their dyads")
    func meetings() throws {
        let tests = try meetingTwice().cells[0].tests
        #expect(tests.map(\.label) == ["DE", "HU", "all"])
        #expect(tests.map(\.recordings) == [12, 6, 18])
        #expect(tests.map(\.groups) == [2, 1, 3])
        #expect(tests.map(\.unit) == ["dyad+subject", "dyad+subject", "dyad+subject"])
        #expect(tests.map { $0.targets[0].interval(.population) == nil } == [false, true, false])
    }

    @Test("Missing and quarantined trials are counted, and what is there is scored")
    func partial() throws {
        let study = study(seeds: 2)
        var scored = study.scoreAll { trial, id in traces(id, noise: Double(trial.seed + 1)) }
        // Trials are fold 1 seed 0, fold 1 seed 1, fold 2 seed 0, fold 2 seed 1.
        scored[study.trials[1].key] = nil
        scored[study.trials[3].key] = nil
        let quarantined = [study.trials[1].key: "diverged", study.trials[0].key: "late"]
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: quarantined, resamples: 20)
        let coverage = scores.cells[0].coverage
        #expect(coverage == scores.coverage)
        #expect(
            (coverage.planned, coverage.scored, coverage.quarantined, coverage.missing)
                == (4, 2, 1, 1))
        #expect(!coverage.isComplete)
        #expect(scores.quarantined == [study.trials[1].key: "diverged"])
        let target = try #require(scores.cells[0].test("DE")?.targets[0])
        #expect(target.seeds.map { $0 == nil } == [false, true])
        #expect(target.statistics(\.ccc, .population).defined == 1)
    }

    @Test("Nothing scored is nothing claimed")
    func empty() throws {
        let study = study()
        let scores = try SweepScores(plan: study.plan, scored: [:], quarantined: [:])
        let test = try #require(scores.cells[0].test("DE"))
        #expect(test.recordings == 0 && test.groups == 0)
        #expect(test.targets[0].statistics(\.ccc, .population).mean == nil)
        #expect(test.targets[0].interval(.population) == nil)
        #expect(scores.trials([.population]).isEmpty && scores.recordings([.population]).isEmpty)
    }

    @Test("The order of recordings in the manifest changes no bit")
    func manifestOrder() throws {
        let recipe = Recipe(
            name: "lstm", network: .baseline(hidden: [4, 4]), training: TrainingRecipe())
        let sweep = Sweep(
            name: "study", corpora: ["study.yaml"], targets: ["arousal"],
            features: [FeatureChoice(name: "none", modalities: [])], models: [recipe],
            schemes: [.withinCulture(folds: 2, group: nil)], validation: .init(), seeds: 2)
        var results: [[TestScores]] = []
        for ids in [["a", "b", "c", "d", "e"], ["e", "c", "a", "d", "b"]] {
            var study = Study()
            for id in ids { study.record(id, "DE", frames: 4, ["dyad": id]) }
            let plan = try Plan(sweep: sweep, corpora: [study.corpus])
            study.recordings = plan.recordings
            study.splits = plan.splits
            study.trials = plan.trials
            let scores = try SweepScores(
                plan: plan, scored: study.scoreAll { _, id in traces(id) }, quarantined: [:],
                resamples: 100)
            results.append(scores.cells[0].tests)
        }
        #expect(results[0] == results[1])
        #expect(results[0][0].recordings == 5)
    }

    @Test("Models with the same test side are given the same resamples")
    func sameResamples() throws {
        var study = study()
        let folds = [(train: ["c", "d"], test: ["a", "b"]), (train: ["a", "b"], test: ["c", "d"])]
        study.cell("other", train: ["DE"], test: ["DE"], model: "eaf", folds: folds)
        let scores = try SweepScores(
            plan: study.plan, scored: study.scoreAll { _, id in traces(id) }, quarantined: [:],
            resamples: 100)
        #expect(scores.cells[0].tests == scores.cells[1].tests)
        #expect(scores.cells[0].tests[0].targets[0].interval(.avec) != nil)
    }
}
