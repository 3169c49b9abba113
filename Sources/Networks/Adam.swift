import Kernels

/// The optimiser Adam over one arena of weights.
///
/// m = β₁m + (1 − β₁)g;  v = β₂v + (1 − β₂)g²;
/// w −= rate · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε).   Kingma and Ba 2015, algorithm 1.
///
/// Its kin are the same step: AdamW shrinks the weights first, and RMSprop has β₁ = 0, so that m is
/// the gradient, and divides by no 1 − βᵗ. See ``OptimiserRecipe``.
public struct Adam: Sendable {
    /// The step size.
    public var learningRate: Double
    /// The decay of the mean, 0.9, and of the variance, 0.999.
    public let beta1: Double, beta2: Double
    /// What keeps the quotient finite, 1e-8.
    public let epsilon: Double
    /// By which share of the step size the weights shrink in each step, 0.
    public let weightDecay: Double
    /// Whether m and v are divided by 1 − βᵗ.
    public let correctsBias: Bool
    /// The steps done, t.
    public private(set) var steps: Int
    /// The mean of the gradient, m.
    public private(set) var mean: [Float]
    /// The mean of its square, v.
    public private(set) var variance: [Float]

    /// An optimiser of `count` weights before its first step.
    public init(
        count: Int, learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999,
        epsilon: Double = 1e-8, weightDecay: Double = 0, correctsBias: Bool = true
    ) {
        self.learningRate = learningRate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
        self.correctsBias = correctsBias
        steps = 0
        mean = [Float](repeating: 0, count: count)
        variance = mean
    }

    /// Goes on from a checkpoint.
    ///
    /// - Precondition: `mean` and `variance` have one value a weight, `steps` is not negative.
    public mutating func restore(steps: Int, mean: [Float], variance: [Float]) {
        precondition(steps >= 0)
        precondition(mean.count == self.mean.count && variance.count == self.variance.count)
        self.steps = steps
        self.mean = mean
        self.variance = variance
    }

    /// Moves the weights by one step against their gradients.
    public mutating func step(
        parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
        kernels: InstructionSet = .current
    ) {
        steps += 1
        func factor(_ beta: Double) -> Double {
            correctsBias ? 1 / (1 - Elementary.pow(beta, Double(steps))) : 1
        }
        let step = AdamStep(
            rate: learningRate, beta1: beta1, beta2: beta2, meanFactor: factor(beta1),
            varianceFactor: factor(beta2), epsilon: epsilon)
        if weightDecay > 0 {
            var factor = Float(1 - learningRate * weightDecay)
            let row = Rows(parameters, step: mean.count)
            withUnsafeMutablePointer(to: &factor) {
                kernels.scale(
                    rows: 1, n: mean.count, by: Rows($0, step: 0), row, into: row)
            }
        }
        mean.withUnsafeMutableBufferPointer { mean in
            variance.withUnsafeMutableBufferPointer { variance in
                guard let m = mean.baseAddress, let v = variance.baseAddress else { return }
                kernels.adam(
                    count: mean.count, weights: parameters, mean: m, variance: v,
                    gradient: gradients, step)
            }
        }
    }

    /// Scales the gradients so that their global norm is at most `maximum`; nil leaves them.
    ///
    /// Every gradient is multiplied by min(1, maximum / (norm + 1e-6)). Returns the norm before;
    /// it is not finite when a gradient is not.   Pascanu, Mikolov, Bengio 2013.
    public static func clip(
        _ gradients: UnsafeMutablePointer<Float>, count: Int, maximum: Double?,
        kernels: InstructionSet = .current
    ) -> Double {
        let norm = kernels.squares(count: count, gradients).squareRoot()
        guard let maximum, norm.isFinite else { return norm }
        let coefficient = maximum / (norm + 1e-6)
        if coefficient < 1 {
            let row = Rows(gradients, step: count)
            var factor = Float(coefficient)
            withUnsafeMutablePointer(to: &factor) {
                kernels.scale(rows: 1, n: count, by: Rows($0, step: 0), row, into: row)
            }
        }
        return norm
    }
}
