import Corpora
import Features
import Foundation
import Kernels
import Leasing
import Planning

/// A sweep's corpora with shuffled labels: gold traces in a file of their own, features where they
/// are.
struct CanaryCorpus {
    private let sweep: LoadedSweep
    private let exchanges: [Plan.Exchange]
    private let readers: [CorpusReader]

    /// The corpora of `sweep`.
    ///
    /// - Throws: an error when a group holds more than half of all recordings.
    init(_ sweep: LoadedSweep) throws {
        self.sweep = sweep
        guard let exchanges = sweep.plan.shuffledLabels() else {
            throw RunningError(
                "labels cannot be shuffled between groups: one group holds more than half of all "
                    + "recordings. Group by a column with more values.")
        }
        self.exchanges = exchanges
        readers = sweep.plan.corpora.indices.map {
            CorpusReader(
                corpus: sweep.plan.corpora[$0], dataRoot: sweep.dataFolder(ofCorpus: $0))
        }
    }

    /// Writes `gold.h5` into `folder`, with links to the folders of the features beside it.
    ///
    /// - Returns: the sweep over them.
    /// - Throws: an error when a matrix cannot be read, or a file not written.
    func write(into folder: String) throws -> LoadedSweep {
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let writer = try HDF5Writer(path: folder + "/gold.h5")
        var corpora = sweep.plan.corpora
        for index in corpora.indices {
            let link = "\(folder)/\(index)"
            if (try? files.destinationOfSymbolicLink(atPath: link)) != nil {
                try files.removeItem(atPath: link)
            }
            try files.createSymbolicLink(
                atPath: link, withDestinationPath: sweep.dataFolder(ofCorpus: index))
            corpora[index].dataRoot = "."
            corpora[index].targets = sweep.plan.sweep.targets
            corpora[index].gold = MatrixLocation(file: "gold.h5", dataset: "{id}/targets")
            for set in corpora[index].featureSets.indices {
                corpora[index].featureSets[set].location.file =
                    "\(index)/" + corpora[index].featureSets[set].location.file
            }
        }
        var shuffled: [String: Recording] = [:]
        for (planned, exchange) in zip(sweep.plan.recordings, exchanges) {
            let recording = try write(planned.recording, exchange, to: writer)
            shuffled[recording.id] = recording
        }
        try writer.close()
        for index in corpora.indices {
            corpora[index].recordings = corpora[index].recordings.map { shuffled[$0.id] ?? $0 }
        }
        let document = SweepDocument(
            spec: sweep.document.spec, manifests: try corpora.map { try Manifest.render($0) },
            folders: corpora.map { _ in folder })
        return try LoadedSweep(document: document, dataRoot: folder)
    }

    /// Writes the traces that `recording` is given, and returns it with their digests.
    private func write(
        _ recording: Recording, _ exchange: Plan.Exchange, to writer: HDF5Writer
    ) throws -> Recording {
        let source = sweep.plan.recordings[exchange.source]
        let reader = readers[source.corpus]
        let gold = try reader.gold(source.recording)
        let columns = sweep.plan.sweep.targets.compactMap(reader.corpus.targets.firstIndex)
        let frames = (0..<recording.frames).map { (exchange.firstFrame + $0) % gold.rows }
        let matrix = Matrix(
            rows: frames.count, columns: columns.count,
            values: frames.flatMap { frame in
                columns.map { gold.values[frame * gold.columns + $0] }
            })
        var own = recording
        let name = Recording.goldDigestName
        own.digests[name] = Digest(of: matrix)
        own.digests[name + ".mask"] = nil
        try writer.write("\(recording.id)/targets", matrix)
        if let mask = try reader.goldMask(source.recording) {
            let moved = frames.map { mask[$0] }
            own.digests[name + ".mask"] = Digest(
                of: Matrix(rows: moved.count, columns: 1, values: moved.map(Float.init)))
            try writer.write("\(recording.id)/targets.mask", shape: [moved.count], bytes: moved)
        }
        return own
    }
}
