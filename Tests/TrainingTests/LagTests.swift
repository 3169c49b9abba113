import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Lag")
struct LagTests {
    @Test("Frames learn what the gold trace holds a lag later, as the diagram says")
    func partners() {
        let hold = Lag(seconds: 0.2, hopSeconds: 0.1, edges: .hold)
        let zero = Lag(seconds: 0.2, hopSeconds: 0.1, edges: .zero)
        #expect(
            (0..<6).map { hold.partner(of: $0, count: 6) } == [
                .gold(2), .gold(3), .gold(4), .gold(5), .none, .none,
            ])
        #expect(
            (0..<6).map { zero.partner(of: $0, count: 6) } == [
                .gold(2), .gold(3), .gold(4), .gold(5), .zero, .zero,
            ])
        #expect((0..<6).map { hold.source(of: $0) } == [0, 0, 0, 1, 2, 3])
        #expect((0..<6).map { zero.source(of: $0) } == [nil, nil, 0, 1, 2, 3])
    }

    @Test(
        "A lag in seconds becomes the nearest number of frames",
        arguments: [
            (0.0, 0.1, 0), (2.0, 0.1, 20), (2.0, 0.04, 50), (0.3, 0.1, 3), (0.26, 0.1, 3),
            (0.24, 0.1, 2), (0.125, 0.25, 1), (2.8, 0.1, 28),
        ])
    func rounding(seconds: Double, hop: Double, frames: Int) {
        #expect(Lag(seconds: seconds, hopSeconds: hop, edges: .hold).frames == frames)
    }

    @Test("A network that repeats a feature which runs ahead of gold predicts gold exactly")
    func identityNetwork() {
        for seed in 0..<60 {
            var random = RandomStream(state: (UInt64(seed), 3, 5, 7))
            let count = 2 + random.below(40)
            let lagFrames = random.below(50)
            let edges: TrainingRecipe.LagEdges = random.below(2) == 0 ? .hold : .zero
            let lag = Lag(
                seconds: Double(lagFrames) * 0.04, hopSeconds: 0.04, edges: edges)
            let trace = (0..<(count + lagFrames)).map { _ in Float(random.uniform() * 4 - 1) }
            let gold = Array(trace[..<count])
            // The feature at t is the trace at t + lag: gold that comes, or what never will.
            let feature = (0..<count).map { trace[$0 + lagFrames] }
            let predicted = predictedByRepeating(feature, gold: gold, lag: lag)
            for t in 0..<count {
                let expected = t >= lagFrames ? gold[t] : edges == .hold ? feature[0] : 0
                #expect(abs(predicted[t] - expected) < 1e-5, "seed \(seed), frame \(t)")
            }
        }
    }

    /// Standardises, repeats each frame's feature as the output, and maps back to a trace.
    private func predictedByRepeating(_ feature: [Float], gold: [Float], lag: Lag) -> [Float] {
        let count = gold.count
        let recording = RecordingData(
            goldDigest: key().digest,
            features: [Matrix(rows: count, columns: 1, values: feature)],
            gold: Matrix(rows: count, columns: 1, values: gold), targetColumns: [0])
        let standardiser = Standardiser(train: [recording], lag: lag)
        let batch = SequenceBatch(lengths: [count])
        let outputs = feature.map { standardiser.gold.scaled(Double($0), column: 0) }
        var trace = [Float](repeating: .nan, count: count)
        standardiser.writeTrace(ofSequence: 0, in: batch, outputs: outputs, to: &trace)
        return trace
    }

    @Test(
        "Only the right lag lets the features explain the gold trace",
        arguments: [TrainingRecipe.LagEdges.hold, .zero])
    func lagIsRecovered(edges: TrainingRecipe.LagEdges) throws {
        var synthetic = Synthetic(lagFrames: 6)
        synthetic.frames = synthetic.frames.map { 3 * $0 }
        func validation(_ seconds: Double) throws -> Double {
            let found = try outcome(
                synthetic.data,
                quickRecipe {
                    $0.epochs = 20
                    $0.lagSeconds = seconds
                    $0.lagEdges = edges
                })
            return found.epochs[found.bestEpoch - 1].validation.map { $0 ?? 0 }.reduce(0, +) / 2
        }
        let right = try validation(0.6)
        #expect(right > (edges == .hold ? 0.85 : 0.75), "\(right)")
        for wrong in [0, 0.3, 0.9] { #expect(try validation(wrong) < right - 0.1) }
    }
}
