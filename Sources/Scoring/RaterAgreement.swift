import Kernels

/// How well the raters of one target agree, over all recordings that were added.
///
/// ```swift
/// var agreement = RaterAgreement(raters: ["anna", "ben", "cora"])
/// agreement.add([0: anna, 2: cora])  // Ben did not rate this recording.
/// agreement.alpha
/// ```
public struct RaterAgreement: Hashable, Sendable {
    /// The raters' names.
    public let raters: [String]
    /// The number of recordings.
    public private(set) var recordings = 0
    /// The number of frames.
    public private(set) var frames = 0

    /// What two raters share, by the smaller index and the larger.
    private var pairs: [[Moments]]
    /// Σ over frames of Σ (x - y)² over ordered pairs of values, over the values less one.
    private var within = 0.0
    /// Count, Σ x and Σ x² of all values that can be paired.
    private var count = 0.0
    private var sum = 0.0
    private var squares = 0.0

    /// No recordings of these raters so far.
    public init(raters: [String]) {
        self.raters = raters
        pairs = raters.map { _ in raters.map { _ in Moments() } }
    }

    /// Adds a recording's traces (raters, T) by the raters' places; those who did not rate it are
    /// left out, and so are frames where a rater has not-a-number.
    ///
    /// - Precondition: All traces have the same number of frames.
    public mutating func add(_ traces: [Int: [Double]]) {
        let places = traces.keys.sorted()
        guard let length = places.first.map({ traces[$0]!.count }) else { return }
        recordings += 1
        frames += length
        for (index, a) in places.enumerated() {
            for b in places[(index + 1)...] {
                let both = zip(traces[a]!, traces[b]!).filter { !$0.isNaN && !$1.isNaN }
                guard !both.isEmpty else { continue }
                pairs[a][b].merge(Moments(gold: both.map(\.0), predicted: both.map(\.1)))
            }
        }
        guard places.count > 1 else { return }
        for t in 0..<length {
            let values = places.map { traces[$0]![t] }.filter { !$0.isNaN }
            guard values.count > 1 else { continue }
            let m = Double(values.count)
            let total = values.reduce(0, +)
            let spread = values.reduce(0) { $0 + ($1 - total / m) * ($1 - total / m) }
            within += 2 * m * spread / (m - 1)
            count += m
            sum += total
            squares += values.reduce(0) { $0 + $1 * $1 }
        }
    }

    /// The concordance of two raters (over n) over all recordings that both rated; nil where there
    /// is none, or their traces are constant and equal.
    public func concordance(_ a: Int, _ b: Int) -> Double? {
        let moments = pairs[min(a, b)][max(a, b)]
        return moments.count == 0 ? nil : Score(moments, .population).ccc
    }

    /// The mean concordance over the pairs that have one; with `rater`, over that rater's pairs.
    public func meanConcordance(of rater: Int? = nil) -> Double? {
        var values: [Double] = []
        for a in raters.indices {
            for b in raters.indices where a < b && (rater == nil || a == rater || b == rater) {
                if let value = concordance(a, b) { values.append(value) }
            }
        }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Krippendorff's alpha of values on an interval scale, a frame being a unit: 1 less observed
    /// over expected disagreement; nil where all values are equal.   Krippendorff 2011, D.
    public var alpha: Double? {
        // The squares about the mean: what is left of n Σ x² - (Σ x)².
        let spread = squares - sum * sum / max(1, count)
        guard count > 1, spread > 1e-12 * squares else { return nil }
        let observed = within / count
        let expected = 2 * spread / (count - 1)
        return 1 - observed / expected
    }
}
