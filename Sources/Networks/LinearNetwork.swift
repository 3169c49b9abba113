import Kernels

/// The smallest network: no layer but the output.   x (R, D) → y = W x + b (R, O).
struct LinearNetwork: PlannedNetwork {
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
    struct Space: PlannedSpace {
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

    func plan(_ batch: SequenceBatch, training: Bool) -> Space { Space(output, training: training) }

    func forward(_ pass: Pass, _ space: Space, inputs: Rows, predictions: Rows) {
        let panels = pass.space(space.panels)
        output.pack(pass, into: panels)
        output.forward(
            pass, rows: pass.batch.rows, inputs, panels: panels, into: predictions)
    }

    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows { Rows(reading: inputs, step: output.inputs) }

    func backward(
        _ pass: Pass, _ space: Space, inputs: Rows, dPredictions: Rows, dRepresentation: Rows?,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        output.backward(
            pass, rows: pass.batch.rows, inputs, dy: dPredictions, gradients: gradients,
            scratch: pass.space(space.scratch))
        guard let dInputs else { return }
        output.packBackward(pass, into: pass.space(space.panels))
        output.backwardInput(
            pass, rows: pass.batch.rows, dy: dPredictions, panels: pass.space(space.panels),
            start: dRepresentation, into: dInputs)
    }
}
