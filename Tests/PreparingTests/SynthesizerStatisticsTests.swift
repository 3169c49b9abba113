import Corpora
import Kernels
import Testing

@testable import Preparing

@Suite("What is known of the embedded corpus by construction")
struct SynthesizerStatisticsTests {
    @Test(
        "A linear model learns within a culture; its gap to others grows with the shift",
        arguments: [1, 2] as [UInt64])
    func gap(_ seed: UInt64) throws {
        var gaps: [Double] = []
        for shift in [0, 0.5, 1] {
            var parameters = SynthesisParameters()
            parameters.seed = seed
            parameters.cultureShift = shift
            let made = try Synthesizer(parameters).corpus()
            let grams = DyadGrams(made, target: 0, shifts: [parameters.lagFrames])
            let scores = grams.concordance()
            #expect(scores.within >= 0.6)
            gaps.append(scores.within - scores.cross)
        }
        #expect(abs(gaps[0]) < 0.05)
        #expect(gaps[1] > gaps[0] + 0.05)
        #expect(gaps[2] > gaps[1] + 0.05)
        #expect(gaps[2] > 0.15)
    }

    @Test("The gold traces follow the features by the lag", arguments: [0, 0.7, 2])
    func lag(_ seconds: Double) throws {
        var parameters = SynthesisParameters()
        parameters.cultures = ["DE"]
        parameters.audioWidth = 9
        parameters.videoWidth = 6
        parameters.lagSeconds = seconds
        parameters.featureNoise = 0
        parameters.nuisance = 0
        parameters.raterNoise = 0
        let shifts = Array(0...30)
        // The first of three features, and so on, answers at once; the others add to the delay.
        let made = try Synthesizer(parameters).corpus()
        let grams = DyadGrams(made, target: 0, shifts: shifts, step: 3)
        var gram = grams.cultures[0][0]
        for other in grams.cultures[0].dropFirst() { gram.add(other) }
        let fits = shifts.map { shift in
            let output = grams.features + 1 + shift
            let model = Ridge(gram, features: grams.features, output: output, penalty: 1e-3)
            var agreement = Agreement()
            agreement.add(gram, weights: model.weights, one: grams.one, output: output)
            return agreement.pearson
        }
        #expect(fits.firstIndex(of: fits.max()!) == parameters.lagFrames)
        #expect(fits.max()! > 0.95)
    }

    @Test("Partners' traces correlate, strangers' do not")
    func partners() throws {
        var parameters = small {
            $0.cultures = ["DE"]
            $0.dyads = 60
            $0.framesMin = 600
            $0.framesMax = 600
            $0.audioWidth = 1
            $0.videoWidth = 1
        }
        let golds = try Synthesizer(parameters).corpus().matrices.map { $0["targets"]! }
        func correlation(step: Int) -> Double {
            var (xx, yy, xy) = (0.0, 0.0, 0.0)
            for d in stride(from: 0, to: golds.count, by: 2) {
                for (x, y) in zip(golds[d].values, golds[(d + step) % golds.count].values) {
                    xx += Double(x * x)
                    yy += Double(y * y)
                    xy += Double(x * y)
                }
            }
            return xy / (xx * yy).squareRoot()
        }
        // 0.4 by the parameter, a little less by the raters' error.
        #expect(abs(correlation(step: 1) - 0.36) < 0.08)
        #expect(abs(correlation(step: 3)) < 0.08)
        #expect(abs(correlation(step: 2)) < 0.08)
        parameters.partnerCorrelation = 0
        let apart = try Synthesizer(parameters).corpus().matrices.map { $0["targets"]! }
        let pairs = stride(from: 0, to: apart.count, by: 2).map { d in
            zip(apart[d].values, apart[d + 1].values).reduce(0.0) { $0 + Double($1.0 * $1.1) }
        }
        let power = apart.reduce(0.0) { $0 + $1.values.reduce(0.0) { $0 + Double($1 * $1) } } / 2
        #expect(abs(pairs.reduce(0, +) / power) < 0.08)
    }

    @Test("A slow process has mean 0, variance 1 and the autocorrelation of its filters")
    func slowProcess() {
        let process = SlowProcess(seconds: 0.5, hopSeconds: 0.1)
        var random = SynthesisParameters().stream("test")
        let count = 200_000
        let trace = process.trace(count, &random)
        let mean = trace.reduce(0, +) / Double(count)
        #expect(abs(mean) < 0.03)
        let a = Elementary.exp(-0.1 / 0.5)
        for lag in [0, 1, 5, 10, 20] {
            let product = zip(trace, trace.dropFirst(lag)).reduce(0) { $0 + $1.0 * $1.1 }
            let k = Double(lag)
            let expected = (1 + k * (1 - a * a) / (1 + a * a)) * Elementary.pow(a, k)
            #expect(abs(product / Double(count - lag) - expected) < 0.03)
        }
    }

    @Test("The scale of tanh(0.8 z) is the one that features are divided by")
    func emotionDeviation() {
        var random = SynthesisParameters().stream("test")
        var squares = 0.0
        for _ in 0..<100_000 {
            let e = Elementary.tanh(0.8 * random.normal())
            squares += e * e
        }
        #expect(abs((squares / 100_000).squareRoot() - 0.56) < 0.005)
    }
}
