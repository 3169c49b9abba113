import Kernels

/// An LSTM that runs step by step under its owner's control.   x (R, D), h (R, H) → h (R, H).
///
/// The equations and the interleaved gates are those of `LSTM`.
struct LSTMCell: Sendable {
    let inputs: Int
    let hidden: Int
    /// W_ih (4H, D), W_hh (4H, H), b_ih (4H), b_hh (4H).
    let inputWeight: ParameterLayout.Entry, recurrentWeight: ParameterLayout.Entry
    let inputBias: ParameterLayout.Entry, recurrentBias: ParameterLayout.Entry
    /// For each interleaved column its row in PyTorch's order, or −1.
    let gateMap: [Int]
    /// The first column of its states in a mask.
    let stateColumn: Int

    init(_ layout: inout ParameterLayout, _ name: String, inputs: Int, hidden: Int) {
        self.inputs = inputs
        self.hidden = hidden
        inputWeight = layout.reserve("\(name).weight_ih", 4 * hidden, inputs)
        recurrentWeight = layout.reserve("\(name).weight_hh", 4 * hidden, hidden)
        inputBias = layout.reserve("\(name).bias_ih", 4 * hidden)
        recurrentBias = layout.reserve("\(name).bias_hh", 4 * hidden)
        gateMap = Packing.gateMap(hidden: hidden)
        stateColumn = layout.reserveStates(hidden)
    }

    /// The values of a row of gates, 4 Hp, and of cells, Hp.
    var columns: Int { gateMap.count }
    var padded: Int { gateMap.count / 4 }
    /// From one row of gates to the next.
    var gateStep: Int { Packing.step(columns) }

    /// Fills the weights as `LSTM` does.
    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        Initialisation.glorot(
            parameters + inputWeight.offset, rows: 4 * hidden, columns: inputs, from: &random)
        Initialisation.orthogonal(
            parameters + recurrentWeight.offset, rows: 4 * hidden, columns: hidden, from: &random)
        for unit in hidden..<2 * hidden { parameters[inputBias.offset + unit] = 1 }
    }

    /// Where the packed weights lie, in either direction, and the gradients of interleaved ones.
    struct Space: Sendable {
        var inputPanels = 0, recurrentPanels = 0, bias = 0
        var dInputWeight = 0, dRecurrentWeight = 0, dBias = 0
    }

    /// Plans what is needed only within a pass.
    func scratch(training: Bool, _ plan: inout WorkspacePlan) -> Space {
        var space = Space()
        let back = training ? columns * Packing.padded(inputs) : 0
        space.inputPanels = plan.take(max(columns * inputs, back))
        space.recurrentPanels = plan.take(columns * padded)
        space.bias = plan.take(columns)
        guard training else { return space }
        space.dInputWeight = plan.take(columns * inputs)
        space.dRecurrentWeight = plan.take(columns * hidden)
        space.dBias = plan.take(columns)
        return space
    }

    /// Packs the weights for steps forwards and adds up the biases.
    func pack(_ pass: Pass, _ space: Space) {
        Packing.pack(
            k: inputs, n: columns, pass.weights(inputWeight), kStep: 1, nStep: inputs,
            nMap: gateMap, into: pass.space(space.inputPanels))
        Packing.pack(
            k: hidden, n: columns, pass.weights(recurrentWeight), kStep: 1, nStep: hidden,
            nMap: gateMap, into: pass.space(space.recurrentPanels))
        let bias = pass.space(space.bias)
        for (column, row) in gateMap.enumerated() {
            bias[column] =
                row < 0 ? 0 : pass.weights(inputBias)[row] + pass.weights(recurrentBias)[row]
        }
    }

    /// Packs the weights for steps backwards.
    func packBackward(_ pass: Pass, _ space: Space) {
        Packing.pack(
            k: columns, n: inputs, pass.weights(inputWeight), kStep: inputs, nStep: 1,
            kMap: gateMap, into: pass.space(space.inputPanels))
        Packing.pack(
            k: columns, n: hidden, pass.weights(recurrentWeight), kStep: hidden, nStep: 1,
            kMap: gateMap, into: pass.space(space.recurrentPanels))
    }

    /// Adds some rows' part of the gradients of the interleaved weights, which start at zero.
    func addGradients(
        _ pass: Pass, _ space: Space, rows: Int, dGates: Rows, _ x: Rows, hBefore: Rows,
        scratch: UnsafeMutablePointer<Float>
    ) {
        pass.kernels.gradient(
            rows: rows, m: columns, n: inputs, dGates, x,
            adding: pass.space(space.dInputWeight, step: inputs), scratch: scratch)
        pass.kernels.gradient(
            rows: rows, m: columns, n: hidden, dGates, hBefore,
            adding: pass.space(space.dRecurrentWeight, step: hidden), scratch: scratch)
        pass.kernels.columnSums(
            rows: rows, n: columns, dGates, adding: pass.space(space.dBias))
    }

    /// Sets the gradients of the interleaved weights to zero.
    func clearGradients(_ pass: Pass, _ space: Space) {
        pass.space(space.dInputWeight).clear(count: columns * inputs)
        pass.space(space.dRecurrentWeight).clear(count: columns * hidden)
        pass.space(space.dBias).clear(count: columns)
    }

    /// Adds the gradients of the interleaved weights to PyTorch's rows. Both biases have the same.
    func scatterGradients(
        _ pass: Pass, _ space: Space, to gradients: UnsafeMutablePointer<Float>
    ) {
        let dInput = pass.space(space.dInputWeight, step: inputs)
        let dRecurrent = pass.space(space.dRecurrentWeight, step: hidden)
        for (column, row) in gateMap.enumerated() where row >= 0 {
            pass.kernels.add(
                rows: 1, n: inputs, dInput.from(row: column),
                to: Rows(gradients + inputWeight.offset, step: inputs).from(row: row))
            pass.kernels.add(
                rows: 1, n: hidden, dRecurrent.from(row: column),
                to: Rows(gradients + recurrentWeight.offset, step: hidden).from(row: row))
            gradients[inputBias.offset + row] += pass.space(space.dBias)[column]
            gradients[recurrentBias.offset + row] += pass.space(space.dBias)[column]
        }
    }
}
