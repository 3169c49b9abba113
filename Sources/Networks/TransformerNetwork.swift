import Kernels

/// A small pre-norm transformer encoder with a linear output per frame.
///
/// x_t = W_in [audio; video; …]_t + b + PE_t → layers → normalisation (R, d) → y (R, O), where
/// PE_{t,2i} = sin(t / 10000^{2i/d}), PE_{t,2i+1} its cosine, t the frame's number in its sequence.
struct TransformerNetwork: PlannedNetwork {
    private(set) var layout = ParameterLayout()
    let widths: [Int]
    let outputs: Int
    let kernels: InstructionSet
    let input: Dense
    let layers: [TransformerLayer]
    let norm: Normalisation
    let output: Dense

    init(
        _ recipe: TransformerRecipe, widths: [Int], outputs: Int, kernels: InstructionSet
    ) {
        self.widths = widths
        self.outputs = outputs
        self.kernels = kernels
        let d = recipe.hidden
        input = Dense(&layout, "input", inputs: widths.reduce(0, +), outputs: d)
        var layers: [TransformerLayer] = []
        for index in 0..<recipe.layers {
            layers.append(TransformerLayer(&layout, "layers.\(index)", recipe))
        }
        self.layers = layers
        norm = Normalisation(&layout, "norm", width: d, epsilon: recipe.normEpsilon)
        output = Dense(&layout, "out", inputs: d, outputs: outputs)
    }

    var representationWidth: Int { norm.width }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        parameters.clear(count: layout.count)
        input.initialise(parameters, from: &random)
        for layer in layers { layer.initialise(parameters, from: &random) }
        norm.initialise(parameters)
        output.initialise(parameters, from: &random)
    }

    /// Where everything of a pass lies.
    struct Space: PlannedSpace {
        var layers: [TransformerLayer.Space]
        let scratch: TransformerLayer.Scratch
        /// The residual stream, later its gradient, and the representation, each (R, d).
        let stream: Int, representation: Int
        let normal: Int, scales: Int
        let inputPanels: Int, outputPanels: Int, gradient: Int, position: Int
        let count: Int

        init(_ network: TransformerNetwork, _ batch: SequenceBatch, training: Bool) {
            var plan = WorkspacePlan()
            let d = network.norm.width
            stream = plan.take(batch.rows * d)
            representation = plan.take(batch.rows * d)
            normal = plan.take(batch.rows * d)
            scales = plan.take(batch.rows)
            position = plan.take(d)
            if training {
                layers = network.layers.map { $0.keep(batch, training: true, &plan) }
            } else {
                let shared = network.layers[0].keep(batch, training: false, &plan)
                layers = network.layers.map { _ in shared }
            }
            scratch = network.layers[0].scratch(batch, training: training, &plan)
            inputPanels = plan.take(network.input.panels)
            outputPanels = plan.take(network.output.panels)
            let widest = max(network.input.inputs, network.output.inputs)
            gradient = plan.take(training ? InstructionSet.gradientScratch(n: widest) : 0)
            count = plan.required
        }
    }

    func plan(_ batch: SequenceBatch, training: Bool) -> Space {
        Space(self, batch, training: training)
    }

    func forward(_ pass: Pass, _ space: Space, inputs: Rows, predictions: Rows) {
        let x = pass.space(space.stream, step: norm.width)
        input.pack(pass, into: pass.space(space.inputPanels))
        input.forward(
            pass, rows: pass.batch.rows, inputs, panels: pass.space(space.inputPanels), into: x)
        addPositions(pass, to: x, scratch: pass.space(space.position, step: 0))
        for (layer, layerSpace) in zip(layers, space.layers) {
            layer.forward(pass, layerSpace, space.scratch, x)
        }
        let normed = pass.space(space.representation, step: norm.width)
        norm.forward(pass, rows: pass.batch.rows, x, keeping: kept(pass, space), into: normed)
        output.pack(pass, into: pass.space(space.outputPanels))
        output.forward(
            pass, rows: pass.batch.rows, normed, panels: pass.space(space.outputPanels),
            into: predictions)
    }

    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows {
        Rows(
            WorkspacePlan.align(workspace) + Space(self, batch, training: true).representation,
            step: norm.width)
    }

    func backward(
        _ pass: Pass, _ space: Space, inputs: Rows, dPredictions: Rows, dRepresentation: Rows?,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        let rows = pass.batch.rows
        let panels = pass.space(space.outputPanels)
        let scratch = pass.space(space.gradient)
        let normed = pass.space(space.representation, step: norm.width)
        let dx = pass.space(space.stream, step: norm.width)
        output.backward(
            pass, rows: rows, normed, dy: dPredictions, gradients: gradients, scratch: scratch)
        output.packBackward(pass, into: panels)
        output.backwardInput(
            pass, rows: rows, dy: dPredictions, panels: panels, start: dRepresentation, into: dx)
        norm.backward(
            pass, rows: rows, kept(pass, space), dy: dx, gradients: gradients, scratch: normed)
        for (layer, layerSpace) in zip(layers, space.layers).reversed() {
            layer.backward(pass, layerSpace, space.scratch, dx: dx, gradients: gradients)
        }
        input.backward(
            pass, rows: rows, inputs, dy: dx, gradients: gradients, scratch: scratch)
        guard let dInputs else { return }
        input.packBackward(pass, into: pass.space(space.inputPanels))
        input.backwardInput(
            pass, rows: rows, dy: dx, panels: pass.space(space.inputPanels), start: nil,
            into: dInputs)
    }

    /// What the last normalisation keeps.
    private func kept(_ pass: Pass, _ space: Space) -> Normalisation.Kept {
        Normalisation.Kept(
            normal: pass.space(space.normal, step: norm.width), scales: pass.space(space.scales))
    }

    /// Adds PE_t to every row of step t; `scratch` holds one row.
    private func addPositions(_ pass: Pass, to x: Rows, scratch: Rows) {
        let frequencies = (0..<norm.width).map { column in
            Elementary.pow(10_000, -Double(column / 2 * 2) / Double(norm.width))
        }
        for t in 0..<pass.batch.frames {
            for (column, frequency) in frequencies.enumerated() {
                let angle = Double(t) * frequency
                scratch.base[column] = Float(
                    column % 2 == 0 ? Elementary.sin(angle) : Elementary.cos(angle))
            }
            pass.kernels.add(
                rows: pass.batch.activeCounts[t], n: norm.width, scratch,
                to: x.from(row: pass.batch.offsets[t]))
        }
    }
}
