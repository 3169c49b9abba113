/// A linear model per frame, and how it is solved: the floor on which every report stands.
///
/// Nothing is trained in steps. Each candidate is one solution; each target keeps the candidate
/// that serves it best on the validation side.
public struct LinearRecipe: Hashable, Sendable, Codable {
    /// What is solved.
    public var method: Method
    /// Whether each target's output is mapped so that it has the mean and standard deviation of
    /// the gold traces on the training side, as baselines of the field do. The default is true:
    /// least squares shrinks its predictions, and CCC counts that as an error of scale.
    public var isRescaled: Bool

    /// A recipe of these parts.
    public init(method: Method, isRescaled: Bool = true) {
        self.method = method
        self.isRescaled = isRescaled
    }

    /// What is solved, with candidates for the one number that regularises it.
    ///
    /// Features x and gold traces y have mean 0 and SD 1 on the training side.
    public enum Method: Hashable, Sendable, Codable {
        /// Ridge regression: least Σ (y − w·x − b)² + penalty · |w|² over all training frames.
        ///
        /// Sums, not means: n frames put n on the diagonal of the features' Gram matrix, so that a
        /// penalty of n halves the weight of a lone feature. It is scikit-learn's `alpha`.
        case ridge(penalties: [Double])
        /// Linear support vector regression: least
        /// ½ |(w, b)|² + complexity · Σ max(0, |y − w·x − b| − epsilon) over every so many frames.
        ///
        /// LIBLINEAR's L1-loss with a bias of 1; `epsilon` is in SDs of the gold traces.
        case svr(complexities: [Double], epsilon: Double, every: Int)
    }

    /// The penalties or complexities to choose from, in the user's order.
    public var candidates: [Double] {
        switch method {
        case .ridge(let penalties): penalties
        case .svr(let complexities, _, _): complexities
        }
    }
}
