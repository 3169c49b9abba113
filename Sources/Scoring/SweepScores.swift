import Corpora
import Kernels
import Planning

/// All scores of a sweep: a pure function of its plan and of the trials that are there.
///
/// Each cell's out-of-fold recordings are pooled per seed before one CCC is taken. They are merged
/// in the order of their content, so neither the order of trials nor that of the manifest changes a
/// bit. That no recording is on two sides of a split, or tested twice, is checked here once more.
public struct SweepScores: Sendable {
    /// What was planned.
    public let plan: Plan
    /// The scores, in the order of the plan's cells.
    public let cells: [CellScores]
    /// Models beside each other on the same splits, in the order of features, cells and pairs.
    public let comparisons: [ModelComparison]
    /// What a change of culture costs, in the order of features, targets, models and pairs.
    public let gaps: [GeneralizationGap]
    /// A → B against B → A, in the same order.
    public let asymmetries: [Asymmetry]
    /// How many trials are there; a trial that two cells hold counts once.
    public let coverage: Coverage
    /// The trials that are there.
    public let scored: [TrialKey: ScoredTrial]
    /// Why trials were given up, where they are not there all the same.
    public let quarantined: [TrialKey: String]

    /// The predicted quantities.
    public var targets: [String] { plan.sweep.targets }

    /// The scores of the trials that are there.
    ///
    /// Trials that the plan does not hold are ignored.
    ///
    /// - Parameters:
    ///   - conventions: those that intervals are taken in, all unless told otherwise; comparisons,
    ///     gaps and the scores of parts take the first.
    ///   - resamples: of each interval, 10,000 unless told otherwise.
    ///   - threads: who takes the resamples; the caller's own thread unless told otherwise.
    /// - Throws: ``ScoringError`` where a recording is on two sides of a split or tested twice, or
    ///   where an outcome is of another sweep.
    public init(
        plan: Plan, scored: [TrialKey: ScoredTrial], quarantined: [TrialKey: String],
        conventions: [Convention] = Convention.allCases, resamples: Int = 10_000,
        threads: some Threading = OneThread()
    ) throws(ScoringError) {
        precondition(!conventions.isEmpty, "Scores need a convention.")
        do { try plan.check() } catch { throw .leak(error) }
        let aggregation = Aggregation(
            plan: plan, scored: scored,
            quarantined: quarantined.filter { scored[$0.key] == nil }, headline: conventions[0])
        var cells: [CellScores] = []
        for cell in plan.cells.indices { cells.append(try aggregation.scores(ofCell: cell)) }
        let found = Inference.findings(
            plan: plan, cells: cells, conventions: conventions, count: resamples,
            threads: threads)
        for part in found {
            for (place, intervals) in part.intervals {
                cells[place.cell].tests[place.test].targets[part.target].intervals = intervals
                cells[place.cell].tests[place.test].targets[part.target].detectable =
                    part.estimates[place]?.detectable
            }
        }
        self.plan = plan
        self.cells = cells
        comparisons = ModelComparison.adjusted(found.flatMap(\.comparisons), plan)
        gaps = found.flatMap(\.gaps)
        asymmetries = found.flatMap(\.asymmetries)
        self.scored = scored
        self.quarantined = aggregation.quarantined
        coverage = aggregation.coverage(ofDistinct: plan.trials)
    }
}

/// What the scores of one cell after the other are made with.
private struct Aggregation {
    let plan: Plan
    let scored: [TrialKey: ScoredTrial]
    let quarantined: [TrialKey: String]
    let headline: Convention
    /// The trials of each cell, in the plan's order.
    let trials: [[Trial]]

    init(
        plan: Plan, scored: [TrialKey: ScoredTrial], quarantined: [TrialKey: String],
        headline: Convention
    ) {
        self.plan = plan
        self.scored = scored
        self.quarantined = quarantined
        self.headline = headline
        trials = plan.trialsOfCells
    }

    private var targets: [String] { plan.sweep.targets }

    func coverage(_ trials: [Trial]) -> Coverage {
        var coverage = Coverage()
        for trial in trials {
            coverage.planned += 1
            if scored[trial.key] != nil { coverage.scored += 1 }
            if quarantined[trial.key] != nil { coverage.quarantined += 1 }
        }
        return coverage
    }

    func coverage(ofDistinct trials: [Trial]) -> Coverage {
        var seen: Set<TrialKey> = []
        return coverage(trials.filter { seen.insert($0.key).inserted })
    }

