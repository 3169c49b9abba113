import Kernels

/// A dilated, centred convolution over time with a residual.   x (R, D) → y (R, C).
///
/// z_t = b + Σ_r W_r x_{t + (r − c) · dilation}, c the centre of K taps and zero beyond a
/// sequence's ends;  y = max(0, z) + x, where widths differ max(0, z) + W_s x + b_s.
/// Bai, Kolter, Koltun 2018, "An empirical evaluation of generic convolutional and recurrent
/// networks for sequence modeling"; not causal.
///
/// A tap is a product over rows that are shifted in time. The centre, which every frame has, comes
/// first and brings the bias; the others follow from the earliest to the latest.
struct ConvolutionBlock: Sendable {
    let inputs: Int
    let channels: Int
    let taps: Int
    let dilation: Int
    /// W (C, D, K).
    let weight: ParameterLayout.Entry
    /// b (C).
    let bias: ParameterLayout.Entry
    /// The convolution of one tap that fits the widths; nil where they are equal.
    let skip: Dense?

    init(
        _ layout: inout ParameterLayout, _ name: String, inputs: Int, channels: Int, taps: Int,
        dilation: Int
    ) {
        self.inputs = inputs
        self.channels = channels
        self.taps = taps
        self.dilation = dilation
        weight = layout.reserve("\(name).conv.weight", channels, inputs, taps)
        bias = layout.reserve("\(name).conv.bias", channels)
        skip =
            inputs == channels
            ? nil
            : Dense(
                &layout, weight: "\(name).skip.weight", bias: "\(name).skip.bias",
                shape: [channels, inputs, 1])
    }

    /// Glorot's uniform weights, as Keras counts a convolution's units, and zero biases.
    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        Initialisation.glorot(
            parameters + weight.offset, rows: channels, columns: inputs, taps: taps, from: &random)
        skip?.initialise(parameters, from: &random)
    }

    /// Where the block keeps its values: offsets into the work space.
    struct Space: Sendable {
        /// max(0, z) (R, C), of one run of steps without training; y (R, C).
        var activations = 0, states = 0
        /// The taps' packed weights one after the other, the skip's.
        var panels = 0, skipPanels = 0
        /// The gradients of z (R, C) and of a tap (C, D).
        var dActivations = 0, dTap = 0
        /// What `InstructionSet.gradient` works in.
        var scratch = 0
    }

    /// The packed values of a tap, forwards or backwards.
    var tapPanels: Int {
        max(Packing.count(k: inputs, n: channels), Packing.count(k: channels, n: inputs))
    }

    /// Plans what the block needs only within a pass.
    func scratch(
        _ batch: SequenceBatch, training: Bool, _ space: inout Space, _ plan: inout WorkspacePlan
    ) {
        space.panels = plan.take(taps * Packing.padded(tapPanels))
        space.skipPanels = plan.take(skip?.panels ?? 0)
        guard training else {
            space.activations = plan.take(Pass.largestBlock(of: batch) * channels)
            return
        }
        space.dActivations = plan.take(batch.rows * channels)
        space.dTap = plan.take(channels * inputs)
        space.scratch = plan.take(InstructionSet.gradientScratch(n: inputs))
    }

    /// Each tap with its shift in frames and where its panels lie, the centre first.
    func eachTap(
        _ pass: Pass, _ space: Space, _ body: (Int, Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        let centre = taps / 2
        for tap in [centre] + (0..<taps).filter({ $0 != centre }) {
            body(
                tap, (tap - centre) * dilation,
                pass.space(space.panels + tap * Packing.padded(tapPanels)))
        }
    }

    /// Runs the block over the batch; y is left in `space.states`.
    func forward(_ pass: Pass, _ space: Space, _ x: Rows) {
        eachTap(pass, space) { tap, _, panels in
            Packing.pack(
                k: inputs, n: channels, pass.weights(weight) + tap, kStep: taps,
                nStep: inputs * taps, into: panels)
        }
        skip?.pack(pass, into: pass.space(space.skipPanels))
        for steps in pass.blocks {
            let rows = pass.rows(steps)
            let z = pass.kept(space.activations, step: channels, rows)
            convolve(pass, space, steps, x, into: z)
            pass.kernels.rectify(rows: rows.count, n: channels, z, into: z)
            let y = pass.space(space.states, step: channels).from(row: rows.lowerBound)
            let x = x.from(row: rows.lowerBound)
            if let skip {
                skip.forward(
                    pass, rows: rows.count, x, panels: pass.space(space.skipPanels), into: y)
            } else {
                x.copy(rows: rows.count, columns: channels, to: y)
            }
            pass.kernels.add(rows: rows.count, n: channels, z, to: y)
        }
    }

    /// z of these steps from `x`, all rows' inputs.
    private func convolve(
        _ pass: Pass, _ space: Space, _ steps: Range<Int>, _ x: Rows, into z: Rows
    ) {
        let first = pass.batch.offsets[steps.lowerBound]
        eachTap(pass, space) { _, shift, panels in
            for run in ShiftedRows.runs(pass.batch, steps, shift: shift) {
                let target = z.from(row: run.row - first)
                pass.kernels.product(
                    m: run.count, n: channels, k: inputs, x.from(row: run.partner), panels,
                    start: shift == 0 ? Rows(reading: pass.weights(bias), step: 0) : target,
                    into: target)
            }
        }
    }
}
