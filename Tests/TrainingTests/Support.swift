import Corpora
import Kernels
import Networks
import Planning

@testable import Training

/// The smallest network: y = W x + b in every frame, one weight matrix and one bias.
struct LinearNetwork: Network {
    let widths: [Int]
    let outputs: Int
    let layout: ParameterLayout
    /// Where it puts a not-a-number, as an overflow would.
    var overflow: Overflow?
    enum Overflow { case outputs, biasGradient }

    init(widths: [Int], outputs: Int) {
        self.widths = widths
        self.outputs = outputs
        var layout = ParameterLayout()
        _ = layout.reserve("out.weight", outputs, widths.reduce(0, +))
        _ = layout.reserve("out.bias", outputs)
        self.layout = layout
    }

    private var width: Int { widths.reduce(0, +) }
    var representationWidth: Int { width }

    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows { Rows(reading: inputs, step: width) }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        for i in 0..<layout.count { parameters[i] = Float(random.uniform() - 0.5) }
    }

    func workspaceCount(for batch: SequenceBatch, training: Bool) -> Int { 0 }

    func forward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, training: Bool,
        predictions: UnsafeMutablePointer<Float>
    ) {
        for r in 0..<batch.rows {
            for o in 0..<outputs {
                var sum = overflow == .outputs ? Float.nan : parameters[outputs * width + o]
                for d in 0..<width { sum += parameters[o * width + d] * inputs[r * width + d] }
                predictions[r * outputs + o] = sum
            }
        }
    }

    func backward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, dPredictions: UnsafePointer<Float>,
        dRepresentation: Rows?, gradients: UnsafeMutablePointer<Float>,
        dInputs: UnsafeMutablePointer<Float>?
    ) {
        for r in 0..<batch.rows {
            for o in 0..<outputs {
                let gradient = dPredictions[r * outputs + o]
                gradients[outputs * width + o] += overflow == .biasGradient ? .nan : gradient
                for d in 0..<width {
                    gradients[o * width + d] += gradient * inputs[r * width + d]
                }
            }
        }
    }
}

/// A small corpus in which two targets are linear in the features that precede them by a lag.
struct Synthetic {
    var seed: UInt64 = 1
    var frames = [50, 41, 63, 37, 55, 48]
    var widths = [3, 2]
    var lagFrames = 0
    var noise = 0.05
    var masked = false

    /// The k-th recording: slow features of different scale and offset, and their gold traces.
    func recording(_ k: Int) -> RecordingData {
        var random = RandomStream(state: (seed, UInt64(k), 7, 11))
        let count = frames[k]
        let width = widths.reduce(0, +)
        var rows: [[Double]] = []
        var state = (0..<width).map { _ in random.uniform() - 0.5 }
        for _ in 0..<(count + lagFrames) {
            state = state.map { 0.8 * $0 + random.uniform() - 0.5 }
            rows.append(state)
        }
        // Frame t is read from the row at t; its gold from the row at t − lag.
        let gold = (0..<count).flatMap { t -> [Float] in
            let x = rows[t]
            let a = x[0] - 0.7 * x[1] + 0.3 * x[3] + noise * (random.uniform() - 0.5)
            let b = 0.5 * x[2] - x[4] + noise * (random.uniform() - 0.5)
            return [Float(0.2 + 0.1 * b), Float(-0.3 + 0.4 * a)]
        }
        let features = widths.indices.map { m in
            let start = widths[..<m].reduce(0, +)
            return Matrix(
                rows: count, columns: widths[m],
                values: (0..<count).flatMap { t in
                    (0..<widths[m]).map { d in
                        Float(rows[t + lagFrames][start + d] * Double(10 * d + 1) + 5)
                    }
                })
        }
        let mask = masked ? (0..<count).map { UInt8($0 % 9 == 4 ? 0 : 1) } : nil
        return RecordingData(
            goldDigest: Digest(of: Array("\(seed) \(k)".utf8)), features: features,
            masks: [mask, nil], gold: Matrix(rows: count, columns: 2, values: gold),
            targetColumns: [1, 0])
    }

    /// Four recordings to train on, one to validate, the last to test.
    var data: TrialData {
        TrialData(
            train: (0..<4).map(recording), validation: [recording(4)], test: [recording(5)])
    }

    static let targets = ["arousal", "valence"]
    static let features = FeatureChoice(
        name: "av",
        modalities: [
            .init(name: "audio", featureSets: ["mfcc"]),
            .init(name: "video", featureSets: ["pose"]),
        ])
}

/// The key that is the hash of a word.
func key(_ word: String = "trial") -> TrialKey { TrialKey(digest: Digest(of: Array(word.utf8))) }

/// A recipe that trains the linear network on small data in a moment.
func quickRecipe(_ change: (inout TrainingRecipe) -> Void = { _ in }) -> TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.epochs = 12
    recipe.patience = 12
    recipe.batch = 4
    recipe.chunkFrames = 20
    recipe.hopFrames = 10
    recipe.learningRate = 0.03
    change(&recipe)
    return recipe
}

/// Trains the linear network to the end.
func outcome(
    _ data: TrialData, _ recipe: TrainingRecipe = quickRecipe(), key: TrialKey = key()
) throws -> Outcome {
    try data.check(featureSets: Synthetic.features.featureSets, targets: Synthetic.targets)
    var trainer = try linearTrainer(data, recipe, key: key)
    return try trainer.run { _, _ in }
}

/// A trainer of the linear network.
func linearTrainer(
    _ data: TrialData, _ recipe: TrainingRecipe = quickRecipe(), key: TrialKey = key(),
    overflow: LinearNetwork.Overflow? = nil
) throws -> Trainer {
    let widths = data.train[0].features.map(\.columns)
    var network = LinearNetwork(widths: widths, outputs: 2)
    network.overflow = overflow
    return try Trainer(
        key: key, recipe: recipe, network: network, targets: Synthetic.targets,
        hopSeconds: 0.1, data: data)
}

extension Matrix {
    /// A copy in which `change` has edited the values.
    func edited(_ change: (inout [Float]) -> Void) -> Matrix {
        var copy = Array(values)
        change(&copy)
        return Matrix(rows: rows, columns: columns, values: copy)
    }
}
