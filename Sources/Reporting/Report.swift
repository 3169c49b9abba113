import Planning
import Scoring

/// A sweep's report: one document tree, rendered as text, Markdown, HTML and LaTeX, with tables for
/// programs (CSV, JSON) and figures.
///
/// It is a pure function of the plan and of the outcomes that are there. No clock, host or path
/// enters it, and no order of a dictionary: the same store gives the same bytes.
///
/// ```swift
/// let report = try Report(plan: plan, scored: scored, quarantined: [:])
/// print(report.text(width: 80))
/// ```
public struct Report: Sendable {
    /// The sweep's name.
    public let title: String
    /// Its parts, in order.
    public let sections: [Section]
    /// What it shows.
    public let scores: SweepScores
    /// The conventions of its CCC; the first is that of all tables for people.
    public let conventions: [Convention]
    /// The resamples of its intervals.
    public let resamples: Int
    /// The culture × culture matrices, in the order of features, targets and models.
    public let matrices: [CultureMatrix]

    /// The report of a sweep.
    ///
    /// - Parameters:
    ///   - plan: all trials of the sweep.
    ///   - scored: those that are there.
    ///   - quarantined: why trials were given up, in words that name no host and no path.
    ///   - allowPartial: whether to show the numbers of an incomplete sweep, each one marked.
    ///   - conventions: at least one; population and AVEC unless told otherwise.
    ///   - resamples: of the bootstrap intervals, 10,000 unless told otherwise.
    ///   - options: how its tables are laid out.
    ///   - threads: who takes the resamples; the caller's own thread unless told otherwise.
    /// - Throws: ``ReportError`` when the sweep is incomplete and a part was not asked for, or
    ///   when its outcomes cannot be scored.
    public init(
        plan: Plan, scored: [TrialKey: ScoredTrial], quarantined: [TrialKey: String],
        allowPartial: Bool = false, conventions: [Convention] = [.population, .avec],
        resamples: Int = 10_000, options: ReportOptions = ReportOptions(),
        threads: some Threading = OneThread()
    ) throws(ReportError) {
        precondition(!conventions.isEmpty, "A report needs a convention.")
        if !allowPartial {
            try Self.checkComplete(plan, scored: scored, quarantined: quarantined)
        }
        let scores: SweepScores
        do {
            scores = try SweepScores(
                plan: plan, scored: scored, quarantined: quarantined, conventions: conventions,
                resamples: resamples, threads: threads)
        } catch { throw .unscorable(error) }
        let draft = Draft(
            scores: scores, conventions: conventions, resamples: resamples, options: options)
        self.scores = scores
        self.conventions = conventions
        self.resamples = resamples
        title = plan.sweep.name
        matrices = draft.matrices
        sections = draft.sections
    }

    /// The report of a sweep by its outcomes.
    ///
    /// - Throws: ``ReportError``, as above.
    public init(
        plan: Plan, outcomes: [TrialKey: Outcome], quarantined: [TrialKey: String],
        allowPartial: Bool = false, conventions: [Convention] = [.population, .avec],
        resamples: Int = 10_000, options: ReportOptions = ReportOptions()
    ) throws(ReportError) {
        try self.init(
            plan: plan, scored: outcomes.mapValues { ScoredTrial($0) }, quarantined: quarantined,
            allowPartial: allowPartial, conventions: conventions, resamples: resamples,
            options: options)
    }

    /// `report` with other sections.
    init(_ report: Report, sections: [Section]) {
        title = report.title
        self.sections = sections
        scores = report.scores
        conventions = report.conventions
        resamples = report.resamples
        matrices = report.matrices
    }

    /// The certificate of the splits that it stands on.
    public var certificate: Certificate { Certificate(of: scores.plan) }

    private static func checkComplete(
        _ plan: Plan, scored: [TrialKey: ScoredTrial], quarantined: [TrialKey: String]
    ) throws(ReportError) {
        var counts = plan.cells.map { _ in (scored: 0, quarantined: 0, planned: 0) }
        for trial in plan.trials {
            counts[trial.cell].planned += 1
            if scored[trial.key] != nil {
                counts[trial.cell].scored += 1
            } else if quarantined[trial.key] != nil {
                counts[trial.cell].quarantined += 1
            }
        }
        func shortfalls(_ lacking: (Int) -> Int) -> [ReportError.Shortfall] {
            counts.indices.filter { lacking($0) > 0 }.map {
                ReportError.Shortfall(
                    cell: plan.cells[$0].name, count: lacking($0), scored: counts[$0].scored,
                    planned: counts[$0].planned)
            }
        }
        let missing = shortfalls {
            counts[$0].planned - counts[$0].scored - counts[$0].quarantined
        }
        let given = shortfalls { counts[$0].quarantined }
        if !missing.isEmpty || !given.isEmpty {
            throw .incomplete(missing: missing, quarantined: given)
        }
    }
}
