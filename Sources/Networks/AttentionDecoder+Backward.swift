import Kernels

extension AttentionDecoder {
    /// The gradients of the decoder, after `forward` on the same batch.
    ///
    /// `dStates` (R, H) is what others ask of s. The gradient of h overwrites `dEncoded` (R, E). A
    /// decoder that is fed its predictions adds what it asks of them to `dPredictions` (R, O), and
    /// carries it on to s through `output`, whose weights are packed for backwards.
    func backward(
        _ pass: Pass, _ space: Space, encoded: Rows, dStates: Rows, output: Dense,
        outputPanels: UnsafePointer<Float>, dPredictions: Rows, dEncoded: Rows,
        gradients: UnsafeMutablePointer<Float>
    ) {
        packBackward(pass, space)
        let groups = SequenceGroup.all(
            of: pass.batch, valuesPerFrame: 2 * units + memoryStep, window: window)
        for group in groups {
            let sequences = group.sequences.count
            pass.space(space.dCell).clear(count: sequences * cell.padded)
            pass.space(space.dKeys).clear(
                count: sequences * Packing.padded(pass.batch.frames) * units)
            pass.space(space.dMemory).clear(count: sequences * pass.batch.frames * width)
            for t in (0..<group.frames).reversed() {
                gatherStateGradient(
                    pass, space, group, t, dStates, output, outputPanels, dPredictions)
                stepBackward(pass, space, group, t)
                if t % AttentionDecoder.blockSteps == 0 { endBlock(pass, space, group, t) }
            }
            recurrentGradient(
                pass, space, group, after: 0, rows: sequences, start: nil,
                into: pass.space(space.dInitial, step: hidden)
                    .from(row: group.sequences.lowerBound))
            for index in 0..<sequences {
                forget(pass, space, group, index, dEncoded, gradients: gradients)
            }
        }
        backwardStart(pass, space, encoded, dEncoded, gradients: gradients)
        addWeightGradients(pass, space, gradients: gradients)
    }

    private func packBackward(_ pass: Pass, _ space: Space) {
        Packing.pack(
            k: attention, n: hidden, pass.weights(queryWeight), kStep: hidden, nStep: 1,
            into: pass.space(space.queryPanels))
        keys.packBackward(pass, into: pass.space(space.keyPanels))
        start.packBackward(pass, into: pass.space(space.startPanels))
        cell.packBackward(pass, space.cell)
    }

    /// The gradient of s_t, into `space.dState`: what others ask of it and, where the recurrence
    /// went on, what the step after it asks for: its gates, its query, and its feed.
    private func gatherStateGradient(
        _ pass: Pass, _ space: Space, _ group: SequenceGroup, _ t: Int, _ dStates: Rows,
        _ output: Dense, _ outputPanels: UnsafePointer<Float>, _ dPredictions: Rows
    ) {
        let rows = group.active(t)
        let carried = group.active(t + 1)
        let asked = dStates.from(row: group.row(t))
        let dState = pass.space(space.dState, step: hidden)
        asked.from(row: carried).copy(
            rows: rows - carried, columns: hidden, to: dState.from(row: carried))
        guard carried > 0 else { return }
        recurrentGradient(
            pass, space, group, after: t + 1, rows: carried, start: asked, into: dState)
        guard feed == .previous else { return }
        let dFed = dInputs(pass, space, t + 1).from(row: 0, column: width)
        pass.kernels.add(
            rows: carried, n: output.outputs, dFed, to: dPredictions.from(row: group.row(t)))
        output.backwardInput(
            pass, rows: carried, dy: dFed, panels: outputPanels, start: dState, into: dState)
    }

    /// What the gates and the query of step `after` ask of the state before it.
    private func recurrentGradient(
        _ pass: Pass, _ space: Space, _ group: SequenceGroup, after: Int, rows: Int, start: Rows?,
        into dState: Rows
    ) {
        let row = group.row(after)
        let factors = stateFactors(pass, group)
        let target = factors == nil ? dState : pass.space(space.masked, step: hidden)
        pass.kernels.product(
            m: rows, n: hidden, k: cell.columns,
            pass.space(space.gates, step: cell.gateStep).from(row: row),
            pass.space(space.cell.recurrentPanels), start: factors == nil ? start : nil,
            into: target)
        if let factors {
            pass.kernels.multiply(rows: rows, n: hidden, target, factors, into: dState)
            if let start { pass.kernels.add(rows: rows, n: hidden, start, to: dState) }
        }
        pass.kernels.product(
            m: rows, n: hidden, k: attention,
            pass.space(space.queries, step: units).from(row: row),
            pass.space(space.queryPanels), start: dState, into: dState)
    }

