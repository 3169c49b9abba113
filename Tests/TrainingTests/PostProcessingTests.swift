import Kernels
import Planning
import Testing

@testable import Training

@Suite("Post-processing")
struct PostProcessingTests {
    private func wave(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = RandomStream(state: (seed, 3, 5, 7))
        var state = 0.0
        return (0..<count).map { _ in
            state = 0.97 * state + 0.1 * random.normal()
            return state
        }
    }

    /// What is fitted to these traces against these gold traces, and the concordance before and
    /// after.
    private func fit(
        _ steps: [TrainingRecipe.PostProcessing], _ traces: [[Double]], gold: [[Double]]
    ) -> (steps: [FittedStep], before: Double, after: Double) {
        func moments(_ traces: [[Double]]) -> Moments {
            Moments(gold: gold.flatMap { $0 }, predicted: traces.flatMap { $0 })
        }
        let fitted = FittedStep.fit(steps, to: traces, moments: moments)
        let changed = traces.map { trace in fitted.reduce(trace) { $1.applied(to: $0) } }
        return (fitted, moments(traces).concordance!, moments(changed).concordance!)
    }

    @Test("A median takes the middle of the window, and a smaller one at the edges")
    func median() {
        let trace = [5.0, 1, 4, 9, 2, 6, 3]
        #expect(FittedStep.median(frames: 3).applied(to: trace) == [5, 4, 4, 4, 6, 3, 3])
        #expect(FittedStep.median(frames: 5).applied(to: trace) == [5, 4, 4, 4, 4, 3, 3])
        #expect(FittedStep.median(frames: 99).applied(to: [2]) == [2])
        #expect(FittedStep.median(frames: 3).applied(to: []).isEmpty)
        var random = RandomStream(state: (1, 1, 1, 2))
        for frames in [1, 3, 9, 17] {
            let trace = (0..<40).map { _ in Double(random.below(10)) }
            let filtered = FittedStep.median(frames: frames).applied(to: trace)
            for t in trace.indices {
                let half = min(frames / 2, t, 39 - t)
                let window = trace[t - half...t + half]
                #expect(window.filter { $0 < filtered[t] }.count <= half)
                #expect(window.filter { $0 > filtered[t] }.count <= half)
            }
        }
    }

    @Test("Centre and scale take out an offset and a wrong spread, to the last bit of sense")
    func centreAndScale() {
        let gold = [wave(200), wave(150, seed: 2)]
        let off = gold.map { $0.map { 0.3 * $0 + 0.5 } }
        let found = fit([.centre, .scale], off, gold: gold)
        #expect(found.steps.count == 2 && found.before < 0.5 && found.after > 1 - 1e-12)
        guard case .scale(_, let factor) = found.steps[1] else {
            Issue.record("the second step is \(found.steps[1])")
            return
        }
        #expect(abs(factor - 1 / 0.3) < 1e-9)
    }

    @Test("A median is fitted to noise that comes in spikes, of a width that is best")
    func spikes() {
        let gold = [wave(400)]
        var random = RandomStream(state: (8, 8, 8, 8))
        let noisy = gold.map { $0.map { random.below(6) == 0 ? $0 + 3 * random.normal() : $0 } }
        let found = fit([.median], noisy, gold: gold)
        #expect(found.after > found.before + 0.2)
        guard case .median(let frames) = found.steps.first else {
            Issue.record("no median was fitted")
            return
        }
        for other in FittedStep.medianFrames where other != frames {
            let trace = FittedStep.median(frames: other).applied(to: noisy[0])
            #expect(Moments(gold: gold[0], predicted: trace).concordance! <= found.after)
        }
    }

    @Test("What gains nothing is left out: nothing is done to what is right")
    func leftOut() {
        let gold = [wave(100)]
        let found = fit([.median, .centre, .scale], gold, gold: gold)
        #expect(found.steps.isEmpty && found.after == found.before)
        let flat = [[Double](repeating: 1, count: 100)]
        #expect(fit([.scale], flat, gold: gold).steps.isEmpty)
        #expect(fit([], gold.map { $0.map { $0 + 1 } }, gold: gold).steps.isEmpty)
    }

    @Test("Steps never make the validation side worse, in any order, and stand in that order")
    func neverWorse() {
        let orders: [[TrainingRecipe.PostProcessing]] = [
            [.median, .centre, .scale], [.scale, .centre, .median], [.centre, .median],
        ]
        for seed in 1..<12 {
            let gold = [wave(90, seed: UInt64(seed))]
            let other = wave(90, seed: UInt64(seed + 50))
            let traces = gold.map { zip($0, other).map { 0.6 * $0 + 0.4 * $1 + 0.1 } }
            for order in orders {
                let found = fit(order, traces, gold: gold)
                #expect(found.after >= found.before)
                let places = found.steps.map { step -> Int in
                    switch step {
                    case .median: order.firstIndex(of: .median)!
                    case .centre: order.firstIndex(of: .centre)!
                    case .scale: order.firstIndex(of: .scale)!
                    }
                }
                #expect(places == places.sorted())
            }
        }
    }
}
