import Foundation
import Kernels
import Networks
import Testing

@Suite("What networks attend to") struct AttentionRecordTests {
    private static let lengths = [37, 21, 21, 4, 1]

    /// A bench that has predicted its batch with a record, and what stands in that.
    private func predicted(
        _ recipe: NetworkRecipe, _ widths: [Int], lengths: [Int] = lengths,
        kernels: InstructionSet = .current, projection: ProjectionRecipe? = nil,
        change: (Bench) -> Void = { _ in }
    ) throws -> (bench: Bench, attended: [Attended]) {
        let bench = try Bench(
            recipe, widths: widths, lengths: lengths, kernels: kernels, training: false,
            projection: projection)
        change(bench)
        let record = AttentionRecord(bench.network.attention, rows: bench.batch.rows)
        bench.batch.record = record
        bench.forward(training: false)
        #expect(bench.guardsHold)
        return (bench, lengths.indices.map { record.attended(sequence: $0, of: bench.batch) })
    }

    private func expectClose(
        _ found: [Float], _ expected: [Double], _ what: String, within: Double = 1e-4
    ) {
        #expect(found.count == expected.count, "\(what)")
        let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
        #expect(worst < within, "\(what): off by \(worst)")
    }

    private func mean(_ rows: [[Double]]) -> [Double] {
        var sums = [Double](repeating: 0, count: rows[0].count)
        for row in rows {
            for i in sums.indices { sums[i] += row[i] }
        }
        return sums.map { $0 / Double(rows.count) }
    }

    /// The softmax of a frame's features, modality by modality.
    private func gates(
        _ tensors: [String: [Double]], _ widths: [Int], _ x: [Double]
    ) -> [[Double]] {
        var rest = x[...]
        var gates: [[Double]] = []
        for (m, width) in widths.enumerated() {
            let logits = SlowAttention.affine(
                tensors["gates.\(m).fc.weight"]!, tensors["gates.\(m).fc.bias"]!,
                Array(rest.prefix(width)))
            rest = rest.dropFirst(width)
            gates.append(SlowAttention.softmax(logits))
        }
        return gates
    }

    @Test("Gate weights are the mean softmax of a plain computation, scaled or not")
    func featureGates() throws {
        let widths = [17, 5]
        for scaled in [true, false] {
            let (bench, attended) = try predicted(
                .eaf(hidden: 6, layers: 2, gate: .feature(scaled: scaled)), widths)
            #expect(bench.network.attention == AttentionShape(features: 22))
            let tensors = SlowAttention.tensors(of: bench)
            for n in Self.lengths.indices {
                let frames = SlowAttention.inputs(of: bench, sequence: n)
                let rows: [[Double]] = frames.map { Array(gates(tensors, widths, $0).joined()) }
                let expected = mean(rows)
                expectClose(attended[n].features, expected, "sequence \(n)", within: 1e-6)
                #expect(attended[n].modalities.isEmpty && attended[n].lags.isEmpty)
            }
        }
    }

    @Test("Weights of modalities are the mean softmax of a plain computation")
    func modalityGates() throws {
        let widths = [6, 9, 3]
        for scaled in [true, false] {
            let (bench, attended) = try predicted(
                .eaf(hidden: 4, layers: 1, gate: .modality(attention: 5, scaled: scaled)), widths)
            #expect(bench.network.attention == AttentionShape(modalities: 3))
            let tensors = SlowAttention.tensors(of: bench)
            for n in Self.lengths.indices {
                var shares: [[Double]] = []
                for x in SlowAttention.inputs(of: bench, sequence: n) {
                    var rest = x[...]
                    var scores: [Double] = []
                    for (m, width) in widths.enumerated() {
                        let units = SlowAttention.affine(
                            tensors["gates.\(m).P.weight"]!, tensors["gates.\(m).P.bias"]!,
                            Array(rest.prefix(width)))
                        rest = rest.dropFirst(width)
                        scores.append(SlowAttention.score(tensors["gates.\(m).v"]!, units))
                    }
                    shares.append(SlowAttention.softmax(scores))
                }
                let expected = mean(shares)
                expectClose(attended[n].modalities, expected, "sequence \(n)", within: 1e-6)
                #expect(attended[n].features.isEmpty)
            }
        }
    }

    @Test("Attention lag and spread are those of a plain AED, whatever it is fed and sees")
    func decoders() throws {
        for feed in NetworkRecipe.Feed.allCases {
            for window in [nil, 3, 0] {
                let (bench, attended) = try predicted(
                    .aed(hidden: 5, attention: 6, feed: feed, window: window), [4, 3])
                #expect(bench.network.attention == AttentionShape(decoders: 1))
                let slow = SlowAttention(bench, hidden: 5, units: 6, window: window, feed: feed)
                for n in Self.lengths.indices {
                    let (_, weights) = slow.decode(
                        "", SlowAttention.inputs(of: bench, sequence: n))
                    let (lags, spreads) = SlowAttention.distances(weights)
                    expectClose(attended[n].lags, lags, "\(feed) \(n) lag")
                    expectClose(attended[n].spreads, spreads, "\(feed) \(n) spread", within: 1e-3)
                }
            }
        }
    }

