import Kernels

/// A fully connected layer: y = x Wᵀ + b.   x (R, D) → y (R, O).
struct Dense: Sendable {
    let inputs: Int
    let outputs: Int
    /// W (O, D).
    let weight: ParameterLayout.Entry
    /// b (O).
    let bias: ParameterLayout.Entry

    init(_ layout: inout ParameterLayout, _ name: String, inputs: Int, outputs: Int) {
        self.init(
            &layout, weight: "\(name).weight", bias: "\(name).bias", shape: [outputs, inputs])
    }

    /// A layer of other names than `….weight`, or of a shape (O, …) whose rest has D values.
    init(_ layout: inout ParameterLayout, weight: String, bias: String, shape: [Int]) {
        outputs = shape[0]
        inputs = shape.dropFirst().reduce(1, *)
        self.weight = layout.reserve(weight, shape: shape)
        self.bias = layout.reserve(bias, outputs)
    }

    /// Glorot's uniform weights and a zero bias.
    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        Initialisation.glorot(
            parameters + weight.offset, rows: outputs, columns: inputs, from: &random)
    }

    /// The number of float32 of the packed weights, in either direction.
    var panels: Int {
        max(Packing.count(k: inputs, n: outputs), Packing.count(k: outputs, n: inputs))
    }

    /// Packs the weights for `forward`.
    func pack(_ pass: Pass, into panels: UnsafeMutablePointer<Float>) {
        Packing.pack(
            k: inputs, n: outputs, pass.weights(weight), kStep: 1, nStep: inputs, into: panels)
    }

    /// y = x Wᵀ + b over `rows` rows, with weights that `pack` has packed.
    func forward(
        _ pass: Pass, rows: Int, _ x: Rows, panels: UnsafePointer<Float>, into y: Rows
    ) {
        pass.kernels.product(
            m: rows, n: outputs, k: inputs, x, panels,
            start: Rows(reading: pass.weights(bias), step: 0), into: y)
    }

    /// dW += dyᵀ x, db += Σ dy.
    func backward(
        _ pass: Pass, rows: Int, _ x: Rows, dy: Rows, gradients: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>
    ) {
        pass.kernels.gradient(
            rows: rows, m: outputs, n: inputs, dy, x,
            adding: Rows(gradients + weight.offset, step: inputs), scratch: scratch)
        pass.kernels.columnSums(rows: rows, n: outputs, dy, adding: gradients + bias.offset)
    }

    /// Packs the weights for `backwardInput`.
    func packBackward(_ pass: Pass, into panels: UnsafeMutablePointer<Float>) {
        Packing.pack(
            k: outputs, n: inputs, pass.weights(weight), kStep: inputs, nStep: 1, into: panels)
    }

    /// dx = start + dy W, with weights that `packBackward` has packed.
    func backwardInput(
        _ pass: Pass, rows: Int, dy: Rows, panels: UnsafePointer<Float>, start: Rows?,
        into dx: Rows
    ) {
        pass.kernels.product(
            m: rows, n: inputs, k: outputs, dy, panels, start: start, into: dx)
    }
}
