import Corpora
import Features
import Foundation
import Kernels
import Preparing

/// The files of a corpus, on their way to a manifest: `concord data index`.
public struct CorpusFiles {
    private let paths: [String]

    /// These HDF5 files.
    public init(paths: [String]) { self.paths = paths }

    /// Writes a manifest of the files to `output`, or shows it when that is nil.
    ///
    /// - Parameters:
    ///   - options: What the files do not say themselves.
    ///   - isNamed: Whether the options name the corpus; else it is called like the first file.
    /// - Throws: an error that names the file and recording that cannot be indexed.
    public func index(
        _ options: IndexOptions, isNamed: Bool, output: String?
    ) throws -> ExitStatus {
        let folders = Set(paths.map { LoadedSweep.folder(of: $0) })
        guard let folder = folders.first, folders.count == 1 else {
            throw RunningError(
                "the files lie in \(folders.count) folders; a corpus has one data root. Move or "
                    + "link them into one folder.")
        }
        var options = options
        if !isNamed {
            options.name = URL(filePath: paths[0]).deletingPathExtension().lastPathComponent
        }
        let manifestFolder =
            output.map { LoadedSweep.folder(of: $0) } ?? FileManager.default.currentDirectoryPath
        options.dataRoot = CorpusFiles.relative(folder, to: manifestFolder)
        let index = try CorpusIndex(
            of: try paths.map(CorpusFiles.describe), options: options)
        for note in index.notes { Terminal.complain("concord: note: \(note)") }

        var corpus = index.corpus
        corpus.recordings = []
        let reader = CorpusReader(corpus: index.corpus, dataRoot: folder, verify: false)
        for (number, recording) in index.corpus.recordings.enumerated() {
            corpus.recordings.append(try CorpusFiles.digested(recording, reader))
            CorpusFiles.tell(number + 1, of: index.corpus.recordings.count, "indexed")
        }
        let text = try Manifest.render(corpus)
        _ = try Manifest.parse(text, file: output ?? "the manifest")
        guard let output else {
            Terminal.show(text)
            return .done
        }
        try write(text, to: output)
        Terminal.complain("concord: wrote \(output): \(corpus.recordings.count) recordings")
        return .done
    }

    /// The recording with the digests of all its matrices and masks.
    private static func digested(
        _ recording: Recording, _ reader: CorpusReader
    ) throws -> Recording {
        var recording = recording
        func add(_ matrix: Matrix, _ mask: [UInt8]?, as name: String) {
            recording.digests[name] = Digest(of: matrix)
            recording.digests[name + ".mask"] = mask.map { mask in
                Digest(of: Matrix(rows: mask.count, columns: 1, values: mask.map(Float.init)))
            }
        }
        add(
            try reader.gold(recording), try reader.goldMask(recording),
            as: Recording.goldDigestName)
        for set in reader.corpus.featureSets {
            add(
                try reader.features(recording, set), try reader.mask(recording, set), as: set.name)
        }
        return recording
    }

    // MARK: Describing a file

    private static func describe(_ path: String) throws -> FileDescription {
        let file = try HDF5File(path: path)
        var groups: [String: [FileDescription.Dataset]] = [:]
        for dataset in try file.datasets() {
            let parts = dataset.split(separator: "/")
            let group = parts.dropLast().joined(separator: "/")
            groups[group, default: []].append(
                FileDescription.Dataset(
                    name: String(parts.last ?? ""), shape: try file.shape(dataset),
                    attributes: try attributes(file, dataset)))
            for length in 1..<max(1, parts.count - 1) {
                groups[parts.prefix(length).joined(separator: "/"), default: []] += []
            }
        }
        let described = try groups.keys.filter { !$0.isEmpty }.sorted().map { group in
            FileDescription.Group(
                path: group, attributes: try attributes(file, group),
                datasets: groups[group] ?? [])
        }
        return FileDescription(
            path: URL(filePath: path).lastPathComponent, attributes: try attributes(file, "/"),
            groups: described)
    }

    private static func attributes(
        _ file: HDF5File, _ path: String
    ) throws -> [String: [String]] {
        try file.attributes(path).mapValues { value in
            switch value {
            case .text(let text): [text]
            case .texts(let texts): texts
            case .number(let number): [CorpusFiles.text(number)]
            case .numbers(let numbers): numbers.map(CorpusFiles.text)
            }
        }
    }

    /// A number in its shortest form: `1`, `0.1`.
    private static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }

    /// The way from one absolute folder to another.
    static func relative(_ folder: String, to base: String) -> String {
        let target = folder.split(separator: "/")
        let start = base.split(separator: "/")
        let shared = zip(target, start).prefix { $0 == $1 }.count
        let steps =
            Array(repeating: "..", count: start.count - shared)
            + target.dropFirst(shared).map(String.init)
        return steps.isEmpty ? "." : steps.joined(separator: "/")
    }

    /// Says how far a long command is, on a screen only.
    static func tell(_ number: Int, of count: Int, _ verb: String) {
        guard Terminal.isScreen else { return }
        let end = number == count ? "\n" : "\r"
        Terminal.put("concord: \(verb) \(number) of \(count) recordings" + end, to: 2)
    }
}

/// Writes a text file whole.
func write(_ text: String, to path: String) throws {
    do {
        try FileManager.default.createDirectory(
            atPath: LoadedSweep.folder(of: path), withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
        throw RunningError("cannot write \(path): \(error.localizedDescription)")
    }
}
