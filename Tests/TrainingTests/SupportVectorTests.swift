import Kernels
import Testing

@testable import Training

@Suite("Linear support vector regression")
struct SupportVectorTests {
    /// A noisy linear relation of `count` frames, and its solver.
    private struct Problem {
        let features: [[Double]]
        let gold: [Double]
        let solver: SupportVectorSolver

        init(seed: Int, count: Int, width: Int = 4, epsilon: Double = 0.1) throws {
            var random = RandomStream(state: (UInt64(seed), 11, 13, 17))
            let truth = (0..<width).map { _ in 2 * random.uniform() - 1 }
            var rows: [Float] = []
            var values: [Float] = []
            for _ in 0..<count {
                let x = (0..<width).map { _ in Float(2 * random.uniform() - 1) }
                let y = zip(x, truth).reduce(0.3) { $0 + Double($1.0) * $1.1 }
                rows += x
                values.append(Float(y + random.uniform() - 0.5))
            }
            features = (0..<count).map { i in
                rows[i * width..<(i + 1) * width].map(Double.init) + [1]
            }
            gold = values.map(Double.init)
            var solver = try SupportVectorSolver(
                features: rows, width: width, gold: values, targets: 1, epsilon: epsilon,
                order: random)
            (solver.tolerance, solver.passesMax) = (1e-10, 200_000)
            self.solver = solver
        }

        func prediction(_ weights: [Double], _ i: Int) -> Double {
            zip(weights, features[i]).reduce(0) { $0 + $1.0 * $1.1 }
        }
    }

    @Test("The Karush–Kuhn–Tucker conditions hold", arguments: 0..<8)
    func optimal(seed: Int) throws {
        let epsilon = [0.01, 0.05, 0.3][seed % 3]
        let problem = try Problem(seed: seed, count: 30 + 20 * seed, epsilon: epsilon)
        for complexity in [0.01, 0.1, 0.5] {
            let found = try problem.solver.solution(problem.gold, complexity) {}
            // The weights are the sum of the frames that the β weigh.
            for d in found.weights.indices {
                let sum = zip(found.beta, problem.features).reduce(0) { $0 + $1.0 * $1.1[d] }
                #expect(abs(sum - found.weights[d]) < 1e-10)
            }
            var (inside, bounded) = (0, 0)
            for (i, beta) in found.beta.enumerated() {
                let error = problem.gold[i] - problem.prediction(found.weights, i)
                // Errors within ε weigh nothing, larger ones weigh C with their sign.
                if beta == 0 {
                    #expect(abs(error) <= epsilon + 1e-6)
                } else if abs(beta) == complexity {
                    bounded += 1
                    #expect(beta > 0 ? error >= epsilon - 1e-6 : -error >= epsilon - 1e-6)
                } else {
                    inside += 1
                    #expect(abs(error - (beta > 0 ? epsilon : -epsilon)) < 1e-6)
                }
            }
            #expect(bounded > 0 && (inside > 0 || complexity < 0.05))
        }
    }

    @Test("Primal and dual meet: no other weights are better")
    func dualityGap() throws {
        let problem = try Problem(seed: 40, count: 200)
        let (complexity, epsilon) = (0.5, 0.1)
        let found = try problem.solver.solution(problem.gold, complexity) {}
        let norm = found.weights.reduce(0) { $0 + $1 * $1 } / 2
        let losses = problem.gold.indices.map {
            max(0, abs(problem.gold[$0] - problem.prediction(found.weights, $0)) - epsilon)
        }
        let primal = norm + complexity * losses.reduce(0, +)
        let dual = zip(found.beta, problem.gold).reduce(-norm) {
            $0 + $1.0 * $1.1 - epsilon * abs($1.0)
        }
        #expect(primal - dual >= -1e-9 && primal - dual < 1e-6 * primal)
    }

    @Test("The usual tolerance is near the solution, and the same bits come twice")
    func tolerance() throws {
        var problem = try Problem(seed: 3, count: 400)
        let exact = try problem.solver.solution(0.1) {}[0]
        var solver = problem.solver
        (solver.tolerance, solver.passesMax) = (1e-3, 1000)
        var passes = 0
        let usual = try solver.solution(0.1) { passes += 1 }[0]
        for (a, b) in zip(exact, usual) { #expect(abs(a - b) < 1e-2) }
        #expect(passes > 1 && passes < 1000)
        #expect(try solver.solution(0.1) {} == [usual])
        problem = try Problem(seed: 3, count: 400)
        #expect(try problem.solver.solution(0.1) {}[0] == exact)
    }

    @Test("More frames than memory holds are a sentence")
    func tooMany() {
        #expect {
            _ = try SupportVectorSolver(
                features: [], width: 1 << 27, gold: [0, 0, 0], targets: 1, epsilon: 0.1,
                order: RandomStream(state: (1, 2, 3, 4)))
        } throws: { error in
            "\(error)".contains("3 frames of 134217728 features") && "\(error)".contains("every")
        }
    }
}
