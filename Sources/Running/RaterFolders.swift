import Corpora
import Foundation
import Preparing
import Reporting
import Scoring

/// Traces of several raters, a folder for each with a CSV file a recording: `concord data gold`.
public struct RaterFolders {
    /// The raters' names, which are their folders'.
    let raters: [String]
    /// The recordings' names, each rated by one rater at least.
    let recordings: [String]
    private let folder: String

    /// Rows by which the traces of a recording may differ in number: the rest is cut off.
    private static let excessMax = 20

    /// The folder that holds the raters' folders.
    ///
    /// - Throws: an error where there is no rater in it, or it cannot be read.
    public init(_ folder: String) throws {
        self.folder = folder
        let entries: [String]
        do {
            entries = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw RunningError(
                "cannot read the folder \(folder): \(error.localizedDescription) Check the path.")
        }
        var recordings: Set<String> = []
        var raters: [String] = []
        for entry in entries where !entry.hasPrefix(".") {
            let path = "\(folder)/\(entry)"
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
                isFolder.boolValue
            else { continue }
            let names = try PredictionFolders.names(in: path)
            if !names.isEmpty { raters.append(entry) }
            recordings.formUnion(names)
        }
        guard !raters.isEmpty else {
            throw RunningError(
                """
                \(folder) holds no rater: give each a folder of its own, with a file for each \
                recording, such as \(folder)/rater1/Devel_DE_01.csv.
                """)
        }
        self.raters = raters
        self.recordings = recordings.sorted()
    }

    /// Writes the gold traces into `output`, a file a recording, and shows the raters' agreement.
    ///
    /// - Parameter lagSecondsMax: By how much a rater's trace may be shifted; 0 shifts none.
    /// - Throws: an error that names file, line and column of what cannot be used.
    public func fuse(
        _ recipe: GoldRecipe, lagSecondsMax: Double, hopSeconds: Double?, output: String
    ) throws -> ExitStatus {
        try DigestedFile.makeFolder(output)
        var targets: [String] = []
        var agreements: [RaterAgreement] = []
        for (number, name) in recordings.enumerated() {
            let rated = try traces(of: name)
            if targets.isEmpty {
                targets = rated.targets
                agreements = targets.map { _ in RaterAgreement(raters: raters) }
            }
            guard targets == rated.targets else {
                throw RunningError(
                    """
                    \(name) is rated for \(rated.targets.joined(separator: ", ")), the recordings \
                    before it for \(targets.joined(separator: ", ")). Give all the same targets.
                    """)
            }
            let hop = try hopSeconds ?? RaterFolders.hop(rated.times, of: name)
            var recipe = recipe
            recipe.lagFramesMax = Int((lagSecondsMax / hop).rounded())
            var gold: [[Double]] = []
            for index in targets.indices {
                let own = rated.traces.mapValues { $0[index] }
                agreements[index].add(own)
                let places = own.keys.sorted()
                let fused = FusedGold(of: places.map { own[$0]! }, recipe)
                gold.append(fused.trace)
                note(fused, of: places, name, targets[index], hop: hop)
            }
            try RaterFolders.write(
                gold, targets, of: name, hopSeconds: hop, to: "\(output)/\(name).csv")
            CorpusFiles.tell(number + 1, of: recordings.count, "fused")
        }
        Terminal.show(RaterAgreement.text(zip(targets, agreements).map { ($0, $1) }))
        Terminal.complain(
            "concord: wrote the gold traces of \(recordings.count) recordings into \(output)")
        return .done
    }

