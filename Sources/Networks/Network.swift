import Kernels

/// A network: a fixed shape of parameters, and exact passes forwards and backwards over a batch.
///
/// A value holds shapes only. Weights, gradients and work space belong to the caller, so that a
/// step allocates nothing large and the optimiser is one loop over one arena.
///
/// Letters: R rows of the packed batch, D input features of all modalities side by side,
/// O outputs (targets), W values of the representation: what the output layer reads of a row.
public protocol Network: Sendable {
    /// Where each weight lies in the arena.
    var layout: ParameterLayout { get }
    /// The number of input features of each modality; they stand side by side in a row of inputs.
    var widths: [Int] { get }
    /// The number of outputs, O.
    var outputs: Int { get }
    /// The number of values that the output layer reads of a row, W.
    var representationWidth: Int { get }
    /// What of it says where it looks; nothing unless it has gates or attends to frames. A record
    /// of this shape in a batch is filled by `forward` with `training` false.
    var attention: AttentionShape { get }

    /// Fills `parameters` (`layout.count`) with fresh weights.
    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream)

    /// The number of float32 that `forward` and `backward` need to work in for one batch.
    ///
    /// With `training` false it is what `forward` alone needs.
    func workspaceCount(for batch: SequenceBatch, training: Bool) -> Int

    /// Predicts.  `inputs` (R, D), `parameters` (`layout.count`) → `predictions` (R, O).
    ///
    /// Leaves in `workspace` what `backward` reads when `training` is true.
    func forward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, training: Bool,
        predictions: UnsafeMutablePointer<Float>)

    /// The representation (R, W), after `forward` with `training` true on this batch, these inputs
    /// and this work space; to be read before `backward`.
    func representation(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>
    ) -> Rows

    /// The gradient of the loss by every weight, after `forward` on the same batch and work space.
    ///
    /// `dPredictions` (R, O), and `dRepresentation` (R, W), which is what others than the output
    /// layer ask of the representation → adds to `gradients` (`layout.count`) and, where `dInputs`
    /// is given, overwrites it (R, D).
    func backward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, dPredictions: UnsafePointer<Float>,
        dRepresentation: Rows?, gradients: UnsafeMutablePointer<Float>,
        dInputs: UnsafeMutablePointer<Float>?)
}

extension Network {
    /// Nothing.
    public var attention: AttentionShape { AttentionShape() }
}
