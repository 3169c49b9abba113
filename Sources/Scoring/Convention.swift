/// Which divisors the concordance correlation coefficient (CCC) takes its moments with.
///
/// Published figures differ in this, by about 1/n; so every output names the one that it uses.
public enum Convention: String, Hashable, Sendable, CaseIterable {
    /// Variances and covariance over n.   Lin 1989, eq. 1 with sample moments of divisor n.
    case population
    /// Variances and covariance over n − 1.   MuSe 2022.
    case sample
    /// Variances over n − 1, covariance over n.   AVEC 2019, `calc_scores.py`.
    case avec

    /// How it takes its moments, in a few words for a report.
    public var explanation: String {
        switch self {
        case .population: "variances and covariance divided by n"
        case .sample: "variances and covariance divided by n − 1"
        case .avec: "covariance divided by n, variances by n − 1, as AVEC 2019 scored"
        }
    }

    /// The CCC of two traces that both vary.
    ///
    /// `gold` and `predicted` are Σ (x − mean)², `products` is Σ (x − mean)(y − mean), `bias` is
    /// the difference of the means, `count` is n. It is nil where the denominator vanishes.
    func concordance(
        gold: Double, predicted: Double, products: Double, bias: Double, count: Double
    ) -> Double? {
        let divisor = self == .population ? count : count - 1
        let denominator = gold + predicted + divisor * bias * bias
        guard divisor > 0, denominator > 0 else { return nil }
        let numerator = self == .avec ? 2 * products * (divisor / count) : 2 * products
        return numerator / denominator
    }
}
