/// A limit that no sweep can keep.
public struct LimitsError: Error, Hashable, CustomStringConvertible {
    /// The limit's name, as it stands in ``Limits``.
    public let name: String
    /// A sentence: the limit, its value, and what it must be.
    public let description: String
}

extension Limits {
    /// The most slots that a worker may offer.
    public static let slotsMax = 1024

    /// Seconds of silence after which a worker counts as lost.
    public var silenceSeconds: Double { heartbeatSeconds * Double(liveness) }

    /// These limits, when a sweep can keep them.
    ///
    /// - Throws: ``LimitsError``, which names the first limit that is out of its range.
    public func validated() throws(LimitsError) -> Limits {
        try check("heartbeatSeconds", heartbeatSeconds, in: 0.05...600)
        try check("liveness", Double(liveness), in: 2...100)
        try check("stepLimitSeconds", stepLimitSeconds, in: 0.05...1e7)
        guard stepLimitSeconds >= heartbeatSeconds else {
            throw LimitsError(
                name: "stepLimitSeconds",
                description: """
                    stepLimitSeconds is \(stepLimitSeconds), less than heartbeatSeconds \
                    (\(heartbeatSeconds)): progress is told with the heartbeat, so allow more.
                    """)
        }
        if let wallLimitSeconds { try check("wallLimitSeconds", wallLimitSeconds, in: 0.05...1e9) }
        try check("checkpointSeconds", checkpointSeconds, in: 0.05...1e7)
        try check("graceSeconds", graceSeconds, in: 0...3600)
        try check("tailSeconds", tailSeconds, in: 0...1e9)
        try check("cordonTrials", Double(cordonTrials), in: 2...1_000_000)
        try check("attemptsMax", Double(attemptsMax), in: 1...1000)
        try check("lossesMax", Double(lossesMax), in: 0...1_000_000)
        try check("orphanSeconds", orphanSeconds, in: 0...1e9)
        try check("messageBytesMax", Double(messageBytesMax), in: 65_536...2_147_483_647)
        try check("connectionsMax", Double(connectionsMax), in: 1...1_000_000)
        try check("strangersMax", Double(strangersMax), in: 2...1_000_000)
        try check("messagesPerSecondMax", Double(messagesPerSecondMax), in: 10...10_000_000)
        return self
    }

    private func check(
        _ name: String, _ value: Double, in range: ClosedRange<Double>
    ) throws(LimitsError) {
        guard !range.contains(value) else { return }
        throw LimitsError(
            name: name,
            description: """
                \(name) is \(Limits.text(value)), but must lie between \
                \(Limits.text(range.lowerBound)) and \(Limits.text(range.upperBound)).
                """)
    }

    private static func text(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}

extension Limits: CustomStringConvertible {
    /// All limits on one line, as they are printed at the start of a sweep.
    public var description: String {
        """
        heartbeat \(heartbeatSeconds) s, lost after \(liveness) (\(silenceSeconds) s); \
        step limit \(stepLimitSeconds) s, trial limit \(wallLimit); \
        checkpoint every \(checkpointSeconds) s, \(graceSeconds) s for the last; \
        second copies after \(tailSeconds) s; \
        quarantine after \(attemptsMax) faults on one worker, 2 on different workers, or more \
        than \(lossesMax) losses, cordon after \(cordonTrials) trials; \
        orphans wait \(orphanSeconds) s; \
        messages up to \(messageBytesMax) bytes, \(messagesPerSecondMax) a second; \
        up to \(connectionsMax) connections, \(strangersMax) of strangers; \
        up to \(Limits.slotsMax) slots a worker
        """
    }

    private var wallLimit: String { wallLimitSeconds.map { "\($0) s" } ?? "none" }
}
