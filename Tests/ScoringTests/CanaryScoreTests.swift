import Planning
import Testing

@testable import Scoring

@Suite struct CanaryScoreTests {
    // scipy.stats.t.isf(probability, degrees), SciPy with scikit-learn 1.9.1.
    @Test(
        "Quantiles are Student's, within two in a hundred",
        arguments: [
            (0.025, 5, 2.5706), (0.025, 11, 2.2010), (0.001, 11, 4.0247), (0.0005, 30, 3.6460),
            (0.025, 1000, 1.9623),
        ])
    func quantiles(_ probability: Double, _ degrees: Int, _ expected: Double) {
        let found = CanaryScore.quantile(beyond: probability, degrees: degrees)
        #expect(abs(found / expected - 1) < 0.02, "\(found)")
    }

    private func score(
        _ ccc: Double, _ interval: Interval?, groups: Int = 40, count: Int = 1
    ) -> CanaryScore {
        CanaryScore(name: "x", ccc: ccc, interval: interval, groups: groups, count: count)
    }

    private func sings(
        _ ccc: Double, _ interval: Interval?, groups: Int = 40, count: Int = 1
    ) -> Bool {
        score(ccc, interval, groups: groups, count: count).isSinging
    }

    @Test("A score sings when it lies above chance: surely, over enough groups, among so many")
    func singing() {
        let narrow = Interval(low: 0.02, high: 0.18)
        #expect(sings(0.1, narrow))
        #expect(!sings(0.1, narrow, groups: 3), "Few groups say little.")
        #expect(!sings(0.1, narrow, count: 50), "One of fifty is high by chance.")
        #expect(sings(0.1, Interval(low: 0.09, high: 0.11), count: 50))
        #expect(!sings(0.1, Interval(low: -0.01, high: 0.2)))
        #expect(!sings(-0.5, Interval(low: -0.6, high: -0.4)), "Below 0 nothing was learnt.")
    }

    @Test("A score without an interval says nothing, and one below chance is told apart")
    func testable() {
        let none = score(0.9, nil)
        #expect(!none.isTestable && !none.isSinging && !none.isBelowChance)
        let low = score(-0.5, Interval(low: -0.6, high: -0.4))
        #expect(low.isTestable && low.isBelowChance)
        #expect(!score(-0.1, Interval(low: -0.18, high: -0.02), groups: 3).isBelowChance)
        #expect(!score(0.1, Interval(low: 0.02, high: 0.18)).isBelowChance)
    }

    @Test("Scores of a sweep are listed highest first, and undefined ones are not there")
    func listed() throws {
        var study = Study()
        for id in ["a", "b", "c", "d"] { study.record(id, "DE", ["dyad": id]) }
        study.cell(
            "low", train: ["DE"], test: ["DE"], folds: [(["a", "b"], ["c", "d"])])
        study.cell(
            "high", train: ["DE"], test: ["DE"], folds: [(["a", "b"], ["c", "d"])])
        study.cell(
            "flat", train: ["DE"], test: ["DE"], folds: [(["a", "b"], ["c", "d"])])
        let scored = study.scoreAll { trial, _ in
            let gold = [1.0, 2, 3, 5]
            switch trial.cell {
            case 0: return (gold, [3, 1, 2, 1])
            case 1: return (gold, [1, 2, 3, 4])
            default: return ([1, 1, 1, 1], [1, 1, 1, 1])
            }
        }
        let scores = try SweepScores(
            plan: study.plan, scored: scored, quarantined: [:], resamples: 50)
        let canaries = scores.canaries
        #expect(canaries.map(\.name) == ["high", "low"].map { "\($0), tested on DE, arousal" })
        #expect(canaries[0].ccc > 0.8 && canaries[1].ccc < 0)
    }
}
