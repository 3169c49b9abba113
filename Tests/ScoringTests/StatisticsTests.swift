import Foundation
import Kernels
import Testing

@testable import Scoring

/// Statistics against NumPy and SciPy, which see frames only: `References/statistics.py`.
@Suite struct StatisticsTests {
    private let reference: Reference

    init() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("References/statistics.json")
        reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }

    @Test("CCC in each convention, correlation, error, bias and scale are NumPy's")
    func figures() throws {
        for (model, seeds) in reference.models {
            for (seed, groups) in seeds.enumerated() {
                let expected = try #require(reference.figures[model]?[seed])
                var all = Moments()
                for (x, y) in zip(reference.gold, groups) {
                    all.merge(Moments(gold: x, predicted: y))
                }
                for convention in Convention.allCases {
                    let score = Score(all, convention)
                    #expect(close(score.ccc, expected[convention.rawValue]))
                    #expect(close(score.pearson, expected["pearson"]))
                    #expect(close(score.rmse, expected["rmse"]))
                    #expect(close(score.bias, expected["bias"]))
                    #expect(close(score.scale, expected["scale"]))
                }
            }
        }
    }

    @Test("BCa and percentile intervals are SciPy's of the same resamples, also of a difference")
    func intervals() throws {
        for expected in [reference.single, reference.paired, reference.ratio] {
            let distribution = Distribution(
                point: expected.point, values: expected.values, jackknife: expected.jackknife,
                strata: [expected.jackknife.count])
            for (kind, ends) in [
                (Interval.Kind.bca, expected.bca), (.percentile, expected.percentile),
            ] {
                let interval = try #require(distribution.interval(kind))
                #expect(close(interval.low, ends[0]) && close(interval.high, ends[1]))
            }
            #expect(close(distribution.standardError, expected.standardError))
        }
    }

    @Test("Without each dyad the statistic is NumPy's, for one model, a difference and a ratio")
    func jackknife() throws {
        let resamples = Resamples(
            count: 4000, groups: reference.gold.count, random: RandomStream(state: (1, 2, 3, 4)))
        let a = resamples.distribution(
            reference.moments("a"), .population, point: reference.single.point)
        let b = resamples.distribution(
            reference.moments("b"), .population,
            point: reference.single.point + reference.paired.point)
        for (found, expected) in [
            (a, reference.single), (b - a, reference.paired),
            (a.combined(with: b, /), reference.ratio),
        ] {
            #expect(close(found.point, expected.point))
            #expect(
                zip(found.jackknife, expected.jackknife).allSatisfy { close($0, $1) },
                "\(found.jackknife) \(expected.jackknife)")
            // Other draws: the ends differ by what 1,000 of SciPy's leave open.
            for (kind, ends) in [
                (Interval.Kind.bca, expected.bca), (.percentile, expected.percentile),
            ] {
                let interval = try #require(found.interval(kind))
                let width = ends[1] - ends[0]
                #expect(abs(interval.low - ends[0]) < 0.2 * width)
                #expect(abs(interval.high - ends[1]) < 0.2 * width)
            }
        }
    }

    @Test("The permutation of all exchanges of dyads is that of frames, in each convention")
    func permutation() throws {
        let flips = SignFlips(
            groups: reference.gold.count, random: RandomStream(state: (1, 2, 3, 4)))
        #expect(flips.isExact)
        for convention in Convention.allCases {
            let found = flips.probability(
                reference.moments("a"), reference.moments("b"), convention)
            #expect(close(found, reference.permutation[convention.rawValue]))
        }
    }

    @Test("Holm's adjustment is the closure of Bonferroni's; what is undefined takes no part")
    func holm() {
        let found = Holm.adjusted(reference.probabilities)
        #expect(zip(found, reference.holm).allSatisfy { close($0, $1) })
        var more: [Double?] = reference.probabilities
        more.insert(nil, at: 2)
        var expected: [Double?] = reference.holm
        expected.insert(nil, at: 2)
        #expect(zip(Holm.adjusted(more), expected).allSatisfy { close($0, $1) || $0 == $1 })
        #expect(Holm.adjusted([nil]) == [nil])
    }

    @Test("A gap is split as over all orders of change, and its parts add up to it")
    func parts() throws {
        let within = reference.merged("b", seed: 0)
        let cross = reference.merged("a", seed: 1)
        for convention in Convention.allCases {
            let a = try #require(ConcordanceParts(within, convention))
            let b = try #require(ConcordanceParts(cross, convention))
            let gap = ConcordanceParts.gap(a, b)
            let expected = try #require(reference.parts[convention.rawValue])
            #expect(close(gap.correlation, expected[0]))
            #expect(close(gap.bias, expected[1]))
            #expect(close(gap.scale, expected[2]))
            let whole = Score(within, convention).ccc! - Score(cross, convention).ccc!
            #expect(close(gap.correlation + gap.bias + gap.scale, whole))
        }
        #expect(ConcordanceParts(Moments(gold: [1, 2], predicted: [3, 3]), .sample) == nil)
    }

    @Test("The normal distribution and its quantiles are SciPy's, far into the tails")
    func normal() {
        for pair in reference.normal {
            let found = NormalDistribution.probability(below: pair[0])
            #expect(abs(found - pair[1]) <= 1e-15 + 1e-9 * pair[1], "\(pair[0])")
        }
        for pair in reference.quantiles {
            let found = NormalDistribution.quantile(pair[0])
            #expect(abs(found - pair[1]) <= 1e-13 * max(1, abs(pair[1])), "\(pair[0])")
        }
        #expect(NormalDistribution.quantile(0) == -.infinity)
        #expect(NormalDistribution.quantile(1) == .infinity)
        let distribution = Distribution(
            point: 0, values: [-1, 0, 1], jackknife: [0, 1], strata: [2])
        #expect(close(Estimate(distribution).detectable, reference.detectable))
    }
}

private func close(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-10) -> Bool {
    guard let a, let b else { return false }
    return abs(a - b) <= tolerance * max(1, abs(b))
}

private struct Reference: Decodable {
    let gold: [[Double]]
    /// Per model, seed and group.
    let models: [String: [[[Double]]]]
    let figures: [String: [[String: Double]]]
    let single, paired, ratio: Sampled
    let permutation: [String: Double]
    let probabilities, holm: [Double]
    let parts: [String: [Double]]
    let quantiles, normal: [[Double]]
    let detectable: Double

    struct Sampled: Decodable {
        let point: Double
        let values, jackknife, bca, percentile: [Double]
        let standardError: Double
    }

    func moments(_ model: String) -> [[Moments]] {
        models[model]!.map { seed in zip(gold, seed).map { Moments(gold: $0, predicted: $1) } }
    }

    func merged(_ model: String, seed: Int) -> Moments {
        moments(model)[seed].reduce(into: Moments()) { $0.merge($1) }
    }
}
