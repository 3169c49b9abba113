import Kernels

/// Attention over modalities, per row.   s_m (R, H) of M modalities → f (R, H).
///
/// b = softmax over m of w · tanh(Q s_m + q);  f = Σ_m b_m s_m, where Q (A, H), q (A) and w (A) are
/// shared by the modalities.
struct ModalityFusion: Sendable {
    let modalities: Int
    /// Q and q.
    let units: Dense
    /// w.
    let scores: ParameterLayout.Entry

    init(_ layout: inout ParameterLayout, modalities: Int, hidden: Int, attention: Int) {
        self.modalities = modalities
        units = Dense(&layout, "Q", inputs: hidden, outputs: attention)
        scores = layout.reserve("w", attention)
    }

    var hidden: Int { units.inputs }
    var attention: Int { units.outputs }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        units.initialise(parameters, from: &random)
        Initialisation.glorot(
            parameters + scores.offset, rows: 1, columns: attention, from: &random)
    }

    /// Where it keeps its values: offsets into the work space.
    struct Space: Sendable {
        /// b (R, M), tanh(Q s_m + q) (R, M · A), f (R, H).
        var weights = 0, units = 0, fused = 0
        var panels = 0
        /// Gradients: of b (R, M), of the units of one modality (R, A).
        var dWeights = 0, dUnits = 0
        /// b_m s_m or b_m df (R, H), and what `InstructionSet.gradient` works in.
        var part = 0, scratch = 0
    }

    func plan(_ batch: SequenceBatch, training: Bool, _ plan: inout WorkspacePlan) -> Space {
        var space = Space()
        space.weights = plan.take(batch.rows * modalities)
        space.units = plan.take(batch.rows * (training ? modalities : 1) * attention)
        space.fused = plan.take(batch.rows * hidden)
        space.part = plan.take(batch.rows * hidden)
        space.panels = plan.take(units.panels)
        guard training else { return space }
        space.dWeights = plan.take(batch.rows * modalities)
        space.dUnits = plan.take(batch.rows * attention)
        space.scratch = plan.take(InstructionSet.gradientScratch(n: max(hidden, attention)))
        return space
    }

    /// f, from the states of each modality.
    func forward(_ pass: Pass, _ space: Space, _ states: [Rows]) -> Rows {
        let rows = pass.batch.rows
        let weights = pass.space(space.weights, step: modalities)
        units.pack(pass, into: pass.space(space.panels))
        for (m, states) in states.enumerated() {
            let tanh = self.tanh(pass, space, m)
            units.forward(pass, rows: rows, states, panels: pass.space(space.panels), into: tanh)
            pass.kernels.tanh(rows: rows, n: attention, tanh, into: tanh)
            pass.kernels.rowProducts(
                rows: rows, n: attention, tanh, Rows(reading: pass.weights(scores), step: 0),
                into: weights.from(row: 0, column: m))
        }
        pass.kernels.softmax(rows: rows, n: modalities, scale: 1, weights, into: weights)
        if let record = pass.batch.record {
            weights.copy(rows: rows, columns: modalities, to: record.modalityRows)
        }
        let fused = pass.space(space.fused, step: hidden)
        let part = pass.space(space.part, step: hidden)
        for (m, states) in states.enumerated() {
            pass.kernels.scale(
                rows: rows, n: hidden, by: weights.from(row: 0, column: m), states,
                into: m == 0 ? fused : part)
            if m > 0 { pass.kernels.add(rows: rows, n: hidden, part, to: fused) }
        }
        return fused
    }

    /// The gradients of Q, q and w, and of each modality's states into `dStates`, from that of f.
    func backward(
        _ pass: Pass, _ space: Space, _ states: [Rows], dFused: Rows, dStates: [Rows],
        gradients: UnsafeMutablePointer<Float>
    ) {
        let rows = pass.batch.rows
        let kernels = pass.kernels
        let weights = pass.space(space.weights, step: modalities)
        let dWeights = pass.space(space.dWeights, step: modalities)
        for (m, states) in states.enumerated() {
            kernels.rowProducts(
                rows: rows, n: hidden, states, dFused, into: dWeights.from(row: 0, column: m))
        }
        kernels.softmaxBackward(
            rows: rows, n: modalities, scale: 1, weights, dWeights, into: dWeights)
        units.packBackward(pass, into: pass.space(space.panels))
        let dUnits = pass.space(space.dUnits, step: attention)
        let scratch = pass.space(space.scratch)
        for (m, states) in states.enumerated() {
            let tanh = self.tanh(pass, space, m)
            let dScores = dWeights.from(row: 0, column: m)
            kernels.gradient(
                rows: rows, m: 1, n: attention, dScores, tanh,
                adding: Rows(gradients + scores.offset, step: attention), scratch: scratch)
            kernels.scale(
                rows: rows, n: attention, by: dScores,
                Rows(reading: pass.weights(scores), step: 0), into: dUnits)
            kernels.tanhBackward(rows: rows, n: attention, tanh, dUnits, into: dUnits)
            units.backward(
                pass, rows: rows, states, dy: dUnits, gradients: gradients, scratch: scratch)
            kernels.scale(
                rows: rows, n: hidden, by: weights.from(row: 0, column: m), dFused,
                into: dStates[m])
            units.backwardInput(
                pass, rows: rows, dy: dUnits, panels: pass.space(space.panels), start: dStates[m],
                into: dStates[m])
        }
    }

    /// The units of one modality; without training all share one place.
    private func tanh(_ pass: Pass, _ space: Space, _ m: Int) -> Rows {
        let kept = pass.training ? modalities : 1
        return pass.space(space.units, step: kept * attention)
            .from(row: 0, column: pass.training ? m * attention : 0)
    }
}
