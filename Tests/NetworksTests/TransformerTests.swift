import Kernels
import Testing

@testable import Networks

@Suite struct TransformerTests {
    /// Attention as the equations say it, in float64: queries, keys, values → contexts.
    private func attend(
        _ attention: SelfAttention, _ x: [[Double]]
    ) -> [[Double]] {
        let (d, width) = (attention.width, attention.headWidth)
        return x.indices.map { t in
            var context = [Double](repeating: 0, count: d)
            for head in 0..<attention.heads {
                let columns = head * width..<(head + 1) * width
                let allowed = x.indices.filter { abs($0 - t) <= attention.window ?? .max }
                let energies = allowed.map { j in
                    columns.reduce(0.0) { $0 + x[t][$1] * x[j][d + $1] }
                        / Double(width).squareRoot()
                }
                let most = energies.max()!
                let powers = energies.map { Elementary.exp($0 - most) }
                let sum = powers.reduce(0, +)
                for (j, power) in zip(allowed, powers) {
                    for column in columns { context[column] += power / sum * x[j][2 * d + column] }
                }
            }
            return context
        }
    }

    @Test("Attention in blocks is attention, with and without a window, over every length")
    func blocks() {
        var random = RandomStream(state: (3, 1, 4, 1))
        for window in [nil, 0, 1, 20, 63, 64, 500] as [Int?] {
            let attention = SelfAttention(width: 6, heads: 2, window: window)
            let batch = SequenceBatch(lengths: [200, 129, 128, 65, 64, 63, 1])
            var plan = WorkspacePlan()
            let space = attention.plan(batch, training: false, &plan)
            let arena = Arena(count: plan.required)
            for i in 0..<arena.count { arena.base[i] = .nan }
            let projected = Arena(count: batch.rows * 18)
            for i in 0..<projected.count { projected.base[i] = Float(2 * random.normal()) }
            let context = Arena(count: batch.rows * 6)
            let pass = Pass(
                batch, parameters: arena.base, workspace: arena.base, training: false,
                kernels: .current)
            attention.forward(
                pass, space, projected: Rows(projected.base, step: 18),
                into: Rows(context.base, step: 6))
            for (n, length) in batch.lengths.enumerated() {
                let rows = (0..<length).map { batch.row(sequence: n, frame: $0) }
                let exact = attend(
                    attention,
                    rows.map { row in (0..<18).map { Double(projected.base[row * 18 + $0]) } })
                for (t, row) in rows.enumerated() {
                    for j in 0..<6 {
                        let difference = Double(context.base[row * 6 + j]) - exact[t][j]
                        #expect(abs(difference) < 1e-5, "window \(window ?? -1), \(length), \(t)")
                    }
                }
            }
        }
    }

    @Test("The work space of attention grows with the frames, and not with their square")
    func memory() throws {
        let recipe = TransformerRecipe(hidden: 16, heads: 2, layers: 2)
        let network = try NetworkRecipe.transformer(recipe).makeNetwork(widths: [4], outputs: 1)
        func count(_ frames: Int) -> Int {
            network.workspaceCount(for: SequenceBatch(lengths: [frames]), training: true)
        }
        #expect(count(8000) < Int(2.1 * Double(count(4000))))
    }

    @Test("A frame's place in its sequence changes what is said of it")
    func positions() throws {
        let bench = try Bench(
            .transformer(.init(hidden: 8, heads: 2, layers: 1)), widths: [2], lengths: [12],
            training: false)
        for i in 0..<bench.inputs.count { bench.inputs.base[i] = 0.5 }
        bench.forward(training: false)
        let said = Set((0..<12).map { bench.predictions.base[$0 * 3].bitPattern })
        #expect(said.count == 12)
    }
}
