/// Learns the words of a codebook from rows of low-level features, as openXBOW does.
///
/// The words are rows that are drawn one after the other, each with a probability proportional to
/// its squared distance from the nearest word so far (Arthur and Vassilvitskii 2007, "k-means++"):
/// openXBOW's default, which stops there. The same rows in the same order give its words, since the
/// draws are those of its generator, with its seed 10.
public struct CodebookLearner: Hashable, Sendable {
    /// The number of words, W. The default is AVEC's 100.
    public var words = 100
    /// Whether words are moved to the means of the rows that are nearest to them, until none
    /// changes (k-means). The default is false.
    public var isIterated = false
    /// Whether features are standardised first. The default is true.
    public var isStandardised = true
    /// The seed of the draws. The default is openXBOW's.
    public var seed: Int64 = 10
    /// How many of its nearest words a row counts for. The default is 1: hard assignment.
    public var assignments = 1
    /// The width of the Gaussian by which it counts; see ``Codebook/gaussianWidth``. The default
    /// is nil: it counts 1.
    public var gaussianWidth: Float?

    /// Rounds of k-means, at most.
    static let roundsMax = 500

    /// A learner of these defaults.
    public init() {}

    /// The codebook of `rows` (n, D), row by row.
    ///
    /// - Parameter working: Called after each word and each round of k-means.
    /// - Throws: ``TooFewRows``.
    public func codebook(
        of rows: [Float], width: Int, working: () -> Void = {}
    ) throws(TooFewRows) -> Codebook {
        let count = rows.count / max(1, width)
        guard words >= 1, count >= words else { throw TooFewRows(words: words, rows: count) }
        let scale = isStandardised ? CodebookLearner.scale(of: rows, width: width) : nil
        var points = rows
        if let scale {
            for place in points.indices {
                let deviation = scale.deviations[place % width]
                points[place] =
                    deviation > 0 ? (points[place] - scale.means[place % width]) / deviation : 0
            }
        }
        var words = seeds(points, width: width, count: count, working)
        if isIterated {
            CodebookLearner.iterate(&words, points, width: width, count: count, working)
        }
        var codebook = Codebook(words: words, scale: scale)
        codebook.assignments = assignments
        codebook.gaussianWidth = gaussianWidth
        return codebook
    }

    /// Means, and standard deviations over n - 1.
    static func scale(of rows: [Float], width: Int) -> Codebook.Scale {
        let count = Double(rows.count / width)
        var means = [Double](repeating: 0, count: width)
        var squares = means
        for (place, value) in rows.enumerated() { means[place % width] += Double(value) }
        for feature in 0..<width { means[feature] /= count }
        for (place, value) in rows.enumerated() {
            let difference = Double(value) - means[place % width]
            squares[place % width] += difference * difference
        }
        return Codebook.Scale(
            means: means.map(Float.init),
            deviations: squares.map { Float(($0 / max(1, count - 1)).squareRoot()) })
    }

    /// Rows drawn by k-means++.
    private func seeds(
        _ points: [Float], width: Int, count: Int, _ working: () -> Void
    ) -> [[Float]] {
        var random = JavaRandom(seed: seed)
        func point(_ row: Int) -> [Float] { Array(points[row * width..<(row + 1) * width]) }
        var words = [point(random.below(Int32(clamping: count)))]
        var distances = [Double](repeating: .infinity, count: count)
        while words.count < self.words {
            let last = words[words.count - 1]
            var sum = 0.0
            for row in 0..<count {
                if distances[row] > 0 {
                    distances[row] = min(
                        distances[row], CodebookLearner.distance(points, row * width, last))
                }
                sum += distances[row]
            }
            let drawn = random.uniform()
            var share = 0.0
            var chosen = count - 1
            for row in 0..<count - 1 {
                share += sum > 0 ? distances[row] / sum : 0
                if share > drawn {
                    chosen = row
                    break
                }
            }
            words.append(point(chosen))
            working()
        }
        return words
    }

    private static func distance(_ points: [Float], _ start: Int, _ word: [Float]) -> Double {
        var sum = 0.0
        for feature in word.indices {
            let difference = word[feature] - points[start + feature]
            sum += Double(difference * difference)
        }
        return sum
    }

    /// Lloyd's rounds: each row to its nearest word, each word to the mean of its rows.
    private static func iterate(
        _ words: inout [[Float]], _ points: [Float], width: Int, count: Int,
        _ working: () -> Void
    ) {
        var nearest = [Int](repeating: 0, count: count)
        for _ in 0..<roundsMax {
            let assigner = Codebook.Assigner(Codebook(words: words))
            var hasChanged = false
            points.withUnsafeBufferPointer { buffer in
                for row in 0..<count {
                    assigner.assign(buffer.baseAddress! + row * width) { word, _ in
                        hasChanged = hasChanged || nearest[row] != word
                        nearest[row] = word
                    }
                }
            }
            guard hasChanged else { return }
            working()
            var sums = [Double](repeating: 0, count: words.count * width)
            var sizes = [Int](repeating: 0, count: words.count)
            for row in 0..<count {
                sizes[nearest[row]] += 1
                for feature in 0..<width {
                    sums[nearest[row] * width + feature] += Double(points[row * width + feature])
                }
            }
            for word in words.indices where sizes[word] > 0 {
                for feature in 0..<width {
                    words[word][feature] = Float(sums[word * width + feature] / Double(sizes[word]))
                }
            }
        }
    }
}

/// There are fewer rows than words are to be learnt from them.
public struct TooFewRows: Error, Hashable, Sendable, CustomStringConvertible {
    /// The words that were asked for.
    public let words: Int
    /// The rows that there are.
    public let rows: Int

    /// A sentence: what is wrong, and what to do.
    public var description: String {
        "\(words) words cannot be learnt from \(rows) rows. Ask for fewer words."
    }
}

/// The generator of Java's library, whose algorithm its documentation fixes: openXBOW draws by it.
struct JavaRandom {
    private var state: Int64

    init(seed: Int64) { state = (seed ^ 0x5_DEEC_E66D) & (1 << 48 - 1) }

    private mutating func next(_ bits: Int64) -> Int32 {
        state = (state &* 0x5_DEEC_E66D &+ 0xB) & (1 << 48 - 1)
        return Int32(truncatingIfNeeded: state >> (48 - bits))
    }

    /// `nextInt(bound)`.
    mutating func below(_ bound: Int32) -> Int {
        precondition(bound > 0)
        if bound & -bound == bound { return Int((Int64(bound) &* Int64(next(31))) >> 31) }
        while true {
            let bits = next(31)
            let value = bits % bound
            if bits &- value &+ (bound - 1) >= 0 { return Int(value) }
        }
    }

    /// `nextDouble()`, in [0, 1).
    mutating func uniform() -> Double {
        let high = Int64(next(26)) << 27
        return Double(high + Int64(next(27))) * 0x1p-53
    }
}
