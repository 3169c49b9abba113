import Corpora
import Kernels
import Planning
import Scoring
import Testing

@Suite struct LeakTests {
    private func study(_ folds: [(train: [String], test: [String])]) -> Study {
        var study = Study()
        for id in ["a", "b", "c"] { study.record(id, "DE") }
        study.cell("within DE", train: ["DE"], test: ["DE"], folds: folds)
        return study
    }

    private func error(_ study: Study, _ scored: [TrialKey: ScoredTrial]) -> ScoringError? {
        do {
            _ = try SweepScores(plan: study.plan, scored: scored, quarantined: [:], resamples: 10)
            return nil
        } catch { return error }
    }

    private let traces = { (id: String) in (gold: [1.0, 2, 3], predicted: [1.0, 2, 2]) }

    @Test("A recording on both sides of a split is refused by name")
    func bothSides() throws {
        let found = try #require(error(study([(["a", "b"], ["b", "c"])]), [:]))
        #expect(leak(found)?.thing == .recording)
        #expect(leak(found)?.recordings == ["b", "b"])
        #expect(found.description.contains("recording b stands on the train and the test side"))
    }

    @Test("A dyad on both sides of a split is refused")
    func sameDyad() throws {
        var study = Study()
        for id in ["a", "b"] { study.record(id, "DE", ["dyad": "7"]) }
        study.cell("within DE", train: ["DE"], test: ["DE"], folds: [(["a"], ["b"])])
        #expect(leak(try #require(error(study, [:])))?.thing == .column("dyad"))
    }

    @Test("The same gold traces under two names on two sides are refused")
    func sameContent() throws {
        var study = Study()
        study.record("a", "DE")
        study.record("b", "DE")
        study.record("twin", "HU", gold: "a")
        study.cell("pooled", train: ["DE"], test: ["HU"], folds: [(["a", "b"], ["twin"])])
        let found = try #require(error(study, [:]))
        #expect(leak(found)?.thing == .content(Recording.goldDigestName))
        #expect(leak(found)?.recordings == ["a", "twin"])
    }

    private func leak(_ error: ScoringError) -> Leak? {
        if case .leak(.leak(_, _, let leak)) = error { leak } else { nil }
    }

    @Test("A recording tested in two folds of one seed is refused")
    func twice() {
        let study = study([(["a"], ["b", "c"]), (["a"], ["b"])])
        let scored = study.scoreAll { _, id in traces(id) }
        let found = error(study, scored)
        #expect(found == .testedTwice(cell: "within DE", seed: 0, recording: "b"))
        #expect(found!.description.contains("count twice"))
    }

    @Test("An outcome of other recordings is refused, whether fewer, more or exchanged")
    func foreignRecordings() {
        let study = study([(["a"], ["b", "c"])])
        let trial = study.trials[0]
        let whole = study.scored(trial, traces)
        for change in [
            { (parts: inout ScoredTrial) in _ = parts.recordings.removeLast() },
            { $0.recordings.append($0.recordings[0]) },
            { $0.recordings.swapAt(0, 1) },
            { $0.recordings[0].moments = [] },
        ] {
            var changed = whole
            change(&changed)
            let found = error(study, [trial.key: changed])
            #expect(found == .foreignRecordings(key: trial.key, cell: "within DE", fold: 1))
            #expect(found!.description.contains(trial.key.description))
        }
        #expect(error(study, [trial.key: whole]) == nil)
    }

    @Test("An outcome of other targets is refused")
    func foreignTargets() {
        let study = study([(["a"], ["b", "c"])])
        var outcome = study.scored(study.trials[0], traces)
        outcome.targets = ["liking"]
        let found = error(study, [outcome.key: outcome])
        #expect(
            found
                == .foreignTargets(key: outcome.key, expected: ["arousal"], found: ["liking"]))
        #expect(found!.description.contains("predicts liking where the sweep asks for arousal"))
    }
}
