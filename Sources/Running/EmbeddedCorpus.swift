import Corpora
import Features
import Foundation
import Kernels
import Preparing

/// The corpus that Concord brings along: `concord data synthesize`.
public struct EmbeddedCorpus {
    private let parameters: SynthesisParameters

    /// A corpus of these parameters; all others are the synthesizer's defaults.
    public init(
        seed: UInt64, cultures: [String], dyads: Int, frames: (shortest: Int, longest: Int),
        cultureShift: Double
    ) {
        var parameters = SynthesisParameters()
        parameters.seed = seed
        parameters.cultures = cultures
        parameters.dyads = dyads
        parameters.framesMin = frames.shortest
        parameters.framesMax = frames.longest
        parameters.cultureShift = cultureShift
        self.parameters = parameters
    }

    /// Writes `corpus.h5` and `corpus.yaml` into `folder`, which is made if it is missing.
    ///
    /// - Throws: an error that names the parameter or the file that is not possible.
    public func write(into folder: String) throws -> ExitStatus {
        let made = try Synthesizer(parameters).corpus(name: "embedded", file: "corpus.h5")
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw RunningError("cannot make the folder \(folder): \(error.localizedDescription)")
        }
        let writer = try HDF5Writer(path: folder + "/corpus.h5")
        for (recording, matrices) in zip(made.corpus.recordings, made.matrices) {
            for (name, matrix) in matrices.sorted(by: { $0.key < $1.key }) {
                let path = "\(recording.id)/\(name)"
                try writer.write(
                    path, shape: [matrix.rows, matrix.columns], floats: Array(matrix.values))
                try writer.setAttribute(path, "hop_seconds", .number(made.corpus.hopSeconds))
                try writer.setAttribute(path, "columns", .texts(made.columnNames(name)))
                if let set = made.corpus.featureSet(name) {
                    try writer.setAttribute(path, "modality", .text(set.modality))
                }
            }
            try writer.setAttribute(recording.id, "culture", .text(recording.culture))
            for (column, value) in recording.columns.sorted(by: { $0.key < $1.key }) {
                try writer.setAttribute(recording.id, column, .text(value))
            }
        }
        try writer.setAttribute("/", "source", .text("concord data synthesize"))
        try writer.setAttribute("/", "hop_seconds", .number(made.corpus.hopSeconds))
        try writer.setAttribute("/", "target_names", .texts(made.corpus.targets))
        try writer.close()
        try Running.write(try Manifest.render(made.corpus), to: folder + "/corpus.yaml")
        Terminal.complain(
            """
            concord: wrote \(folder)/corpus.h5 and corpus.yaml: \
            \(made.corpus.recordings.count) recordings of \
            \(parameters.cultures.joined(separator: ", "))
            """)
        return .done
    }
}
