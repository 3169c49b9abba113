import Corpora
import Kernels
import Scoring
import Testing

/// Scores of predictions that Concord did not make.
@Suite struct PredictionScoresTests {
    private func pair(
        _ id: String, _ culture: String, dyad: String?, frames: Int, seed: UInt64
    ) -> TracePair {
        var random = RandomStream(digest: Digest(of: "\(id)\(seed)".utf8).bytes)
        let gold = (0..<frames).map { _ in random.normal() }
        let guess = gold.map { 0.5 * $0 + random.normal() }
        return TracePair(
            recording: Recording(
                id: id, culture: culture, frames: frames,
                columns: dyad.map { ["dyad": $0] } ?? [:], digests: [:]),
            gold: [gold], predicted: [guess])
    }

    private var pairs: [TracePair] {
        (0..<8).map { index in
            pair(
                "r\(index)", index < 4 ? "HU" : "DE", dyad: "d\(index / 2)", frames: 30 + index,
                seed: 1)
        }
    }

    @Test("Cultures come in alphabetic order and then together, each with all of its frames")
    func sides() {
        let scores = PredictionScores(pairs, targets: ["arousal"], resamples: 200)
        #expect(scores.tests.map(\.label) == ["DE", "HU", "all"])
        #expect(scores.tests.map(\.frames) == [34 + 35 + 36 + 37, 30 + 31 + 32 + 33, 268])
        #expect(scores.tests.map(\.groups) == [2, 2, 4])
        let together = Moments(
            gold: pairs.flatMap { $0.gold[0] }, predicted: pairs.flatMap { $0.predicted[0] })
        for convention in Convention.allCases {
            let found = scores.tests[2].targets[0].score(convention).ccc!
            #expect(abs(found - Score(together, convention).ccc!) < 1e-14)
        }
    }

    @Test("The order of the recordings changes no bit, nor does a better system change the draws")
    func order() {
        let scores = PredictionScores(pairs, targets: ["arousal"], resamples: 200)
        #expect(PredictionScores(pairs.reversed(), targets: ["arousal"], resamples: 200) == scores)
        let perfect = pairs.map {
            TracePair(recording: $0.recording, gold: $0.gold, predicted: $0.gold)
        }
        let best = PredictionScores(perfect, targets: ["arousal"], resamples: 200)
        let interval = best.tests[2].targets[0].interval(.population)
        #expect(abs((interval?.low ?? 0) - 1) < 1e-12 && abs((interval?.high ?? 0) - 1) < 1e-12)
    }

    @Test("Where a dyad is not known of all, those that are known are drawn together all the same")
    func units() {
        let some = pairs + [pair("x", "DE", dyad: nil, frames: 20, seed: 1)]
        let scores = PredictionScores(some, targets: ["arousal"], resamples: 50)
        #expect(scores.tests.map(\.unit) == ["dyad", "dyad", "dyad"])
        #expect(scores.tests.map(\.groups) == [3, 2, 5])
        let strangers = PredictionScores(
            [pair("x", "DE", dyad: nil, frames: 20, seed: 1)], targets: ["arousal"], resamples: 50)
        #expect(strangers.tests.map(\.unit) == ["recording"])
    }

    @Test("A prediction is cropped to the gold trace, or its last value repeated")
    func lengths() {
        let recording = Recording(id: "a", culture: "DE", frames: 3, columns: [:], digests: [:])
        let gold: [[Double]] = [[1, 2, 3], [4, 5, 6]]
        let short = TracePair(recording: recording, gold: gold, predicted: [[7, 8], [9, 1]])
        #expect(short.predicted == [[7, 8, 8], [9, 1, 1]] && short.excess == -1)
        let long = TracePair(
            recording: recording, gold: gold, predicted: [[7, 8, 9, 10, 11], [1, 2, 3, 4, 5]])
        #expect(long.predicted == [[7, 8, 9], [1, 2, 3]] && long.excess == 2)
    }
}
