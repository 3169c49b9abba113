/// How several raters' traces of one target become the gold trace.
public struct GoldRecipe: Hashable, Sendable {
    /// How traces are averaged.
    public var fusion = Fusion.ewe
    /// By how many frames a rater's trace may be shifted to fit the others; 0 shifts none. The
    /// default is 0.
    public var lagFramesMax = 0
    /// What the lag of a rater is chosen by. The default is the correlation.
    public var alignment = Alignment.correlation

    /// The ways to average.
    public enum Fusion: String, Hashable, Sendable, CaseIterable {
        /// All raters count the same.
        case mean
        /// The evaluator weighted estimator: a rater counts by the correlation with the mean of
        /// all, and not at all where that is negative.   Grimm and Kroschel 2005.
        case ewe
    }

    /// What a rater's agreement with the mean of the others is measured by.
    public enum Alignment: String, Hashable, Sendable, CaseIterable {
        /// Pearson's correlation.
        case correlation
        /// The concordance correlation coefficient, over n.
        case ccc
    }

    /// The defaults: evaluator weighted, not shifted.
    public init() {}
}
