import Kernels

/// A CCC as a product: correlation times what bias and scale leave of it.
///
/// CCC = 2 r k / (v + 1/v + u²), where r is Pearson's correlation, v the ratio of the standard
/// deviations, u the difference of the means over the root of their product, and k what a
/// convention multiplies a covariance by.   Lin 1989, eq. 2.
struct ConcordanceParts {
    /// r k.
    let correlation: Double
    /// u².
    let bias: Double
    /// v.
    let scale: Double

    /// The parts of a CCC; nil where a trace is constant or there is no frame.
    init?(_ moments: Moments, _ convention: Convention) {
        let score = Score(moments, convention)
        guard let pearson = score.pearson, let scale = score.scale, let bias = score.bias,
            scale > 0
        else { return nil }
        let n = Double(moments.count)
        let root = moments.goldSquares.squareRoot() * moments.predictedSquares.squareRoot()
        correlation = pearson * (convention == .avec ? (n - 1) / n : 1)
        self.bias = (convention == .population ? n : n - 1) * bias * bias / root
        self.scale = scale
    }

    private static func concordance(_ correlation: Double, _ bias: Double, _ scale: Double)
        -> Double
    {
        2 * correlation / (scale + 1 / scale + bias)
    }

    /// What of the difference `within` less `cross` is owed to each part: its mean contribution
    /// over all orders in which the three may change.   Shapley 1953.
    static func gap(_ within: ConcordanceParts, _ cross: ConcordanceParts) -> GapParts {
        /// The CCC with the parts of `within` that `mask` names, else those of `cross`.
        func value(_ mask: Int) -> Double {
            concordance(
                mask & 1 != 0 ? within.correlation : cross.correlation,
                mask & 2 != 0 ? within.bias : cross.bias,
                mask & 4 != 0 ? within.scale : cross.scale)
        }
        let values = (0..<8).map(value)
        func share(_ part: Int) -> Double {
            let (a, b) = part == 1 ? (2, 4) : part == 2 ? (1, 4) : (1, 2)
            return (values[part] - values[0]) / 3
                + (values[part | a] - values[a]) / 6 + (values[part | b] - values[b]) / 6
                + (values[7] - values[a | b]) / 3
        }
        return GapParts(correlation: share(1), bias: share(2), scale: share(4))
    }
}