    @Test("EMAFN says all three: features, modalities, and a lag and spread for each decoder")
    func fusion() throws {
        let widths = [6, 4]
        let (bench, attended) = try predicted(
            .emafn(
                hidden: 7, attention: 5, fusion: .model, feed: .encoder, window: 3,
                gateScaled: true), widths)
        #expect(
            bench.network.attention == AttentionShape(features: 10, modalities: 2, decoders: 2))
        let slow = SlowAttention(bench, hidden: 7, units: 5, window: 3, feed: .encoder)
        for n in Self.lengths.indices {
            let frames = SlowAttention.inputs(of: bench, sequence: n)
            let gates = frames.map { self.gates(slow.tensors, widths, $0) }
            expectClose(attended[n].features, mean(gates.map { Array($0.joined()) }), "gates")
            var states: [[[Double]]] = []
            var (lags, spreads): ([[Double]], [[Double]]) = ([], [])
            for (m, width) in widths.enumerated() {
                let first = widths[..<m].reduce(0, +)
                var gated: [[Double]] = []
                for (t, frame) in frames.enumerated() {
                    let own = frame[first..<first + width]
                    gated.append(zip(gates[t][m], own).map { Double(width) * $0 * $1 })
                }
                let stream = slow.decode(".\(m)", gated)
                states.append(stream.states)
                let distances = SlowAttention.distances(stream.weights)
                lags.append(distances.lags)
                spreads.append(distances.spreads)
            }
            let steps = frames.indices
            expectClose(attended[n].lags, steps.flatMap { [lags[0][$0], lags[1][$0]] }, "lags")
            expectClose(
                attended[n].spreads, steps.flatMap { [spreads[0][$0], spreads[1][$0]] }, "spreads",
                within: 1e-3)
            let shares: [[Double]] = steps.map { t in
                let scores = states.map { states -> Double in
                    let units = SlowAttention.affine(
                        slow.tensors["Q.weight"]!, slow.tensors["Q.bias"]!, states[t])
                    return SlowAttention.score(slow.tensors["w"]!, units)
                }
                return SlowAttention.softmax(scores)
            }
            expectClose(attended[n].modalities, mean(shares), "modalities")
        }
    }

    @Test("Equal weights have the lag and spread of the frames in sight, exactly")
    func uniform() throws {
        let (_, attended) = try predicted(
            .aed(hidden: 3, attention: 4, feed: .none, window: 4), [2], lengths: [20]
        ) { bench in
            for entry in bench.network.layout.entries where entry.name == "va" {
                (bench.parameters.base + entry.offset).clear(count: entry.count)
            }
        }
        for t in 0..<20 {
            let frames = max(0, t - 4)...min(19, t + 4)
            let count = Double(frames.count)
            let middle = Double(frames.lowerBound + frames.upperBound) / 2
            #expect(attended[0].lags[t] == Float(Double(t) - middle))
            let spread = ((count * count - 1) / 12).squareRoot()
            #expect(abs(Double(attended[0].spreads[t]) - spread) < 1e-6)
        }
        // Away from the edges: √(w(w + 1) / 3).
        #expect(abs(Double(attended[0].spreads[10]) - (20.0 / 3).squareRoot()) < 1e-6)
    }

    @Test("The same bits in every instruction set; predictions know nothing of the record")
    func bits() throws {
        for (name, recipe, widths) in cases {
            let plain = try Bench(recipe, widths: widths, lengths: Self.lengths, training: false)
            plain.forward(training: false)
            let results = try InstructionSet.available.map { set in
                let (bench, attended) = try predicted(recipe, widths, kernels: set)
                #expect(bench.predictions.bits == plain.predictions.bits, "\(name)")
                return attended
            }
            #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
            for attended in results[0] where !plain.network.attention.isNothing {
                let values = attended.features + attended.modalities + attended.lags
                #expect((values + attended.spreads).allSatisfy { $0.isFinite }, "\(name)")
            }
        }
    }

    @Test("What is attended to does not depend on a sequence's companions, bit for bit")
    func companions() throws {
        for (name, recipe, widths) in cases {
            let (together, attended) = try predicted(recipe, widths)
            let width = widths.reduce(0, +)
            for (n, length) in Self.lengths.enumerated() {
                let (_, alone) = try predicted(recipe, widths, lengths: [length]) { bench in
                    for t in 0..<length {
                        let row = together.batch.row(sequence: n, frame: t)
                        for j in 0..<width {
                            bench.inputs.base[t * width + j] =
                                together.inputs.base[row * width + j]
                        }
                    }
                }
                #expect(alone == [attended[n]], "\(name), sequence \(n)")
            }
        }
    }

    @Test("More rows than a block, and a projection before the gate")
    func longAndProjected() throws {
        let (_, long) = try predicted(
            .eaf(hidden: 3, layers: 1, gate: .feature(scaled: true)), [3, 2], lengths: [900, 700])
        for attended in long {
            #expect(abs(attended.features[..<3].reduce(0, +) - 1) < 1e-5)
            #expect(abs(attended.features[3...].reduce(0, +) - 1) < 1e-5)
        }
        let (bench, projected) = try predicted(
            .eaf(hidden: 3, layers: 1, gate: .feature(scaled: true)), [9, 2],
            projection: ProjectionRecipe(width: 4, above: 5))
        #expect(bench.network.attention == AttentionShape(features: 6))
        #expect(projected.allSatisfy { $0.features.count == 6 })
    }

    @Test("Networks that look everywhere alike say nothing")
    func nothing() throws {
        for (name, recipe, widths) in cases {
            let network = try recipe.makeNetwork(widths: widths, outputs: 2)
            let isGated = name.hasPrefix("eaf") && name != "eaf without gate"
            let attends = name.hasPrefix("aed") || name.hasPrefix("emafn")
            #expect(network.attention.isNothing == !(isGated || attends), "\(name)")
        }
    }
}
