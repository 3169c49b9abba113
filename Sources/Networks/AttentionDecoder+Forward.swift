import Kernels

extension AttentionDecoder {
    /// Runs over the batch; `encoded` (R, E) are the encoder's states, and the states s are left in
    /// `space.states`.
    ///
    /// A decoder that is fed its predictions makes them: `output` with its packed weights, into
    /// `predictions` (R, O). `notes` (R, 2), where they are wanted, get each step's lag and spread.
    func forward(
        _ pass: Pass, _ space: Space, encoded: Rows, output: Dense,
        outputPanels: UnsafePointer<Float>, predictions: Rows, notes: Rows?
    ) {
        pack(pass, space)
        remember(pass, space, encoded)
        let groups = SequenceGroup.all(
            of: pass.batch, valuesPerFrame: units + memoryStep, window: window)
        for group in groups {
            for t in 0..<group.frames {
                step(pass, space, group, t, encoded, predictions, notes)
                guard feed == .previous else { continue }
                output.forward(
                    pass, rows: group.active(t), states(pass, space).from(row: group.row(t)),
                    panels: outputPanels, into: predictions.from(row: group.row(t)))
            }
        }
    }

    private func pack(_ pass: Pass, _ space: Space) {
        Packing.pack(
            k: hidden, n: attention, pass.weights(queryWeight), kStep: 1, nStep: hidden,
            into: pass.space(space.queryPanels))
        keys.pack(pass, into: pass.space(space.keyPanels))
        start.pack(pass, into: pass.space(space.startPanels))
        cell.pack(pass, space.cell)
        let factors = pass.space(space.factors)
        for k in 0..<units { factors[k] = k < attention ? -2 * pass.weights(scores)[k] : 0 }
    }

    /// Puts each sequence's states one after the other, with their keys, and makes s_{−1}.
    private func remember(_ pass: Pass, _ space: Space, _ encoded: Rows) {
        let batch = pass.batch
        let units = pass.space(space.units, step: attention)
        for (n, length) in batch.lengths.enumerated() {
            let memory = memory(pass, space, sequence: n)
            if memoryStep > width { memory.base.clear(count: length * memoryStep) }
            for t in 0..<length {
                encoded.from(row: batch.row(sequence: n, frame: t)).copy(
                    rows: 1, columns: width, to: memory.from(row: t))
            }
            keys.forward(
                pass, rows: length, memory, panels: pass.space(space.keyPanels), into: units)
            pass.kernels.attentionKeys(
                frames: length, units: attention, units, into: keys(pass, space, sequence: n))
        }
        let initial = pass.space(space.initial, step: hidden)
        start.forward(
            pass, rows: batch.sequences, encoded.from(row: 0, column: hidden),
            panels: pass.space(space.startPanels), into: initial)
        pass.kernels.tanh(rows: batch.sequences, n: hidden, initial, into: initial)
    }

    /// One step of a group's sequences.
    private func step(
        _ pass: Pass, _ space: Space, _ group: SequenceGroup, _ t: Int, _ encoded: Rows,
        _ predictions: Rows, _ notes: Rows?
    ) {
        let rows = group.active(t)
        let row = group.row(t)
        let kept = pass.training ? row : 0
        let before = stateBefore(pass, space, group, t)
        let queries = pass.space(space.queries, step: units).from(row: kept)
        pass.kernels.product(
            m: rows, n: attention, k: hidden, before, pass.space(space.queryPanels), start: nil,
            into: queries)
        pass.kernels.attentionQueries(rows: rows, units: attention, queries)
        let inputs = pass.space(space.inputs, step: inputStep).from(row: kept)
        for index in 0..<rows {
            pass.kernels.attentionForward(
                attention(pass, space, group, index, t, query: queries.from(row: index)),
                weights: pass.space(space.weights), into: inputs.from(row: index).base,
                softmax: pass.space(space.softmax, step: 2).from(row: kept + index).base)
            if let notes {
                note(pass, space, group, index, t, in: notes.from(row: row + index).base)
            }
        }
        let fed = inputs.from(row: 0, column: width)
        switch feed {
        case .previous where t == 0:
            for index in 0..<rows {
                fed.from(row: index).base.clear(count: cell.inputs - width)
            }
        case .previous:
            predictions.from(row: group.row(t - 1)).copy(
                rows: rows, columns: cell.inputs - width, to: fed)
        case .encoder:
            encoded.from(row: row).copy(rows: rows, columns: width, to: fed)
        case .none:
            break
        }
        let gates = pass.space(space.gates, step: cell.gateStep).from(row: kept)
        pass.kernels.product(
            m: rows, n: cell.columns, k: cell.inputs, inputs,
            pass.space(space.cell.inputPanels), start: pass.space(space.cell.bias, step: 0),
            into: gates)
        pass.kernels.lstmForward(
            rows: rows, hidden: hidden, gates: gates,
            weights: pass.space(space.cell.recurrentPanels),
            hBefore: masked(pass, space, group, rows: rows, before),
            cBefore: t == 0 ? nil : cells(pass, space, group, t - 1),
            into: states(pass, space).from(row: row), c: cells(pass, space, group, t))
    }