    /// One step back from the gradient of s_t: gates, the cell's input, and attention.
    private func stepBackward(_ pass: Pass, _ space: Space, _ group: SequenceGroup, _ t: Int) {
        let rows = group.active(t)
        let row = group.row(t)
        let gates = pass.space(space.gates, step: cell.gateStep).from(row: row)
        pass.kernels.lstmBackward(
            rows: rows, hidden: hidden, gates: gates,
            cBefore: t == 0 ? nil : cells(pass, space, group, t - 1),
            c: cells(pass, space, group, t), dh: pass.space(space.dState, step: hidden),
            dc: pass.space(space.dCell))
        let dInputs = dInputs(pass, space, t)
        pass.kernels.product(
            m: rows, n: cell.inputs, k: cell.columns, gates,
            pass.space(space.cell.inputPanels), start: nil, into: dInputs)
        let inputs = pass.space(space.inputs, step: inputStep).from(row: row)
        let queries = pass.space(space.queries, step: units).from(row: row)
        let softmax = pass.space(space.softmax, step: 2).from(row: row)
        let dFactors = pass.space(space.dFactors, step: units).from(row: row)
        let block = t / AttentionDecoder.blockSteps * AttentionDecoder.blockSteps
        let first = firstWeight(ofBlock: block)
        for index in 0..<rows {
            let length = pass.batch.lengths[group.sequences.lowerBound + index]
            let weights = blockWeights(pass, space, index).from(row: t - block).base
            if window != nil { weights.clear(count: span(pass.batch)) }
            let query = queries.from(row: index)
            pass.kernels.attentionBackward(
                attention(pass, space, group, index, t, query: query),
                softmax: softmax.from(row: index).base, context: inputs.from(row: index).base,
                dContext: dInputs.from(row: index).base,
                weights: weights + Attention.firstWeight(of: frames(at: t, of: length)) - first,
                dKeys: dKeys(pass, space, index), dQuery: query.base,
                dFactors: dFactors.from(row: index).base,
                scratch: pass.space(space.attentionScratch))
        }
    }

    /// Adds to the gradient of the memory what the steps of the block from `t` on ask of it:
    /// dh_j += Σ_t a_tj dctx_t, and the part of the feed.
    private func endBlock(_ pass: Pass, _ space: Space, _ group: SequenceGroup, _ t: Int) {
        let first = firstWeight(ofBlock: t)
        for index in 0..<group.active(t) {
            let length = pass.batch.lengths[group.sequences.lowerBound + index]
            let steps = min(AttentionDecoder.blockSteps, length - t)
            let end = frames(at: t + steps - 1, of: length).upperBound
            let dInputs = pass.space(
                space.dInputs + index * AttentionDecoder.blockSteps * inputStep, step: inputStep)
            let dMemory = dMemory(pass, space, index)
            pass.kernels.gradient(
                rows: steps, m: end - first, n: width, blockWeights(pass, space, index), dInputs,
                adding: dMemory.from(row: first), scratch: pass.space(space.gradientScratch))
            if feed == .encoder {
                pass.kernels.add(
                    rows: steps, n: width, dInputs.from(row: 0, column: width),
                    to: dMemory.from(row: t))
            }
        }
    }

    /// From the gradients of a sequence's keys and memory to those of U and h.
    private func forget(
        _ pass: Pass, _ space: Space, _ group: SequenceGroup, _ index: Int, _ dEncoded: Rows,
        gradients: UnsafeMutablePointer<Float>
    ) {
        let n = group.sequences.lowerBound + index
        let length = pass.batch.lengths[n]
        let dUnits = pass.space(space.units, step: attention)
        pass.kernels.attentionKeysBackward(
            frames: length, units: attention, factors: pass.space(space.factors),
            dKeys: dKeys(pass, space, index), into: dUnits)
        keys.backward(
            pass, rows: length, memory(pass, space, sequence: n), dy: dUnits,
            gradients: gradients, scratch: pass.space(space.gradientScratch))
        let dMemory = dMemory(pass, space, index)
        keys.backwardInput(
            pass, rows: length, dy: dUnits, panels: pass.space(space.keyPanels), start: dMemory,
            into: dMemory)
        for t in 0..<length {
            dMemory.from(row: t).copy(
                rows: 1, columns: width,
                to: dEncoded.from(row: pass.batch.row(sequence: n, frame: t)))
        }
    }
}
