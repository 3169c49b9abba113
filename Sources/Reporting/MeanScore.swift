import Scoring

/// A CCC as tables show it: mean ± SD over seeds, and over repetitions where a scheme divides anew,
/// with what it is made of where something lacks.
public struct MeanScore: Hashable, Sendable {
    /// The mean over the seeds where it is defined.
    public let mean: Double?
    /// The standard deviation over those seeds (divisor n − 1); nil with fewer than two.
    public let sd: Double?
    /// The seeds where it is defined and where it is not.
    public let defined: Int, undefined: Int
    /// The trials that are there, n, and those that were planned, N.
    public let scored: Int, planned: Int
    /// What the mean is over.
    let runs: Runs

    init(_ statistics: SeedStatistics, _ coverage: Coverage, over runs: Runs) {
        self.runs = runs
        mean = statistics.mean
        sd = statistics.sd
        defined = statistics.defined
        undefined = statistics.undefined
        scored = coverage.scored
        planned = coverage.planned
    }

    /// Whether it stands on every planned trial.
    public var isWhole: Bool { scored == planned }

    /// Such as `0.412`, `undefined`, or `–` where there is no trial.
    var headline: String {
        if let mean { return Fixed.text(mean) }
        return scored == 0 ? "–" : "undefined"
    }

    /// Such as `± 0.013`; empty with fewer than two seeds.
    var spread: String { sd.map { "± " + Fixed.text($0) } ?? "" }

    /// Such as `3/4`.
    var share: String { "\(scored)/\(planned)" }

    /// Such as `1 of 3 seeds undefined`, or `3 of 3 seeds` behind a mean that is undefined; empty
    /// where each seed has a value.
    var gaps: String {
        guard undefined > 0 else { return "" }
        let count = "\(undefined) of \(defined + undefined) \(runs.label)"
        return defined > 0 ? count + " undefined" : count
    }

    /// All of it, such as `0.412 ± 0.013 (3/4)`; the share only where trials lack.
    var text: String { text(beside: spread) }

    /// All of it, with `spread` behind the mean.
    func text(beside spread: String) -> String {
        var notes = [String]()
        if !isWhole { notes.append(share) }
        if !gaps.isEmpty { notes.append(gaps) }
        let suffix = notes.isEmpty ? "" : "(" + notes.joined(separator: "; ") + ")"
        return [headline, spread, suffix].filter { !$0.isEmpty }.joined(separator: " ")
    }
}
