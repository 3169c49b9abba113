import Corpora
import Foundation
import Preparing
import Reporting
import Scoring

/// Gold and predicted traces of any system, a CSV file a recording: `concord score`.
public struct PredictionFolders {
    private let gold: String
    private let predicted: String
    private let corpus: Corpus?

    /// The folders of gold and predicted traces.
    ///
    /// - Parameter manifest: Says the culture and the groups of each recording; without one names
    ///   of AVEC and SEWA tell the culture, and SEWA's or a folder of AVEC 2019's the dyads.
    /// - Throws: an error of the manifest.
    public init(gold: String, predicted: String, manifest: String?) throws {
        self.gold = gold
        self.predicted = predicted
        corpus = try manifest.map {
            try Manifest.parse(try LoadedSweep.read($0, what: "manifest"), file: $0)
        }
    }

    /// Shows the scores of all recordings that the gold folder holds.
    ///
    /// - Throws: an error that names file, line and column, or the recordings that are not
    ///   predicted.
    public func score(_ convention: Convention, isJSON: Bool) throws -> ExitStatus {
        let names = try PredictionFolders.names(in: gold)
        guard !names.isEmpty else {
            throw RunningError("\(gold) holds no CSV file. Name the folder of the gold traces.")
        }
        var pairs: [TracePair] = []
        var targets: [String] = []
        var missing: [String] = []
        var open: [String] = []
        // Names of 2018 go on where those of 2019 end, and are of other people.
        let isAVEC2019 = names.allSatisfy { AVEC2019.recording(named: $0) != nil }
        for name in names {
            let path = "\(self.gold)/\(name).csv"
            let gold = try PredictionFolders.read(path)
            if gold.endsOpen { open.append(path) }
            if targets.isEmpty { targets = gold.targets }
            guard Set(gold.targets) == Set(targets) else {
                throw RunningError(
                    """
                    \(self.gold)/\(name).csv has the targets \
                    \(gold.targets.joined(separator: ", ")), the files before it \
                    \(targets.joined(separator: ", ")). Give all files the same.
                    """)
            }
            guard let traces = try prediction(of: name, targets, at: gold.times, &open)
            else {
                missing.append(name)
                continue
            }
            pairs.append(
                TracePair(
                    recording: try recording(name, isAVEC2019: isAVEC2019),
                    gold: targets.map { gold.trace($0)! },
                    predicted: traces))
        }
        guard missing.isEmpty else {
            let list = missing.prefix(10).joined(separator: ", ")
            throw RunningError(
                """
                \(predicted) lacks the predictions of \(missing.count) of \(names.count) \
                recordings: \(list)\(missing.count > 10 ? ", …" : ""). Add them, or leave their \
                gold traces out.
                """)
        }
        let units = ["dyad", "session"] + (corpus?.groups ?? []) + ["subject"]
        let scores = PredictionScores(pairs, targets: targets, units: units)
        for pair in pairs where pair.excess != 0 {
            Terminal.complain("concord: note: \(PredictionFolders.note(pair))")
        }
        if let first = open.first {
            Terminal.complain(
                """
                concord: note: \(open.count == 1 ? "1 file," : "\(open.count) files, such as") \
                \(first), without a line break at the end: where their tool writes one, the last \
                number may be cut off
                """)
        }
        Terminal.show(isJSON ? scores.json(convention, pairs: pairs) : scores.text(convention))
        return .done
    }

    private static func note(_ pair: TracePair) -> String {
        let frames = abs(pair.excess) == 1 ? "frame" : "frames"
        return pair.excess > 0
            ? """
            \(pair.recording.id): the prediction is \(pair.excess) \(frames) longer than the gold \
            trace; it is cropped
            """
            : """
            \(pair.recording.id): the prediction is \(-pair.excess) \(frames) short; its last \
            value is repeated, as AVEC does
            """
    }

    /// The traces of `targets`: in one file, or as AVEC also takes it in one a target, below a
    /// folder of its name; nil where there is none.
    private func prediction(
        of name: String, _ targets: [String], at times: [Double]?, _ open: inout [String]
    ) throws -> [[Double]]? {
        var traces: [[Double]] = []
        for target in targets {
            let own = "\(predicted)/\(target)"
            let folder = PredictionFolders.exists(own) ? own : predicted
            let path = "\(folder)/\(name).csv"
            guard PredictionFolders.exists(path) else { return nil }
            let file = try PredictionFolders.read(path)
            if file.endsOpen, open.last != path { open.append(path) }
            guard let trace = file.trace(target) else {
                throw RunningError(
                    """
                    \(path):1: there is no column `\(target)`; the file has \
                    \(file.targets.joined(separator: ", ")). Name its columns as the gold traces'.
                    """)
            }
            guard traces.isEmpty || traces[0].count == trace.count else {
                throw RunningError(
                    """
                    \(path): `\(target)` has \(trace.count) frames, `\(targets[0])` \
                    \(traces[0].count). Write all targets with as many.
                    """)
            }
            traces.append(trace)
            let rows = zip(times ?? [], file.times ?? []).enumerated()
            if let row = rows.first(where: { abs($1.0 - $1.1) > 0.051 }) {
                Terminal.complain(
                    """
                    concord: note: \(path): row \(row.offset + 1) is of \(row.element.1) s, \
                    that of the gold trace of \(row.element.0) s; rows are compared by their number
                    """)
            }
        }
        return traces
    }

    private func recording(_ name: String, isAVEC2019: Bool) throws -> Recording {
        if let corpus {
            if let known = corpus.recordings.first(where: { $0.id == name }) { return known }
            throw RunningError(
                """
                \(gold)/\(name).csv: the manifest has no recording `\(name)`; the nearest is \
                `\(Spelling.nearest(name, in: corpus.recordings.map(\.id)) ?? "")`.
                """)
        }
        if isAVEC2019, let known = AVEC2019.recording(named: name) { return known }
        var columns = RecordingName.columns(of: name)
        if let culture = columns.removeValue(forKey: "culture") {
            return Recording(id: name, culture: culture, frames: 0, columns: columns, digests: [:])
        }
        throw RunningError(
            """
            \(gold)/\(name).csv: the culture of `\(name)` is not known: it is no name of AVEC's \
            or SEWA's, such as Devel_DE_01. Give a manifest that has it with --manifest.
            """)
    }

    /// The names of a folder's CSV files without their endings, in order.
    static func names(in folder: String) throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { $0.hasSuffix(".csv") && !$0.hasPrefix(".") }
                .map { String($0.dropLast(4)) }
                .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        } catch {
            throw RunningError(
                "cannot read the folder \(folder): \(error.localizedDescription) Check the path.")
        }
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func read(_ path: String, allowsGaps: Bool = false) throws -> TraceFile {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw RunningError("\(path) cannot be read. Check its permissions.")
        }
        return try TraceFile(bytes: Array(bytes), file: path, allowsGaps: allowsGaps)
    }
}
