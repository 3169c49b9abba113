import Kernels

/// A network and its adversary: a discriminator that tells from the representation which culture a
/// sequence is of, behind a layer that reverses its gradient.
///
/// z_n = the mean of the representation over the frames of sequence n;  o_n = W z_n + b;
/// CE = −the mean over n of log softmax(o_n) at the culture of n.
///
/// The discriminator (`disc`) descends CE; everything below descends the loss of its predictions
/// less weight · CE, and so forgets what tells cultures apart. Predictions do not read it.
/// Ganin and Lempitsky 2015; Zhao, Li, Chen, Jin, AVEC 2019.
public struct AdversarialNetwork: Network {
    /// The network, whose tensors come first in the layout.
    public let base: any Network
    /// The network's tensors, then `disc.weight` (K, W) and `disc.bias` (K).
    public let layout: ParameterLayout
    /// By how much the discriminator's gradient counts in the network, λ.
    let weight: Double
    let kernels: InstructionSet
    private let discriminator: Dense

    /// A network with an adversary over so many cultures.
    public init(
        _ base: any Network, cultures: Int, weight: Double, kernels: InstructionSet = .current
    ) {
        self.base = base
        self.weight = weight
        self.kernels = kernels
        var layout = base.layout
        discriminator = Dense(
            &layout, "disc", inputs: base.representationWidth, outputs: cultures)
        self.layout = layout
    }

    /// Those of the network.
    public var widths: [Int] { base.widths }
    /// Those of the network.
    public var outputs: Int { base.outputs }
    /// That of the network.
    public var representationWidth: Int { base.representationWidth }
    /// That of the network.
    public var attention: AttentionShape { base.attention }

    /// The number of cultures, K.
    public var cultures: Int { discriminator.outputs }

    /// What the adversary says of a batch.
    public struct Judgement {
        /// CE.
        public let loss: Double
        /// The probability of each culture, sequence by sequence (N, K).
        public let probabilities: [Double]
        /// What it asks of the representation (R, W); in the work space.
        public let dRepresentation: Rows
    }

    /// Fills the network's weights, then the discriminator's.
    public func initialise(
        _ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream
    ) {
        parameters.clear(count: layout.count)
        base.initialise(parameters, from: &random)
        discriminator.initialise(parameters, from: &random)
    }

    /// What the network needs and, in training, the adversary.
    public func workspaceCount(for batch: SequenceBatch, training: Bool) -> Int {
        let count = base.workspaceCount(for: batch, training: training)
        return training ? Space(self, batch, after: count).count : count
    }

