import Kernels

/// How well a predicted trace agrees with the gold one; what is undefined is nil, never 0.
public struct Score: Hashable, Sendable {
    /// Which divisors ``ccc`` was taken with; the other figures are the same in all conventions.
    public let convention: Convention
    /// The concordance correlation coefficient, −1 to 1; nil for two equal constant traces, 0
    /// when one trace is constant.   Lin 1989.
    public let ccc: Double?
    /// Pearson's correlation, −1 to 1; nil when a trace is constant.
    public let pearson: Double?
    /// The root mean squared error, in the target's unit.
    public let rmse: Double?
    /// The predicted mean less the gold mean, in the target's unit.
    public let bias: Double?
    /// The predicted standard deviation over the gold one; nil when the gold trace is constant.
    public let scale: Double?
    /// The number of frames, n.
    public let frames: Int

    /// The score of the frames that `moments` has seen.
    ///
    /// A NaN or infinite value among them, or no frame at all, leaves every figure undefined.
    public init(_ moments: Moments, _ convention: Convention) {
        self.convention = convention
        frames = moments.count
        guard let figures = Figures(moments) else {
            (ccc, pearson, rmse, bias, scale) = (nil, nil, nil, nil, nil)
            return
        }
        ccc = figures.ccc(convention)
        pearson = figures.pearson
        rmse = figures.rmse
        bias = figures.bias
        scale = figures.scale
    }
}

/// Moments of finite traces, with what is constant told by their extrema, not by a variance.
private struct Figures {
    let moments: Moments
    let gold: ClosedRange<Double>
    let predicted: ClosedRange<Double>

    init?(_ moments: Moments) {
        let sums = moments.goldSquares + moments.predictedSquares + moments.products
        guard let gold = moments.goldRange, let predicted = moments.predictedRange,
            sums.isFinite, moments.goldMean.isFinite, moments.predictedMean.isFinite
        else { return nil }
        self.moments = moments
        self.gold = gold
        self.predicted = predicted
    }

    var goldVaries: Bool { gold.lowerBound < gold.upperBound }
    var predictedVaries: Bool { predicted.lowerBound < predicted.upperBound }
    var count: Double { Double(moments.count) }

    /// Taken from the values themselves where they are constant: a mean of tenths is not a tenth.
    var bias: Double {
        (predictedVaries ? moments.predictedMean : predicted.lowerBound)
            - (goldVaries ? moments.goldMean : gold.lowerBound)
    }

    func ccc(_ convention: Convention) -> Double? {
        guard convention == .population || moments.count > 1 else { return nil }
        guard goldVaries || predictedVaries else { return bias == 0 ? nil : 0 }
        guard goldVaries, predictedVaries else { return 0 }
        return convention.concordance(
            gold: moments.goldSquares, predicted: moments.predictedSquares,
            products: moments.products, bias: bias, count: count)
    }

    var pearson: Double? {
        let product = moments.goldSquares * moments.predictedSquares
        let spread =
            product.isNormal
            ? product.squareRoot()
            : moments.goldSquares.squareRoot() * moments.predictedSquares.squareRoot()
        guard goldVaries, predictedVaries, spread > 0 else { return nil }
        return min(1, max(-1, moments.products / spread))
    }

    var rmse: Double {
        let spread = moments.goldSquares + moments.predictedSquares - 2 * moments.products
        return (max(0, spread) / count + bias * bias).squareRoot()
    }

    var scale: Double? {
        guard goldVaries, moments.goldSquares > 0 else { return nil }
        guard predictedVaries else { return 0 }
        return (moments.predictedSquares / moments.goldSquares).squareRoot()
    }
}
