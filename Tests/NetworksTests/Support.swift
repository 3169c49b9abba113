import Foundation
import Kernels
import Testing

@testable import Networks

/// ../shared beside the repository, where the golden numbers lie.
let shared = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared")

/// Whether the golden numbers are there; says so when they are not.
let hasGolden: Bool = {
    let present = FileManager.default.fileExists(
        atPath: shared.appending(path: "golden/optimizer.csv").path)
    if !present { print("skipped: there is no \(shared.path)/golden") }
    return present
}()

/// The lines of a golden CSV file below its head, each split at commas.
func goldenLines(_ name: String) throws -> [[String]] {
    let text = try String(contentsOf: shared.appending(path: "golden/\(name)"), encoding: .utf8)
    return lines(text)
}

/// The fields of a table's lines, without its heading.
func lines(_ text: String) -> [[String]] {
    text.split(whereSeparator: \.isNewline).dropFirst().map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
}

/// Numbers separated by semicolons.
func numbers(_ text: String) -> [Double] { text.split(separator: ";").map { Double($0)! } }

/// A network with weights, one batch and everything that a pass needs.
final class Bench {
    let network: any Network
    var batch: SequenceBatch
    let parameters: Arena, inputs: Arena, predictions: Arena, gradients: Arena, dInputs: Arena
    let dPredictions: Arena
    /// What others than the output layer ask of the representation.
    let dRepresentation: Rows
    private let askedOfRepresentation: Arena
    /// As large as asked for, and surrounded by guards.
    let workspace: Arena
    let spaceCount: Int
    /// By how much the work space starts off any alignment.
    let shift: Int

    static let guardValue: Float = -12345.5

    init(
        _ recipe: NetworkRecipe, widths: [Int], outputs: Int = 3, lengths: [Int],
        kernels: InstructionSet = .current, training: Bool = true, shift: Int = 0, seed: UInt64 = 1,
        projection: ProjectionRecipe? = nil, adversary: (cultures: Int, weight: Double)? = nil
    ) throws {
        let plain = try recipe.makeNetwork(
            widths: widths, outputs: outputs, projection: projection, kernels: kernels)
        network =
            adversary.map {
                AdversarialNetwork(
                    plain, cultures: $0.cultures, weight: $0.weight, kernels: kernels)
            } ?? plain
        batch = SequenceBatch(lengths: lengths)
        self.shift = shift
        spaceCount = network.workspaceCount(for: batch, training: training)
        parameters = Arena(count: network.layout.count)
        gradients = Arena(count: network.layout.count)
        inputs = Arena(count: batch.rows * widths.reduce(0, +))
        dInputs = Arena(count: inputs.count)
        predictions = Arena(count: batch.rows * outputs)
        dPredictions = Arena(count: batch.rows * outputs)
        askedOfRepresentation = Arena(count: batch.rows * network.representationWidth)
        dRepresentation = Rows(askedOfRepresentation.base, step: network.representationWidth)
        workspace = Arena(count: spaceCount + shift + 32)
        for i in 0..<workspace.count { workspace.base[i] = .nan }
        for i in 0..<shift { workspace.base[i] = Bench.guardValue }
        for i in shift + spaceCount..<workspace.count { workspace.base[i] = Bench.guardValue }
        var random = RandomStream(state: (seed, 2, 3, 4))
        network.initialise(parameters.base, from: &random)
        // No weight stays 0, so that every path carries a gradient.
        for i in 0..<parameters.count { parameters.base[i] += Float(0.2 * random.normal()) }
        for i in 0..<inputs.count { inputs.base[i] = Float(random.normal()) }
        for arena in [dPredictions, askedOfRepresentation] {
            for i in 0..<arena.count { arena.base[i] = Float(random.normal()) }
        }
    }

    /// Whether nothing was written outside of the work space.
    var guardsHold: Bool {
        let outside = Array(0..<shift) + Array(shift + spaceCount..<workspace.count)
        return outside.allSatisfy { workspace.base[$0] == Bench.guardValue }
    }

    func forward(training: Bool = true) {
        network.forward(
            batch, inputs: inputs.base, parameters: parameters.base,
            workspace: workspace.base + shift, training: training, predictions: predictions.base)
    }

    func backward(inputGradient: Bool = true, representationGradient: Bool = true) {
        gradients.clear()
        network.backward(
            batch, inputs: inputs.base, parameters: parameters.base,
            workspace: workspace.base + shift, dPredictions: dPredictions.base,
            dRepresentation: representationGradient ? dRepresentation : nil,
            gradients: gradients.base, dInputs: inputGradient ? dInputs.base : nil)
    }

    /// Σ dPredictions · predictions + Σ dRepresentation · representation in float64: a loss whose
    /// gradients are these.
    func loss() -> Double {
        forward()
        var sum = zip(predictions.values, dPredictions.values).reduce(0) {
            $0 + Double($1.0) * Double($1.1)
        }
        let width = network.representationWidth
        let rows = network.representation(
            batch, inputs: inputs.base, workspace: workspace.base + shift)
        for row in 0..<batch.rows {
            for j in 0..<width {
                sum +=
                    Double(rows.from(row: row).base[j])
                    * Double(dRepresentation.from(row: row).base[j])
            }
        }
        return sum
    }
}

