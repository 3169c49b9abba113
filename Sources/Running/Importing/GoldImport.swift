import Corpora
import Features
import Foundation
import Kernels
import Preparing
import Synchronization

/// Imports gold traces, and what is known of each recording.
final class GoldImport: ImportWork {
    private let part: ImportPart
    private let request: ImportRequest
    private let folder: ImportedFolder
    private let hopSeconds: Double
    private let table: RecordingTable?
    private let finished: [String: ImportedFolder.Entry]

    init(_ part: ImportPart, _ request: ImportRequest, _ folder: ImportedFolder) throws {
        self.part = part
        self.request = request
        self.folder = folder
        table = try GoldImport.recordings(request)
        finished = folder.entries(ImportedFolder.gold)
        if let hop = request.hopSeconds {
            hopSeconds = hop
        } else if let path = part.files.first?.paths.first {
            let table = try SourceFile.table(path, part.format).table
            do {
                hopSeconds = try GoldTable.hopSeconds(of: table)
            } catch var error {
                error.file = path
                throw error
            }
        } else {
            hopSeconds = 0.1
        }
        guard hopSeconds > 0, hopSeconds.isFinite else {
            throw RunningError("--hop-seconds is \(hopSeconds); it must be more than 0.")
        }
    }

    /// The table that the user names, or else MuSe's `partition.csv`.
    private static func recordings(_ request: ImportRequest) throws -> RecordingTable? {
        var path = request.table
        if path == nil, request.source == .muse, let root = request.paths.first {
            path = SourceFile.below(root).first { $0.lowercased().hasSuffix("partition.csv") }
                .map { root + "/" + $0 }
        }
        guard let path else { return nil }
        return try RecordingTable(try LoadedSweep.read(path, what: "table"), file: path)
    }

    func recording(of file: ImportPart.File) -> String? {
        file.id ?? RecordingName.stem(of: file.paths[0])
    }

    func perform(_ file: ImportPart.File) throws -> ImportOutcome {
        guard let id = recording(of: file) else {
            throw RunningError("\(file.paths[0]) cannot name a recording. Rename it.")
        }
        let columns = try columns(of: id)
        let settings = "\(request.source.rawValue), hop \(hopSeconds), \(part.format.summary), "
            + "targets \(part.targets ?? []), \(columns.sorted { $0.key < $1.key })"
        if let entry = finished[id], entry.text("import") == settings,
            entry.text("importer") == ImportedFolder.importer
        {
            let digests = try file.paths.map { "\(try SourceFile.digest($0))" }
            if entry.text("source_sha256") == digests.joined(separator: " ") {
                return ImportOutcome(kept: 1)
            }
        }
        let sources = try file.paths.map { try SourceFile.table($0, part.format) }
        let (result, targets) = try GoldTable.traces(
            sources.map(\.table), hopSeconds: hopSeconds, targets: targets(sources[0].table))
        let names = file.paths.map { URL(filePath: $0).lastPathComponent }
        try folder.write(
            result, part: ImportedFolder.gold, id: id,
            attributes: [
                ("hop_seconds", .number(hopSeconds)), ("columns", ImportedFolder.names(targets)),
                ("source", .text(names.joined(separator: " "))),
                ("source_sha256", .text(sources.map { "\($0.digest)" }.joined(separator: " "))),
                ("import", .text(settings)), ("importer", .text(ImportedFolder.importer)),
            ],
            columns: columns)
        var outcome = ImportOutcome(written: 1, gaps: result.gaps, frames: result.matrix.rows)
        for (path, source) in zip(file.paths, sources) { outcome.look(at: source, path) }
        return outcome
    }

    /// AVEC 2018's labels have no header.
    private func targets(_ table: Table) -> [String]? {
        if let targets = part.targets ?? request.targets { return targets }
        return table.columns == ["3", "4", "5"] ? ["arousal", "valence", "liking"] : nil
    }

    /// What is known of a recording: by its name, by the table, and by the user's word.
    private func columns(of id: String) throws -> [String: String] {
        var columns = RecordingName.columns(of: id, isAVEC2019: request.source == .avec2019)
        if let table {
            guard let own = table.columns[id] else {
                throw RunningError(
                    """
                    the table \(request.table ?? "partition.csv") has no row for \(id); the \
                    nearest is `\(Spelling.nearest(id, in: table.columns.keys.sorted()) ?? "")`.
                    """)
            }
            columns.merge(own) { _, new in new }
        }
        if let culture = request.culture, columns["culture"] == nil {
            columns["culture"] = culture
        }
        guard columns["culture"] != nil else {
            throw RunningError(
                """
                the culture of \(id) is not known. Say it with --culture for all recordings, or \
                in a table with --table.
                """)
        }
        return columns
    }
}
