import Features
import Kernels
import Networks

/// What the engine computes of a fixture: one pass with all gradients, then three steps of Adam.
struct FixtureResults {
    let inputs: Arena, predictions: Arena, dPredictions: Arena, dInputs: Arena
    /// The gradient of the first pass.
    let gradients: Arena
    /// What the adversary says in the first pass; nil where there is none.
    private(set) var judgement: (loss: Double, probabilities: [Double])?
    private(set) var ccc: [Double] = []
    /// The loss and the norm of the gradient before each step.
    private(set) var losses: [Double] = [], norms: [Double] = []
    /// The weights after steps 1, 2 and 3.
    private(set) var weights: [[Float]] = []

    static let steps = 3

    init(of fixture: Fixture) throws {
        let network = fixture.network
        let batch = fixture.batch
        let width = network.widths.reduce(0, +)
        inputs = Arena(count: batch.rows * width)
        dInputs = Arena(count: batch.rows * width)
        predictions = Arena(count: batch.rows * network.outputs)
        dPredictions = Arena(count: batch.rows * network.outputs)
        gradients = Arena(count: network.layout.count)
        let gold = Arena(count: batch.rows * network.outputs)
        var column = 0
        for (name, width) in zip(Fixture.modalities, network.widths) {
            fixture.pack(
                try fixture.file.readDoubles("inputs/\(name)").values, width: width,
                into: inputs.base, columns: inputs.count / batch.rows, column: column)
            column += width
        }
        fixture.pack(
            try fixture.file.readDoubles("inputs/gold").values, width: network.outputs,
            into: gold.base, columns: network.outputs, column: 0)
        try train(fixture, gold)
    }

    private mutating func train(_ fixture: Fixture, _ gold: Arena) throws {
        let network = fixture.network
        let batch = fixture.batch
        let parameters = try Self.weights(fixture)
        let space = Arena(count: network.workspaceCount(for: batch, training: true))
        let settings = Fixture.Attributes(
            try fixture.file.attributes("adam"), "\(fixture.path), adam")
        let clip: Double = try settings.number("clip_max_norm")
        var adam = Adam(
            count: network.layout.count, learningRate: try settings.number("lr"),
            beta1: try settings.number("beta1"), beta2: try settings.number("beta2"),
            epsilon: try settings.number("eps"))
        let step = Arena(count: network.layout.count)
        for number in 1...Self.steps {
            // The results of the first pass are kept; later ones work on copies.
            let first = number == 1
            let predicted = first ? predictions : Arena(count: predictions.count)
            let dPredicted = first ? dPredictions : Arena(count: predictions.count)
            network.forward(
                batch, inputs: inputs.base, parameters: parameters.base, workspace: space.base,
                training: true, predictions: predicted.base)
            let loss = fixture.loss.evaluate(
                batch, outputs: network.outputs, predictions: predicted.base, gold: gold.base,
                counted: nil, dPredictions: dPredicted.base)
            step.clear()
            let judgement = (network as? AdversarialNetwork)?.judge(
                batch, cultures: fixture.cultures, inputs: inputs.base,
                parameters: parameters.base, workspace: space.base, gradients: step.base)
            losses.append(loss + (judgement?.loss ?? 0))
            network.backward(
                batch, inputs: inputs.base, parameters: parameters.base, workspace: space.base,
                dPredictions: dPredicted.base, dRepresentation: judgement?.dRepresentation,
                gradients: step.base,
                dInputs: first ? dInputs.base : nil)
            if first {
                self.judgement = judgement.map { ($0.loss, $0.probabilities) }
                gradients.base.update(from: step.base, count: step.count)
                ccc = Loss.concordances(
                    batch, outputs: network.outputs, predictions: predicted.base, gold: gold.base,
                    counted: nil)
            }
            norms.append(Adam.clip(step.base, count: step.count, maximum: clip))
            adam.step(parameters: parameters.base, gradients: step.base)
            weights.append(Array(parameters.values))
        }
    }

    /// The fixture's weights in the network's arena.
    private static func weights(_ fixture: Fixture) throws -> Arena {
        let arena = Arena(count: fixture.network.layout.count)
        for entry in fixture.network.layout.entries {
            let (shape, values) = try fixture.file.readDoubles("weights/\(entry.name)")
            guard shape == entry.shape else {
                throw FixtureError(
                    description: "\(fixture.path): weights/\(entry.name) has the shape \(shape), "
                        + "but this network needs \(entry.shape).")
            }
            for (i, value) in values.enumerated() { arena.base[entry.offset + i] = Float(value) }
        }
        return arena
    }

    /// Writes everything under the fixture's names, with zeros in padded frames.
    func write(to path: String, _ fixture: Fixture) throws {
        let writer = try HDF5Writer(path: path)
        let network = fixture.network
        func writeRows(_ name: String, _ arena: Arena, column: Int, width: Int) throws {
            try writer.write(
                name, shape: [fixture.sequences, fixture.frames, width],
                floats: fixture.unpack(
                    arena.base, columns: arena.count / fixture.batch.rows, column: column,
                    width: width))
        }
        try writeRows("outputs/pred", predictions, column: 0, width: network.outputs)
        try writer.write("outputs/loss", shape: [], doubles: [losses[0]])
        try writer.write("outputs/ccc", shape: [ccc.count], doubles: ccc)
        if let judgement {
            let count = judgement.probabilities.count / fixture.sequences
            try writer.write("outputs/loss_culture", shape: [], doubles: [judgement.loss])
            try writer.write(
                "outputs/loss_ccc", shape: [], doubles: [losses[0] - judgement.loss])
            try writer.write(
                "outputs/culture_prob", shape: [fixture.sequences, count],
                doubles: fixture.order.indices.flatMap { sequence in
                    let n = fixture.order.firstIndex(of: sequence)!
                    return judgement.probabilities[n * count..<(n + 1) * count]
                })
        }
        try writeRows("grads_inputs/pred", dPredictions, column: 0, width: network.outputs)
        var column = 0
        for (name, width) in zip(Fixture.modalities, network.widths) {
            try writeRows("grads_inputs/\(name)", dInputs, column: column, width: width)
            column += width
        }
        for entry in network.layout.entries {
            let range = entry.offset..<entry.offset + entry.count
            try writer.write(
                "grads/\(entry.name)", shape: entry.shape, floats: Array(gradients.values[range]))
            for step in [1, 3] {
                try writer.write(
                    "adam/step\(step)/\(entry.name)", shape: entry.shape,
                    floats: Array(weights[step - 1][range]))
            }
        }
        try writer.setAttribute("adam", "losses_before_step", .numbers(losses))
        try writer.setAttribute("adam", "grad_norms_before_clip", .numbers(norms))
        try writer.close()
    }
}
