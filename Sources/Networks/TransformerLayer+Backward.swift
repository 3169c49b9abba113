import Kernels

extension TransformerLayer {
    /// The gradients of the layer, after `forward` on the same batch.
    ///
    /// `dx` (R, d) in: the gradient of the residual stream after the layer; out: before it.
    func backward(
        _ pass: Pass, _ space: Space, _ scratch: Scratch, dx: Rows,
        gradients: UnsafeMutablePointer<Float>
    ) {
        pack(pass, scratch, backward: true)
        let dContext = pass.space(scratch.dContext, step: width)
        let context = pass.space(space.context, step: width)
        for rows in pass.rowBlocks {
            backwardInner(pass, space, scratch, rows, dx: dx, gradients: gradients)
            let dx = dx.from(row: rows.lowerBound)
            mixing.backward(
                pass, rows: rows.count, context.from(row: rows.lowerBound), dy: dx,
                gradients: gradients, scratch: pass.space(scratch.gradient))
            mixing.backwardInput(
                pass, rows: rows.count, dy: dx, panels: pass.space(scratch.panels[1]), start: nil,
                into: dContext.from(row: rows.lowerBound))
        }
        let projected = pass.space(space.projected, step: 3 * width)
        attention.backward(pass, scratch.attention, projected: projected, dContext: dContext)
        for rows in pass.rowBlocks {
            backwardNormed(
                pass, scratch, rows, attentionNorm,
                kept(pass, space.attentionNormal, space.attentionScales, rows), projection,
                dy: projected.from(row: rows.lowerBound), panels: scratch.panels[0],
                dx: dx.from(row: rows.lowerBound), gradients: gradients)
        }
    }

    /// From the end of the layer to the residual stream between its halves.
    private func backwardInner(
        _ pass: Pass, _ space: Space, _ scratch: Scratch, _ rows: Range<Int>, dx: Rows,
        gradients: UnsafeMutablePointer<Float>
    ) {
        let dx = dx.from(row: rows.lowerBound)
        let units = pass.kept(space.units, step: inner, rows)
        let dUnits = pass.space(scratch.units, step: inner)
        contraction.backward(
            pass, rows: rows.count, units, dy: dx, gradients: gradients,
            scratch: pass.space(scratch.gradient))
        contraction.backwardInput(
            pass, rows: rows.count, dy: dx, panels: pass.space(scratch.panels[3]), start: nil,
            into: dUnits)
        pass.kernels.rectifyBackward(rows: rows.count, n: inner, units, dUnits, into: dUnits)
        backwardNormed(
            pass, scratch, rows, innerNorm,
            kept(pass, space.innerNormal, space.innerScales, rows), expansion, dy: dUnits,
            panels: scratch.panels[2], dx: dx, gradients: gradients)
    }

    /// A product of normalised rows backwards, and the normalisation; adds to `dx`.
    private func backwardNormed(
        _ pass: Pass, _ scratch: Scratch, _ rows: Range<Int>, _ norm: Normalisation,
        _ kept: Normalisation.Kept, _ layer: Dense, dy: Rows, panels: Int, dx: Rows,
        gradients: UnsafeMutablePointer<Float>
    ) {
        let normed = pass.space(scratch.rows, step: width)
        let dNormed = pass.space(scratch.moreRows, step: width)
        norm.again(pass, rows: rows.count, kept, into: normed)
        layer.backward(
            pass, rows: rows.count, normed, dy: dy, gradients: gradients,
            scratch: pass.space(scratch.gradient))
        layer.backwardInput(
            pass, rows: rows.count, dy: dy, panels: pass.space(panels), start: nil, into: dNormed)
        norm.backward(
            pass, rows: rows.count, kept, dy: dNormed, gradients: gradients, scratch: normed)
        pass.kernels.add(rows: rows.count, n: width, dNormed, to: dx)
    }
}
