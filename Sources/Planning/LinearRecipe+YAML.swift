import Networks

extension LinearRecipe {
    /// The keys of every linear model.
    static let keys = ["rescale"]

    /// The ridge or support vector regression that a section describes.
    ///
    /// Penalties are 1, 10, … 100000 and complexities 0.00001, … 0.01 unless it says otherwise;
    /// `epsilon` is 0.1, and every fifth frame is taken: half a second of a 10 Hz trace, whose
    /// neighbours say nearly the same, at a fifth of the cost.
    init(_ section: SweepSection, isRidge: Bool) throws(SweepError) {
        let method: Method
        if isRidge {
            method = .ridge(
                penalties: try section.numbers("penalty", "number", in: .positive)
                    ?? [1, 10, 100, 1000, 10_000, 100_000])
        } else {
            method = .svr(
                complexities: try section.numbers("complexity", "number", in: .positive)
                    ?? [1e-5, 1e-4, 1e-3, 1e-2],
                epsilon: try section.number("epsilon", in: .notNegative) ?? 0.1,
                every: try section.integer("every", in: 1...100_000) ?? 5)
        }
        self.init(method: method, isRescaled: try section.boolean("rescale") ?? true)
    }
}
