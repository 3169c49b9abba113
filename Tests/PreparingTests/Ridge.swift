import Corpora
import Kernels
import Preparing

/// Σ v vᵀ over rows v: everything that a linear model and its concordance need to know.
struct Gram {
    let size: Int
    private(set) var sums: [Double]

    init(size: Int) {
        self.size = size
        sums = [Double](repeating: 0, count: size * size)
    }

    subscript(i: Int, j: Int) -> Double { sums[i * size + j] }

    mutating func add(_ row: [Double]) {
        precondition(row.count == size)
        sums.withUnsafeMutableBufferPointer { sums in
            for i in 0..<size {
                let x = row[i]
                let base = i * size
                for j in 0..<size { sums[base + j] += x * row[j] }
            }
        }
    }

    mutating func add(_ other: Gram) {
        for i in sums.indices { sums[i] += other.sums[i] }
    }

    /// Σ a·v b·v for two weightings of the columns.
    func product(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in 0..<size where a[i] != 0 {
            var row = 0.0
            for j in 0..<size { row += sums[i * size + j] * b[j] }
            sum += a[i] * row
        }
        return sum
    }
}

/// Ridge regression from a Gram matrix whose rows are features, then a 1, then outputs.
struct Ridge {
    /// Weights of all columns of the Gram matrix; those of outputs are 0.
    let weights: [Double]

    /// The model of column `output`, trained on what `gram` has seen of `features` columns.
    init(_ gram: Gram, features: Int, output: Int, penalty: Double = 10) {
        let one = features
        let n = gram[one, one]
        let means = (0..<gram.size).map { gram[$0, one] / n }
        func covariance(_ i: Int, _ j: Int) -> Double { gram[i, j] - n * means[i] * means[j] }
        let scales = (0..<features).map { (covariance($0, $0) / n).squareRoot() }
        var matrix = (0..<features).map { i in
            (0..<features).map { j in covariance(i, j) / scales[i] / scales[j] }
        }
        for i in 0..<features { matrix[i][i] += penalty }
        let right = (0..<features).map { covariance($0, output) / scales[$0] }
        let solution = Ridge.solve(matrix, right)
        var weights = [Double](repeating: 0, count: gram.size)
        for i in 0..<features { weights[i] = solution[i] / scales[i] }
        weights[one] = means[output] - (0..<features).reduce(0) { $0 + weights[$1] * means[$1] }
        self.weights = weights
    }

    /// Solves `matrix` x = `right` (symmetric, positive definite) by elimination.
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        var a = matrix
        var b = right
        for k in b.indices {
            for i in k + 1..<max(k + 1, b.count) {
                let factor = a[i][k] / a[k][k]
                for j in k..<b.count { a[i][j] -= factor * a[k][j] }
                b[i] -= factor * b[k]
            }
        }
        for k in b.indices.reversed() {
            for j in k + 1..<max(k + 1, b.count) { b[k] -= a[k][j] * b[j] }
            b[k] /= a[k][k]
        }
        return b
    }
}

/// Sums over frames of predictions and gold, for their concordance.
struct Agreement {
    private var n = 0.0, p = 0.0, y = 0.0, pp = 0.0, yy = 0.0, py = 0.0

    mutating func add(_ gram: Gram, weights: [Double], one: Int, output: Int) {
        var unit = [Double](repeating: 0, count: gram.size)
        unit[output] = 1
        var constant = [Double](repeating: 0, count: gram.size)
        constant[one] = 1
        n += gram[one, one]
        p += gram.product(weights, constant)
        y += gram[output, one]
        pp += gram.product(weights, weights)
        yy += gram[output, output]
        py += gram.product(weights, unit)
    }

    /// Lin's concordance, population convention.
    var ccc: Double {
        let covariance = py / n - p / n * (y / n)
        let spreads = pp / n - p / n * (p / n) + yy / n - y / n * (y / n)
        let offset = p / n - y / n
        return 2 * covariance / (spreads + offset * offset)
    }

    /// Pearson's correlation.
    var pearson: Double {
        let covariance = py / n - p / n * (y / n)
        return covariance / ((pp / n - p / n * (p / n)) * (yy / n - y / n * (y / n))).squareRoot()
    }
}

/// A synthesized corpus reduced to one Gram matrix a dyad.
struct DyadGrams {
    /// The number of features of all modalities.
    let features: Int
    /// Columns before the outputs: features and the 1.
    var one: Int { features }
    /// By culture, the dyads' matrices.
    private(set) var cultures: [[Gram]] = []

    /// Rows of each `step`th feature of frame t, 1, and target `target` of frames t + each of
    /// `shifts`.
    init(_ made: SynthesizedCorpus, target: Int, shifts: [Int], step: Int = 1) {
        features = made.corpus.featureSets.reduce(0) { $0 + ($1.width + step - 1) / step }
        var dyads: [String: Int] = [:]
        var indices: [String: Int] = [:]
        for (recording, matrices) in zip(made.corpus.recordings, made.matrices) {
            let culture: Int
            if let known = indices[recording.culture] {
                culture = known
            } else {
                culture = cultures.count
                indices[recording.culture] = culture
                cultures.append([])
            }
            let dyad: Int
            if let known = dyads[recording.dyad!] {
                dyad = known
            } else {
                dyad = cultures[culture].count
                dyads[recording.dyad!] = dyad
                cultures[culture].append(Gram(size: features + 1 + shifts.count))
            }
            let sets = made.corpus.featureSets.map { matrices[$0.name]! }
            let gold = matrices["targets"]!
            for t in 0..<gold.rows - shifts.max()! {
                var row: [Double] = []
                row.reserveCapacity(features + 1 + shifts.count)
                for set in sets {
                    for j in stride(from: 0, to: set.columns, by: step) {
                        row.append(Double(set[t, j]))
                    }
                }
                row.append(1)
                for shift in shifts { row.append(Double(gold[t + shift, target])) }
                cultures[culture][dyad].add(row)
            }
        }
    }

    /// The mean CCC within cultures (leave one dyad out) and over ordered pairs of cultures.
    func concordance() -> (within: Double, cross: Double) {
        let output = features + 1
        var within = 0.0
        var cross = 0.0
        for (c, dyads) in cultures.enumerated() {
            var agreements = [Agreement](repeating: Agreement(), count: cultures.count)
            for held in dyads.indices {
                var training = Gram(size: features + 2)
                for (d, gram) in dyads.enumerated() where d != held { training.add(gram) }
                let model = Ridge(training, features: features, output: output)
                for other in cultures.indices {
                    agreements[other].add(
                        cultures[other][held], weights: model.weights, one: one, output: output)
                }
            }
            within += agreements[c].ccc / Double(cultures.count)
            for other in cultures.indices where other != c {
                cross += agreements[other].ccc / Double(cultures.count * (cultures.count - 1))
            }
        }
        return (within, cross)
    }
}
