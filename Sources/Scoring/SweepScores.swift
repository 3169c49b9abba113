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
    /// Trials that the plan does not hold are ignored. Each interval takes `resamples` resamples,
    /// 10,000 unless told otherwise.
    ///
    /// - Throws: ``ScoringError`` where a recording is on two sides of a split or tested twice, or
    ///   where an outcome is of another sweep.
    public init(
        plan: Plan, scored: [TrialKey: ScoredTrial], quarantined: [TrialKey: String],
        resamples: Int = 10_000
    ) throws(ScoringError) {
        do { try plan.check() } catch { throw .leak(error) }
        var aggregation = Aggregation(
            plan: plan, scored: scored,
            quarantined: quarantined.filter { scored[$0.key] == nil }, resamples: resamples)
        var cells: [CellScores] = []
        for cell in plan.cells.indices { cells.append(try aggregation.scores(ofCell: cell)) }
        self.plan = plan
        self.cells = cells
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
    let resamples: Int
    /// The trials of each cell, in the plan's order.
    let trials: [[Trial]]
    /// Drawn once for each set of groups.
    private var drawn: [Digest: Resamples] = [:]

    init(
        plan: Plan, scored: [TrialKey: ScoredTrial], quarantined: [TrialKey: String],
        resamples: Int
    ) {
        self.plan = plan
        self.scored = scored
        self.quarantined = quarantined
        self.resamples = resamples
        var trials = plan.cells.map { _ in [Trial]() }
        for trial in plan.trials { trials[trial.cell].append(trial) }
        self.trials = trials
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

    mutating func scores(ofCell cell: Int) throws(ScoringError) -> CellScores {
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

    private mutating func scores(
        of pools: [[Tested]], culture: String?, cell: Int
    ) -> TestScores {
        let tested = Set(pools.joined().map(\.recording)).sorted()
        let groups = RecordingGroups(of: tested, cell: plan.cells[cell], plan: plan)
        let resamples = resamples(of: groups)
        let targets = targets.enumerated().map { index, target in
            let seeds = pools.map { pool -> Moments? in
                pool.isEmpty ? nil : merged(pool.map { $0.moments[index] })
            }
            let parts = pools.filter { !$0.isEmpty }.map { pool in
                var parts = [Moments](repeating: Moments(), count: groups.count)
                for one in pool { parts[groups.index[one.recording]!].merge(one.moments[index]) }
                return parts
            }
            let intervals = resamples?.intervals(parts) ?? Convention.allCases.map { _ in nil }
            return TargetScores(target: target, seeds: seeds, intervals: intervals)
        }
        return TestScores(
            culture: culture, recordings: tested.count, unit: groups.unit, groups: groups.count,
            frames: tested.reduce(0) { $0 + plan.recordings[$1].recording.frames },
            targets: targets)
    }

    private mutating func resamples(of groups: RecordingGroups) -> Resamples? {
        guard groups.count > 1 else { return nil }
        if let known = drawn[groups.content] { return known }
        let fresh = Resamples(
            count: resamples, groups: groups.count,
            random: RandomStream(digest: groups.content.bytes))
        drawn[groups.content] = fresh
        return fresh
    }

    private func merged(_ parts: [Moments]) -> Moments {
        var all = Moments()
        for part in parts { all.merge(part) }
        return all
    }
}

/// A recording that a trial tested.
private struct Tested {
    let recording: Int
    let moments: [Moments]
}
