import Kernels

extension LSTM {
    /// The gradients of the layer, after `forward` on the same batch.
    ///
    /// `dStates` (R, outputs) is the gradient of the output. `input` says again where the input of
    /// a block's rows lies; blocks come in reverse order. `dInput`, where given, says where the
    /// gradient of these rows goes, and `done` is told when it is there.
    func backward(
        _ pass: Pass, _ space: Space, dStates: Rows, gradients: UnsafeMutablePointer<Float>,
        input: (Range<Int>) -> Rows, dInput: ((Range<Int>) -> Rows)?,
        done: (Range<Int>) -> Void
    ) {
        packBackward(pass, space, input: dInput != nil)
        pass.space(space.dInputWeight).clear(count: columns * inputs)
        pass.space(space.dRecurrentWeight).clear(count: columns * hidden)
        pass.space(space.dBias).clear(count: columns)
        if directions.count == 2 {
            pass.space(space.dCell).clear(count: pass.batch.sequences * padded)
            for t in 0..<pass.batch.frames { step(pass, space, direction: 1, t, dStates) }
        }
        pass.space(space.dCell).clear(count: pass.batch.sequences * padded)
        for block in pass.blocks.reversed() {
            for t in block.reversed() { step(pass, space, direction: 0, t, dStates) }
            let range = pass.rows(block)
            addWeightGradients(pass, space, block, input(range))
            if let dInput {
                pass.kernels.product(
                    m: range.count, n: inputs, k: columns,
                    pass.space(space.gates, step: gateStep).from(row: range.lowerBound),
                    pass.space(space.inputPanels), start: nil, into: dInput(range))
            }
            done(range)
        }
        scatter(pass, space, to: gradients)
    }

    private func packBackward(_ pass: Pass, _ space: Space, input: Bool) {
        let width = gateMap.count
        for (d, direction) in directions.enumerated() {
            if input {
                Packing.pack(
                    k: width, n: inputs, pass.weights(direction.inputWeight), kStep: inputs,
                    nStep: 1, kMap: gateMap, panelRows: columns,
                    into: pass.space(space.inputPanels + d * width * Packing.lanes))
            }
            Packing.pack(
                k: width, n: hidden, pass.weights(direction.recurrentWeight), kStep: hidden,
                nStep: 1, kMap: gateMap,
                into: pass.space(space.recurrentPanels + d * width * padded))
        }
    }

    /// One time step of one direction backwards. The gradient of h is what the output asks for
    /// and, where the recurrence went on, what the step after it asks for.
    private func step(
        _ pass: Pass, _ space: Space, direction d: Int, _ t: Int, _ dStates: Rows
    ) {
        let step = RecurrentStep(pass.batch, t, reverse: d == 1)
        let after = RecurrentStep(pass.batch, t, reverse: d == 0)  // Seen from where we come.
        let gates = pass.space(space.gates + d * gateMap.count, step: gateStep)
        let cells = pass.space(space.cells + d * padded, step: cellColumns)
        let dOutput = dStates.from(row: step.row, column: d * hidden)
        let dState = pass.space(space.dState, step: hidden)
        let fed = after.carried
        if fed > 0 {
            let factors = pass.stateFactors(stateColumn + d * hidden)
            let target = factors == nil ? dState : pass.space(space.masked, step: outputs)
            pass.kernels.product(
                m: fed, n: hidden, k: gateMap.count, gates.from(row: after.before),
                pass.space(space.recurrentPanels + d * gateMap.count * padded),
                start: factors == nil ? dOutput : nil, into: target)
            if let factors {
                pass.kernels.multiply(rows: fed, n: hidden, target, factors, into: dState)
                pass.kernels.add(rows: fed, n: hidden, dOutput, to: dState)
            }
        }
        dOutput.from(row: fed).copy(
            rows: step.active - fed, columns: hidden, to: dState.from(row: fed))
        let dCell = pass.space(space.dCell)
        if step.carried > 0 {
            pass.kernels.lstmBackward(
                rows: step.carried, hidden: hidden, gates: gates.from(row: step.row),
                ahead: after.ahead, cBefore: cells.from(row: step.before),
                c: cells.from(row: step.row), dh: dState, dc: dCell)
        }
        if step.carried < step.active {
            let row = step.row + step.carried
            pass.kernels.lstmBackward(
                rows: step.active - step.carried, hidden: hidden, gates: gates.from(row: row),
                cBefore: nil, c: cells.from(row: row), dh: dState.from(row: step.carried),
                dc: dCell + step.carried * padded)
        }
    }

    /// Adds the block's part of the gradients of the interleaved weights.
    private func addWeightGradients(
        _ pass: Pass, _ space: Space, _ block: Range<Int>, _ x: Rows
    ) {
        let range = pass.rows(block)
        let gates = pass.space(space.gates, step: gateStep).from(row: range.lowerBound)
        let scratch = pass.space(space.scratch)
        pass.kernels.gradient(
            rows: range.count, m: columns, n: inputs, gates, x,
            adding: pass.space(space.dInputWeight, step: inputs), scratch: scratch)
        pass.kernels.columnSums(
            rows: range.count, n: columns, gates, adding: pass.space(space.dBias))
        let before = pass.space(space.before, step: hidden)
        for d in directions.indices {
            gatherStates(pass, space, direction: d, block, into: before)
            pass.kernels.gradient(
                rows: range.count, m: gateMap.count, n: hidden,
                gates.from(row: 0, column: d * gateMap.count), before,
                adding: pass.space(
                    space.dRecurrentWeight + d * gateMap.count * hidden, step: hidden),
                scratch: scratch)
        }
    }

    /// Copies the state that each row of the block continued; zero where it started.
    private func gatherStates(
        _ pass: Pass, _ space: Space, direction d: Int, _ block: Range<Int>, into before: Rows
    ) {
        let states = pass.space(space.states + d * hidden, step: outputs)
        let factors = pass.stateFactors(stateColumn + d * hidden)
        var row = 0
        for t in block {
            let step = RecurrentStep(pass.batch, t, reverse: d == 1)
            if let factors {
                pass.kernels.multiply(
                    rows: step.carried, n: hidden, states.from(row: step.before), factors,
                    into: before.from(row: row))
            } else {
                states.from(row: step.before).copy(
                    rows: step.carried, columns: hidden, to: before.from(row: row))
            }
            before.from(row: row + step.carried).base
                .clear(count: (step.active - step.carried) * hidden)
            row += step.active
        }
    }

    /// Adds the gradients of the interleaved weights to PyTorch's rows. Both biases have the same.
    private func scatter(
        _ pass: Pass, _ space: Space, to gradients: UnsafeMutablePointer<Float>
    ) {
        for (d, direction) in directions.enumerated() {
            for (column, row) in gateMap.enumerated() where row >= 0 {
                let from = d * gateMap.count + column
                pass.kernels.add(
                    rows: 1, n: inputs,
                    pass.space(space.dInputWeight, step: inputs).from(row: from),
                    to: Rows(gradients + direction.inputWeight.offset, step: inputs)
                        .from(row: row))
                pass.kernels.add(
                    rows: 1, n: hidden,
                    pass.space(space.dRecurrentWeight, step: hidden).from(row: from),
                    to: Rows(gradients + direction.recurrentWeight.offset, step: hidden)
                        .from(row: row))
                gradients[direction.inputBias.offset + row] += pass.space(space.dBias)[from]
                gradients[direction.recurrentBias.offset + row] += pass.space(space.dBias)[from]
            }
        }
    }
}
