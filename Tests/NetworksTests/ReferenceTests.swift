import Foundation
import Kernels
import Testing

@testable import Networks

/// Every network beside PyTorch in float64: predictions, and every element of every gradient.
///
/// References/networks.py wrote References/networks.csv, and says what both sides begin from.
@Suite struct ReferenceTests {
    private static let widths = [3, 2]
    private static let lengths = [7, 5, 1]

    /// The networks of the file, by its names.
    private static let networks: [(name: String, recipe: NetworkRecipe)] = [
        ("baseline", .baseline(hidden: [4, 3])),
        ("eaf", .eaf(hidden: 3, layers: 2, gate: .feature(scaled: true))),
        ("eaf unscaled", .eaf(hidden: 3, layers: 2, gate: .feature(scaled: false))),
        (
            "eaf by modality",
            .eaf(hidden: 3, layers: 2, gate: .modality(attention: 4, scaled: true))
        ),
        ("eaf without gate", .eaf(hidden: 3, layers: 2, gate: .none)),
        ("aed", .aed(hidden: 3, attention: 4, feed: .encoder, window: 2)),
        ("aed fed back", .aed(hidden: 3, attention: 4, feed: .previous, window: nil)),
        ("aed fed nothing", .aed(hidden: 3, attention: 4, feed: .none, window: 0)),
        (
            "emafn early",
            .emafn(
                hidden: 3, attention: 4, fusion: .early, feed: .previous, window: nil,
                gateScaled: true)
        ),
        (
            "emafn",
            .emafn(
                hidden: 3, attention: 4, fusion: .model, feed: .encoder, window: 3,
                gateScaled: true)
        ),
        ("tcn", .tcn(channels: 4, taps: 3, dilations: [1, 2])),
        ("transformer", .transformer(.init(hidden: 4, heads: 2, layers: 2, inner: 5))),
        (
            "transformer in a window",
            .transformer(.init(hidden: 4, heads: 2, layers: 2, inner: 5, window: 2))
        ),
        ("projected", .eaf(hidden: 3, layers: 1, gate: .none)),
    ]

    /// The values of each tensor of each case.
    private static let references: [String: [String: [Double]]] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "References/networks.csv")
        var references: [String: [String: [Double]]] = [:]
        for fields in lines((try? String(contentsOf: file, encoding: .utf8)) ?? "") {
            references[fields[0], default: [:]][fields[1]] = numbers(fields[2])
        }
        return references
    }()

    /// Value `index` of the tensor called `name`.
    private func value(_ name: String, _ index: Int) -> Float {
        let start = 131 * name.utf8.reduce(0) { $0 + Int($1) }
        return Float((start + 7919 * index) % 1009 - 504) / 512
    }

    /// A bench whose every number is that of its name and place.
    private func bench(_ recipe: NetworkRecipe, projection: ProjectionRecipe?) throws -> Bench {
        let bench = try Bench(
            recipe, widths: ReferenceTests.widths, outputs: 2, lengths: ReferenceTests.lengths,
            projection: projection)
        for entry in bench.network.layout.entries {
            for i in 0..<entry.count {
                bench.parameters.base[entry.offset + i] = value(entry.name, i)
            }
        }
        for (arena, name) in [(bench.inputs, "inputs"), (bench.dPredictions, "dPredictions")] {
            let width = arena.count / bench.batch.rows
            for (n, length) in ReferenceTests.lengths.enumerated() {
                for i in 0..<length * width {
                    let row = bench.batch.row(sequence: n, frame: i / width)
                    arena.base[row * width + i % width] = value("\(name) \(n)", i)
                }
            }
        }
        return bench
    }

    @Test("Every network computes what PyTorch does", arguments: networks.map { $0.name })
    func sameNumbers(name: String) throws {
        let recipe = try #require(ReferenceTests.networks.first { $0.name == name }?.recipe)
        let bench = try bench(
            recipe, projection: name == "projected" ? ProjectionRecipe(width: 2, above: 2) : nil)
        let reference = try #require(ReferenceTests.references[name])
        bench.forward()
        bench.backward(inputGradient: false, representationGradient: false)
        let predictions = ReferenceTests.lengths.enumerated().flatMap { n, length -> [Float] in
            (0..<length).flatMap { t -> [Float] in
                let row = bench.batch.row(sequence: n, frame: t)
                return (0..<2).map { bench.predictions.base[2 * row + $0] }
            }
        }
        var found = ["predictions": predictions]
        for entry in bench.network.layout.entries {
            found[entry.name] = Array(
                bench.gradients.values[entry.offset..<entry.offset + entry.count])
        }
        #expect(found.keys.sorted() == reference.keys.sorted())
        for (tensor, values) in found {
            let expected = try #require(reference[tensor])
            try #require(values.count == expected.count, "\(tensor)")
            // Relative to the largest of a tensor, but not below what rounding leaves of sums.
            let scale = max(expected.map(abs).max() ?? 0, 1e-3)
            let worst = zip(values, expected).map { abs(Double($0) - $1) }.max() ?? 0
            #expect(worst < 2e-5 * scale, "\(tensor): \(worst) of \(scale)")
        }
    }
}