    func scores(ofCell cell: Int) throws(ScoringError) -> CellScores {
        let pools = try pools(ofCell: cell)
        let cultures = plan.cells[cell].testCultures
        var tests: [TestScores] = []
        for culture in cultures {
            tests.append(
                scores(
                    of: pools.map { $0.filter { self.culture(of: $0.recording) == culture } },
                    culture: culture, cell: cell))
        }
        if cultures.count > 1 { tests.append(scores(of: pools, culture: nil, cell: cell)) }
        return CellScores(cell: cell, coverage: coverage(trials[cell]), tests: tests)
    }

    private func culture(of recording: Int) -> String {
        plan.recordings[recording].recording.culture
    }

    /// The out-of-fold recordings of each seed and repetition, in the plan's order, which is that
    /// of content.
    private func pools(ofCell cell: Int) throws(ScoringError) -> [[Tested]] {
        let name = plan.cells[cell].name
        var pools: [[Tested]] = []
        for trial in trials[cell] {
            let split = plan.splits[trial.split]
            let pool = split.repetition * plan.sweep.seeds + trial.seed
            while pools.count <= pool { pools.append([]) }
            guard let outcome = scored[trial.key] else { continue }
            guard outcome.targets == targets else {
                throw .foreignTargets(key: trial.key, expected: targets, found: outcome.targets)
            }
            let golds = split.test.map { plan.gold(ofRecording: $0) }
            guard outcome.recordings.map(\.gold) == golds,
                outcome.recordings.allSatisfy({ $0.moments.count == targets.count })
            else { throw .foreignRecordings(key: trial.key, cell: name, fold: trial.fold) }
            for (recording, scored) in zip(split.test, outcome.recordings) {
                pools[pool].append(Tested(recording: recording, moments: scored.moments))
            }
        }
        for seed in pools.indices {
            pools[seed].sort { $0.recording < $1.recording }
            let numbers = pools[seed].map(\.recording)
            for (a, b) in zip(numbers, numbers.dropFirst()) where a == b {
                let id = plan.recordings[a].recording.id
                throw .testedTwice(
                    cell: name, seed: seed % plan.sweep.seeds, recording: id)
            }
        }
        return pools
    }

    private func scores(of pools: [[Tested]], culture: String?, cell: Int) -> TestScores {
        let tested = Set(pools.joined().map(\.recording)).sorted()
        let groups = RecordingGroups(of: tested, cell: plan.cells[cell], plan: plan)
        let targets = targets.enumerated().map { index, target in
            let seeds = pools.map { pool -> Moments? in
                pool.isEmpty ? nil : .merged(pool.lazy.map { $0.moments[index] })
            }
            let parts = pools.filter { !$0.isEmpty }.map { pool in
                var parts = [Moments](repeating: Moments(), count: groups.count)
                for one in pool { parts[groups.index[one.recording]!].merge(one.moments[index]) }
                return parts
            }
            return TargetScores(
                target: target, seeds: seeds,
                recordings: partScores(tested, pools, target: index) {
                    plan.recordings[$0].recording.id
                },
                subjects: partScores(tested, pools, target: index) {
                    plan.recordings[$0].recording.value("subject")
                },
                groups: parts)
        }
        return TestScores(
            culture: culture, recordings: tested.count, unit: groups.unit, grouping: groups,
            frames: tested.reduce(0) { $0 + plan.recordings[$1].recording.frames },
            targets: targets)
    }

    /// The CCC of the recordings that share a name, in the order of content; none at all where a
    /// recording has no name.
    private func partScores(
        _ tested: [Int], _ pools: [[Tested]], target: Int, name: (Int) -> String?
    ) -> [PartScore] {
        var places: [String: Int] = [:]
        var parts: [(name: String, culture: String, seeds: [Moments])] = []
        var place: [Int: Int] = [:]
        for recording in tested {
            guard let name = name(recording) else { return [] }
            let known = places[name] ?? parts.count
            if known == parts.count {
                places[name] = known
                let seeds = [Moments](repeating: Moments(), count: pools.count)
                parts.append((name, culture(of: recording), seeds))
            }
            place[recording] = known
        }
        for (seed, pool) in pools.enumerated() {
            for one in pool {
                parts[place[one.recording]!].seeds[seed].merge(one.moments[target])
            }
        }
        return parts.map { part in
            let scores = part.seeds.filter { $0.count > 0 }.map { Score($0, headline).ccc }
            return PartScore(
                name: part.name, culture: part.culture, ccc: SeedStatistics(scores).mean)
        }
    }
}

extension Moments {
    /// Those of all frames of `parts` together.
    static func merged(_ parts: some Sequence<Moments>) -> Moments {
        parts.reduce(into: Moments()) { $0.merge($1) }
    }
}

/// A recording that a trial tested.
private struct Tested {
    let recording: Int
    let moments: [Moments]
}