    /// Predicts as the network does.
    public func forward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, training: Bool,
        predictions: UnsafeMutablePointer<Float>
    ) {
        base.forward(
            batch, inputs: inputs, parameters: parameters, workspace: workspace,
            training: training, predictions: predictions)
    }

    /// That of the network.
    public func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows {
        base.representation(batch, inputs: inputs, workspace: workspace)
    }

    /// The network's gradients; those of `disc` are `judge`'s.
    public func backward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, dPredictions: UnsafePointer<Float>,
        dRepresentation: Rows?, gradients: UnsafeMutablePointer<Float>,
        dInputs: UnsafeMutablePointer<Float>?
    ) {
        base.backward(
            batch, inputs: inputs, parameters: parameters, workspace: workspace,
            dPredictions: dPredictions, dRepresentation: dRepresentation, gradients: gradients,
            dInputs: dInputs)
    }

    /// Tells the culture of each sequence, between `forward` with `training` true and `backward`.
    ///
    /// `cultures` (N), each below K → adds the gradient of CE to `disc` in `gradients`; what it
    /// asks of the representation is to be handed to `backward`.
    public func judge(
        _ batch: SequenceBatch, cultures: [Int], inputs: UnsafePointer<Float>,
        parameters: UnsafePointer<Float>, workspace: UnsafeMutablePointer<Float>,
        gradients: UnsafeMutablePointer<Float>
    ) -> Judgement {
        precondition(cultures.count == batch.sequences)
        let count = base.workspaceCount(for: batch, training: true)
        let space = Space(self, batch, after: count)
        let pass = Pass(
            batch, parameters: parameters, workspace: workspace, training: true, kernels: kernels)
        let (n, width) = (batch.sequences, representationWidth)
        let pooled = pass.space(space.pooled, step: width)
        pool(pass, base.representation(batch, inputs: inputs, workspace: workspace), into: pooled)
        let logits = pass.space(space.logits, step: self.cultures)
        let panels = pass.space(space.panels)
        discriminator.pack(pass, into: panels)
        discriminator.forward(pass, rows: n, pooled, panels: panels, into: logits)
        let (loss, probabilities) = crossEntropy(logits, cultures)
        discriminator.backward(
            pass, rows: n, pooled, dy: logits, gradients: gradients,
            scratch: pass.space(space.scratch))
        discriminator.packBackward(pass, into: panels)
        discriminator.backwardInput(
            pass, rows: n, dy: logits, panels: panels, start: nil, into: pooled)
        let asked = pass.space(space.dRepresentation, step: width)
        spread(pass, pooled, into: asked)
        return Judgement(loss: loss, probabilities: probabilities, dRepresentation: asked)
    }

    /// The mean over each sequence's frames.   `rows` (R, W) → `pooled` (N, W).
    private func pool(_ pass: Pass, _ rows: Rows, into pooled: Rows) {
        let batch = pass.batch
        pooled.base.clear(count: batch.sequences * pooled.step)
        for t in 0..<batch.frames {
            kernels.add(
                rows: batch.activeCounts[t], n: pooled.step, rows.from(row: batch.offsets[t]),
                to: pooled)
        }
        scale(batch, by: 1, pooled)
    }

    /// The gradient of the mean, reversed.   `dPooled` (N, W), scaled on the way → `rows` (R, W).
    private func spread(_ pass: Pass, _ dPooled: Rows, into rows: Rows) {
        let batch = pass.batch
        scale(batch, by: -weight, dPooled)
        for t in 0..<batch.frames {
            dPooled.copy(
                rows: batch.activeCounts[t], columns: dPooled.step,
                to: rows.from(row: batch.offsets[t]))
        }
    }

    /// Multiplies the row of each sequence by `factor` / its length.
    private func scale(_ batch: SequenceBatch, by factor: Double, _ rows: Rows) {
        for (n, length) in batch.lengths.enumerated() {
            var share = Float(factor / Double(length))
            let row = rows.from(row: n)
            withUnsafeMutablePointer(to: &share) {
                kernels.scale(rows: 1, n: rows.step, by: Rows($0, step: 0), row, into: row)
            }
        }
    }

    /// CE and the probabilities, in float64.   `logits` (N, K) in, their gradient out.
    private func crossEntropy(_ logits: Rows, _ cultures: [Int]) -> (Double, [Double]) {
        var (loss, probabilities) = (0.0, [Double]())
        let count = Double(cultures.count)
        for (n, culture) in cultures.enumerated() {
            let row = UnsafeMutableBufferPointer(
                start: logits.from(row: n).base, count: self.cultures)
            let most = Double(row.max() ?? 0)
            let powers = row.map { Elementary.exp(Double($0) - most) }
            let sum = powers.reduce(0, +)
            loss += (Elementary.log(sum) + most - Double(row[culture])) / count
            for k in row.indices {
                probabilities.append(powers[k] / sum)
                row[k] = Float((powers[k] / sum - (k == culture ? 1 : 0)) / count)
            }
        }
        return (loss, probabilities)
    }

    /// Where everything lies, after the network's own space.
    private struct Space {
        let pooled: Int, logits: Int, panels: Int, scratch: Int, dRepresentation: Int, count: Int

        init(_ network: AdversarialNetwork, _ batch: SequenceBatch, after base: Int) {
            let discriminator = network.discriminator
            var plan = WorkspacePlan()
            _ = plan.take(base)
            pooled = plan.take(batch.sequences * discriminator.inputs)
            logits = plan.take(batch.sequences * discriminator.outputs)
            panels = plan.take(discriminator.panels)
            scratch = plan.take(InstructionSet.gradientScratch(n: discriminator.inputs))
            dRepresentation = plan.take(batch.rows * discriminator.inputs)
            count = plan.required
        }
    }
}
