import Kernels
import Testing

@testable import Scoring

@Suite struct ResamplesTests {
    /// Dyads whose gold and predicted traces share much, each dyad with an offset of its own.
    private func dyads(_ count: Int, frames: Int, _ random: inout RandomStream) -> [Moments] {
        (0..<count).map { _ in
            let gold = random.normal()
            let predicted = 0.6 * gold + 0.5 * random.normal()
            var x: [Double] = []
            var y: [Double] = []
            for _ in 0..<frames {
                let shared = random.normal()
                x.append(gold + 0.7 * shared)
                y.append(predicted + 0.4 * shared + 0.4 * random.normal())
            }
            return Moments(gold: x, predicted: y)
        }
    }

    /// The interval as a report makes it: of the mean over seeds of the CCC of all groups.
    private func bootstrap(
        _ resamples: Resamples, _ moments: [[Moments]], _ kind: Interval.Kind = .percentile,
        _ convention: Convention = .population
    ) -> Interval? {
        let scores = moments.map { groups in
            Score(groups.reduce(into: Moments()) { $0.merge($1) }, convention).ccc
        }
        return resamples.distribution(
            moments, convention, point: SeedStatistics(scores).mean
        ).interval(kind)
    }

    @Test("A single group has no interval")
    func single() {
        let resamples = Resamples(count: 10, groups: 1, random: RandomStream(state: (1, 1, 1, 1)))
        let moments = Moments(gold: [1, 2, 4], predicted: [1, 3, 4])
        for kind in Interval.Kind.allCases {
            #expect(bootstrap(resamples, [[moments]], kind) == nil)
        }
    }

    @Test("Groups that are all alike have an interval of no width, at their CCC")
    func alike() throws {
        let group = Moments(gold: [1, 2, 4, 9], predicted: [1, 3, 4, 7])
        var all = Moments()
        for _ in 0..<5 { all.merge(group) }
        let resamples = Resamples(count: 100, groups: 5, random: RandomStream(state: (1, 2, 3, 4)))
        // n - 1 instead of n: the resampled frames are as many, so every resample is alike too.
        for (convention, kind) in [
            (Convention.population, Interval.Kind.percentile), (.population, .bca),
            (.avec, .bca), (.sample, .percentile),
        ] {
            let groups = [[Moments](repeating: group, count: 5)]
            let found = try #require(bootstrap(resamples, groups, kind, convention))
            let ccc = try #require(Score(all, convention).ccc)
            #expect(abs(found.low - ccc) < 1e-12 && abs(found.high - ccc) < 1e-12)
        }
    }

    @Test("Two groups give the four draws that there are, far from the origin too")
    func twoGroups() throws {
        for offset in [0, 1e6] {
            let a = Moments(
                gold: [1, 2, 3].map { $0 + offset }, predicted: [1, 2, 4].map { $0 + offset })
            let b = Moments(
                gold: [5, 7, 6].map { $0 + offset }, predicted: [3, 8, 1].map { $0 + offset })
            let resamples = Resamples(
                count: 4000, groups: 2, random: RandomStream(state: (9, 2, 3, 4)))
            let interval = try #require(bootstrap(resamples, [[a, b]]))
            // A quarter of the draws are a twice, a quarter b twice: the tails are pure.
            let ends = [a, b].map { Score($0, .population).ccc! }.sorted()
            #expect(abs(interval.low - ends[0]) < 1e-9)
            #expect(abs(interval.high - ends[1]) < 1e-9)
        }
    }

    @Test("The mean over seeds is resampled, and a seed without a group goes on without it")
    func seeds() throws {
        var random = RandomStream(state: (5, 6, 7, 8))
        let first = dyads(6, frames: 8, &random)
        let stream = RandomStream(state: (1, 2, 3, 5))
        let resamples = Resamples(count: 500, groups: 6, random: stream)
        let one = try #require(bootstrap(resamples, [first]))
        let twice = try #require(bootstrap(resamples, [first, first]))
        #expect(abs(one.low - twice.low) < 1e-12 && abs(one.high - twice.high) < 1e-12)
        var partial = first
        partial[0] = Moments()
        #expect(bootstrap(resamples, [first, partial]) != nil)
    }

