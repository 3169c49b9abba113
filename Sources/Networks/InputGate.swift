import Kernels

/// How the features of a row are weighted before the first recurrent layer.   x (R, D) → x′ (R, D).
///
/// A gate works block by block, so that x′ is used while it is in cache and never stored whole.
protocol InputGate: Sendable {
    /// Fills its weights.
    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream)

    /// Plans its part of the work space.
    func plan(_ batch: SequenceBatch, training: Bool, _ plan: inout WorkspacePlan) -> GateSpace

    /// Packs the weights for a pass forwards.
    func pack(_ pass: Pass, _ space: GateSpace)

    /// Computes x′ of these rows from `x`, all rows' inputs; its rows hold until the next call.
    func forward(_ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows) -> Rows

    /// What of it says where it looks.
    var shape: AttentionShape { get }

    /// Writes the softmax of these rows, of which `forward` was the last, into a record, where the
    /// gate's first feature has the place `column`.
    func note(
        _ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, column: Int,
        in record: AttentionRecord)

    /// x′ of these rows once more, from the weights that `forward` has kept.
    func again(_ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows) -> Rows

    /// Packs the weights for the gradient of the inputs.
    func packBackward(_ pass: Pass, _ space: GateSpace)

    /// The gradients of these rows from that of x′, which lies in `space.dGated`.
    func backward(
        _ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?)
}

extension InputGate {
    /// `forward`, of which a note is made where the batch carries a record.
    func noted(
        _ pass: Pass, _ space: GateSpace, _ rows: Range<Int>, _ x: Rows, column: Int = 0
    ) -> Rows {
        let gated = forward(pass, space, rows, x)
        if let record = pass.batch.record { note(pass, space, rows, column: column, in: record) }
        return gated
    }
}

/// Where a gate keeps its values: offsets into the work space.
struct GateSpace: Sendable {
    /// The weights of the features (R, D) or modalities (R, M); of one block without training.
    var weights = 0
    /// The attention's hidden units (R, M · G); of one block without training.
    var units = 0
    /// x′ of a block (B, D), and its gradient.
    var gated = 0, dGated = 0
    /// Gradients within the gate, of a block.
    var dWeights = 0, dUnits = 0
    /// Packed weights, a modality's after the other's, forwards and backwards.
    var panels: [Int] = [], backPanels: [Int] = []
    /// What `InstructionSet.gradient` works in.
    var scratch = 0
}

extension Pass {
    /// The first of these rows in a buffer that holds all rows in training, else one block.
    func kept(_ offset: Int, step: Int, _ rows: Range<Int>) -> Rows {
        space(offset, step: step).from(row: training ? rows.lowerBound : 0)
    }
}
