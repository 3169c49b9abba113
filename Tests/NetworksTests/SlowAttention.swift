import Foundation
import Kernels
import Networks

/// AED and EMAFN in plain float64, from the equations and by the names of the weights: what the
/// attention of the fast networks is compared with.
struct SlowAttention {
    typealias Vector = [Double]
    /// The weights of each tensor, row-major.
    let tensors: [String: Vector]
    let hidden: Int, units: Int, window: Int?
    let feed: NetworkRecipe.Feed

    init(_ bench: Bench, hidden: Int, units: Int, window: Int?, feed: NetworkRecipe.Feed) {
        tensors = SlowAttention.tensors(of: bench)
        (self.hidden, self.units, self.window, self.feed) = (hidden, units, window, feed)
    }

    static func tensors(of bench: Bench) -> [String: Vector] {
        Dictionary(
            uniqueKeysWithValues: bench.network.layout.entries.map { entry in
                (
                    entry.name,
                    (0..<entry.count).map { Double(bench.parameters.base[entry.offset + $0]) }
                )
            })
    }

    /// The inputs of a sequence of a bench's batch, frame by frame.
    static func inputs(of bench: Bench, sequence n: Int) -> [Vector] {
        let width = bench.network.widths.reduce(0, +)
        return (0..<bench.batch.lengths[n]).map { t in
            let row = bench.batch.row(sequence: n, frame: t)
            return (0..<width).map { Double(bench.inputs.base[row * width + $0]) }
        }
    }

    /// W x + b.
    static func affine(_ weight: Vector, _ bias: Vector?, _ x: Vector) -> Vector {
        var y = Vector(repeating: 0, count: weight.count / x.count)
        for row in y.indices {
            y[row] = bias?[row] ?? 0
            for i in x.indices { y[row] += weight[row * x.count + i] * x[i] }
        }
        return y
    }

    /// Σ v_k tanh(x_k).
    static func score(_ v: Vector, _ x: Vector) -> Double {
        var sum = 0.0
        for k in v.indices { sum += v[k] * tanh(x[k]) }
        return sum
    }

    static func softmax(_ x: Vector) -> Vector {
        let top = x.max() ?? 0
        let powers = x.map { exp($0 - top) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    private static func sum(_ x: Vector, _ y: Vector) -> Vector { zip(x, y).map { $0 + $1 } }

    private func affine(_ name: String, _ suffix: String, _ x: Vector) -> Vector {
        Self.affine(tensors["\(name)\(suffix).weight"]!, tensors["\(name)\(suffix).bias"], x)
    }

    /// One step of an LSTM whose tensors are `…ih` and `…hh` with an ending.
    private func step(
        _ name: String, _ ending: String, _ x: Vector, _ h: Vector, _ c: Vector
    ) -> (h: Vector, c: Vector) {
        let a = Self.affine(
            tensors["\(name).weight_ih\(ending)"]!, tensors["\(name).bias_ih\(ending)"], x)
        let b = Self.affine(
            tensors["\(name).weight_hh\(ending)"]!, tensors["\(name).bias_hh\(ending)"], h)
        func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        func gate(_ index: Int, _ unit: Int) -> Double {
            a[index * hidden + unit] + b[index * hidden + unit]
        }
        var (states, cells) = (h, c)
        for u in 0..<hidden {
            let (kept, written) = (logistic(gate(1, u)), logistic(gate(0, u)))
            cells[u] = kept * c[u] + written * tanh(gate(2, u))
            states[u] = logistic(gate(3, u)) * tanh(cells[u])
        }
        return (states, cells)
    }

    /// The states of the decoder and the weights of its steps, by frame, over inputs x.
    func decode(_ suffix: String, _ x: [Vector]) -> (states: [Vector], weights: [[Int: Double]]) {
        let zero = Vector(repeating: 0, count: hidden)
        var halves: [[Vector]] = []
        for ending in ["_l0", "_l0_reverse"] {
            var (h, c) = (zero, zero)
            var states: [Vector] = []
            for frame in ending == "_l0" ? x : x.reversed() {
                (h, c) = step("enc\(suffix)", ending, frame, h, c)
                states.append(h)
            }
            halves.append(ending == "_l0" ? states : states.reversed())
        }
        // Side by side, not added up.
        let encoded: [Vector] = x.indices.map { halves[0][$0] + halves[1][$0] }
        let keys = encoded.map { affine("Ua", suffix, $0) }
        var (s, c) = (affine("init", suffix, halves[1][0]).map(tanh), zero)
        var (states, weights): ([Vector], [[Int: Double]]) = ([], [])
        var said = Vector(repeating: 0, count: tensors["out.bias"]!.count)
        for t in x.indices {
            var frames = 0..<x.count
            if let window { frames = max(0, t - window)..<min(x.count, t + window + 1) }
            let query = Self.affine(tensors["Wa\(suffix).weight"]!, nil, s)
            var energies = Vector()
            for j in frames {
                energies.append(Self.score(tensors["va\(suffix)"]!, Self.sum(query, keys[j])))
            }
            let softmax = Self.softmax(energies)
            var context = Vector(repeating: 0, count: 2 * hidden)
            for (j, weight) in zip(frames, softmax) {
                for i in context.indices { context[i] += weight * encoded[j][i] }
            }
            let fed =
                switch feed {
                case .encoder: encoded[t]
                case .previous: said
                case .none: Vector()
                }
            (s, c) = step("dec\(suffix)", "", context + fed, s, c)
            said = affine("out", "", s)
            states.append(s)
            weights.append(Dictionary(uniqueKeysWithValues: zip(frames, softmax)))
        }
        return (states, weights)
    }

    /// Mean and standard deviation of t − j under the weights of each step t.
    static func distances(_ weights: [[Int: Double]]) -> (lags: Vector, spreads: Vector) {
        var (lags, spreads) = (Vector(), Vector())
        for (t, weights) in weights.enumerated() {
            var (lag, square) = (0.0, 0.0)
            for (j, weight) in weights { lag += weight * Double(t - j) }
            for (j, weight) in weights {
                let distance = Double(t - j) - lag
                square += weight * distance * distance
            }
            lags.append(lag)
            spreads.append(square.squareRoot())
        }
        return (lags, spreads)
    }
}
