import Foundation
import Preparing
import Testing

/// Gold from raters, against what NumPy finds by brute force.
@Suite struct FusedGoldTests {
    private struct Reference: Decodable {
        struct Gold: Decodable {
            let trace: [Double]
            let lags: [Int]
            let weights: [Double]
        }
        let raters: [[Double]]
        let gold: [String: Gold]
    }

    private let reference: Reference

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "References/gold.json")
        reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }

    @Test(
        "Lags, weights and traces are NumPy's",
        arguments: [
            (GoldRecipe.Fusion.mean, 0, GoldRecipe.Alignment.correlation, ""),
            (.ewe, 0, .correlation, ""), (.ewe, 10, .correlation, ""), (.mean, 10, .ccc, ""),
            (.ewe, 0, .correlation, " constant"),
        ])
    func numbers(
        _ fusion: GoldRecipe.Fusion, _ most: Int, _ alignment: GoldRecipe.Alignment,
        _ suffix: String
    ) throws {
        var recipe = GoldRecipe()
        recipe.fusion = fusion
        recipe.lagFramesMax = most
        recipe.alignment = alignment
        let name = "\(fusion.rawValue) \(most) \(alignment.rawValue)\(suffix)"
        let expected = try #require(reference.gold[name])
        let found = FusedGold(
            of: suffix.isEmpty ? Array(reference.raters.prefix(4)) : reference.raters, recipe)
        #expect(found.lags == expected.lags)
        for (ours, theirs) in zip(found.weights, expected.weights) {
            #expect(abs(ours - theirs) < 1e-12)
        }
        for (ours, theirs) in zip(found.trace, expected.trace) {
            #expect(abs(ours - theirs) < 1e-12)
        }
        #expect(found.trace.count == expected.trace.count)
    }

    @Test("Where a rater pauses the others' shares grow; where all do there is a gap")
    func pauses() {
        var recipe = GoldRecipe()
        recipe.fusion = .mean
        let mean = FusedGold(of: [[1, 2, .nan, .nan, 5], [3, 4, 7, .nan, 1]], recipe).trace
        #expect(mean[..<3] == [2, 3, 7] && mean[3].isNaN && mean[4] == 3)
        // A rater without pauses, two that follow it, and one that pauses where it is worth most.
        let truth = (0..<100).map { Double(($0 * $0) % 89) / 89 }
        var raters = [truth, truth.map { $0 * 0.9 }, truth.map { 1 - $0 }]
        recipe.fusion = .ewe
        let whole = FusedGold(of: raters, recipe)
        raters[1][40] = .nan
        let paused = FusedGold(of: raters, recipe)
        #expect(abs(paused.weights[0] - whole.weights[0]) < 0.01)
        #expect(paused.weights[2] == 0)
        #expect(abs(paused.trace[40] - truth[40]) < 1e-12)
        recipe.lagFramesMax = 5
        raters[1] = [0, 0] + raters[1].dropLast(2)
        #expect(FusedGold(of: Array(raters[..<2]), recipe).lags == [0, 2])
    }

    @Test("Delays that were put in are found, less the median one")
    func knownDelays() {
        let truth = (0..<300).map { Double(($0 * $0) % 97) / 97 }
        let raters = [0, 4, 9].map { delay in (30..<250).map { truth[$0 - delay] } }
        var recipe = GoldRecipe()
        recipe.lagFramesMax = 12
        let found = FusedGold(of: raters, recipe)
        #expect(found.lags == [-4, 0, 5])
        #expect(found.weights.allSatisfy { abs($0 - 1.0 / 3) < 0.01 })
        for t in 10..<200 { #expect(abs(found.trace[t] - raters[1][t]) < 1e-12) }
    }

    @Test("One rater is the gold trace, and raters who are all constant count the same")
    func corners() {
        var recipe = GoldRecipe()
        recipe.lagFramesMax = 50
        let one = FusedGold(of: [[1, 2, 4]], recipe)
        #expect(one.trace == [1, 2, 4] && one.lags == [0] && one.weights == [1])
        let flat = FusedGold(of: [[1, 1, 1], [3, 3, 3]], recipe)
        #expect(flat.trace == [2, 2, 2] && flat.weights == [0.5, 0.5])
        let single = FusedGold(of: [[1], [2]], recipe)
        #expect(single.trace == [1.5] && single.lags == [0, 0])
    }
}
