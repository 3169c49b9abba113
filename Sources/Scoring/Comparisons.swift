import Planning

/// Two models on the same splits: which one is better, and whether that is more than chance.
public struct ModelComparison: Hashable, Sendable {
    /// The index of the first model's cell and of the other's in the plan's list.
    public let first: Int, second: Int
    /// The culture that was tested; nil is all together.
    public let culture: String?
    /// The predicted quantity.
    public let target: String
    /// The CCC of the second model less that of the first, both on the same resamples.
    public let difference: Estimate
    /// The p-value of the sign-flip permutation over groups; nil where there is none.
    public let probability: Double?
    /// Whether it is of all permutations, not of drawn ones.
    public let isExact: Bool
    /// The p-value by Holm's method, over all targets and tests of this pair of models.
    public internal(set) var adjusted: Double?
    /// The number of groups.
    public let groups: Int

    /// Beyond so many models each is compared with the first alone.
    public static let pairsMax = 6

    /// By Holm's method over all targets and tests of the same two models, features and scheme.
    static func adjusted(_ comparisons: [ModelComparison], _ plan: Plan) -> [ModelComparison] {
        var comparisons = comparisons
        var families: [[String]: [Int]] = [:]
        for (index, comparison) in comparisons.enumerated() {
            let (a, b) = (plan.cells[comparison.first], plan.cells[comparison.second])
            families[[a.scheme, a.features.name, a.recipe.name, b.recipe.name], default: []]
                .append(index)
        }
        for family in families.values {
            let adjusted = Holm.adjusted(family.map { comparisons[$0].probability })
            for (index, value) in zip(family, adjusted) { comparisons[index].adjusted = value }
        }
        return comparisons
    }
}

/// What is lost when a model meets another culture than the one that it learnt from.
public struct GeneralizationGap: Hashable, Sendable {
    /// The scheme of the model from the other culture.
    public let scheme: String
    /// The name of the choice of features, the model's, and the predicted quantity.
    public let features: String, model: String, target: String
    /// The culture that was trained on and the one that was tested.
    public let train: String, test: String
    /// The CCC within the tested culture, and that of the model from the other one.
    public let within: Double?, cross: Double?
    /// Within less cross.
    public let gap: Estimate
    /// Cross over within, the transfer ratio; undefined where within is at most 0.05.
    public let transfer: Estimate
    /// Pooled less within: what adding other cultures to the training side gains. Nil where no
    /// pooled scheme was planned.
    public let gain: Estimate?
    /// The gap by what it comes from; nil where a CCC or a correlation is undefined.
    public let parts: GapParts?
}

/// A gap by what it comes from; the three add up to it.
public struct GapParts: Hashable, Sendable {
    /// What is owed to a lower correlation.
    public let correlation: Double
    /// What is owed to a larger difference of the means, in units of the standard deviations.
    public let bias: Double
    /// What is owed to the ratio of the standard deviations.
    public let scale: Double
}

/// Whether A serves B better than B serves A.
public struct Asymmetry: Hashable, Sendable {
    /// The scheme.
    public let scheme: String
    /// The name of the choice of features, the model's, and the predicted quantity.
    public let features: String, model: String, target: String
    /// The two cultures, A and B.
    public let first: String, second: String
    /// The CCC of A → B and that of B → A.
    public let forward: Double?, backward: Double?
    /// A → B less B → A. Groups that both test sides share are drawn for both at once.
    public let difference: Estimate
}
