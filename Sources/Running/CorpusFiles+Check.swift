import Corpora
import Features
import Kernels
import Preparing

extension CorpusFiles {
    /// Reads every matrix of a corpus, compares it with the manifest, and shows a table:
    /// `concord data check`.
    ///
    /// - Returns: ``ExitStatus/failed`` when anything differs; all differences are listed.
    /// - Throws: an error when the manifest itself cannot be used.
    public static func check(manifest path: String, dataRoot: String?) throws -> ExitStatus {
        let corpus = try Manifest.parse(
            try LoadedSweep.read(path, what: "manifest"), file: path)
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
        for problem in check.problems.prefix(50) {
            Terminal.complain("concord: \(path): \(problem)")
        }
        guard check.problems.isEmpty else {
            Terminal.complain(
                "concord: \(check.problems.count) problems in \(path), data in \(root)")
            return .failed
        }
        Terminal.complain(
            "concord: \(corpus.recordings.count) recordings are what \(path) says")
        return .done
    }
}

/// Reads what lies where a manifest says, whatever it is.
private final class Inspector {
    private let corpus: Corpus
    private let dataRoot: String
    private var files: [String: HDF5File] = [:]

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
                let matrix = try read(location, recording)
                content = .read(MatrixSummary(of: matrix))
            } catch {
                content = .unreadable("\(error)")
            }
            return MatrixFinding(recording: recording.id, matrix: name, content: content)
        }
    }

    private func read(_ location: MatrixLocation, _ recording: Recording) throws -> Matrix {
        let place = try location.resolve(for: recording)
        let path = dataRoot + "/" + place.file
        let file: HDF5File
        if let known = files[path] {
            file = known
        } else {
            file = try HDF5File(path: path)
            files[path] = file
        }
        return try file.readMatrix(place.dataset)
    }
}
