import Kernels

/// The gradients of weights that all rows share, once the steps are done.
extension AttentionDecoder {
    /// From the gradient of s_{−1} to W_i, b_i and the backward half of h_0.
    func backwardStart(
        _ pass: Pass, _ space: Space, _ encoded: Rows, _ dEncoded: Rows,
        gradients: UnsafeMutablePointer<Float>
    ) {
        let sequences = pass.batch.sequences
        let dInitial = pass.space(space.dInitial, step: hidden)
        pass.kernels.tanhBackward(
            rows: sequences, n: hidden, pass.space(space.initial, step: hidden), dInitial,
            into: dInitial)
        start.backward(
            pass, rows: sequences, encoded.from(row: 0, column: hidden), dy: dInitial,
            gradients: gradients, scratch: pass.space(space.gradientScratch))
        let target = dEncoded.from(row: 0, column: hidden)
        start.backwardInput(
            pass, rows: sequences, dy: dInitial, panels: pass.space(space.startPanels),
            start: target, into: target)
    }

    /// The gradients of the cell, of W_a and of v.
    func addWeightGradients(
        _ pass: Pass, _ space: Space, gradients: UnsafeMutablePointer<Float>
    ) {
        cell.clearGradients(pass, space.cell)
        let before = pass.space(space.before, step: hidden)
        let scratch = pass.space(space.gradientScratch)
        let dFactors = pass.space(space.attentionScratch)
        dFactors.clear(count: units)
        for block in pass.blocks {
            let rows = pass.rows(block)
            let first = rows.lowerBound
            gatherStates(pass, space, block, into: before)
            pass.kernels.gradient(
                rows: rows.count, m: attention, n: hidden,
                pass.space(space.queries, step: units).from(row: first), before,
                adding: Rows(gradients + queryWeight.offset, step: hidden), scratch: scratch)
            maskStates(pass, block, before)
            cell.addGradients(
                pass, space.cell, rows: rows.count,
                dGates: pass.space(space.gates, step: cell.gateStep).from(row: first),
                pass.space(space.inputs, step: inputStep).from(row: first), hBefore: before,
                scratch: scratch)
            pass.kernels.columnSums(
                rows: rows.count, n: attention,
                pass.space(space.dFactors, step: units).from(row: first), adding: dFactors)
        }
        cell.scatterGradients(pass, space.cell, to: gradients)
        for k in 0..<attention { gradients[scores.offset + k] -= 2 * dFactors[k] }
    }

    /// Copies the state that each row of the block continued.
    private func gatherStates(
        _ pass: Pass, _ space: Space, _ block: Range<Int>, into before: Rows
    ) {
        let all = SequenceGroup(pass.batch, 0..<pass.batch.sequences)
        var row = 0
        for t in block {
            stateBefore(pass, space, all, t).copy(
                rows: all.active(t), columns: hidden, to: before.from(row: row))
            row += all.active(t)
        }
    }

    /// The gathered states as the cell has read them; the query has read them whole.
    private func maskStates(_ pass: Pass, _ block: Range<Int>, _ before: Rows) {
        guard let factors = pass.stateFactors(cell.stateColumn) else { return }
        var row = 0
        for t in block {
            let states = before.from(row: row)
            pass.kernels.multiply(
                rows: pass.batch.activeCounts[t], n: hidden, states, factors, into: states)
            row += pass.batch.activeCounts[t]
        }
    }

    /// What reached the cell's input in step `t`: a group's sequences, each a block of steps apart.
    func dInputs(_ pass: Pass, _ space: Space, _ t: Int) -> Rows {
        let steps = AttentionDecoder.blockSteps
        return pass.space(space.dInputs + t % steps * inputStep, step: steps * inputStep)
    }

    /// The weights of attention in a block of steps of one sequence (steps, span).
    func blockWeights(_ pass: Pass, _ space: Space, _ index: Int) -> Rows {
        let step = span(pass.batch)
        return pass.space(
            space.blockWeights + index * AttentionDecoder.blockSteps * step, step: step)
    }

    /// The frame of the first column of the weights of the block that begins at step `t`.
    func firstWeight(ofBlock t: Int) -> Int {
        Attention.firstWeight(of: frames(at: t, of: t + 1))
    }

    /// The gradient of the keys of one sequence of a group.
    func dKeys(_ pass: Pass, _ space: Space, _ index: Int) -> UnsafeMutablePointer<Float> {
        pass.space(space.dKeys) + index * Packing.padded(pass.batch.frames) * units
    }

    /// The gradient of the states of one sequence of a group (T, E).
    func dMemory(_ pass: Pass, _ space: Space, _ index: Int) -> Rows {
        pass.space(space.dMemory + index * pass.batch.frames * width, step: width)
    }
}