/// Moves a tensor along random directions and compares the change of the loss with what its
/// gradient says.
///
/// Without `again` the change is a slope: Richardson's rule takes the error of the step to the
/// fourth order. A network that rectifies has kinks, at which no slope is that of the gradient;
/// there `again` makes the gradient anew, and the change between two points is compared with the
/// integral of the gradient between them.
func expectSlopes(
    of loss: () -> Double, _ name: String, _ values: UnsafeMutablePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>, count: Int, again: (() -> Void)? = nil
) {
    let before = (0..<count).map { values[$0] }
    let norm = (0..<count).reduce(0.0) { $0 + Double(gradient[$1]) * Double(gradient[$1]) }
        .squareRoot()
    #expect(norm > 0, "\(name) has no gradient")
    var random = RandomStream(state: (7, 7, 7, UInt64(count)))
    for _ in 0..<(again == nil ? 3 : 1) {
        let drawn = (0..<count).map { _ in random.normal() }
        let length = drawn.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let direction = drawn.map { $0 / length }
        func move(_ by: Double) {
            for i in 0..<count { values[i] = Float(Double(before[i]) + by * direction[i]) }
        }
        func slope(_ step: Double) -> Double {
            move(step)
            let after = loss()
            move(-step)
            return (after - loss()) / (2 * step)
        }
        func exact() -> Double {
            (0..<count).reduce(0.0) { $0 + Double(gradient[$1]) * direction[$1] }
        }
        var (numeric, expected) = (0.0, 0.0)
        if let again {
            let (step, points) = (0.02, 96)
            numeric = slope(step)
            for point in 0..<points {
                move(step * (Double(2 * point + 1) / Double(points) - 1))
                again()
                expected += exact() / Double(points)
            }
            move(0)
            again()
        } else {
            numeric = (4 * slope(0.02) - slope(0.04)) / 3
            move(0)
            expected = exact()
        }
        let scale = max(abs(expected), norm / Double(count).squareRoot(), 0.02)
        #expect(
            abs(numeric - expected) < 5e-3 * scale,
            "\(name): \(numeric) by differences, \(expected) by the gradient")
    }
}

extension Arena {
    var bits: [UInt32] { values.map(\.bitPattern) }
}

/// Whether a network of this recipe rectifies, so that its loss has kinks.
func isKinked(_ recipe: NetworkRecipe) -> Bool {
    switch recipe {
    case .tcn, .transformer: true
    default: false
    }
}

/// Recipes and widths that between them use every layer, size and branch.
let cases: [(name: String, recipe: NetworkRecipe, widths: [Int])] = [
    ("baseline", .baseline(hidden: [17, 9]), [7, 4]),
    ("baseline of one layer", .baseline(hidden: [5]), [3]),
    ("baseline of three", .baseline(hidden: [16, 3, 20]), [2, 2, 2]),
    ("eaf", .eaf(hidden: 9, layers: 2, gate: .feature(scaled: true)), [17, 5]),
    ("eaf unscaled", .eaf(hidden: 3, layers: 1, gate: .feature(scaled: false)), [4]),
    ("eaf without gate", .eaf(hidden: 16, layers: 3, gate: .none), [19, 1]),
    (
        "eaf by modality", .eaf(hidden: 7, layers: 2, gate: .modality(attention: 5, scaled: true)),
        [6, 9, 3]
    ),
    (
        "eaf by modality, unscaled",
        .eaf(hidden: 18, layers: 1, gate: .modality(attention: 17, scaled: false)), [16, 2]
    ),
    ("aed", .aed(hidden: 9, attention: 6, feed: .encoder, window: nil), [7, 4]),
    ("aed fed back", .aed(hidden: 3, attention: 17, feed: .previous, window: nil), [5]),
    ("aed fed nothing", .aed(hidden: 16, attention: 4, feed: .none, window: 4), [3, 2, 2]),
    ("aed of a window", .aed(hidden: 5, attention: 7, feed: .previous, window: 2), [4, 3]),
    (
        "emafn early",
        .emafn(
            hidden: 6, attention: 5, fusion: .early, feed: .previous, window: nil,
            gateScaled: true), [6, 5]
    ),
    (
        "emafn",
        .emafn(
            hidden: 7, attention: 5, fusion: .model, feed: .encoder, window: 3, gateScaled: true),
        [6, 4]
    ),
    (
        "emafn of three",
        .emafn(
            hidden: 4, attention: 3, fusion: .model, feed: .none, window: nil, gateScaled: false),
        [5, 2, 3]
    ),
    ("tcn", .tcn(channels: 9, taps: 3, dilations: [1, 2, 4]), [17, 5]),
    ("tcn of its inputs' width", .tcn(channels: 7, taps: 5, dilations: [3, 1]), [4, 3]),
    ("tcn of one tap", .tcn(channels: 16, taps: 1, dilations: [1]), [3]),
    ("transformer", .transformer(.init(hidden: 14, heads: 2, layers: 2)), [19, 11]),
    (
        "transformer in a window",
        .transformer(.init(hidden: 15, heads: 3, layers: 1, inner: 7, window: 4)), [5]
    ),
    ("linear", .linear(LinearRecipe(method: .ridge(penalties: [1]))), [17, 5]),
]
