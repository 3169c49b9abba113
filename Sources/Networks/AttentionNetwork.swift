import Kernels

/// An encoder and a decoder with attention, or one of each for every modality.
///
/// AED:  x (R, D) → BiLSTM → decoder → y.   EMAFN, early: a gate per feature, then AED.
/// EMAFN, model: gate, encoder and decoder for each modality, and attention over the modalities'
/// states → y.   Raju, Gaus, Breckon, AVEC 2019.
struct AttentionNetwork: PlannedNetwork {
    private(set) var layout = ParameterLayout()
    let widths: [Int]
    let outputs: Int
    let kernels: InstructionSet
    let streams: [Stream]
    let fusion: ModalityFusion?
    let output: Dense

    /// Features that stand side by side, their gate, their encoder and their decoder.
    struct Stream: Sendable {
        /// The first feature and the number of features.
        let column: Int, width: Int
        let gate: FeatureGate?
        let encoder: LSTM
        let decoder: AttentionDecoder
    }

    /// How wide its layers are, and what its decoders look at.
    struct Sizes {
        let hidden: Int, attention: Int
        let feed: NetworkRecipe.Feed
        let window: Int?
    }

    /// One stream of all features; `gated` puts a gate before them, scaled or not.
    init(
        early sizes: Sizes, gated: Bool, scaled: Bool, widths: [Int], outputs: Int,
        kernels: InstructionSet
    ) {
        self.widths = widths
        self.outputs = outputs
        self.kernels = kernels
        let gate = gated ? FeatureGate(&layout, widths: widths, scaled: scaled) : nil
        streams = [
            Stream(
                &layout, sizes, suffix: "", column: 0, width: widths.reduce(0, +), gate: gate,
                outputs: outputs)
        ]
        fusion = nil
        output = Dense(&layout, "out", inputs: sizes.hidden, outputs: outputs)
    }

    /// A gated stream for each modality, and attention over their states.
    init(
        model sizes: Sizes, scaled: Bool, widths: [Int], outputs: Int, kernels: InstructionSet
    ) {
        self.widths = widths
        self.outputs = outputs
        self.kernels = kernels
        var column = 0
        var streams: [Stream] = []
        for (m, width) in widths.enumerated() {
            let gate = FeatureGate(&layout, first: m, widths: [width], scaled: scaled)
            streams.append(
                Stream(
                    &layout, sizes, suffix: ".\(m)", column: column, width: width, gate: gate,
                    outputs: outputs))
            column += width
        }
        self.streams = streams
        fusion = ModalityFusion(
            &layout, modalities: widths.count, hidden: sizes.hidden, attention: sizes.attention)
        output = Dense(&layout, "out", inputs: sizes.hidden, outputs: outputs)
    }

    var representationWidth: Int { output.inputs }
    var attention: AttentionShape {
        AttentionShape(
            features: streams.reduce(0) { $0 + ($1.gate?.width ?? 0) },
            modalities: fusion?.modalities ?? 0, decoders: streams.count)
    }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        parameters.clear(count: layout.count)
        for stream in streams {
            stream.gate?.initialise(parameters, from: &random)
            stream.encoder.initialise(parameters, from: &random)
            stream.decoder.initialise(parameters, from: &random)
        }
        fusion?.initialise(parameters, from: &random)
        output.initialise(parameters, from: &random)
    }

    func plan(_ batch: SequenceBatch, training: Bool) -> Space {
        Space(self, batch, training: training)
    }

    func forward(_ pass: Pass, _ space: Space, inputs: Rows, predictions: Rows) {
        let panels = pass.space(space.outputPanels)
        output.pack(pass, into: panels)
        for (index, (stream, space)) in zip(streams, space.streams).enumerated() {
            let x = inputs.from(row: 0, column: stream.column)
            stream.gate?.pack(pass, space.gate)
            stream.encoder.forward(pass, space.encoder) { rows in
                stream.gate?.noted(pass, space.gate, rows, x, column: stream.column)
                    ?? x.from(row: rows.lowerBound)
            }
            stream.decoder.forward(
                pass, space.decoder, encoded: stream.encoded(pass, space), output: output,
                outputPanels: panels, predictions: predictions,
                notes: pass.batch.record?.steps(ofDecoder: index))
        }
        let states = states(pass, space)
        let representation = fusion?.forward(pass, space.fusion, states) ?? states[0]
        output.forward(
            pass, rows: pass.batch.rows, representation, panels: panels, into: predictions)
    }

    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows {
        let space = Space(self, batch, training: true)
        let base = WorkspacePlan.align(workspace)
        let offset = fusion == nil ? space.streams[0].decoder.states : space.fusion.fused
        return Rows(base + offset, step: output.inputs)
    }

    /// s of each stream.
    func states(_ pass: Pass, _ space: Space) -> [Rows] {
        zip(streams, space.streams).map { $0.decoder.states(pass, $1.decoder) }
    }
}

extension AttentionNetwork.Stream {
    /// The stream whose tensors have `suffix` behind their names.
    init(
        _ layout: inout ParameterLayout, _ sizes: AttentionNetwork.Sizes, suffix: String,
        column: Int, width: Int, gate: FeatureGate?, outputs: Int
    ) {
        self.column = column
        self.width = width
        self.gate = gate
        encoder = LSTM(
            &layout, "enc\(suffix)", index: 0, inputs: width, hidden: sizes.hidden,
            bidirectional: true)
        decoder = AttentionDecoder(
            &layout, suffix: suffix, hidden: sizes.hidden, attention: sizes.attention,
            feed: sizes.feed, window: sizes.window, outputs: outputs)
    }

    /// h (R, E).
    func encoded(_ pass: Pass, _ space: AttentionNetwork.Space.Stream) -> Rows {
        pass.space(space.encoder.states, step: encoder.outputs)
    }
}
