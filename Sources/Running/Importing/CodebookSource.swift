import Corpora
import Descriptors
import Features
import Foundation
import Preparing

/// Where the words of a feature set come from: a file of the user's, or recordings of the training
/// partition, whose words are kept beside the feature set in openXBOW's format.
struct CodebookSource {
    /// The codebook's file.
    let path: String

    private let part: ImportPart
    private let request: ImportRequest
    private let gold: [String: ImportedFolder.Entry]

    /// The most values that are held while words are learnt; of more, every second row is taken, or
    /// every fourth, and so on.
    private static let valuesMax = 40_000_000

    init(
        _ part: ImportPart, _ request: ImportRequest, _ folder: ImportedFolder,
        gold: [String: ImportedFolder.Entry]
    ) throws {
        path = request.codebook ?? "\(folder.path)/\(part.name)/codebook.txt"
        self.part = part
        self.request = request
        self.gold = gold
    }

    /// The codebook, learnt now unless it is there.
    func codebook() throws -> Codebook {
        if request.codebook != nil {
            var codebook = try read()
            if let assignments = request.assignments { codebook.assignments = assignments }
            if let width = request.gaussianWidth { codebook.gaussianWidth = width }
            return codebook
        }
        let files = try trainingFiles()
        let note = try settings(files)
        if FileManager.default.fileExists(atPath: path),
            try LoadedSweep.read(path, what: "codebook").hasPrefix("learnt;\(note)\n")
        {
            return try read()
        }
        var codebook = try learn(files)
        codebook.assignments = request.assignments ?? 1
        codebook.gaussianWidth = request.gaussianWidth
        try Running.write(codebook.text(note: note), to: path)
        return codebook
    }

    private func read() throws -> Codebook {
        do {
            return try Codebook(text: try LoadedSweep.read(path, what: "codebook"))
        } catch var error as TableError {
            error.file = path
            throw error
        }
    }

    /// The files with recordings of the training partition; all where no recording has one.
    private func trainingFiles() throws -> [ImportPart.File] {
        guard gold.values.contains(where: isTraining) else {
            Terminal.complain(
                """
                concord: note: no recording is of the partition `train`, so the words of \
                \(part.name) are learnt on all of them, test sides included. Say partitions in a \
                table (--table of `labels`), or give a codebook (--codebook).
                """)
            return part.files
        }
        return part.files.filter { file in
            let id =
                file.id
                ?? RecordingName.stem(of: file.paths[0]).flatMap {
                    RecordingName.match($0, among: gold.keys)
                }
            // A file of several recordings is looked into.
            return id.map { gold[$0].map(isTraining) ?? false } ?? true
        }
    }

    private func isTraining(_ entry: ImportedFolder.Entry) -> Bool {
        entry.groupAttributes["partition"]?.description == "train"
    }

    /// What determines the words.
    private func settings(_ files: [ImportPart.File]) throws -> String {
        var stream: [UInt8] = []
        for file in files { stream += try SourceFile.digest(file.paths[0]).bytes }
        let learner = request.learner
        return "\(learner.words) words, \(learner.isIterated ? "k-means" : "random++"), "
            + "\(learner.isStandardised ? "standardised" : "raw"), seed \(learner.seed), "
            + "\(request.assignments ?? 1) assigned, gaussian \(request.gaussianWidth ?? 0), "
            + "\(part.format.summary), \(files.count) files \(Digest(of: stream))"
    }

    private func learn(_ files: [ImportPart.File]) throws -> Codebook {
        let hasPartitions = gold.values.contains(where: isTraining)
        let ids = gold.keys.sorted()
        var rows = SampledRows(valuesMax: CodebookSource.valuesMax)
        for (number, file) in files.enumerated() {
            let table = try SourceFile.table(file.paths[0], part.format).table
            for instance in table.instances {
                let id = try FeatureImport.id(of: instance, in: table, file, among: ids)
                guard let entry = id.flatMap({ gold[$0] }), !hasPartitions || isTraining(entry)
                else { continue }
                rows.add(table, instance)
            }
            CorpusFiles.tell(number + 1, of: files.count, "read for the codebook")
        }
        return try request.learner.codebook(of: rows.values, width: rows.width)
    }
}
