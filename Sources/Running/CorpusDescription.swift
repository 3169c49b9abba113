import Corpora
import Features
import Foundation
import Reporting
import Scoring

/// Reads a whole corpus and writes a page about it: `concord data describe`.
public enum CorpusDescription {
    /// Writes `corpus.html` and `corpus.md` into `output`.
    ///
    /// - Parameter raters: A folder with one for each rater, and in it a CSV file for each
    ///   recording. The default, nil, is a dataset `raters` (T, raters, targets) beside the gold
    ///   traces, where there is one.
    /// - Throws: an error that names the file that cannot be read or is not what the manifest says.
    public static func write(
        manifest path: String, dataRoot: String?, raters folder: String? = nil,
        into output: String
    ) throws -> ExitStatus {
        let folders = try folder.map(RaterFolders.init)
        let corpus = try Manifest.parse(
            try LoadedSweep.read(path, what: "manifest"), file: path)
        let root = corpus.dataRoot(
            manifestFolder: LoadedSweep.folder(of: path),
            override: LoadedSweep.dataRoot(dataRoot))
        var profile = CorpusProfile(of: corpus)
        for (index, recording) in corpus.recordings.enumerated() {
            // A reader of its own, so that one recording's converted data are kept at a time.
            let reader = CorpusReader(corpus: corpus, dataRoot: root, verify: false)
            profile.add(
                gold: try reader.gold(recording), mask: try reader.goldMask(recording),
                ofRecording: index)
            for (place, set) in corpus.featureSets.enumerated() {
                profile.add(
                    try reader.features(recording, set), mask: try reader.mask(recording, set),
                    set: place, ofRecording: index)
            }
            if let folders {
                let traces = try folders.traces(of: recording, corpus.targets)
                profile.add(raters: folders.raters, traces, ofRecording: index)
            } else if let raters = try raters(of: recording, in: corpus, root: root) {
                profile.add(raters: raters, ofRecording: index)
            }
            CorpusFiles.tell(index + 1, of: corpus.recordings.count, "read")
        }
        let page = CorpusPage(profile)
        try Running.write(page.html, to: "\(output)/corpus.html")
        try Running.write(page.markdown, to: "\(output)/corpus.md")
        Terminal.complain("concord: wrote \(output)/corpus.html and corpus.md")
        return .done
    }

    /// (raters, targets, T); nil where there are none.
    private static func raters(
        of recording: Recording, in corpus: Corpus, root: String
    ) throws -> [[[Double]]]? {
        let place = try corpus.gold.resolve(for: recording)
        let group = place.dataset.split(separator: "/").dropLast().joined(separator: "/")
        let dataset = group.isEmpty ? "raters" : group + "/raters"
        let file = try HDF5File(path: root + "/" + place.file)
        guard file.contains(dataset) else { return nil }
        let (shape, values) = try file.readDoubles(dataset)
        guard shape.count == 3, shape[0] == recording.frames, shape[2] == corpus.targets.count
        else {
            throw RunningError(
                """
                \(place.file): \(dataset) has the shape \(shape); traces of raters are \
                \(recording.frames) frames × raters × \(corpus.targets.count) targets. Correct \
                or rename it.
                """)
        }
        return (0..<shape[1]).map { rater in
            (0..<shape[2]).map { target in
                (0..<shape[0]).map { values[($0 * shape[1] + rater) * shape[2] + target] }
            }
        }
    }
}
