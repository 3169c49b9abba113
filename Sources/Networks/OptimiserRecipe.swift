/// Which optimiser moves the weights.
public enum OptimiserRecipe: Hashable, Sendable {
    /// Adam with β₁ 0.9, β₂ 0.999, ε 1e-8.   Kingma and Ba 2015.
    case adam
    /// Adam after all weights, biases too, have shrunk by the share rate · `weightDecay`: PyTorch's
    /// AdamW.   Loshchilov and Hutter 2019.
    case adamW(weightDecay: Double)
    /// RMSprop as Keras defines it, and with it the AVEC baselines: ρ 0.9, ε 1e-7 outside of the
    /// root, not centred, no momentum. PyTorch's default ρ is 0.99 and its ε 1e-8.
    case rmsprop

    /// The optimiser of `count` weights before its first step.
    public func makeOptimiser(count: Int, learningRate: Double) -> Adam {
        switch self {
        case .adam: Adam(count: count, learningRate: learningRate)
        case .adamW(let decay):
            Adam(count: count, learningRate: learningRate, weightDecay: decay)
        case .rmsprop:
            Adam(
                count: count, learningRate: learningRate, beta1: 0, beta2: 0.9, epsilon: 1e-7,
                correctsBias: false)
        }
    }
}
