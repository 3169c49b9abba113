import Kernels
import Networks

/// An epoch of training on random data, with everything allocated beforehand.
struct Epoch {
    let network: any Network
    let steps: [SequenceBatch]
    /// The additions and multiplications of an epoch's matrix products, as they are done.
    let operations: Double
    /// The loss of the last step.
    private(set) var loss = 0.0

    private let inputs: [Arena], gold: [Arena]
    private let parameters: Arena, gradients: Arena, predictions: Arena, dPredictions: Arena
    private let space: Arena
    private var adam: Adam

    init(_ recipe: NetworkRecipe, network: any Network, steps: [SequenceBatch]) {
        self.network = network
        self.steps = steps
        let layout = network.layout
        var random = RandomStream(state: (1, 2, 3, 4))
        func noise(_ count: Int) -> Arena {
            let arena = Arena(count: count)
            for i in 0..<count { arena.base[i] = Float(4 * random.uniform() - 2) }
            return arena
        }
        inputs = steps.map { noise($0.rows * network.widths.reduce(0, +)) }
        gold = steps.map { noise($0.rows * network.outputs) }
        parameters = Arena(count: layout.count)
        gradients = Arena(count: layout.count)
        network.initialise(parameters.base, from: &random)
        let rows = steps.map(\.rows).max() ?? 0
        predictions = Arena(count: rows * network.outputs)
        dPredictions = Arena(count: rows * network.outputs)
        space = Arena(
            count: steps.map { network.workspaceCount(for: $0, training: true) }.max() ?? 0)
        adam = Adam(count: layout.count, learningRate: 1e-3)
        operations = steps.reduce(0) { $0 + recipe.operations(of: network, $1) }
    }

    /// Trains on every batch once.
    mutating func run() {
        for (index, batch) in steps.enumerated() {
            network.forward(
                batch, inputs: inputs[index].base, parameters: parameters.base,
                workspace: space.base, training: true, predictions: predictions.base)
            loss = Loss.ccc.evaluate(
                batch, outputs: network.outputs, predictions: predictions.base,
                gold: gold[index].base, counted: nil, dPredictions: dPredictions.base)
            gradients.clear()
            network.backward(
                batch, inputs: inputs[index].base, parameters: parameters.base,
                workspace: space.base, dPredictions: dPredictions.base, dRepresentation: nil,
                gradients: gradients.base, dInputs: nil)
            _ = Adam.clip(gradients.base, count: gradients.count, maximum: 1)
            adam.step(parameters: parameters.base, gradients: gradients.base)
        }
    }
}
