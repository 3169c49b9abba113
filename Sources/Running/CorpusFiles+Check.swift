import Corpora
import Features
import Foundation
import Kernels
import Preparing

extension CorpusFiles {
    /// Reads every matrix of a corpus, compares it with the manifest, and shows a table:
    /// `concord data check`.
    ///
    /// - Parameters:
    ///   - features: The feature sets that are looked at; nil is all of the manifest's.
    ///   - output: Where to write the manifest of what was found, when all is well.
    /// - Returns: ``ExitStatus/failed`` when anything differs; all differences are listed.
    /// - Throws: an error when the manifest itself cannot be used.
    public static func check(
        manifest path: String, dataRoot: String?, features: [String]? = nil, output: String? = nil
    ) throws -> ExitStatus {
        var corpus = try Manifest.parse(
            try LoadedSweep.read(path, what: "manifest"), file: path, outlines: true)
        if let features { try corpus.keep(features, manifest: path) }
        let root = corpus.dataRoot(
            manifestFolder: LoadedSweep.folder(of: path),
            override: LoadedSweep.dataRoot(dataRoot))
        let inspector = Inspector(corpus: corpus, dataRoot: root)
        var findings: [MatrixFinding] = []
        for (number, recording) in corpus.recordings.enumerated() {
            findings += inspector.findings(of: recording)
            tell(number + 1, of: corpus.recordings.count, "read")
        }
        let check = CorpusCheck(of: corpus, findings: findings)
        Terminal.show(check.table)
        for note in check.notes { Terminal.complain("concord: note: \(note)") }
        Terminal.complain(of: check.problems) { "concord: \(path): \($0)" }
        guard check.problems.isEmpty else {
            let count = check.problems.count
            Terminal.complain(
                "concord: \(count) problem\(count == 1 ? "" : "s") in \(path), data in \(root)")
            return .failed
        }
        if let output { try write(check.found, to: output, dataRoot: root) }
        Terminal.complain(
            "concord: \(corpus.recordings.count) recordings are what \(path) says")
        return .done
    }
}

extension CorpusFiles {
    /// Writes the manifest of a corpus whose files lie below `dataRoot`.
    private static func write(_ corpus: Corpus, to path: String, dataRoot: String) throws {
        var corpus = corpus
        let root = URL(filePath: dataRoot).standardizedFileURL.path
        corpus.dataRoot = relative(root, to: LoadedSweep.folder(of: path))
        let text = try Manifest.render(corpus)
        _ = try Manifest.parse(text, file: path)
        try Running.write(text, to: path)
        Terminal.complain("concord: wrote \(path): \(corpus.recordings.count) recordings")
    }
}

extension Corpus {
    /// Leaves the other feature sets out, and the digests of their matrices.
    fileprivate mutating func keep(_ names: [String], manifest: String) throws {
        for name in names where featureSet(name) == nil {
            let known = featureSets.map(\.name)
            throw RunningError(
                """
                \(manifest) has no feature set `\(name)`; the nearest is \
                `\(Spelling.nearest(name, in: known) ?? "")`.
                """)
        }
        let others = featureSets.map(\.name).filter { !names.contains($0) }
        featureSets.removeAll { others.contains($0.name) }
        for index in recordings.indices {
            for name in others {
                recordings[index].digests[name] = nil
                recordings[index].digests[name + Recording.maskSuffix] = nil
            }
        }
    }
}

/// Reads what lies where a manifest says, whatever it is.
private final class Inspector {
    private let corpus: Corpus
    private let dataRoot: String
    private var files: [String: HDF5File] = [:]
    /// A corpus may have a file for each matrix: more than a process may hold open.
    private static let filesMax = 32

    init(corpus: Corpus, dataRoot: String) {
        self.corpus = corpus
        self.dataRoot = dataRoot
    }

    func findings(of recording: Recording) -> [MatrixFinding] {
        let places =
            corpus.featureSets.map { ($0.name, $0.location) }
            + [(Recording.goldDigestName, corpus.gold)]
        return places.map { name, location in
            let content: MatrixFinding.Content
            do {
                let (matrix, mask) = try read(location, recording)
                content = .read(MatrixSummary(of: matrix, mask: mask))
            } catch {
                content = .unreadable("\(error)")
            }
            return MatrixFinding(recording: recording.id, matrix: name, content: content)
        }
    }

    private func read(
        _ location: MatrixLocation, _ recording: Recording
    ) throws -> (Matrix, mask: [UInt8]?) {
        let place = try location.resolve(for: recording)
        let path = dataRoot + "/" + place.file
        let file: HDF5File
        if let known = files[path] {
            file = known
        } else {
            file = try HDF5File(path: path)
            if files.count >= Inspector.filesMax { files = [:] }
            files[path] = file
        }
        let mask = place.dataset + Recording.maskSuffix
        return (
            try file.readMatrix(place.dataset),
            file.contains(mask) ? try file.readMask(mask) : nil
        )
    }
}
