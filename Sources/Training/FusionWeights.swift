/// The shares with which predictions of one target are added up.
///
/// They are multiples of 1/20, none negative, that sum to 1: the ones of the highest concordance of
/// the sum with the gold trace. Equal shares stand until others are better, and for good where no
/// concordance is defined. The grid is searched whole, in one order; concordance has several
/// maxima over the shares, and a finer grid would fit the validation side's noise.
///
/// - Complexity: O(n M² + C(19 + M, M − 1) M²) for n frames and M predictions.
struct FusionWeights: Hashable {
    /// A share for each prediction.
    private(set) var shares: [Double]

    /// Steps from 0 to 1.
    static let steps = 20

    /// The shares for these predictions, each as long as the gold trace.
    init(gold: [Double], predicted: [[Double]]) {
        shares = predicted.map { _ in 1 / Double(predicted.count) }
        let moments = JointMoments(gold: gold, predicted: predicted)
        var best = moments.concordance(shares) ?? -.infinity
        var counts = predicted.map { _ in 0 }
        func search(from index: Int, left: Int) {
            if index == counts.count - 1 {
                counts[index] = left
                let shares = counts.map { Double($0) / Double(FusionWeights.steps) }
                if let found = moments.concordance(shares), found > best {
                    (best, self.shares) = (found, shares)
                }
                return
            }
            for count in 0...left {
                counts[index] = count
                search(from: index + 1, left: left - count)
            }
        }
        search(from: 0, left: FusionWeights.steps)
    }
}

/// Means and centred products of a gold trace and several predictions of it: enough to tell the
/// concordance of any weighted sum.
private struct JointMoments {
    private let bias: [Double]
    private let goldSquares: Double
    private let goldProducts: [Double]
    private let products: [[Double]]

    init(gold: [Double], predicted: [[Double]]) {
        func mean(_ values: [Double]) -> Double {
            values.reduce(0, +) / Double(max(1, values.count))
        }
        func centred(_ values: [Double]) -> [Double] {
            let mean = mean(values)
            return values.map { $0 - mean }
        }
        func product(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let y = centred(gold)
        let p = predicted.map(centred)
        let root = Double(gold.count).squareRoot()
        bias = predicted.map { root * (mean($0) - mean(gold)) }
        goldSquares = product(y, y)
        goldProducts = p.map { product(y, $0) }
        products = p.map { a in p.map { product(a, $0) } }
    }

    /// 2 Σ y p / (Σ y² + Σ p² + n bias²), centred; nil where both are constant and equal.
    func concordance(_ shares: [Double]) -> Double? {
        var (covariance, bias, squares) = (0.0, 0.0, 0.0)
        for (i, share) in shares.enumerated() {
            covariance += share * goldProducts[i]
            bias += share * self.bias[i]
            for (j, other) in shares.enumerated() { squares += share * other * products[i][j] }
        }
        let denominator = goldSquares + squares + bias * bias
        return denominator > 0 ? 2 * covariance / denominator : nil
    }
}
