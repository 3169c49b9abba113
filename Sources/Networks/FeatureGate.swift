import Kernels

/// One softmax over the features of each modality, per frame.
///
/// For modality m:  a = softmax(W_m x_m + b_m) over its D_m features;  x′_m = s · a ∘ x_m, where s
/// is D_m or 1.   Raju, Gaus, Breckon, AVEC 2019, figure 2.
struct FeatureGate: InputGate {
    let layers: [Dense]
    let scaled: Bool
    let width: Int

    /// The gate of modalities of these widths, which are numbered from `first` on.
    init(_ layout: inout ParameterLayout, first: Int = 0, widths: [Int], scaled: Bool) {
        layers = widths.enumerated().map { m, width in
            Dense(&layout, "gates.\(first + m).fc", inputs: width, outputs: width)
        }
        self.scaled = scaled
        width = widths.reduce(0, +)
    }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        for layer in layers { layer.initialise(parameters, from: &random) }
    }

    func plan(_ batch: SequenceBatch, training: Bool, _ plan: inout WorkspacePlan) -> GateSpace {
        let block = Pass.largestBlock(of: batch)
        var space = GateSpace()
        space.weights = plan.take((training ? batch.rows : block) * width)
        space.gated = plan.take(block * width)
        space.panels = layers.map { plan.take($0.panels) }
        guard training else { return space }
        space.backPanels = layers.map { plan.take($0.panels) }
        space.dGated = plan.take(block * width)
        space.dWeights = plan.take(block * Packing.step(width))
        space.scratch = plan.take(
            InstructionSet.gradientScratch(n: layers.map(\.inputs).max() ?? 0))
        return space
    }

    func pack(_ pass: Pass, _ space: GateSpace) {
        for (layer, panels) in zip(layers, space.panels) {
            layer.pack(pass, into: pass.space(panels))
        }
    }

    func forward(_ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows) -> Rows {
        let weights = pass.kept(space.weights, step: width, rows)
        let x = x.from(row: rows.lowerBound)
        eachLayer { m, layer, column, scale in
            let logits = weights.from(row: 0, column: column)
            layer.forward(
                pass, rows: rows.count, x.from(row: 0, column: column),
                panels: pass.space(space.panels[m]), into: logits)
            pass.kernels.softmax(
                rows: rows.count, n: layer.outputs, scale: scale, logits, into: logits)
        }
        let gated = pass.space(space.gated, step: width)
        pass.kernels.multiply(rows: rows.count, n: width, weights, x, into: gated)
        return gated
    }

    var shape: AttentionShape { AttentionShape(features: width) }

    func note(
        _ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, column: Int,
        in record: AttentionRecord
    ) {
        let weights = pass.kept(space.weights, step: width, rows)
        let target = record.features(from: column).from(row: rows.lowerBound)
        eachLayer { _, layer, first, scale in
            weights.from(row: 0, column: first).divide(
                rows: rows.count, columns: layer.outputs, by: scale,
                to: target.from(row: 0, column: first))
        }
    }

    func again(_ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows) -> Rows {
        let gated = pass.space(space.gated, step: width)
        pass.kernels.multiply(
            rows: rows.count, n: width, pass.kept(space.weights, step: width, rows),
            x.from(row: rows.lowerBound), into: gated)
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
        let weights = pass.kept(space.weights, step: width, rows)
        let x = x.from(row: rows.lowerBound)
        let dGated = pass.space(space.dGated, step: width)
        let dWeights = pass.space(space.dWeights, step: Packing.step(width))
        let count = rows.count
        pass.kernels.multiply(rows: count, n: width, x, dGated, into: dWeights)
        if let dInputs {
            pass.kernels.multiply(rows: count, n: width, weights, dGated, into: dInputs)
        }
        eachLayer { m, layer, column, scale in
            let dLogits = dWeights.from(row: 0, column: column)
            pass.kernels.softmaxBackward(
                rows: count, n: layer.outputs, scale: scale,
                weights.from(row: 0, column: column), dLogits, into: dLogits)
            layer.backward(
                pass, rows: count, x.from(row: 0, column: column), dy: dLogits,
                gradients: gradients, scratch: pass.space(space.scratch))
            if let target = dInputs?.from(row: 0, column: column) {
                layer.backwardInput(
                    pass, rows: count, dy: dLogits, panels: pass.space(space.backPanels[m]),
                    start: target, into: target)
            }
        }
    }

    /// Each modality's layer with its number, first column and scale.
    private func eachLayer(_ body: (Int, Dense, Int, Float) -> Void) {
        var column = 0
        for (m, layer) in layers.enumerated() {
            body(m, layer, column, scaled ? Float(layer.outputs) : 1)
            column += layer.outputs
        }
    }
}
