/// How a report is laid out; none of it changes a number.
public struct ReportOptions: Hashable, Sendable {
    /// What stands beside the means in tables of models.
    public var spread = ComparisonTable.Spread.sd
    /// Whether the columns of the paper's Table I are quoted in tables of models.
    public var quotesTableOne = false

    /// Standard deviations, and nothing quoted.
    public init() {}
}
