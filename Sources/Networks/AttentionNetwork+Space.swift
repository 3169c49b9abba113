import Kernels

extension AttentionNetwork {
    /// Where everything of a pass lies. What a stream needs only while it runs lies where the next
    /// stream's lies; without a backward pass that is all but the decoder's states.
    struct Space: PlannedSpace {
        var streams: [Stream]
        var fusion = ModalityFusion.Space()
        var outputPanels = 0, outputScratch = 0
        /// The gradients of y (R, O), f (R, H), and the states of each stream (R, H).
        var dOutputs = 0, dFused = 0, dStates: [Int] = []
        var count = 0

        /// The parts of one stream.
        struct Stream {
            var gate = GateSpace()
            var encoder = LSTM.Space()
            var decoder = AttentionDecoder.Space()
            /// The gradient of h (R, E).
            var dEncoded = 0
        }

        init(_ network: AttentionNetwork, _ batch: SequenceBatch, training: Bool) {
            var plan = WorkspacePlan()
            streams = network.streams.map { _ in Stream() }
            for (index, stream) in network.streams.enumerated() {
                stream.decoder.keepStates(batch, &streams[index].decoder, &plan)
            }
            outputPanels = plan.take(network.output.panels)
            if training { planGradients(network, batch, &plan) }
            if training {
                for (index, stream) in network.streams.enumerated() {
                    Space.keep(stream, batch, training: true, &streams[index], &plan)
                }
                fusion = network.fusion?.plan(batch, training: true, &plan) ?? fusion
            }
            let mark = plan.count
            for (index, stream) in network.streams.enumerated() {
                plan.rewind(to: mark)
                if !training { Space.keep(stream, batch, training: false, &streams[index], &plan) }
                Space.scratch(stream, batch, training: training, &streams[index], &plan)
            }
            if !training {
                plan.rewind(to: mark)
                fusion = network.fusion?.plan(batch, training: false, &plan) ?? fusion
            }
            count = plan.required
        }

        private mutating func planGradients(
            _ network: AttentionNetwork, _ batch: SequenceBatch, _ plan: inout WorkspacePlan
        ) {
            let output = network.output
            outputScratch = plan.take(InstructionSet.gradientScratch(n: output.inputs))
            dOutputs = plan.take(batch.rows * output.outputs)
            dFused = network.fusion == nil ? 0 : plan.take(batch.rows * output.inputs)
            dStates = network.streams.map { _ in plan.take(batch.rows * output.inputs) }
        }

        /// Plans what a stream keeps between its passes.
        private static func keep(
            _ stream: AttentionNetwork.Stream, _ batch: SequenceBatch, training: Bool,
            _ space: inout Stream, _ plan: inout WorkspacePlan
        ) {
            if let gate = stream.gate {
                space.gate = gate.plan(batch, training: training, &plan)
            }
            space.encoder = stream.encoder.keep(batch, &plan)
            space.encoder.states = plan.take(batch.rows * stream.encoder.outputs)
            stream.decoder.keep(batch, training: training, &space.decoder, &plan)
        }

        /// Plans what the encoder and then the decoder of a stream need only while they run.
        private static func scratch(
            _ stream: AttentionNetwork.Stream, _ batch: SequenceBatch, training: Bool,
            _ space: inout Stream, _ plan: inout WorkspacePlan
        ) {
            if training { space.dEncoded = plan.take(batch.rows * stream.encoder.outputs) }
            let mark = plan.count
            stream.encoder.scratch(batch, training: training, &space.encoder, &plan)
            plan.rewind(to: mark)
            stream.decoder.scratch(batch, training: training, &space.decoder, &plan)
        }
    }
}
