import Kernels

extension ConvolutionBlock {
    /// The gradients of the block, after `forward` on the same batch.
    ///
    /// `x` (R, D) once more, `dy` (R, C) → adds to `gradients` and, where `dx` (R, D) is given,
    /// overwrites it.
    func backward(
        _ pass: Pass, _ space: Space, _ x: Rows, dy: Rows,
        gradients: UnsafeMutablePointer<Float>, dx: Rows?
    ) {
        let rows = pass.batch.rows
        let scratch = pass.space(space.scratch)
        let dz = pass.space(space.dActivations, step: channels)
        pass.kernels.rectifyBackward(
            rows: rows, n: channels, pass.space(space.activations, step: channels), dy, into: dz)
        pass.kernels.columnSums(rows: rows, n: channels, dz, adding: gradients + bias.offset)
        addWeightGradients(pass, space, x, dz, to: gradients)
        skip?.backward(pass, rows: rows, x, dy: dy, gradients: gradients, scratch: scratch)
        guard let dx else { return }
        if let skip {
            let panels = pass.space(space.skipPanels)
            skip.packBackward(pass, into: panels)
            skip.backwardInput(pass, rows: rows, dy: dy, panels: panels, start: nil, into: dx)
        } else {
            dy.copy(rows: rows, columns: inputs, to: dx)
        }
        addInputGradients(pass, space, dz, to: dx)
    }

    /// dW_r += Σ_t dz_t x_{t + shift}ᵀ for every tap.
    private func addWeightGradients(
        _ pass: Pass, _ space: Space, _ x: Rows, _ dz: Rows,
        to gradients: UnsafeMutablePointer<Float>
    ) {
        let dTap = pass.space(space.dTap)
        eachTap(pass, space) { tap, shift, _ in
            dTap.clear(count: channels * inputs)
            for steps in pass.blocks {
                for run in ShiftedRows.runs(pass.batch, steps, shift: shift) {
                    pass.kernels.gradient(
                        rows: run.count, m: channels, n: inputs, dz.from(row: run.row),
                        x.from(row: run.partner), adding: Rows(dTap, step: inputs),
                        scratch: pass.space(space.scratch))
                }
            }
            let target = gradients + weight.offset + tap
            for i in 0..<channels * inputs { target[i * taps] += dTap[i] }
        }
    }

    /// dx_t += Σ_r dz_{t − shift} W_r.
    private func addInputGradients(_ pass: Pass, _ space: Space, _ dz: Rows, to dx: Rows) {
        eachTap(pass, space) { tap, _, panels in
            Packing.pack(
                k: channels, n: inputs, pass.weights(weight) + tap, kStep: inputs * taps,
                nStep: taps, into: panels)
        }
        for steps in pass.blocks {
            eachTap(pass, space) { _, shift, panels in
                for run in ShiftedRows.runs(pass.batch, steps, shift: -shift) {
                    let target = dx.from(row: run.row)
                    pass.kernels.product(
                        m: run.count, n: inputs, k: channels, dz.from(row: run.partner), panels,
                        start: target, into: target)
                }
            }
        }
    }
}
