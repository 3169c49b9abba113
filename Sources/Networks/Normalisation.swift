import Kernels

/// Layer normalisation of each row: y = w ∘ x̂ + b, x̂ = (x − mean) / √(variance + ε).
///
/// Population variance over the D values.   Ba, Kiros, Hinton 2016.
struct Normalisation: Sendable {
    let width: Int
    let epsilon: Double
    /// w (D), b (D).
    let weight: ParameterLayout.Entry, bias: ParameterLayout.Entry

    init(_ layout: inout ParameterLayout, _ name: String, width: Int, epsilon: Double) {
        self.width = width
        self.epsilon = epsilon
        weight = layout.reserve("\(name).weight", width)
        bias = layout.reserve("\(name).bias", width)
    }

    /// Weights of 1; biases stay 0.
    func initialise(_ parameters: UnsafeMutablePointer<Float>) {
        for i in 0..<width { parameters[weight.offset + i] = 1 }
    }

    /// What a pass keeps: x̂ (rows, D), and 1 / √(variance + ε) of each row.
    struct Kept {
        let normal: Rows
        let scales: UnsafeMutablePointer<Float>

        /// What is kept from this row on.
        func from(row: Int) -> Kept { Kept(normal: normal.from(row: row), scales: scales + row) }
    }

    /// `x` (rows, D) → `y` (rows, D).
    func forward(_ pass: Pass, rows: Int, _ x: Rows, keeping kept: Kept, into y: Rows) {
        pass.kernels.normalise(
            rows: rows, n: width, epsilon: epsilon, x, into: kept.normal, scales: kept.scales)
        again(pass, rows: rows, kept, into: y)
    }

    /// y once more, from what `forward` has kept.
    func again(_ pass: Pass, rows: Int, _ kept: Kept, into y: Rows) {
        pass.kernels.multiply(
            rows: rows, n: width, kept.normal, Rows(reading: pass.weights(weight), step: 0),
            into: y)
        pass.kernels.add(
            rows: rows, n: width, Rows(reading: pass.weights(bias), step: 0), to: y)
    }

    /// The gradient of y in `dy` (rows, D) → that of x in its place; works in `scratch` (rows, D).
    func backward(
        _ pass: Pass, rows: Int, _ kept: Kept, dy: Rows,
        gradients: UnsafeMutablePointer<Float>, scratch: Rows
    ) {
        let kernels = pass.kernels
        kernels.columnSums(rows: rows, n: width, dy, adding: gradients + bias.offset)
        kernels.multiply(rows: rows, n: width, dy, kept.normal, into: scratch)
        kernels.columnSums(rows: rows, n: width, scratch, adding: gradients + weight.offset)
        kernels.multiply(
            rows: rows, n: width, dy, Rows(reading: pass.weights(weight), step: 0), into: dy)
        kernels.normaliseBackward(
            rows: rows, n: width, kept.normal, scales: kept.scales, dy, into: dy)
    }
}
