/// How the values of traces are distributed.
public struct TraceDistribution: Hashable, Sendable {
    /// The number of values.
    public let count: Int
    /// Their mean.
    public let mean: Double
    /// Their standard deviation, over n.
    public let deviation: Double
    /// The least value, the quartiles and the greatest (5); linear between the order statistics.
    /// Hyndman and Fan 1996, definition 7.
    public let quartiles: [Double]
    /// The values in each of the bins that divide a range into equal parts; those beyond its ends
    /// are in the first and the last.
    public let bins: [Int]

    /// The distribution of `values` over `count` bins of `range`; nil where there is no value.
    ///
    /// - Precondition: All values are finite, and the range has a length.
    /// - Complexity: O(n log n).
    public init?(of values: [Float], range: ClosedRange<Double>, bins count: Int) {
        guard !values.isEmpty else { return nil }
        precondition(range.lowerBound < range.upperBound && count > 0)
        let sorted = values.sorted()
        let n = Double(values.count)
        let mean = sorted.reduce(0) { $0 + Double($1) } / n
        let squares = sorted.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        var bins = [Int](repeating: 0, count: count)
        let width = (range.upperBound - range.lowerBound) / Double(count)
        for value in sorted {
            let bin = Int(((Double(value) - range.lowerBound) / width).rounded(.down))
            bins[min(max(bin, 0), count - 1)] += 1
        }
        self.count = values.count
        self.mean = mean
        deviation = (squares / n).squareRoot()
        quartiles = (0...4).map { quarter in
            let place = Double(quarter) / 4 * Double(sorted.count - 1)
            let below = Int(place)
            let above = min(below + 1, sorted.count - 1)
            let low = Double(sorted[below])
            return low + (place - Double(below)) * (Double(sorted[above]) - low)
        }
        self.bins = bins
    }
}
