import Kernels

extension AttentionDecoder {
    /// Where the decoder keeps its values: offsets into the work space.
    struct Space: Sendable {
        /// s (R, H) and s_{−1} (N, H).
        var states = 0, initial = 0
        /// e^2U (panels) and h (rows of whole vectors), sequence after sequence.
        var keys = 0, memory = 0
        /// The first frame of each sequence there, and the end: each has whole panels of frames.
        var firstFrames: [Int] = []
        /// Rows of all frames in training, else of the sequences of one step: e^2q (Ap), what the
        /// cell reads, [ctx ; feed] (D), the largest energy and the factor of a softmax, gates.
        var queries = 0, inputs = 0, softmax = 0, gates = 0
        /// c (R, Hp); without training of two steps.
        var cells = 0
        /// The factors −2v (Ap), and packed weights.
        var factors = 0, queryPanels = 0, keyPanels = 0, startPanels = 0
        var cell = LSTMCell.Space()
        /// The weights of a row of attention, and U of a sequence (T, A).
        var weights = 0, units = 0

        /// Backwards: the gradients of −2v (R, Ap) and s_{−1} (N, H).
        var dFactors = 0, dInitial = 0
        /// Of a group: gradients of a step's s and c, of the keys, of the memory, and for the steps
        /// of a block the weights and what reached the cell's input.
        var dState = 0, dCell = 0, dKeys = 0, dMemory = 0, blockWeights = 0, dInputs = 0
        /// The states that a step continues, or their gradient, through the mask (group, H).
        var masked = 0
        /// The states before each row of a block (B, H).
        var before = 0
        var gradientScratch = 0, attentionScratch = 0
    }

    /// Steps whose contributions to the gradient of the memory are added as one product.
    static let blockSteps = 32

    /// The frames that the steps of one block may look at, in whole panels.
    func span(_ batch: SequenceBatch) -> Int {
        let all = Packing.padded(batch.frames)
        guard let window else { return all }
        return min(all, Packing.padded(2 * window + AttentionDecoder.blockSteps) + Packing.lanes)
    }

    /// Values of a row of the cell's input, in whole vectors.
    var inputStep: Int { Packing.padded(cell.inputs) }
    /// Values of a row of the memory, in whole vectors.
    var memoryStep: Int { Packing.padded(width) }

    /// Plans s, which others read.
    func keepStates(_ batch: SequenceBatch, _ space: inout Space, _ plan: inout WorkspacePlan) {
        space.states = plan.take(batch.rows * hidden)
    }

    /// Plans what is kept between the passes; without training all decoders may share it.
    func keep(
        _ batch: SequenceBatch, training: Bool, _ space: inout Space, _ plan: inout WorkspacePlan
    ) {
        let rows = training ? batch.rows : min(batch.sequences, SequenceGroup.sequencesMax)
        space.firstFrames = [0]
        for length in batch.lengths {
            space.firstFrames.append(space.firstFrames.last! + Packing.padded(length))
        }
        let frames = space.firstFrames[batch.sequences]
        space.initial = plan.take(batch.sequences * hidden)
        space.keys = plan.take(frames * units)
        space.memory = plan.take(frames * memoryStep)
        space.queries = plan.take(rows * units)
        space.inputs = plan.take(rows * inputStep)
        space.softmax = plan.take(rows * 2)
        space.gates = plan.take(rows * cell.gateStep)
        space.cells = plan.take((training ? 1 : 2) * rows * cell.padded)
        space.factors = plan.take(units)
    }

    /// Plans what is needed only within a pass.
    func scratch(
        _ batch: SequenceBatch, training: Bool, _ space: inout Space, _ plan: inout WorkspacePlan
    ) {
        let group = min(batch.sequences, SequenceGroup.sequencesMax)
        space.queryPanels = plan.take(
            max(
                Packing.count(k: hidden, n: attention), Packing.count(k: attention, n: hidden)))
        space.keyPanels = plan.take(keys.panels)
        space.startPanels = plan.take(start.panels)
        space.cell = cell.scratch(training: training, &plan)
        space.weights = plan.take(Packing.padded(batch.frames))
        space.units = plan.take(batch.frames * attention)
        guard training else { return }
        let steps = AttentionDecoder.blockSteps
        space.dFactors = plan.take(batch.rows * units)
        space.dInitial = plan.take(batch.sequences * hidden)
        space.dState = plan.take(group * hidden)
        space.masked = plan.take(group * hidden)
        space.dCell = plan.take(group * cell.padded)
        space.dKeys = plan.take(group * Packing.padded(batch.frames) * units)
        space.dMemory = plan.take(group * batch.frames * width)
        space.blockWeights = plan.take(group * steps * span(batch))
        space.dInputs = plan.take(group * steps * inputStep)
        space.before = plan.take(Pass.largestBlock(of: batch) * hidden)
        space.gradientScratch = plan.take(
            InstructionSet.gradientScratch(n: max(cell.inputs, width, hidden)))
        space.attentionScratch = plan.take(
            Attention.scratch(units: attention, width: width, frames: batch.frames))
    }
}
