/// A figure's mean and spread over seeds.
public struct SeedStatistics: Hashable, Sendable {
    /// The mean over the seeds where the figure is defined; nil when there is none.
    public let mean: Double?
    /// The standard deviation over those seeds (divisor n − 1); nil with fewer than two.
    public let sd: Double?
    /// The number of seeds where it is defined.
    public let defined: Int
    /// The number of seeds that were scored and where it is undefined.
    public let undefined: Int

    /// The statistics of one value a seed.
    public init(_ values: [Double?]) {
        let known = values.compactMap { $0 }
        defined = known.count
        undefined = values.count - known.count
        guard !known.isEmpty else {
            (mean, sd) = (nil, nil)
            return
        }
        let mean = known.reduce(0, +) / Double(known.count)
        let squares = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        sd = known.count > 1 ? (squares / Double(known.count - 1)).squareRoot() : nil
    }
}
