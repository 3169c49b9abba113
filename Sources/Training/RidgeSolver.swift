import Kernels

/// Ridge regression by the normal equations, in float64: one Gram matrix, one Cholesky factor a
/// penalty, all targets.
///
/// The intercept is not penalised: sums are centred on the frames that were taken in, so that
/// (Σ (x − x̄)(x − x̄)ᵀ + penalty · I) w = Σ (x − x̄)(y − ȳ)ᵀ and b = ȳ − w·x̄.
///
/// The Gram matrix of D features has D² numbers and takes n · D² products for n frames. The dual
/// problem, with n² numbers, would be smaller only below D frames; a corpus whose features are too
/// wide here has tens of thousands. So wide features are refused.
struct RidgeSolver: LinearSolver {
    let width: Int
    let targets: Int
    /// Of the columns features, gold traces, 1.
    private let sums: GramMatrix

    /// The most features: 128 MiB of sums.
    static let widthMax = 4096

    /// A solver of no frames yet.
    ///
    /// - Throws: ``TrainingError/setting(_:)`` when the features are too wide.
    init(width: Int, targets: Int) throws(TrainingError) {
        guard width <= RidgeSolver.widthMax else {
            throw .setting(
                "ridge would need the products of all pairs of \(width) features; the most is "
                    + "\(RidgeSolver.widthMax). Choose narrower features, or `network: svr`.")
        }
        self.width = width
        self.targets = targets
        sums = GramMatrix(width: width + targets + 1)
    }

    /// Takes in one frame's features (D) and gold values (O).
    func add(_ features: UnsafePointer<Float>, _ gold: UnsafePointer<Float>) {
        sums.add { row in
            for d in 0..<width { row[d] = Double(features[d]) }
            for o in 0..<targets { row[width + o] = Double(gold[o]) }
            row[width + targets] = 1
        }
    }

    /// The sum of products of two columns about their means.
    private func centred(_ a: Int, _ b: Int) -> Double {
        let one = width + targets
        return sums[a, b] - sums[a, one] * sums[b, one] / sums[one, one]
    }

    func solution(_ candidate: Double, _ progress: () throws -> Void) throws -> [[Double]] {
        let factor = CholeskyFactor(size: width) { i, j in
            centred(i, j) + (i == j ? candidate : 0)
        }
        guard let factor else {
            throw TrainingError.setting(
                "a penalty of \(candidate) is too small for features that depend on each other; "
                    + "raise it.")
        }
        try progress()
        let one = width + targets
        return (0..<targets).map { target in
            let gold = width + target
            let weights = factor.solve((0..<width).map { centred($0, gold) })
            let rest = (0..<width).reduce(sums[gold, one]) { $0 - weights[$1] * sums[$1, one] }
            return weights + [rest / sums[one, one]]
        }
    }
}
