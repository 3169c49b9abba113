import Corpora
import Features
import Foundation
import Preparing
import Synchronization

/// Brings the files of other tools into a corpus: `concord data import`.
///
/// Files are read side by side, and what is finished is not read into features again: a file of
/// the corpus names the digest of its source and how it was made.
public struct DataImport {
    private let request: ImportRequest
    private let folder: ImportedFolder

    /// An import as `request` says.
    public init(_ request: ImportRequest) {
        self.request = request
        folder = ImportedFolder(path: request.output)
    }

    /// Imports all files, and writes the manifest of what is there then.
    ///
    /// - Returns: ``ExitStatus/failed`` when a file could not be imported, or recordings lack a
    ///   feature set of these; what could be imported is.
    /// - Throws: an error when nothing can be imported at all.
    public func run() throws -> ExitStatus {
        try DigestedFile.makeFolder(request.output)
        guard let lock = try FileLock(path: request.output + "/.import.lock") else {
            throw RunningError(
                "another import writes into \(request.output). Wait for its end.")
        }
        defer { withExtendedLifetime(lock) {} }
        var failures: [String] = []
        let parts = try parts()
        for part in parts { failures += try run(part) }
        Terminal.complain(of: failures) { "concord: \($0)" }
        let found = try writeManifest()
        guard failures.isEmpty else {
            let files = failures.count == 1 ? "1 file" : "\(failures.count) files"
            Terminal.complain("concord: \(files) could not be imported; all others are.")
            return .failed
        }
        let isWhole = found.corpus != nil && !parts.contains { found.left.contains($0.name) }
        return isWhole || request.source == .labels ? .done : .failed
    }

    // MARK: What is to be imported

    private func parts() throws -> [ImportPart] {
        guard request.source.isLayout else { return [try ownPart()] }
        guard request.paths.count == 1, let root = request.paths.first else {
            throw RunningError("\(request.source.rawValue) takes one folder, that of the database.")
        }
        let paths = try SourceFile.files(at: [root]).map { String($0.dropFirst(root.count + 1)) }
        let layout =
            request.source == .muse
            ? try FolderLayout(muse: paths, modalities: request.modalities)
            : try FolderLayout(avec: paths)
        for note in layout.notes { Terminal.complain("concord: note: \(note)") }
        let parts = layout.parts(
            in: root, gold: ImportedFolder.gold, format: request.format, targets: nil)
        guard !parts.isEmpty else {
            throw RunningError(
                """
                \(root) is not laid out as \(request.source.rawValue) is: no folder holds labels \
                or features. Name the folder above them.
                """)
        }
        return parts
    }

    private func ownPart() throws -> ImportPart {
        let files = try SourceFile.files(at: request.paths, endings: request.source.endings)
        guard let first = files.first else {
            throw RunningError("there is no file in \(request.paths.joined(separator: ", ")).")
        }
        let isGold = request.source == .labels
        let around = URL(filePath: first).deletingLastPathComponent().lastPathComponent
        let name = isGold ? ImportedFolder.gold : request.name ?? around
        guard RecordingName.isSafe(name), isGold || name != ImportedFolder.gold else {
            throw RunningError(
                "the feature set cannot be called `\(name)`. Say a name with --name.")
        }
        guard let modality = isGold ? "" : request.modality ?? request.source.modality else {
            throw RunningError(
                "say the modality of \(name): --modality audio, video or text.")
        }
        return ImportPart(
            name: name, modality: modality, format: request.format, targets: request.targets,
            files: files.map { ImportPart.File(id: nil, paths: [$0]) })
    }

    // MARK: A part

    private func run(_ part: ImportPart) throws -> [String] {
        folder.removeLeftovers(part.name)
        try DigestedFile.makeFolder("\(request.output)/\(part.name)")
        let work: any ImportWork =
            part.name == ImportedFolder.gold
            ? try GoldImport(part, request, folder) : try FeatureImport(part, request, folder)
        try refuseTwins(part.files, work)
        let bytes = part.files.reduce(0) { $0 + $1.paths.reduce(0) { $0 + SourceFile.size($1) } }
        let progress = ImportProgress(part: part.name, files: part.files.count, bytes: bytes)
        let outcomes = Parallel.map(part.files, jobs: request.jobs) { file in
            let outcome: ImportOutcome
            do {
                outcome = try work.perform(file)
            } catch {
                outcome = ImportOutcome(failure: ImportOutcome.sentence(error, file))
            }
            progress.add(outcome, bytes: file.paths.reduce(0) { $0 + SourceFile.size($1) })
            return outcome
        }
        progress.finish(outcomes)
        return outcomes.compactMap(\.failure)
    }

