import Kernels
import Scoring
import Testing

@Suite struct ResamplesTests {
    /// A number of mean 0 and variance 1, near enough to normal: twelve uniform ones.
    private func normal(_ random: inout RandomStream) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + random.uniform() }
    }

    /// Dyads whose gold and predicted traces share much, each dyad with an offset of its own.
    private func dyads(_ count: Int, frames: Int, _ random: inout RandomStream) -> [Moments] {
        (0..<count).map { _ in
            let gold = normal(&random)
            let predicted = 0.6 * gold + 0.5 * normal(&random)
            var x: [Double] = []
            var y: [Double] = []
            for _ in 0..<frames {
                let shared = normal(&random)
                x.append(gold + 0.7 * shared)
                y.append(predicted + 0.4 * shared + 0.4 * normal(&random))
            }
            return Moments(gold: x, predicted: y)
        }
    }

    @Test("A single group has no interval")
    func single() {
        let resamples = Resamples(count: 10, groups: 1, random: RandomStream(state: (1, 1, 1, 1)))
        let moments = Moments(gold: [1, 2, 4], predicted: [1, 3, 4])
        #expect(resamples.intervals([[moments]]) == [nil, nil, nil])
    }

    @Test("Groups that are all alike have an interval of no width, at their CCC")
    func alike() throws {
        let group = Moments(gold: [1, 2, 4, 9], predicted: [1, 3, 4, 7])
        var all = Moments()
        for _ in 0..<5 { all.merge(group) }
        let resamples = Resamples(count: 100, groups: 5, random: RandomStream(state: (1, 2, 3, 4)))
        let intervals = resamples.intervals([[Moments](repeating: group, count: 5)])
        let population = try #require(intervals[0])
        let ccc = try #require(Score(all, .population).ccc)
        #expect(abs(population.low - ccc) < 1e-12 && abs(population.high - ccc) < 1e-12)
        // n - 1 instead of n: the resampled frames are as many, so every resample is alike too.
        let avec = try #require(intervals[2])
        let expected = try #require(Score(all, .avec).ccc)
        #expect(abs(avec.low - expected) < 1e-12 && abs(avec.high - expected) < 1e-12)
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
            let interval = try #require(resamples.intervals([[a, b]])[0])
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
        let one = try #require(resamples.intervals([first])[0])
        let twice = try #require(resamples.intervals([first, first])[0])
        #expect(abs(one.low - twice.low) < 1e-12 && abs(one.high - twice.high) < 1e-12)
        var partial = first
        partial[0] = Moments()
        #expect(resamples.intervals([first, partial])[0] != nil)
    }

    @Test("Where the CCC is undefined in many resamples there is no interval")
    func undefined() {
        // Gold and prediction are constant and equal within two of three groups.
        let flat = Moments(gold: [1, 1], predicted: [1, 1])
        let other = Moments(gold: [1, 3], predicted: [1, 2])
        let resamples = Resamples(count: 500, groups: 3, random: RandomStream(state: (1, 2, 3, 4)))
        #expect(resamples.intervals([[flat, flat, other]]) == [nil, nil, nil])
        #expect(resamples.intervals([[other, other, other]])[0] != nil)
    }

    @Test("The same stream gives the same interval, another stream another one")
    func deterministic() {
        var random = RandomStream(state: (5, 6, 7, 8))
        let moments = [dyads(9, frames: 5, &random)]
        func intervals(_ seed: UInt64) -> [Interval?] {
            Resamples(count: 300, groups: 9, random: RandomStream(state: (seed, 2, 3, 4)))
                .intervals(moments)
        }
        #expect(intervals(1) == intervals(1))
        #expect(intervals(1) != intervals(2))
    }

    @Test("Nineteen intervals of twenty, or nearly, hold the true CCC of 60 dyads")
    func coverage() {
        // True moments: var x = 1.49, var y = 0.36 + 0.25 + 0.16 + 0.16, cov = 0.6 + 0.28.
        let truth = 2 * 0.88 / (1.49 + 0.93)
        var random = RandomStream(state: (11, 12, 13, 14))
        let repetitions = 300
        var held = 0
        for _ in 0..<repetitions {
            let moments = dyads(60, frames: 6, &random)
            let resamples = Resamples(count: 200, groups: 60, random: random)
            guard let interval = resamples.intervals([moments])[0] else { continue }
            if interval.low <= truth, truth <= interval.high { held += 1 }
        }
        // Two standard errors of 300 repetitions are 2.5 %.
        #expect(held >= repetitions * 895 / 1000 && held <= repetitions * 975 / 1000, "\(held)")
    }
}