    /// The traces of a recording by the places of its raters (targets, T), cut to one length;
    /// not-a-number where a rater paused.
    func traces(
        of name: String
    ) throws -> (targets: [String], times: [Double]?, traces: [Int: [[Double]]]) {
        var files: [Int: TraceFile] = [:]
        for (place, rater) in raters.enumerated() {
            let path = "\(folder)/\(rater)/\(name).csv"
            guard PredictionFolders.exists(path) else { continue }
            files[place] = try PredictionFolders.read(path, allowsGaps: true)
        }
        let first = files.keys.min()!
        let targets = files[first]!.targets
        for (place, file) in files.sorted(by: { $0.key < $1.key })
        where Set(file.targets) != Set(targets) {
            throw RunningError(
                """
                \(folder)/\(raters[place])/\(name).csv has the targets \
                \(file.targets.joined(separator: ", ")), that of \(raters[first]) \
                \(targets.joined(separator: ", ")). Give all raters the same.
                """)
        }
        let lengths = files.mapValues(\.frames)
        let frames = lengths.values.min()!
        if let long = lengths.sorted(by: { $0.key < $1.key })
            .first(where: { $0.value - frames > RaterFolders.excessMax })
        {
            throw RunningError(
                """
                \(folder)/\(raters[long.key])/\(name).csv has \(long.value) rows, another rater's \
                \(frames). Bring all raters to one hop and length.
                """)
        }
        let traces = files.mapValues { file in
            targets.map { Array(file.trace($0)!.prefix(frames)) }
        }
        return (targets, files[first]!.times, traces)
    }

    /// The traces of a corpus's recording (targets, T), in the order of its `targets`, by the
    /// places of its raters; none where nobody rated it.
    func traces(of recording: Recording, _ targets: [String]) throws -> [Int: [[Double]]] {
        guard recordings.contains(recording.id) else { return [:] }
        let rated = try traces(of: recording.id)
        let places = try targets.map { target in
            guard let place = rated.targets.firstIndex(of: target) else {
                throw RunningError(
                    """
                    \(folder): \(recording.id) is rated for \
                    \(rated.targets.joined(separator: ", ")), and the manifest has the target \
                    \(target). Name the columns as its targets.
                    """)
            }
            return place
        }
        return rated.traces.mapValues { traces in places.map { traces[$0] } }
    }

    private func note(
        _ fused: FusedGold, of places: [Int], _ name: String, _ target: String, hop: Double
    ) {
        let shifted = zip(places, fused.lags).filter { $1 != 0 }.map {
            "\(raters[$0]) \(String(format: "%+.2f", Double($1) * hop)) s"
        }
        let ignored = zip(places, fused.weights).filter { $1 == 0 }.map { raters[$0.0] }
        var facts: [String] = []
        if !shifted.isEmpty { facts.append("later by " + shifted.joined(separator: ", ")) }
        let gaps = fused.trace.count(where: \.isNaN)
        if gaps > 0 { facts.append("frames that nobody rated, which are gaps: \(gaps)") }
        if !ignored.isEmpty { facts.append("not counted: " + ignored.joined(separator: ", ")) }
        guard !facts.isEmpty else { return }
        Terminal.complain("concord: note: \(name) \(target): \(facts.joined(separator: "; "))")
    }

    private static func hop(_ times: [Double]?, of name: String) throws -> Double {
        guard let times, times.count > 1, times[times.count - 1] > times[0] else {
            throw RunningError(
                "\(name): the files have no ascending time stamps. Say the hop with --hop-seconds.")
        }
        let hop = (times[times.count - 1] - times[0]) / Double(times.count - 1)
        return (hop * 1e6).rounded() / 1e6
    }

    private static func write(
        _ gold: [[Double]], _ targets: [String], of name: String, hopSeconds: Double,
        to path: String
    ) throws {
        func digits(_ number: Double) -> String {
            number.isNaN ? "NaN" : String(format: "%.6f", number)
        }
        var text = "name;timestamp;\(targets.joined(separator: ";"))\n"
        for t in gold[0].indices {
            let row = gold.map { digits($0[t]) }.joined(separator: ";")
            text += "'\(name)';\(digits(Double(t) * hopSeconds));\(row)\n"
        }
        try Running.write(text, to: path)
    }
}
