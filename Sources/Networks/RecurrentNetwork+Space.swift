import Kernels

extension RecurrentNetwork {
    /// Where everything of a pass lies. What one layer needs only while it runs lies where the next
    /// layer's lies.
    struct Space: PlannedSpace {
        var gate = GateSpace()
        var layers: [LSTM.Space] = []
        var outputPanels = 0, outputScratch = 0
        var dStates = [0, 0]
        var count = 0

        init(_ network: RecurrentNetwork, _ batch: SequenceBatch, training: Bool) {
            var plan = WorkspacePlan()
            if let gate = network.gate {
                self.gate = gate.plan(batch, training: training, &plan)
            }
            if training {
                layers = network.layers.map { $0.keep(batch, &plan) }
            } else {
                layers = Space.share(network.layers, batch, &plan)
            }
            let widest = network.layers.map(\.outputs).max() ?? 0
            let pair = training ? [] : [0, 0].map { _ in plan.take(batch.rows * widest) }
            for (index, layer) in network.layers.enumerated() {
                layers[index].states =
                    training ? plan.take(batch.rows * layer.outputs) : pair[index % 2]
            }
            if training { dStates = [0, 0].map { _ in plan.take(batch.rows * widest) } }
            let mark = plan.count
            for (index, layer) in network.layers.enumerated() {
                plan.rewind(to: mark)
                layer.scratch(batch, training: training, &layers[index], &plan)
            }
            plan.rewind(to: mark)
            outputPanels = plan.take(network.output.panels)
            outputScratch = plan.take(
                training ? InstructionSet.gradientScratch(n: network.output.inputs) : 0)
            count = plan.required
        }

        /// Without a backward pass, the gates and cells of one layer overwrite those of the last.
        private static func share(
            _ layers: [LSTM], _ batch: SequenceBatch, _ plan: inout WorkspacePlan
        ) -> [LSTM.Space] {
            let gates = plan.take(batch.rows * (layers.map(\.gateStep).max() ?? 0))
            let cells = plan.take(batch.rows * (layers.map(\.cellColumns).max() ?? 0))
            return layers.map { _ in
                var space = LSTM.Space()
                space.gates = gates
                space.cells = cells
                return space
            }
        }
    }
}
