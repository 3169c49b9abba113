import Kernels

/// Dilated convolutions over time, one block on the other, with a linear output per frame.
///
/// x (R, D) → block … block (R, C) → y (R, O). The field's answer to recurrent layers: a frame sees
/// so many frames to both sides as the dilations times half the taps add up to, and no more.
struct ConvolutionNetwork: PlannedNetwork {
    private(set) var layout = ParameterLayout()
    let widths: [Int]
    let outputs: Int
    let kernels: InstructionSet
    let blocks: [ConvolutionBlock]
    let output: Dense

    init(
        channels: Int, taps: Int, dilations: [Int], widths: [Int], outputs: Int,
        kernels: InstructionSet
    ) {
        var blocks: [ConvolutionBlock] = []
        for (index, dilation) in dilations.enumerated() {
            blocks.append(
                ConvolutionBlock(
                    &layout, "blocks.\(index)",
                    inputs: blocks.last?.channels ?? widths.reduce(0, +), channels: channels,
                    taps: taps, dilation: dilation))
        }
        self.widths = widths
        self.outputs = outputs
        self.kernels = kernels
        self.blocks = blocks
        output = Dense(&layout, "out", inputs: channels, outputs: outputs)
    }

    var representationWidth: Int { output.inputs }

    /// Where everything of a pass lies; what one block needs only while it runs lies where the next
    /// one's lies.
    struct Space: PlannedSpace {
        var blocks: [ConvolutionBlock.Space]
        var outputPanels = 0, outputScratch = 0
        var dStates = [0, 0]
        var count = 0

        init(_ network: ConvolutionNetwork, _ batch: SequenceBatch, training: Bool) {
            var plan = WorkspacePlan()
            let states = batch.rows * network.output.inputs
            let pair = training ? [] : [0, 0].map { _ in plan.take(states) }
            blocks = network.blocks.indices.map { index in
                var space = ConvolutionBlock.Space()
                space.states = training ? plan.take(states) : pair[index % 2]
                if training { space.activations = plan.take(states) }
                return space
            }
            if training { dStates = [0, 0].map { _ in plan.take(states) } }
            let mark = plan.count
            for (index, block) in network.blocks.enumerated() {
                plan.rewind(to: mark)
                block.scratch(batch, training: training, &blocks[index], &plan)
            }
            plan.rewind(to: mark)
            outputPanels = plan.take(network.output.panels)
            outputScratch = plan.take(
                training ? InstructionSet.gradientScratch(n: network.output.inputs) : 0)
            count = plan.required
        }
    }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        parameters.clear(count: layout.count)
        for block in blocks { block.initialise(parameters, from: &random) }
        output.initialise(parameters, from: &random)
    }

    func plan(_ batch: SequenceBatch, training: Bool) -> Space {
        Space(self, batch, training: training)
    }

    func forward(_ pass: Pass, _ space: Space, inputs: Rows, predictions: Rows) {
        var x = inputs
        for (index, block) in blocks.enumerated() {
            block.forward(pass, space.blocks[index], x)
            x = states(pass, space, index)
        }
        output.pack(pass, into: pass.space(space.outputPanels))
        output.forward(
            pass, rows: pass.batch.rows, x, panels: pass.space(space.outputPanels),
            into: predictions)
    }

    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows {
        let space = Space(self, batch, training: true)
        return Rows(
            WorkspacePlan.align(workspace) + space.blocks[blocks.count - 1].states,
            step: output.inputs)
    }

    func backward(
        _ pass: Pass, _ space: Space, inputs: Rows, dPredictions: Rows, dRepresentation: Rows?,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?
    ) {
        let panels = pass.space(space.outputPanels)
        output.backward(
            pass, rows: pass.batch.rows, states(pass, space, blocks.count - 1), dy: dPredictions,
            gradients: gradients, scratch: pass.space(space.outputScratch))
        output.packBackward(pass, into: panels)
        output.backwardInput(
            pass, rows: pass.batch.rows, dy: dPredictions, panels: panels, start: dRepresentation,
            into: dStates(pass, space, blocks.count - 1))
        for index in blocks.indices.reversed() {
            let isFirst = index == 0
            blocks[index].backward(
                pass, space.blocks[index],
                isFirst ? inputs : states(pass, space, index - 1),
                dy: dStates(pass, space, index), gradients: gradients,
                dx: isFirst ? dInputs : dStates(pass, space, index - 1))
        }
    }

    /// y of a block (R, C).
    private func states(_ pass: Pass, _ space: Space, _ index: Int) -> Rows {
        pass.space(space.blocks[index].states, step: output.inputs)
    }

    /// The gradient of a block's y (R, C); two buffers take turns.
    private func dStates(_ pass: Pass, _ space: Space, _ index: Int) -> Rows {
        pass.space(space.dStates[index % 2], step: output.inputs)
    }
}