    @Test("Where the CCC is undefined in many resamples there is no interval")
    func undefined() {
        // Gold and prediction are constant and equal within two of three groups.
        let flat = Moments(gold: [1, 1], predicted: [1, 1])
        let other = Moments(gold: [1, 3], predicted: [1, 2])
        let resamples = Resamples(count: 500, groups: 3, random: RandomStream(state: (1, 2, 3, 4)))
        #expect(bootstrap(resamples, [[flat, flat, other]]) == nil)
        #expect(bootstrap(resamples, [[other, other, other]]) != nil)
    }

    @Test("The same stream gives the same interval, another stream another one")
    func deterministic() {
        var random = RandomStream(state: (5, 6, 7, 8))
        let moments = [dyads(9, frames: 5, &random)]
        func intervals(_ seed: UInt64) -> [Interval?] {
            let draws = Resamples(
                count: 300, groups: 9, random: RandomStream(state: (seed, 2, 3, 4)))
            return Interval.Kind.allCases.map { bootstrap(draws, moments, $0) }
        }
        #expect(intervals(1) == intervals(1))
        #expect(intervals(1) != intervals(2))
    }

    @Test("Each stratum keeps its size: a resample of two cultures holds as many dyads of each")
    func strata() throws {
        let stream = RandomStream(state: (1, 2, 3, 4))
        // One stratum of a single group is drawn always; its frames say so.
        let alone = Moments(gold: [0, 100], predicted: [0, 100])
        let other = Moments(gold: [0, 1], predicted: [1, 0])
        let draws = Resamples(count: 200, strata: [1, 3], random: stream)
        let found = draws.distribution([[alone, other, other, other]], .population, point: nil)
        #expect(found.values.allSatisfy { abs($0 - found.values[0]) < 1e-12 })
        let mixed = Resamples(count: 200, strata: [4], random: stream)
        let free = mixed.distribution([[alone, other, other, other]], .population, point: nil)
        #expect(free.values.contains { abs($0 - found.values[0]) > 0.1 })
    }

    @Test("Selected quantiles are those of sorted values, whatever was selected before")
    func quantiles() {
        var random = RandomStream(state: (5, 6, 7, 8))
        let shapes: [(Int) -> Double] = [
            { Double($0) }, { _ in 0.25 }, { $0 == 0 ? 1e300 : Double($0) / 1e9 },
            { Double($0 % 3) * 5e-324 }, { $0 % 2 == 0 ? 1.5e308 : -1.5e308 },
        ]
        for (size, shape) in [1, 2, 3, 7, 100, 1000].flatMap({ size in
            shapes.map { (size, $0) }
        }) {
            let values = (0..<size).map { _ in shape(random.below(size)) }
            let sorted = values.sorted()
            var taken = values
            var order = OrderStatistics(&taken)
            for share in [0.5, 0.025, 0.975, 0.03, 0, 1, 0.5, 0.97] {
                let place = share * Double(size - 1)
                let below = Int(place)
                let above = min(below + 1, size - 1)
                let expected =
                    place > Double(below)
                    ? sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
                    : sorted[below]
                #expect(order.quantile(share) == expected, "\(share) of \(size)")
            }
        }
    }

    @Test("With more groups than 14 permutations are drawn, and identical models never differ")
    func drawnPermutations() throws {
        var random = RandomStream(state: (5, 6, 7, 8))
        let first = dyads(20, frames: 6, &random)
        let flips = SignFlips(groups: 20, random: random)
        #expect(!flips.isExact)
        #expect(flips.probability([first], [first], .population) == 1)
        // Gold against itself, and against the same with noise: a clear difference.
        let gold = (0..<20).map { _ in (0..<8).map { _ in random.normal() } }
        let good = gold.map { Moments(gold: $0, predicted: $0.map { $0 + 0.1 }) }
        let bad = gold.map { Moments(gold: $0, predicted: $0.map { -$0 }) }
        #expect(flips.probability([good], [bad], .population) == 1.0 / 10_001)
        // Other gold frames: no pairs.
        #expect(flips.probability([good], [first], .population) == nil)
    }

    @Test("Nineteen intervals of twenty, or nearly, hold the true CCC of 60 dyads")
    func coverage() throws {
        let finding = CoverageSimulation(dyads: 60, repetitions: 300, resamples: 400).run()
        for tallies in [finding.concordance, finding.difference] {
            // Two standard errors of 300 repetitions are 2.5 %.
            let share = try #require(tallies[.standard]).share
            #expect(share >= 0.895 && share <= 0.98, "\(share)")
        }
    }
}