    /// Refuses two files of one recording, before one of them is read.
    private func refuseTwins(_ files: [ImportPart.File], _ work: any ImportWork) throws {
        var paths: [String: String] = [:]
        for file in files {
            guard let id = work.recording(of: file) else { continue }
            if let other = paths.updateValue(file.paths[0], forKey: id) {
                throw RunningError(
                    """
                    \(other) and \(file.paths[0]) are both of \(id). Keep one, or import each \
                    folder on its own.
                    """)
            }
        }
    }

    private func writeManifest() throws -> ImportedCorpus {
        let name = request.corpusName ?? URL(filePath: request.output).lastPathComponent
        let found = try folder.corpus(name: name)
        for note in found.notes { Terminal.complain("concord: note: \(note)") }
        guard let corpus = found.corpus else { return found }
        let path = request.output + "/corpus.yaml"
        let text = try Manifest.render(corpus)
        _ = try Manifest.parse(text, file: path)
        try Running.write(text, to: path)
        Terminal.complain(
            """
            concord: wrote \(path): \(corpus.recordings.count) recordings, \
            \(corpus.featureSets.count) feature sets
            """)
        return found
    }
}

/// What imports a file; many at once.
protocol ImportWork: Sendable {
    /// The recording that the file's name tells.
    func recording(of file: ImportPart.File) -> String?

    /// - Throws: an error that says what is wrong with the file.
    func perform(_ file: ImportPart.File) throws -> ImportOutcome
}

/// What became of a file.
struct ImportOutcome: Sendable {
    /// The recordings that were written.
    var written = 0
    /// The recordings that were there already.
    var kept = 0
    /// The recordings without gold traces, which are passed over.
    var unlabelled: [String] = []
    /// The frames that are gaps, and all frames.
    var gaps = 0
    var frames = 0
    /// What the table looks like.
    var shape: String?
    /// What is odd, though no error, and the path of the file where it is so.
    var oddities: [Oddity: String] = [:]
    /// Why the file was not imported.
    var failure: String?

    /// What a user should know of a file that was imported.
    enum Oddity: CaseIterable {
        case endsOpen, unmeasured

        /// What these files are like, after their names.
        var predicate: String {
            switch self {
            case .endsOpen:
                "without a line break at the end: where their tool writes one, the last number may "
                    + "be cut off"
            case .unmeasured: "without success and confidence: none of their rows is a gap"
            }
        }
    }

    /// Notes what a table that was read looks like.
    mutating func look(at read: (table: Table, digest: Digest, endsOpen: Bool), _ path: String) {
        let columns = read.table.columns.count
        shape = columns == 1 ? "1 column" : "\(columns) columns"
        switch read.table.hasHeader {
        case true?: shape! += " named in the first line"
        case false?: shape! += " without a header"
        case nil: break
        }
        if read.endsOpen { oddities[.endsOpen] = path }
    }

    /// The error with the file's name, unless it has it already.
    static func sentence(_ error: any Error, _ file: ImportPart.File) -> String {
        let text = "\(error)"
        let path = file.paths.first ?? ""
        return text.contains(path) ? text : "\(path): \(text)"
    }
}

/// Work on many items by threads.
enum Parallel {
    /// The results of `body`, in the order of the items, by as many threads as `jobs`.
    static func map<Item: Sendable, Outcome: Sendable>(
        _ items: [Item], jobs: Int, _ body: @Sendable (Item) -> Outcome
    ) -> [Outcome] {
        let next = Mutex(0)
        let outcomes = Mutex([Outcome?](repeating: nil, count: items.count))
        DispatchQueue.concurrentPerform(iterations: max(1, min(jobs, items.count))) { _ in
            while true {
                let place = next.withLock { next in
                    defer { next += 1 }
                    return next
                }
                guard place < items.count else { return }
                let outcome = body(items[place])
                outcomes.withLock { $0[place] = outcome }
            }
        }
        return outcomes.withLock { $0 }.compactMap(\.self)
    }
}
