import Kernels

extension AttentionNetwork {
    func backward(
        _ pass: Pass, _ space: Space, inputs: Rows, dPredictions: Rows, dRepresentation: Rows?,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        let dStates = space.dStates.map { pass.space($0, step: output.inputs) }
        let dOutputs = pass.space(space.dOutputs, step: outputs)
        let panels = pass.space(space.outputPanels)
        dPredictions.copy(rows: pass.batch.rows, columns: outputs, to: dOutputs)
        output.packBackward(pass, into: panels)
        backwardOutput(
            pass, space, dOutputs, dRepresentation, panels: panels, dStates: dStates,
            gradients: gradients)
        for (index, stream) in streams.enumerated() {
            let space = space.streams[index]
            stream.decoder.backward(
                pass, space.decoder, encoded: stream.encoded(pass, space),
                dStates: dStates[index], output: output, outputPanels: panels,
                dPredictions: dOutputs, dEncoded: stream.dEncoded(pass, space),
                gradients: gradients)
            stream.backwardEncoder(
                pass, space, inputs.from(row: 0, column: stream.column), gradients: gradients,
                dInputs: dInputs?.from(row: 0, column: stream.column))
        }
        // The decoder may have asked for more of the predictions.
        output.backward(
            pass, rows: pass.batch.rows, representationRows(pass, space), dy: dOutputs,
            gradients: gradients, scratch: pass.space(space.outputScratch))
    }

    /// From the predictions to the states of each stream.
    private func backwardOutput(
        _ pass: Pass, _ space: Space, _ dOutputs: Rows, _ dRepresentation: Rows?,
        panels: UnsafePointer<Float>, dStates: [Rows], gradients: UnsafeMutablePointer<Float>
    ) {
        let dFused =
            fusion == nil ? dStates[0] : pass.space(space.dFused, step: output.inputs)
        output.backwardInput(
            pass, rows: pass.batch.rows, dy: dOutputs, panels: panels, start: dRepresentation,
            into: dFused)
        fusion?.backward(
            pass, space.fusion, states(pass, space), dFused: dFused, dStates: dStates,
            gradients: gradients)
    }

    private func representationRows(_ pass: Pass, _ space: Space) -> Rows {
        let offset = fusion == nil ? space.streams[0].decoder.states : space.fusion.fused
        return pass.space(offset, step: output.inputs)
    }
}

extension AttentionNetwork.Stream {
    /// The gradient of h (R, E).
    func dEncoded(_ pass: Pass, _ space: AttentionNetwork.Space.Stream) -> Rows {
        pass.space(space.dEncoded, step: encoder.outputs)
    }

    /// The encoder backwards, and the gate below it block by block; `x` and `dInputs` begin at the
    /// stream's first column.
    fileprivate func backwardEncoder(
        _ pass: Pass, _ space: AttentionNetwork.Space.Stream, _ x: Rows,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        let dEncoded = dEncoded(pass, space)
        guard let gate else {
            return encoder.backward(
                pass, space.encoder, dStates: dEncoded, gradients: gradients,
                input: { x.from(row: $0.lowerBound) },
                dInput: dInputs.map { target in { target.from(row: $0.lowerBound) } },
                done: { _ in })
        }
        if dInputs != nil { gate.packBackward(pass, space.gate) }
        encoder.backward(
            pass, space.encoder, dStates: dEncoded, gradients: gradients,
            input: { gate.again(pass, space.gate, $0, x) },
            dInput: { _ in pass.space(space.gate.dGated, step: width) },
            done: {
                gate.backward(
                    pass, space.gate, $0, x, gradients: gradients,
                    dInputs: dInputs?.from(row: $0.lowerBound))
            })
    }
}
