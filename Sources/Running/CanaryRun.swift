import Corpora
import Foundation
import Planning
import Reporting
import Scoring

/// `concord run --canary`: puts faults into a sweep on purpose, to see whether they would be seen.
///
/// First a leak of each kind is planted on two sides of a split, which plan, trainer and
/// aggregation must each refuse. Then the sweep runs with shuffled labels, in a store of its own:
/// there is nothing to learn, so a CCC above chance means that something of the test side reaches
/// the training. The sweep's own store is neither read nor written.
public struct CanaryRun {
    private let sweep: LoadedSweep
    private let folder: String
    private let workers: Int?

    /// The canaries of a sweep.
    ///
    /// - Parameters:
    ///   - store: The store that the sweep itself has; the canaries' lies beside it, with `.canary`
    ///     at the end of its name.
    ///   - workers: Worker processes of one slot each. The default is one a core.
    public init(sweep: LoadedSweep, store: String, workers: Int? = nil) {
        self.sweep = sweep
        folder = store + ".canary"
        self.workers = workers
    }

    /// Runs both canaries to their end.
    ///
    /// - Returns: ``ExitStatus/leaking`` when a leak was not refused or a score is above chance,
    ///   ``ExitStatus/failed`` when no score can be told from chance.
    /// - Throws: an error when the labels cannot be shuffled, or the run cannot be started.
    public func run() throws -> ExitStatus {
        let passed = plantLeaks()
        for place in passed { Terminal.complain("concord: the canary sings: \(place)") }
        guard passed.isEmpty else { return .leaking }
        let corpus = try CanaryCorpus(sweep)
        Terminal.complain(
            "concord: canary: labels are shuffled between recordings, in \(folder)")
        let data = LoadedSweep.folder(of: folder + "/data/gold.h5")
        let shuffled = try corpus.write(into: data)
        let store = folder + "/store"
        let status = try SweepRun(sweep: shuffled, store: store).run(showsTables: false) {
            try LocalWorkers(count: workers, site: $0)
        }
        guard status == .done else { return status }
        return try judge(store)
    }

    /// Plants each kind of leak, shows who refuses it, and returns what nobody refused.
    private func plantLeaks() -> [String] {
        var passed: [String] = []
        var rows = [["planted on two sides", "plan", "trainer", "report"]]
        for thing in sweep.plan.plantable {
            let results = [refusesPlan(thing), refusesTrainer(thing), refusesReport(thing)]
            for (place, result) in zip(rows[0].dropFirst(), results) where result == false {
                passed.append("the \(place) did not refuse \(thing.words) on two sides.")
            }
            rows.append([thing.words] + results.map { $0.map { $0 ? "refused" : "PASSED" } ?? "–" })
        }
        Terminal.show(Plan.table(rows))
        return passed
    }

    /// Whether no plan is made when the content of a matrix is the same in all recordings; nil for
    /// other things, around which a plan divides.
    private func refusesPlan(_ thing: Leak.Thing) -> Bool? {
        guard case .content(let matrix) = thing else { return nil }
        var corpora = sweep.plan.corpora
        let digest = sweep.plan.recordings[0].recording.digests[matrix]
        for corpus in corpora.indices {
            for index in corpora[corpus].recordings.indices {
                corpora[corpus].recordings[index].digests[matrix] = digest
            }
        }
        return refuses { _ = try Plan(sweep: sweep.plan.sweep, corpora: corpora) }
    }

    private func refusesTrainer(_ thing: Leak.Thing) -> Bool {
        let bench = TrainerBench(sweep: sweep.with(sweep.plan.planting(thing)), cache: nil)
        return refuses { _ = try bench.data(of: sweep.plan.trials[0]) }
    }

    private func refusesReport(_ thing: Leak.Thing) -> Bool {
        refuses {
            _ = try SweepScores(
                plan: sweep.plan.planting(thing), scored: [:], quarantined: [:], resamples: 1)
        }
    }

    /// Whether a leak stops `body`.
    private func refuses(_ body: () throws -> Void) -> Bool {
        do {
            try body()
            return false
        } catch {
            switch error {
            case PlanError.leak, PlanError.equalContent, ScoringError.leak: return true
            default: return false
            }
        }
    }

    /// Says which scores of shuffled labels are above chance.
    private func judge(_ store: String) throws -> ExitStatus {
        let reading = try StoreReading(folder: store)
        let scores = try SweepScores(
            plan: reading.plan, scored: try reading.scored(), quarantined: [:])
        let canaries = scores.canaries
        var rows = [["shuffled labels: CCC (population), the highest first", "CCC", "95 %"]]
        rows += canaries.filter(\.isSinging).map(CanaryRun.row)
        rows += canaries.filter { !$0.isSinging }.prefix(10).map(CanaryRun.row)
        Terminal.show(Plan.table(rows))
        let singing = canaries.filter(\.isSinging)
        guard singing.isEmpty else {
            Terminal.complain(
                """
                concord: the canary sings: \(singing.count) of \(canaries.count) scores of \
                shuffled labels are above chance. Something of the test side is learnt: where \
                `selection: test` is not the reason, do not trust the sweep's scores.
                """)
            return .leaking
        }
        let tested = canaries.filter(\.isTestable)
        guard !tested.isEmpty else {
            Terminal.complain(
                """
                concord: the canaries say nothing: no score of shuffled labels (\(canaries.count)) \
                has an interval, so none can be told from chance. Where a single group is tested \
                there is none: let the sweep have a scheme that tests more.
                """)
            return .failed
        }
        let untested = canaries.count - tested.count
        let below = tested.count(where: \.isBelowChance)
        Terminal.complain(
            """
            concord: the canaries are quiet: every planted leak is refused, and none of \
            \(tested.count) scores of shuffled labels is above chance\
            \(untested == 0 ? "" : "; \(untested) more have no interval and say nothing")\
            \(below == 0 ? "" : "; \(below) are below it: a mean that was learnt without what is "
                + "held out lies on the other side, which is no leak")
            """)
        return .done
    }

    private static func row(_ score: CanaryScore) -> [String] {
        let interval = score.interval.map {
            "[\(Fixed.text($0.low)), \(Fixed.text($0.high))]"
        }
        return [
            (score.isSinging ? "SINGS " : "") + score.name, Fixed.text(score.ccc), interval ?? "–",
        ]
    }
}

extension Leak.Thing {
    /// The thing in words, such as `the same dyad`.
    fileprivate var words: String {
        switch self {
        case .recording: "a recording"
        case .column(let column): "the same \(column)"
        case .content(let matrix): "the same \(matrix)"
        }
    }
}