    /// Writes the mean of t − j over the frames j that the last step looked at, under their
    /// weights, and the standard deviation about it: in float64, j ascending.
    private func note(
        _ pass: Pass, _ space: Space, _ group: SequenceGroup, _ index: Int, _ t: Int,
        in note: UnsafeMutablePointer<Float>
    ) {
        let frames = frames(
            at: t, of: pass.batch.lengths[group.sequences.lowerBound + index])
        let weights = pass.space(space.weights) - Attention.firstWeight(of: frames)
        var (total, sum, squares) = (0.0, 0.0, 0.0)
        for j in frames {
            total += Double(weights[j])
            sum += Double(weights[j]) * Double(t - j)
        }
        let lag = sum / total
        for j in frames {
            let distance = Double(t - j) - lag
            squares += Double(weights[j]) * (distance * distance)
        }
        note[0] = Float(lag)
        note[1] = Float((squares / total).squareRoot())
    }

    /// What sequence `index` of a group looks at in step `t`.
    func attention(
        _ pass: Pass, _ space: Space, _ group: SequenceGroup, _ index: Int, _ t: Int, query: Rows
    ) -> Attention {
        let n = group.sequences.lowerBound + index
        return Attention(
            frames: frames(at: t, of: pass.batch.lengths[n]), units: attention, width: width,
            factors: pass.space(space.factors), query: query.base,
            keys: keys(pass, space, sequence: n), states: memory(pass, space, sequence: n).base)
    }

    /// s (R, H).
    func states(_ pass: Pass, _ space: Space) -> Rows { pass.space(space.states, step: hidden) }

    /// The states that a group's step `t` continues.
    func stateBefore(_ pass: Pass, _ space: Space, _ group: SequenceGroup, _ t: Int) -> Rows {
        t > 0
            ? states(pass, space).from(row: group.row(t - 1))
            : pass.space(space.initial, step: hidden).from(row: group.sequences.lowerBound)
    }

    /// These states of a group as its cells read them: through the mask, where there is one.
    private func masked(
        _ pass: Pass, _ space: Space, _ group: SequenceGroup, rows: Int, _ states: Rows
    ) -> Rows {
        guard let factors = stateFactors(pass, group) else { return states }
        let masked = pass.space(space.masked, step: hidden)
        pass.kernels.multiply(rows: rows, n: hidden, states, factors, into: masked)
        return masked
    }

    /// The factors of the states that a group's cells read, a row a sequence.
    func stateFactors(_ pass: Pass, _ group: SequenceGroup) -> Rows? {
        pass.stateFactors(cell.stateColumn)?.from(row: group.sequences.lowerBound)
    }

    /// The cells of a group's step `t`; without training two steps take turns.
    func cells(_ pass: Pass, _ space: Space, _ group: SequenceGroup, _ t: Int) -> Rows {
        let turn = min(pass.batch.sequences, SequenceGroup.sequencesMax)
        let row = pass.training ? group.row(t) : t % 2 * turn
        return pass.space(space.cells, step: cell.padded).from(row: row)
    }

    /// h of one sequence, frame after frame.
    func memory(_ pass: Pass, _ space: Space, sequence n: Int) -> Rows {
        pass.space(space.memory, step: memoryStep).from(row: space.firstFrames[n])
    }

    /// e^2U of one sequence.
    func keys(_ pass: Pass, _ space: Space, sequence n: Int) -> UnsafeMutablePointer<Float> {
        pass.space(space.keys) + space.firstFrames[n] * units
    }
}
