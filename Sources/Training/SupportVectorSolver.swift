import Kernels

/// Linear support vector regression by dual coordinate descent, in float64.
///
/// Ho and Lin 2012, "Large-scale linear support vector regression", algorithm 4 for the L1-loss
/// without shrinking: minimise over −C ≤ β ≤ C
///
///     ½ Σ β_i β_j x_i·x_j − Σ y_i β_i + ε Σ |β_i|,      w = Σ β_i x_i,
///
/// one β at a time, in a fresh random order each pass. Every x ends with a 1, whose weight is the
/// intercept. All candidates and targets see the same orders, so that each solution is its own.
struct SupportVectorSolver: LinearSolver {
    /// The frames (n, D + 1).
    private let frames: DoubleRows
    /// x·x of each frame.
    private let squares: [Double]
    /// For each target the gold value of every frame.
    private let gold: [[Double]]
    let epsilon: Double
    let order: RandomStream
    /// A pass ends the search when its violations add up to this share of the first pass's.
    var tolerance = 1e-3
    /// The most passes. What is found by then is taken, and scored like any other.
    var passesMax = 1000
    /// The most values of all frames together: 2 GiB.
    static let valuesMax = 1 << 28

    /// A solver of these frames' features (n, D) and gold values (n, O), row-major.
    ///
    /// - Throws: ``TrainingError/setting(_:)`` when they are too many.
    init(
        features: [Float], width: Int, gold: [Float], targets: Int, epsilon: Double,
        order: RandomStream
    ) throws(TrainingError) {
        let count = gold.count / targets
        guard count * (width + 1) <= SupportVectorSolver.valuesMax else {
            throw .setting(
                "svr would hold \(count) frames of \(width) features; the most are "
                    + "\(SupportVectorSolver.valuesMax / (width + 1)) so wide. Raise `every`.")
        }
        let frames = DoubleRows(count: count, width: width + 1)
        for i in 0..<count {
            let row = frames[i]
            for d in 0..<width { row[d] = Double(features[i * width + d]) }
            row[width] = 1
        }
        self.frames = frames
        squares = (0..<count).map { frames.product(row: $0, frames, row: $0, columns: width + 1) }
        self.gold = (0..<targets).map { target in
            (0..<count).map { Double(gold[$0 * targets + target]) }
        }
        self.epsilon = epsilon
        self.order = order
    }

    func solution(_ candidate: Double, _ progress: () throws -> Void) throws -> [[Double]] {
        try gold.map { try solution($0, candidate, progress).weights }
    }

    /// The weights, the intercept last, and the β of every frame, for one target.
    func solution(
        _ gold: [Double], _ complexity: Double, _ progress: () throws -> Void
    ) throws -> (weights: [Double], beta: [Double]) {
        let weights = DoubleRows(count: 1, width: frames.width)
        var beta = [Double](repeating: 0, count: frames.count)
        var order = self.order
        var sequence = Array(beta.indices)
        var limit: Double?
        for _ in 0..<passesMax {
            order.shuffle(&sequence)
            var violations = 0.0
            for i in sequence {
                let product = weights.product(row: 0, frames, row: i, columns: frames.width)
                let gradient = product - gold[i]
                violations += violation(beta[i], gradient, complexity)
                let step = self.step(beta[i], gradient, square: squares[i])
                let next = min(complexity, max(-complexity, beta[i] + step))
                guard next != beta[i] else { continue }
                weights.add(next - beta[i], frames, row: i, to: 0)
                beta[i] = next
            }
            try progress()
            if violations <= limit ?? 0 { break }
            limit = limit ?? tolerance * violations
        }
        return (Array(weights[0]), beta)
    }

    /// By how much a β is off its optimality condition; `gradient` is w·x − y.
    private func violation(_ beta: Double, _ gradient: Double, _ complexity: Double) -> Double {
        let (up, down) = (gradient + epsilon, gradient - epsilon)
        if beta == 0 { return max(0, -up, down) }
        if beta >= complexity { return max(0, up) }
        if beta <= -complexity { return max(0, -down) }
        return abs(beta > 0 ? up : down)
    }

    /// The step of one β to the least of its own quadratic, before the bounds.
    private func step(_ beta: Double, _ gradient: Double, square: Double) -> Double {
        let (up, down) = (gradient + epsilon, gradient - epsilon)
        if up < square * beta { return -up / square }
        if down > square * beta { return -down / square }
        return -beta
    }
}
