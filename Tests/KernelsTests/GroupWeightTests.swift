import Kernels
import Testing

@Suite("Weighted sums of groups and concordances of many resamples")
struct GroupWeightTests {
    @Test("Sums are chains in the order of the groups, for any number of resamples")
    func sums() {
        var random = RandomStream(state: (1, 2, 3, 4))
        for (groups, count) in [(1, 1), (3, 7), (5, 8), (30, 9), (7, 33)] {
            let weights = GroupWeights(groups: groups, count: count)
            for resample in 0..<count {
                for group in 0..<groups {
                    weights[resample, group] = Double(random.below(4)) - 1
                }
            }
            let values = (0..<3 * groups).map { _ in random.normal() }
            let sums = DoubleRows(count: 3, width: 8 * weights.vectors)
            weights.sum(0..<weights.vectors, values, into: sums)
            for row in 0..<3 {
                for resample in 0..<count {
                    var expected = 0.0
                    for group in 0..<groups {
                        let value = values[row * groups + group] * weights[resample, group]
                        expected += value
                    }
                    #expect(sums[row][resample] == expected)
                }
            }
            // A block in the middle is the same.
            if weights.vectors > 2 {
                let part = DoubleRows(count: 3, width: 8)
                weights.sum(1..<2, values, into: part)
                for row in 0..<3 { #expect(part[row].elementsEqual(sums[row][8..<16])) }
            }
        }
    }

    @Test("A concordance is the textbook's in each form, as the mean over seeds that have one")
    func concordance() {
        let gold: [Double] = [1, 2, 4, 4.5]
        let seeds: [[Double]] = [[1, 3, 3, 5], [2, 2, 5, 4]]
        for (sample, mixed) in [(false, false), (true, false), (true, true)] {
            let sums = ConcordanceSums(count: 8)
            let rows = DoubleRows(count: 3, width: 8)
            fill(rows, [4, gold.reduce(0, +), gold.reduce(0) { $0 + $1 * $1 }])
            sums.setGold(rows)
            var expected = 0.0
            for seed in seeds {
                fill(
                    rows,
                    [
                        seed.reduce(0, +), seed.reduce(0) { $0 + $1 * $1 },
                        zip(gold, seed).reduce(0) { $0 + $1.0 * $1.1 },
                    ])
                sums.add(
                    rows,
                    .init(
                        offset: 0, floor: 1e-14, hasSampleVariance: sample,
                        hasPopulationCovariance: mixed))
                expected += reference(gold, seed, sample: sample, mixed: mixed) / 2
            }
            #expect(abs(sums.means[0] - expected) < 1e-14)
            #expect(sums.means[0] == sums.means[7])
        }
        #expect(ConcordanceSums(count: 8).means.allSatisfy { $0.isNaN })
    }

    private func fill(_ rows: DoubleRows, _ values: [Double]) {
        for (row, value) in values.enumerated() { rows[row].update(repeating: value) }
    }

    private func reference(
        _ x: [Double], _ y: [Double], sample: Bool, mixed: Bool
    ) -> Double {
        let n = Double(x.count)
        let (a, b) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
        let products = zip(x, y).reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
        let divisor = sample ? n - 1 : n
        let squares = (x.map { ($0 - a) * ($0 - a) } + y.map { ($0 - b) * ($0 - b) })
            .reduce(0, +)
        return 2 * products / (sample && !mixed ? divisor : n)
            / (squares / divisor + (a - b) * (a - b))
    }
}
