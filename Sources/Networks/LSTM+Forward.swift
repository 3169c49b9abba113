import Kernels

extension LSTM {
    /// Runs the layer over the batch; `input` says where the input of a block's rows lies.
    ///
    /// `input` is called once a block, in the order of time, and its rows are used before the next
    /// call. The states are left in `space.states`.
    func forward(_ pass: Pass, _ space: Space, input: (Range<Int>) -> Rows) {
        pack(pass, space)
        let bias = pass.space(space.bias, step: 0)
        let gates = pass.space(space.gates, step: gateStep)
        for block in pass.blocks {
            let range = pass.rows(block)
            pass.kernels.product(
                m: range.count, n: columns, k: inputs, input(range),
                pass.space(space.inputPanels), start: bias,
                into: gates.from(row: range.lowerBound))
            for t in block { step(pass, space, direction: 0, t) }
        }
        guard directions.count == 2 else { return }
        for t in (0..<pass.batch.frames).reversed() { step(pass, space, direction: 1, t) }
    }

    /// Packs the weights of all directions and adds up their biases.
    private func pack(_ pass: Pass, _ space: Space) {
        let width = gateMap.count
        for (d, direction) in directions.enumerated() {
            Packing.pack(
                k: inputs, n: width, pass.weights(direction.inputWeight), kStep: 1, nStep: inputs,
                nMap: gateMap, into: pass.space(space.inputPanels + d * width * inputs))
            Packing.pack(
                k: hidden, n: width, pass.weights(direction.recurrentWeight), kStep: 1,
                nStep: hidden, nMap: gateMap,
                into: pass.space(space.recurrentPanels + d * width * hidden))
            let bias = pass.space(space.bias + d * width)
            let inputBias = pass.weights(direction.inputBias)
            let recurrentBias = pass.weights(direction.recurrentBias)
            for (column, row) in gateMap.enumerated() {
                bias[column] = row < 0 ? 0 : inputBias[row] + recurrentBias[row]
            }
        }
    }

    /// One time step of one direction: first the sequences that carry a state, then those that
    /// start here.
    private func step(_ pass: Pass, _ space: Space, direction d: Int, _ t: Int) {
        let step = RecurrentStep(pass.batch, t, reverse: d == 1)
        let gates = pass.space(space.gates + d * gateMap.count, step: gateStep)
        let cells = pass.space(space.cells + d * padded, step: cellColumns)
        let states = pass.space(space.states + d * hidden, step: outputs)
        let panels = pass.space(space.recurrentPanels + d * gateMap.count * hidden)
        if step.carried > 0 {
            var before = states.from(row: step.before)
            if let factors = pass.stateFactors(stateColumn + d * hidden) {
                let masked = pass.space(space.masked, step: outputs)
                pass.kernels.multiply(
                    rows: step.carried, n: hidden, before, factors, into: masked)
                before = masked
            }
            pass.kernels.lstmForward(
                rows: step.carried, hidden: hidden, gates: gates.from(row: step.row),
                ahead: step.ahead, weights: panels, hBefore: before,
                cBefore: cells.from(row: step.before), into: states.from(row: step.row),
                c: cells.from(row: step.row))
        }
        if step.carried < step.active {
            let row = step.row + step.carried
            pass.kernels.lstmForward(
                rows: step.active - step.carried, hidden: hidden, gates: gates.from(row: row),
                weights: panels, hBefore: nil, cBefore: nil, into: states.from(row: row),
                c: cells.from(row: row))
        }
    }
}
