import Kernels

/// How often 95 % intervals hold the truth, found by simulating studies whose truth is known.
///
/// A study has dyads of two recordings. Gold and predicted traces are autoregressive and share an
/// offset a dyad, so that frames of one dyad depend on each other as real ones do, and recordings
/// differ in length. The true CCC is that of infinitely many dyads, which the variances give.
public struct CoverageSimulation: Sendable {
    /// The number of dyads of a study.
    public let dyads: Int
    /// The number of studies.
    public let repetitions: Int
    /// The resamples of each interval.
    public let resamples: Int

    /// How often the intervals of a statistic held the truth.
    public struct Tally: Hashable, Sendable {
        /// The number of studies whose interval held it.
        public internal(set) var held = 0
        /// The number whose interval lay below it and above it.
        public internal(set) var below = 0, above = 0
        /// The number that had no interval.
        public internal(set) var without = 0
        /// The sum of the intervals' widths.
        public internal(set) var width = 0.0

        /// No study.
        public init() {}

        /// The share of studies whose interval held it.
        public var share: Double { Double(held) / Double(held + below + above + without) }

        mutating func add(_ interval: Interval?, _ truth: Double) {
            guard let interval else { return without += 1 }
            width += interval.high - interval.low
            if interval.high < truth {
                below += 1
            } else if interval.low > truth {
                above += 1
            } else {
                held += 1
            }
        }
    }

    /// What was found of a model's CCC and of the difference of two models.
    public struct Finding: Hashable, Sendable {
        /// Of the CCC of one model.
        public internal(set) var concordance: [Interval.Kind: Tally] = [:]
        /// Of the difference of two models on the same resamples.
        public internal(set) var difference: [Interval.Kind: Tally] = [:]
    }

    /// A simulation of `repetitions` studies of `dyads` dyads.
    public init(dyads: Int, repetitions: Int, resamples: Int) {
        self.dyads = dyads
        self.repetitions = repetitions
        self.resamples = resamples
    }

    /// Runs it; the same numbers give the same finding.
    public func run() -> Finding {
        var random = RandomStream(state: (UInt64(dyads), 2, 3, 5))
        var finding = Finding()
        let truths = Self.models.map(\.truth)
        for _ in 0..<repetitions {
            let study = (0..<dyads).map { _ in Self.dyad(&random) }
            let draws = Resamples(count: resamples, groups: dyads, random: random)
            let found = Self.models.indices.map { model in
                let groups = study.map { $0[model] }
                let all = groups.reduce(into: Moments()) { $0.merge($1) }
                return draws.distribution(
                    [groups], .population, point: Score(all, .population).ccc)
            }
            _ = random.next()
            let difference = found[1] - found[0]
            for kind in Interval.Kind.allCases {
                finding.concordance[kind, default: Tally()].add(
                    found[0].interval(kind), truths[0])
                finding.difference[kind, default: Tally()].add(
                    difference.interval(kind), truths[1] - truths[0])
            }
        }
        return finding
    }

    /// What a model makes of a dyad's offset and of its frames, and what it adds of its own.
    private struct Model {
        let offsetGain, frameGain, bias, offsetNoise, frameNoise: Double

        var truth: Double {
            let gold = CoverageSimulation.offset * CoverageSimulation.offset + 1
            let predicted =
                offsetGain * offsetGain * CoverageSimulation.offset * CoverageSimulation.offset
                + offsetNoise * offsetNoise + frameGain * frameGain + frameNoise * frameNoise
            let shared =
                offsetGain * CoverageSimulation.offset * CoverageSimulation.offset + frameGain
            return 2 * shared / (gold + predicted + bias * bias)
        }
    }

    /// The standard deviation of a dyad's offset; that of its frames is 1.
    private static let offset = 0.7
    /// How much of a frame stays in the next one.
    private static let memory = 0.8
    private static let models = [
        Model(offsetGain: 0.5, frameGain: 0.5, bias: 0.2, offsetNoise: 0.3, frameNoise: 0.5),
        Model(offsetGain: 0.7, frameGain: 0.6, bias: 0.1, offsetNoise: 0.3, frameNoise: 0.4),
    ]

    /// The moments of a dyad, as each model predicts it.
    private static func dyad(_ random: inout RandomStream) -> [Moments] {
        let shared = offset * random.normal()
        let own = models.map { $0.offsetNoise * random.normal() }
        let fresh = (1 - memory * memory).squareRoot()
        var moments = models.map { _ in Moments() }
        for _ in 0..<2 {
            let frames = 20 + random.below(21)
            var gold: [Double] = []
            var predicted = models.map { _ in [Double]() }
            var state = random.normal()
            var noise = models.map { _ in random.normal() }
            for _ in 0..<frames {
                gold.append(shared + state)
                for (index, model) in models.enumerated() {
                    predicted[index].append(
                        model.bias + model.offsetGain * shared + own[index]
                            + model.frameGain * state + model.frameNoise * noise[index])
                    noise[index] = memory * noise[index] + fresh * random.normal()
                }
                state = memory * state + fresh * random.normal()
            }
            for index in models.indices {
                moments[index].merge(Moments(gold: gold, predicted: predicted[index]))
            }
        }
        return moments
    }
}
