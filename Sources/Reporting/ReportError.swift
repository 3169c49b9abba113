import Scoring

/// Why there is no report.
public enum ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Trials are missing or were given up, and a part was not asked for.
    case incomplete(missing: [Shortfall], quarantined: [Shortfall])
    /// The outcomes cannot be scored.
    case unscorable(ScoringError)

    /// What a cell lacks.
    public struct Shortfall: Hashable, Sendable {
        /// The cell's name.
        public let cell: String
        /// The number of trials that it lacks for this reason.
        public let count: Int
        /// Its trials that are there, n, and those that were planned, N.
        public let scored: Int, planned: Int
    }

    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .unscorable(let error): error.description
        case .incomplete(let missing, let quarantined):
            """
            The sweep is not complete, so that no number stands for the whole of it.
            \(Self.list("missing", missing) + Self.list("quarantined", quarantined))\
            Run it to its end, or ask with --partial for the numbers that are there, marked.
            """
        }
    }

    private static let listedMax = 20

    private static func list(_ reason: String, _ shortfalls: [Shortfall]) -> String {
        var lines = shortfalls.prefix(listedMax).map {
            "  \($0.cell.printable): \($0.scored) of \($0.planned) trials, \($0.count) \(reason)\n"
        }
        if shortfalls.count > listedMax {
            lines.append("  and \(shortfalls.count - listedMax) more cells with \(reason) trials\n")
        }
        return lines.joined()
    }
}
