import CKernels

extension InstructionSet {
    /// y = scale · softmax(x) along each row of `n` values. `y` may be `x`.
    public func softmax(rows: Int, n: Int, scale: Float, _ x: Rows, into y: Rows) {
        table.pointee.softmax(rows, n, scale, x.base, x.step, y.base, y.step)
    }

    /// dx = y ∘ (dy − Σ y dy / scale), for y = scale · softmax(x). `dx` may be `dy`.
    public func softmaxBackward(
        rows: Int, n: Int, scale: Float, _ y: Rows, _ dy: Rows, into dx: Rows
    ) {
        table.pointee.softmax_backward(
            rows, n, scale, y.base, y.step, dy.base, dy.step, dx.base, dx.step)
    }

    /// y = tanh x. `y` may be `x`.
    public func tanh(rows: Int, n: Int, _ x: Rows, into y: Rows) {
        table.pointee.tanh(rows, n, x.base, x.step, y.base, y.step)
    }

    /// dx = dy ∘ (1 − y²), for y = tanh x. `dx` may be an operand.
    public func tanhBackward(rows: Int, n: Int, _ y: Rows, _ dy: Rows, into dx: Rows) {
        table.pointee.tanh_backward(
            rows, n, y.base, y.step, dy.base, dy.step, dx.base, dx.step)
    }

    /// y = max(0, x); not-a-number stays. `y` may be `x`.
    public func rectify(rows: Int, n: Int, _ x: Rows, into y: Rows) {
        table.pointee.rectify(rows, n, x.base, x.step, y.base, y.step)
    }

    /// dx = dy where y > 0 and 0 elsewhere, for y = max(0, x). `dx` may be an operand.
    public func rectifyBackward(rows: Int, n: Int, _ y: Rows, _ dy: Rows, into dx: Rows) {
        table.pointee.rectify_backward(
            rows, n, y.base, y.step, dy.base, dy.step, dx.base, dx.step)
    }

    /// y = (x − mean) · s along each row of `n` values, where s = 1 / √(variance + epsilon) is
    /// left in `scales`, a value a row. `y` may be `x`.
    public func normalise(
        rows: Int, n: Int, epsilon: Double, _ x: Rows, into y: Rows,
        scales: UnsafeMutablePointer<Float>
    ) {
        table.pointee.normalise(
            rows, n, Float(epsilon), x.base, x.step, y.base, y.step, scales)
    }

    /// dx = s ∘ ((dy − Σ dy / n) − y Σ y dy / n), for y and s of `normalise`. `dx` may be `dy`.
    public func normaliseBackward(
        rows: Int, n: Int, _ y: Rows, scales: UnsafePointer<Float>, _ dy: Rows, into dx: Rows
    ) {
        table.pointee.normalise_backward(
            rows, n, y.base, y.step, scales, dy.base, dy.step, dx.base, dx.step)
    }

    /// z = x ∘ y. `z` may be an operand.
    public func multiply(rows: Int, n: Int, _ x: Rows, _ y: Rows, into z: Rows) {
        table.pointee.multiply(rows, n, x.base, x.step, y.base, y.step, z.base, z.step)
    }

    /// y += x.
    public func add(rows: Int, n: Int, _ x: Rows, to y: Rows) {
        table.pointee.add(rows, n, x.base, x.step, y.base, y.step)
    }

    /// y = factor · x, a factor a row. `y` may be `x`.
    public func scale(rows: Int, n: Int, by factors: Rows, _ x: Rows, into y: Rows) {
        table.pointee.scale_rows(
            rows, n, factors.base, factors.step, x.base, x.step, y.base, y.step)
    }

    /// out = Σ x y along each row of `n` values, one value a row.
    public func rowProducts(rows: Int, n: Int, _ x: Rows, _ y: Rows, into out: Rows) {
        table.pointee.row_products(
            rows, n, x.base, x.step, y.base, y.step, out.base, out.step)
    }

    /// y = (x − mean) · scale per column, gathering row r from `sources[r] + offset`.
    ///
    /// `means` and `scales` hold `n` values. This is how a batch is packed: the sources are the
    /// recordings of its sequences, the offset is a frame.
    public func standardise(
        rows: Int, n: Int, sources: UnsafePointer<UnsafePointer<Float>?>, offset: Int,
        means: UnsafePointer<Float>, scales: UnsafePointer<Float>, into y: Rows
    ) {
        table.pointee.standardise(rows, n, sources, offset, means, scales, y.base, y.step)
    }

    /// Σ x² over `count` values, in float64 by 16 lanes.
    public func squares(count: Int, _ x: UnsafePointer<Float>) -> Double {
        table.pointee.squares(count, x)
    }
}

/// The numbers of one step of Adam; `meanFactor` = 1 / (1 − β₁ᵗ), `varianceFactor` = 1 / (1 − β₂ᵗ).
public struct AdamStep: Sendable {
    /// The step size.
    public var rate: Float
    /// The decay of the mean and of the variance.
    public var beta1: Float, beta2: Float
    /// 1 − β₁ and 1 − β₂, rounded once.
    public var rest1: Float, rest2: Float
    /// What undoes the bias of the mean and of the variance.
    public var meanFactor: Float, varianceFactor: Float
    /// What keeps the quotient finite.
    public var epsilon: Float

    /// A step of these numbers, each rounded to float32 once.
    public init(
        rate: Double, beta1: Double, beta2: Double, meanFactor: Double, varianceFactor: Double,
        epsilon: Double
    ) {
        self.rate = Float(rate)
        self.beta1 = Float(beta1)
        self.beta2 = Float(beta2)
        rest1 = Float(1 - beta1)
        rest2 = Float(1 - beta2)
        self.meanFactor = Float(meanFactor)
        self.varianceFactor = Float(varianceFactor)
        self.epsilon = Float(epsilon)
    }
}

extension InstructionSet {
    /// One step of Adam over `count` weights with their mean and variance.
    ///
    /// Kingma and Ba 2015, algorithm 1.
    public func adam(
        count: Int, weights: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>,
        variance: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, _ step: AdamStep
    ) {
        var numbers = adam_step(
            rate: step.rate, beta1: step.beta1, rest1: step.rest1, beta2: step.beta2,
            rest2: step.rest2, mean_factor: step.meanFactor, variance_factor: step.varianceFactor,
            epsilon: step.epsilon)
        table.pointee.adam(count, weights, mean, variance, gradient, &numbers)
    }
}
