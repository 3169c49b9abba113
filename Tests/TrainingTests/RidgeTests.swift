import Corpora
import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Ridge")
struct RidgeTests {
    /// A solver of these frames.
    private func solver(_ features: [[Float]], _ gold: [[Float]]) throws -> RidgeSolver {
        let solver = try RidgeSolver(width: features[0].count, targets: gold[0].count)
        for (x, y) in zip(features, gold) { solver.add(x, y) }
        return solver
    }

    @Test("One feature, by hand: the slope shrinks by the penalty, the intercept does not")
    func byHand() throws {
        // x̄ = 2, ȳ = 5, Σ (x − x̄)² = 8, Σ (x − x̄)(y − ȳ) = 12.
        let solver = try solver([[0], [2], [4]], [[2], [5], [8]])
        #expect(try solver.solution(8) {} == [[0.75, 3.5]])
        #expect(try solver.solution(56) {} == [[0.1875, 4.625]])
        let shrunk = try solver.solution(1e15) {}[0]
        #expect(abs(shrunk[0]) < 1e-13 && abs(shrunk[1] - 5) < 1e-13)
    }

    /// Values that are exact in float32 and easy to make elsewhere.
    private func value(_ i: Int) -> Float { Float((i * i * 31 + i * 17 + 5) % 257) / 32 }

    @Test("Weights and intercepts are those that NumPy finds")
    func golden() throws {
        let features = (0..<40).map { t in (0..<3).map { value(7 * t + $0) } }
        let gold = (0..<40).map { t in
            (0..<2).map { value(11 * t + $0 + 100) + 0.5 * features[t][$0] }
        }
        let solver = try solver(features, gold)
        // numpy.linalg.solve(Z.T @ Z + penalty * eye(3), Z.T @ (Y - Y.mean(0))), Z = X - X.mean(0)
        let expected: [(Double, [[Double]])] = [
            (
                0.5,
                [
                    [
                        0.5374847842840584, 0.11774557570629617, 0.14891667793954366,
                        3.2250171634995493,
                    ],
                    [
                        -0.09707586323444921, 0.5639064924843956, -0.1836822204424809,
                        5.082368462121966,
                    ],
                ]
            ),
            (
                1000,
                [
                    [
                        0.08339817079238954, 0.016592514282367212, 0.03300297906295515,
                        6.1034006301309995,
                    ],
                    [
                        -0.025518067226027452, 0.1111750034360278, -0.028043704372529166,
                        5.97726794921418,
                    ],
                ]
            ),
        ]
        for (penalty, targets) in expected {
            for (found, expected) in zip(try solver.solution(penalty) {}, targets) {
                for (a, b) in zip(found, expected) { #expect(abs(a - b) < 1e-13) }
            }
        }
    }

    @Test("The gradient of the penalised sum of squares is zero", arguments: 0..<12)
    func stationary(seed: Int) throws {
        var random = RandomStream(state: (UInt64(seed), 3, 5, 7))
        // Fewer frames than features too: the penalty makes the solution unique.
        let (count, width) = (5 + 7 * seed, 20)
        func values(_ count: Int, offset: Double) -> [Float] {
            (0..<count).map { _ in Float(random.uniform() + offset) }
        }
        let features = (0..<count).map { _ in values(width, offset: -0.3) }
        let gold = (0..<count).map { _ in values(2, offset: 4) }
        let penalty = 0.5 + random.uniform() * 20
        let solution = try solver(features, gold).solution(penalty) {}
        for (target, weights) in solution.enumerated() {
            let errors = zip(features, gold).map { x, y in
                (0..<width).reduce(weights[width] - Double(y[target])) {
                    $0 + weights[$1] * Double(x[$1])
                }
            }
            #expect(abs(errors.reduce(0, +)) < 1e-10)
            for d in 0..<width {
                let gradient = zip(errors, features).reduce(penalty * weights[d]) {
                    $0 + $1.0 * Double($1.1[d])
                }
                #expect(abs(gradient) < 1e-10, "feature \(d)")
            }
        }
    }

    @Test("Features that are too wide, and penalties that are too small, are a sentence")
    func refusals() throws {
        #expect {
            _ = try RidgeSolver(width: 17_280, targets: 3)
        } throws: { error in
            "\(error)".contains("17280 features; the most is 4096") && "\(error)".contains("svr")
        }
        let twins: [[Float]] = [[1, 1], [-1, -1], [1, 1], [-1, -1]]
        let solver = try solver(twins, [[1], [2], [3], [4]])
        #expect {
            _ = try solver.solution(1e-300) {}
        } throws: { error in
            "\(error)".contains("penalty of 1e-300 is too small")
        }
    }
}
