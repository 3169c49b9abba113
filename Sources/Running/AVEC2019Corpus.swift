import Corpora
import Features
import Foundation
import Preparing

/// A made-up corpus of AVEC 2019's shape: `concord data synthesize --shape avec2019`.
public struct AVEC2019Corpus {
    private let synthesizer: AVEC2019Synthesizer

    /// A corpus of these feature sets; `low-level` and `deep` stand for the paper's.
    ///
    /// - Parameter recordings: How many of each culture and partition; nil is all.
    /// - Throws: an error that names the feature set or parameter that is not possible.
    public init(
        features: [String], recordings: Int?, seed: UInt64, cultureShift: Double
    ) throws {
        let names = features.flatMap { name in
            switch name {
            case "low-level": AVEC2019.features.filter { !$0.isDeep }.map(\.name)
            case "deep": AVEC2019.features.filter(\.isDeep).map(\.name)
            default: [name]
            }
        }
        synthesizer = try AVEC2019Synthesizer(
            features: names, recordings: recordings, seed: seed, cultureShift: cultureShift)
    }

    /// Writes a file for each matrix and `corpus.yaml` into `folder`, as an import does.
    ///
    /// - Throws: an error that names the file that cannot be written.
    public func write(into folder: String) throws -> ExitStatus {
        var corpus = synthesizer.corpus
        for name in corpus.featureSets.map(\.name) + [Recording.goldDigestName] {
            try DigestedFile.makeFolder("\(folder)/\(name)")
        }
        for index in corpus.recordings.indices {
            let recording = synthesizer.corpus.recordings[index]
            try synthesizer.matrices(of: recording) { name, matrix in
                let writer = try HDF5Writer(path: "\(folder)/\(name)/\(recording.id).h5")
                let dataset = "\(recording.id)/\(name)"
                try writer.write(dataset, matrix)
                try writer.setAttribute(dataset, "hop_seconds", .number(corpus.hopSeconds))
                try writer.setAttribute(
                    dataset, "source", .text("concord data synthesize --shape avec2019"))
                try writer.setAttribute(recording.id, "culture", .text(recording.culture))
                for (column, value) in recording.columns.sorted(by: { $0.key < $1.key }) {
                    try writer.setAttribute(recording.id, column, .text(value))
                }
                try writer.close()
                corpus.recordings[index].digests[name] = Digest(of: matrix)
            }
            CorpusFiles.tell(index + 1, of: corpus.recordings.count, "made")
        }
        try Running.write(try Manifest.render(corpus), to: "\(folder)/corpus.yaml")
        Terminal.complain(
            """
            concord: wrote \(folder)/corpus.yaml: \(corpus.recordings.count) recordings, \
            \(corpus.featureSets.count) feature sets of AVEC 2019's shape, made up
            """)
        return .done
    }
}
