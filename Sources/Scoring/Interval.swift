/// A 95 % interval of a statistic.
public struct Interval: Hashable, Sendable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double

    /// The interval from `low` to `high`.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// How a bootstrap's distribution becomes an interval.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Bias-corrected and accelerated.   Efron 1987; DiCiccio and Efron 1996, eq. 2.3.
        case bca
        /// The 2.5 % and 97.5 % quantiles of the resamples.   Efron 1979.
        case percentile

        /// Its name for people.
        public var label: String { self == .bca ? "BCa" : "percentile" }

        /// The kind of all tables and files: the one whose coverage `concord-bench coverage` finds
        /// nearer to 95 % with few groups. BCa misses as often on either side, but more often.
        public static let standard = Kind.percentile
    }
}

/// A statistic with the interval of its bootstrap.
public struct Estimate: Hashable, Sendable {
    /// The statistic of the data themselves; nil where it is undefined.
    public let value: Double?
    /// Its 95 % interval of the standard kind; nil where there is none.
    public let interval: Interval?
    /// The standard deviation over the resamples; nil where there is no interval.
    public let standardError: Double?

    /// What ``Distribution`` says.
    init(_ distribution: Distribution?) {
        value = distribution?.point
        interval = distribution?.interval(.standard)
        standardError = interval == nil ? nil : distribution?.standardError
    }

    /// A statistic without an interval.
    init(value: Double?) {
        self.value = value
        interval = nil
        standardError = nil
    }

    /// The smallest difference that would be found with a probability of 80 % by a two-sided test
    /// at 5 %: (1.960 + 0.842) standard errors, of a normal distribution; nil without an interval.
    public var detectable: Double? { standardError.map { 2.8015852181129683 * $0 } }
}
