import Kernels

/// A network that plans its work space and computes on rows; the passes of `Network` over bare
/// memory follow from that.
protocol PlannedNetwork: Network {
    /// Where everything of a pass lies.
    associatedtype Space: PlannedSpace

    /// What does the arithmetic.
    var kernels: InstructionSet { get }

    /// Plans the work space of a batch.
    func plan(_ batch: SequenceBatch, training: Bool) -> Space

    /// Predicts.   `inputs` (R, D) → `predictions` (R, O).
    func forward(_ pass: Pass, _ space: Space, inputs: Rows, predictions: Rows)

    /// Adds to `gradients`, after `forward`; see `Network`.   `dInputs` (R, D).
    func backward(
        _ pass: Pass, _ space: Space, inputs: Rows, dPredictions: Rows, dRepresentation: Rows?,
        gradients: UnsafeMutablePointer<Float>, dInputs: Rows?)
}

/// Offsets into a work space.
protocol PlannedSpace {
    /// The number of float32 that a caller has to provide.
    var count: Int { get }
}

extension PlannedNetwork {
    func workspaceCount(for batch: SequenceBatch, training: Bool) -> Int {
        plan(batch, training: training).count
    }

    func forward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, training: Bool,
        predictions: UnsafeMutablePointer<Float>
    ) {
        let pass = Pass(
            batch, parameters: parameters, workspace: workspace, training: training,
            kernels: kernels)
        forward(
            pass, plan(batch, training: training), inputs: Rows(reading: inputs, step: inputWidth),
            predictions: Rows(predictions, step: outputs))
    }

    func backward(
        _ batch: SequenceBatch, inputs: UnsafePointer<Float>, parameters: UnsafePointer<Float>,
        workspace: UnsafeMutablePointer<Float>, dPredictions: UnsafePointer<Float>,
        dRepresentation: Rows?, gradients: UnsafeMutablePointer<Float>,
        dInputs: UnsafeMutablePointer<Float>?
    ) {
        let pass = Pass(
            batch, parameters: parameters, workspace: workspace, training: true, kernels: kernels)
        backward(
            pass, plan(batch, training: true), inputs: Rows(reading: inputs, step: inputWidth),
            dPredictions: Rows(reading: dPredictions, step: outputs),
            dRepresentation: dRepresentation, gradients: gradients,
            dInputs: dInputs.map { Rows($0, step: inputWidth) })
    }

    /// The values of a row of inputs, D.
    var inputWidth: Int { widths.reduce(0, +) }
}
