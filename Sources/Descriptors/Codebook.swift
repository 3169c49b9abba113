import Kernels

/// The words of a bag-of-words: points among low-level features, and how features are assigned to
/// them.   Schmitt and Schuller 2017, "openXBOW".
///
/// A file of openXBOW holds the same.
public struct Codebook: Hashable, Sendable {
    /// The words (W, D).
    public let words: [[Float]]
    /// Means and standard deviations (over n - 1) that features are standardised by before they are
    /// assigned; nil where they are taken as they are.
    public let scale: Scale?
    /// The number of nearest words that a row counts for. The default is 1: hard assignment.
    public var assignments = 1
    /// The width σ of a Gaussian by which a row counts for a word at distance d as
    /// exp(-(d / σ)² / 2): soft assignment. The default, nil, counts 1.
    public var gaussianWidth: Float?
    /// Whether bags hold log₁₀(n + 1) of the counts n. The default is true.
    public var isLogarithmic = true

    /// Means and standard deviations of each feature.
    public struct Scale: Hashable, Sendable {
        /// The means.
        public var means: [Float]
        /// The standard deviations; 0 for a constant feature, which becomes 0.
        public var deviations: [Float]

        /// A scale of these means and deviations.
        public init(means: [Float], deviations: [Float]) {
            self.means = means
            self.deviations = deviations
        }
    }

    /// The words, feature after feature (D, W padded to whole vectors): where the distance to all
    /// words is summed at once.
    private let columns: [SIMD8<Float>]

    /// A codebook of these words, all of one length.
    ///
    /// - Precondition: There is a word, and words and scale have one length above 0.
    public init(words: [[Float]], scale: Scale? = nil) {
        let width = words.first?.count ?? 0
        precondition(width > 0 && words.allSatisfy { $0.count == width })
        precondition(scale.map { $0.means.count == width && $0.deviations.count == width } ?? true)
        self.words = words
        self.scale = scale
        let vectors = (words.count + 7) / 8
        var columns = [SIMD8<Float>](repeating: .zero, count: width * vectors)
        for (number, word) in words.enumerated() {
            for (feature, value) in word.enumerated() {
                columns[feature * vectors + number / 8][number % 8] = value
            }
        }
        self.columns = columns
    }

    /// The number of features, D.
    public var width: Int { words[0].count }

    /// A row's place in what is counted: its `assignments` nearest words, the nearest first, and
    /// what each counts. Of words as near the first is taken.
    /// - Complexity: O(W D).
    struct Assigner: ~Copyable {
        private let codebook: Codebook
        private let vectors: Int
        private let distances: UnsafeMutablePointer<SIMD8<Float>>
        private let row: UnsafeMutablePointer<Float>

        init(_ codebook: Codebook) {
            self.codebook = codebook
            vectors = (codebook.words.count + 7) / 8
            distances = .allocate(capacity: vectors)
            distances.initialize(repeating: .zero, count: vectors)
            row = .allocate(capacity: codebook.width)
            row.initialize(repeating: 0, count: codebook.width)
        }

        deinit {
            distances.deallocate()
            row.deallocate()
        }

        /// Gives `count` each word that `features` (D) count for, and how much.
        func assign(_ features: UnsafePointer<Float>, count: (Int, Float) -> Void) {
            measure(features)
            let words = codebook.words.count
            let flat = UnsafeMutableRawPointer(distances).assumingMemoryBound(to: Float.self)
            for _ in 0..<min(codebook.assignments, words) {
                var nearest = 0
                var least = Float.greatestFiniteMagnitude
                for word in 0..<words where flat[word] < least {
                    least = flat[word]
                    nearest = word
                }
                if let sigma = codebook.gaussianWidth {
                    let part = least.squareRoot() / sigma
                    count(nearest, Float(Elementary.exp(-Double(part * part / 2))))
                } else {
                    count(nearest, 1)
                }
                flat[nearest] = .greatestFiniteMagnitude
            }
        }

        /// The squared Euclidean distances to all words, in float32.
        private func measure(_ features: UnsafePointer<Float>) {
            let width = codebook.width
            if let scale = codebook.scale {
                for d in 0..<width {
                    let deviation = scale.deviations[d]
                    row[d] = deviation > 0 ? (features[d] - scale.means[d]) / deviation : 0
                }
            } else {
                row.update(from: features, count: width)
            }
            for v in 0..<vectors { distances[v] = .zero }
            codebook.columns.withUnsafeBufferPointer { columns in
                for d in 0..<width {
                    let value = SIMD8<Float>(repeating: row[d])
                    let base = d * vectors
                    for v in 0..<vectors {
                        let difference = value - columns[base + v]
                        distances[v] += difference * difference
                    }
                }
            }
        }
    }
}
