import Kernels

/// One softmax over the modalities, per frame.
///
/// u_m = v_m · tanh(P_m x_m + p_m);  w = softmax(u) over the M modalities;  x′_m = s · w_m x_m,
/// where s is M or 1.   P_m (G, D_m), p_m (G), v_m (G).
struct ModalityGate: InputGate {
    let attention: Int
    let scaled: Bool
    let width: Int
    /// P and p of each modality.
    let layers: [Dense]
    /// v of each modality.
    let scores: [ParameterLayout.Entry]

    init(_ layout: inout ParameterLayout, widths: [Int], attention: Int, scaled: Bool) {
        self.attention = attention
        self.scaled = scaled
        width = widths.reduce(0, +)
        var layers: [Dense] = []
        var scores: [ParameterLayout.Entry] = []
        for (m, width) in widths.enumerated() {
            layers.append(Dense(&layout, "gates.\(m).P", inputs: width, outputs: attention))
            scores.append(layout.reserve("gates.\(m).v", attention))
        }
        self.layers = layers
        self.scores = scores
    }

    private var modalities: Int { layers.count }
    private var scale: Float { scaled ? Float(modalities) : 1 }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        for (layer, score) in zip(layers, scores) {
            layer.initialise(parameters, from: &random)
            Initialisation.glorot(
                parameters + score.offset, rows: 1, columns: attention, from: &random)
        }
    }

    func plan(_ batch: SequenceBatch, training: Bool, _ plan: inout WorkspacePlan) -> GateSpace {
        let block = Pass.largestBlock(of: batch)
        let kept = training ? batch.rows : block
        var space = GateSpace()
        space.weights = plan.take(kept * modalities)
        space.units = plan.take(kept * modalities * attention)
        space.gated = plan.take(block * width)
        space.panels = layers.map { plan.take($0.panels) }
        guard training else { return space }
        space.backPanels = layers.map { plan.take($0.panels) }
        space.dGated = plan.take(block * width)
        space.dWeights = plan.take(block * modalities)
        space.dUnits = plan.take(block * attention)
        space.scratch = plan.take(
            InstructionSet.gradientScratch(n: max(attention, layers.map(\.inputs).max() ?? 0)))
        return space
    }

    func pack(_ pass: Pass, _ space: GateSpace) {
        for (layer, panels) in zip(layers, space.panels) {
            layer.pack(pass, into: pass.space(panels))
        }
    }

    func forward(_ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows) -> Rows {
        let weights = pass.kept(space.weights, step: modalities, rows)
        let units = pass.kept(space.units, step: modalities * attention, rows)
        let inputs = x.from(row: rows.lowerBound)
        eachLayer { m, layer, column in
            let hidden = units.from(row: 0, column: m * attention)
            layer.forward(
                pass, rows: rows.count, inputs.from(row: 0, column: column),
                panels: pass.space(space.panels[m]), into: hidden)
            pass.kernels.tanh(rows: rows.count, n: attention, hidden, into: hidden)
            pass.kernels.rowProducts(
                rows: rows.count, n: attention, hidden,
                Rows(reading: pass.weights(scores[m]), step: 0),
                into: weights.from(row: 0, column: m))
        }
        pass.kernels.softmax(
            rows: rows.count, n: modalities, scale: scale, weights, into: weights)
        return again(pass, space, rows, x)
    }

    var shape: AttentionShape { AttentionShape(modalities: modalities) }

    func note(
        _ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, column: Int,
        in record: AttentionRecord
    ) {
        pass.kept(space.weights, step: modalities, rows).divide(
            rows: rows.count, columns: modalities, by: scale,
            to: record.modalityRows.from(row: rows.lowerBound))
    }

    func again(_ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows) -> Rows {
        let weights = pass.kept(space.weights, step: modalities, rows)
        let gated = pass.space(space.gated, step: width)
        eachLayer { m, layer, column in
            pass.kernels.scale(
                rows: rows.count, n: layer.inputs, by: weights.from(row: 0, column: m),
                x.from(row: rows.lowerBound, column: column),
                into: gated.from(row: 0, column: column))
        }
        return gated
    }

    func packBackward(_ pass: Pass, _ space: GateSpace) {
        for (layer, panels) in zip(layers, space.backPanels) {
            layer.packBackward(pass, into: pass.space(panels))
        }
    }

    func backward(
        _ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        let weights = pass.kept(space.weights, step: modalities, rows)
        let x = x.from(row: rows.lowerBound)
        let dGated = pass.space(space.dGated, step: width)
        let dWeights = pass.space(space.dWeights, step: modalities)
        let count = rows.count
        eachLayer { m, layer, column in
            let dGated = dGated.from(row: 0, column: column)
            pass.kernels.rowProducts(
                rows: count, n: layer.inputs, x.from(row: 0, column: column), dGated,
                into: dWeights.from(row: 0, column: m))
            if let dInputs {
                pass.kernels.scale(
                    rows: count, n: layer.inputs, by: weights.from(row: 0, column: m), dGated,
                    into: dInputs.from(row: 0, column: column))
            }
        }
        pass.kernels.softmaxBackward(
            rows: count, n: modalities, scale: scale, weights, dWeights, into: dWeights)
        let units = pass.kept(space.units, step: modalities * attention, rows)
        eachLayer { m, layer, column in
            backward(
                pass, space, modality: m, rows: count, x.from(row: 0, column: column),
                units: units.from(row: 0, column: m * attention),
                dScores: dWeights.from(row: 0, column: m), gradients: gradients,
                dInputs: dInputs?.from(row: 0, column: column))
        }
    }

    /// From the gradient of u_m on.
    private func backward(
        _ pass: Pass, _ space: GateSpace, modality m: Int, rows: Int, _ x: Rows, units: Rows,
        dScores: Rows, gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        let kernels = pass.kernels
        kernels.gradient(
            rows: rows, m: 1, n: attention, dScores, units,
            adding: Rows(gradients + scores[m].offset, step: attention),
            scratch: pass.space(space.scratch))
        let dUnits = pass.space(space.dUnits, step: attention)
        kernels.scale(
            rows: rows, n: attention, by: dScores,
            Rows(reading: pass.weights(scores[m]), step: 0), into: dUnits)
        kernels.tanhBackward(rows: rows, n: attention, units, dUnits, into: dUnits)
        layers[m].backward(
            pass, rows: rows, x, dy: dUnits, gradients: gradients,
            scratch: pass.space(space.scratch))
        if let dInputs {
            layers[m].backwardInput(
                pass, rows: rows, dy: dUnits, panels: pass.space(space.backPanels[m]),
                start: dInputs, into: dInputs)
        }
    }

    /// Each modality's layer with its number and first column.
    private func eachLayer(_ body: (Int, Dense, Int) -> Void) {
        var column = 0
        for (m, layer) in layers.enumerated() {
            body(m, layer, column)
            column += layer.inputs
        }
    }
}
