import ArgumentParser
import Corpora
import Dispatch
import Foundation
import Glibc
import Kernels
import Leasing
import Planning
import Reporting
import Running
import Scoring

/// `concord-bench report`: how long a report of a large sweep takes, and how much memory.
struct ReportBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Measure the report of a large sweep whose outcomes are made up.",
        discussion: """
            Two cultures, five choices of features, ten seeds and as many models as it takes; \
            within-culture, cross-culture and pooled; three targets. A cross-culture trial tests \
            all recordings of a culture. Every form is rendered and thrown away, side by side on
            all cores, as `concord report` writes them.
            """)

    @Option(help: "How many trials, at least.")
    var trials = 10_000

    @Option(help: "How many recordings a culture has, two a dyad.")
    var recordings = 30

    @Option(help: "The resamples of each interval.")
    var resamples = 10_000

    func run() throws {
        let sweep = try SyntheticSweep(trials: trials, recordings: recordings)
        let plan = sweep.plan
        let scored = sweep.scored()
        print(
            """
            \(plan.uniqueKeys.count) trials, \(plan.cells.count) cells, \(recordings) recordings \
            a culture; \(Self.peakMiB) MiB before the report
            """)
        let started = DispatchTime.now().uptimeNanoseconds
        let report = try Report(
            plan: plan, scored: scored, quarantined: [:], resamples: resamples,
            threads: ManyThreads())
        print(Self.seconds(since: started), "scores, intervals, comparisons, sections")
        let lines = ManyThreads().map(Self.tables + Self.texts) { Self.time($0, report) }
        for line in lines { print(line) }
        print(Self.seconds(since: started), "in all, \(Self.peakMiB) MiB at the peak")
    }

    /// A form of a report; the bytes that it takes.
    private typealias Form = (name: String, bytes: @Sendable (Report) -> Int)

    private static let texts: [Form] = [
        ("HTML", { $0.html.utf8.count }), ("Markdown", { $0.markdown.utf8.count }),
        ("LaTeX", { $0.document.latex.utf8.count }), ("JSON", { $0.json.utf8.count }),
    ]

    private static let tables: [Form] = Report.CSVTable.allCases.map { table in
        (
            table.fileName,
            { report in
                var bytes = 0
                report.writeCSV(table) { bytes += $0.utf8.count }
                return bytes
            }
        )
    }

    private static func time(_ form: Form, _ report: Report) -> String {
        let started = DispatchTime.now().uptimeNanoseconds
        let bytes = form.bytes(report)
        return "\(seconds(since: started)) \(form.name) (\(bytes / 1000) kB)"
    }

    private static func seconds(since started: UInt64) -> String {
        String(
            format: "%6.2f s", Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9)
    }

    /// The most memory that this process has held.
    private static var peakMiB: Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss / 1024
    }
}

/// A large sweep that nobody trains.
private struct SyntheticSweep {
    let plan: Plan
    private let frames = 20

    init(trials: Int, recordings: Int) throws {
        // Ten seeds × five choices of features × (2 × 5 + 2 + 5) splits a model.
        let models = max(1, (trials + 849) / 850)
        let names = (0..<5).map { "set\($0)" }
        var all: [Recording] = []
        for culture in ["DE", "HU"] {
            for number in 0..<recordings {
                let id = "\(culture)_\(number)"
                var digests = [Recording.goldDigestName: Digest(of: "\(id) gold".utf8)]
                for name in names { digests[name] = Digest(of: "\(id) \(name)".utf8) }
                all.append(
                    Recording(
                        id: id, culture: culture, frames: frames,
                        columns: ["dyad": "\(culture)-\(number / 2)", "subject": id],
                        digests: digests))
            }
        }
        let location = MatrixLocation(file: "none.h5", dataset: "{id}/x")
        let corpus = Corpus(
            name: "synthetic", hopSeconds: 0.1, dataRoot: ".",
            targets: ["arousal", "valence", "liking"], gold: location,
            featureSets: names.map {
                FeatureSet(
                    name: $0, modality: "audio", width: 23, hopSeconds: 0.1, location: location)
            }, groups: [], recordings: all)
        let spec = """
            sweep: synthetic
            corpora: [synthetic.yaml]
            targets: [arousal, valence, liking]
            features:
            \(names.map { "  \($0): {audio: [\($0)]}" }.joined(separator: "\n"))
            models:
            \((0..<models).map { "  m\($0): {network: baseline, hidden: [\($0 + 1), 1]}" }
                .joined(separator: "\n"))
            schemes:
              - {scheme: within-culture, folds: 5}
              - {scheme: cross-culture}
              - {scheme: pooled, folds: 5}
            seeds: 10
            """
        let document = SweepDocument(
            spec: spec, manifests: [try Manifest.render(corpus)], folders: ["/"])
        plan = try LoadedSweep(document: document, dataRoot: nil).plan
    }

    /// An outcome for each trial: a part of the gold trace, and noise of the trial's own.
    func scored() -> [TrialKey: ScoredTrial] {
        var random = RandomStream(state: (1, 2, 3, 4))
        let gold = plan.recordings.map { _ in
            plan.sweep.targets.map { _ in (0..<frames).map { _ in random.uniform() } }
        }
        var scored: [TrialKey: ScoredTrial] = [:]
        for key in plan.uniqueKeys {
            guard let trial = plan.trial(key) else { continue }
            var found = ScoredTrial(
                key: key, targets: plan.sweep.targets, bestEpoch: 20,
                recordings: plan.splits[trial.split].test.map { index in
                    .init(
                        gold: plan.recordings[index].recording.digests[Recording.goldDigestName]!,
                        moments: gold[index].map { trace in
                            Moments(
                                gold: trace, predicted: trace.map { 0.5 * $0 + random.uniform() })
                        })
                })
            found.losses = (0..<50).map { _ in Float(random.uniform()) }
            found.validation = found.losses.map { 1 - $0 }
            scored[key] = found
        }
        return scored
    }
}
