import Kernels

/// The smallest network: no layer but the output.   x (R, D) → y = W x + b (R, O).
struct LinearNetwork: Network {
    private(set) var layout = ParameterLayout()
    let widths: [Int]
    let outputs: Int
    let kernels: InstructionSet
    let output: Dense

    var representationWidth: Int { output.inputs }

    init(widths: [Int], outputs: Int, kernels: InstructionSet) {
        self.widths = widths
        self.outputs = outputs
        self.kernels = kernels
        output = Dense(&layout, "out", inputs: widths.reduce(0, +), outputs: outputs)
    }

    /// Where everything of a pass lies.
    private struct Space {
        let panels: Int, scratch: Int, count: Int

        init(_ output: Dense, training: Bool) {
            var plan = WorkspacePlan()
            panels = plan.take(output.panels)
            scratch = plan.take(training ? InstructionSet.gradientScratch(n: output.inputs) : 0)
            count = plan.required
        }
    }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        parameters.clear(count: layout.count)
        output.initialise(parameters, from: &random)
    }

    func workspaceCount(for batch: SequenceBatch, training: Bool) -> Int {
        Space(output, training: training).count
    }

    func forward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, training: Bool,
        predictions: UnsafeMutablePointer<Float>
    ) {
        let pass = Pass(
            batch, parameters: parameters, workspace: workspace, training: training,
            kernels: kernels)
        let panels = pass.space(Space(output, training: training).panels)
        output.pack(pass, into: panels)
        output.forward(
            pass, rows: batch.rows, Rows(reading: inputs, step: output.inputs), panels: panels,
            into: Rows(predictions, step: outputs))
    }

    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows { Rows(reading: inputs, step: output.inputs) }

    func backward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, dPredictions: UnsafePointer<Float>,
        dRepresentation: Rows?, gradients: UnsafeMutablePointer<Float>,
        dInputs: UnsafeMutablePointer<Float>?
    ) {
        let pass = Pass(
            batch, parameters: parameters, workspace: workspace, training: true, kernels: kernels)
        let space = Space(output, training: true)
        let dy = Rows(reading: dPredictions, step: outputs)
        output.backward(
            pass, rows: batch.rows, Rows(reading: inputs, step: output.inputs), dy: dy,
            gradients: gradients, scratch: pass.space(space.scratch))
        guard let dInputs else { return }
        output.packBackward(pass, into: pass.space(space.panels))
        output.backwardInput(
            pass, rows: batch.rows, dy: dy, panels: pass.space(space.panels),
            start: dRepresentation, into: Rows(dInputs, step: output.inputs))
    }
}
