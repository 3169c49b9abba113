import Kernels

/// Gated features into a stack of LSTM layers, with a linear output per frame.
///
/// It is both the AVEC 2019 system (no gate, forward layers) and EAF (a gate, bidirectional
/// layers).   x (R, D) → gate → LSTM … LSTM → y (R, O).
struct RecurrentNetwork: PlannedNetwork {
    private(set) var layout = ParameterLayout()
    let widths: [Int]
    let outputs: Int
    let kernels: InstructionSet
    let gate: (any InputGate)?
    let layers: [LSTM]
    let output: Dense

    var representationWidth: Int { output.inputs }
    var attention: AttentionShape { gate?.shape ?? AttentionShape() }

    /// The AVEC 2019 system: forward layers `lstm1`, `lstm2`, … of these sizes.
    init(baseline hidden: [Int], widths: [Int], outputs: Int, kernels: InstructionSet) {
        var layers: [LSTM] = []
        for (index, hidden) in hidden.enumerated() {
            layers.append(
                LSTM(
                    &layout, "lstm\(index + 1)", index: 0,
                    inputs: layers.last?.outputs ?? widths.reduce(0, +), hidden: hidden,
                    bidirectional: false))
        }
        self.widths = widths
        self.outputs = outputs
        self.kernels = kernels
        gate = nil
        self.layers = layers
        output = Dense(&layout, "out", inputs: layers[layers.count - 1].outputs, outputs: outputs)
    }

    /// EAF: a gate and `layers` bidirectional layers of `hidden` units a direction.
    init(
        eaf hidden: Int, layers count: Int, gate: NetworkRecipe.Gate, widths: [Int], outputs: Int,
        kernels: InstructionSet
    ) {
        switch gate {
        case .none:
            self.gate = nil
        case .feature(let scaled):
            self.gate = FeatureGate(&layout, widths: widths, scaled: scaled)
        case .modality(let attention, let scaled):
            self.gate = ModalityGate(
                &layout, widths: widths, attention: attention, scaled: scaled)
        }
        var layers: [LSTM] = []
        for index in 0..<count {
            layers.append(
                LSTM(
                    &layout, "lstm", index: index,
                    inputs: layers.last?.outputs ?? widths.reduce(0, +), hidden: hidden,
                    bidirectional: true))
        }
        self.widths = widths
        self.outputs = outputs
        self.kernels = kernels
        self.layers = layers
        output = Dense(&layout, "out", inputs: layers[layers.count - 1].outputs, outputs: outputs)
    }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        parameters.clear(count: layout.count)
        gate?.initialise(parameters, from: &random)
        for layer in layers { layer.initialise(parameters, from: &random) }
        output.initialise(parameters, from: &random)
    }

    func plan(_ batch: SequenceBatch, training: Bool) -> Space {
        Space(self, batch, training: training)
    }

    func forward(_ pass: Pass, _ space: Space, inputs: Rows, predictions: Rows) {
        gate?.pack(pass, space.gate)
        for (index, layer) in layers.enumerated() {
            layer.forward(pass, space.layers[index]) { rows in
                if index > 0 { return states(pass, space, index - 1).from(row: rows.lowerBound) }
                return gate?.noted(pass, space.gate, rows, inputs)
                    ?? inputs.from(row: rows.lowerBound)
            }
        }
        output.pack(pass, into: pass.space(space.outputPanels))
        output.forward(
            pass, rows: pass.batch.rows, states(pass, space, layers.count - 1),
            panels: pass.space(space.outputPanels), into: predictions)
    }

    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows {
        let space = Space(self, batch, training: true)
        return Rows(
            WorkspacePlan.align(workspace) + space.layers[layers.count - 1].states,
            step: output.inputs)
    }

    func backward(
        _ pass: Pass, _ space: Space, inputs: Rows, dPredictions: Rows, dRepresentation: Rows?,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        let panels = pass.space(space.outputPanels)
        output.backward(
            pass, rows: pass.batch.rows, states(pass, space, layers.count - 1), dy: dPredictions,
            gradients: gradients, scratch: pass.space(space.outputScratch))
        output.packBackward(pass, into: panels)
        output.backwardInput(
            pass, rows: pass.batch.rows, dy: dPredictions, panels: panels, start: dRepresentation,
            into: dStates(pass, space, layers.count - 1))
        for index in layers.indices.dropFirst().reversed() {
            layers[index].backward(
                pass, space.layers[index], dStates: dStates(pass, space, index),
                gradients: gradients,
                input: { states(pass, space, index - 1).from(row: $0.lowerBound) },
                dInput: { dStates(pass, space, index - 1).from(row: $0.lowerBound) },
                done: { _ in })
        }
        backwardFirst(pass, space, inputs, gradients: gradients, dInputs: dInputs)
    }

    /// The first layer backwards, and the gate below it block by block.
    private func backwardFirst(
        _ pass: Pass, _ space: Space, _ x: Rows, gradients: UnsafeMutablePointer<Float>,
        dInputs: Rows?
    ) {
        guard let gate else {
            return layers[0].backward(
                pass, space.layers[0], dStates: dStates(pass, space, 0), gradients: gradients,
                input: { x.from(row: $0.lowerBound) },
                dInput: dInputs.map { target in { target.from(row: $0.lowerBound) } },
                done: { _ in })
        }
        if dInputs != nil { gate.packBackward(pass, space.gate) }
        layers[0].backward(
            pass, space.layers[0], dStates: dStates(pass, space, 0), gradients: gradients,
            input: { gate.again(pass, space.gate, $0, x) },
            dInput: { _ in pass.space(space.gate.dGated, step: x.step) },
            done: {
                gate.backward(
                    pass, space.gate, $0, x, gradients: gradients,
                    dInputs: dInputs?.from(row: $0.lowerBound))
            })
    }

    /// The states of a layer (R, its outputs).
    private func states(_ pass: Pass, _ space: Space, _ index: Int) -> Rows {
        pass.space(space.layers[index].states, step: layers[index].outputs)
    }

    /// The gradient of a layer's states; two buffers take turns.
    private func dStates(_ pass: Pass, _ space: Space, _ index: Int) -> Rows {
        pass.space(space.dStates[index % 2], step: layers[index].outputs)
    }
}
