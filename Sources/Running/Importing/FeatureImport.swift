import Corpora
import Features
import Kernels
import Preparing
import Synchronization

/// Imports the files of a feature set.
final class FeatureImport: ImportWork {
    private let part: ImportPart
    private let request: ImportRequest
    private let folder: ImportedFolder
    /// The recordings with gold traces, and their frames.
    private let frames: [String: Int]
    private let alignment: Alignment
    /// What determines the matrices beside the source's bytes and the frames.
    private let settings: String
    /// What is there already, by the source's file name.
    private let finished: [String: [ImportedFolder.Entry]]
    /// The columns of the first file; all have the same.
    private let columns = Mutex<(path: String, names: [String])?>(nil)
    /// The file of each recording so far.
    private let paths = Mutex<[String: String]>([:])

    init(_ part: ImportPart, _ request: ImportRequest, _ folder: ImportedFolder) throws {
        let gold = folder.entries(ImportedFolder.gold)
        guard let first = gold.values.first, let hop = first.number("hop_seconds") else {
            throw RunningError(
                """
                \(request.output) has no gold traces, to whose frames features are aligned. \
                Import them first: concord data import labels FILES --output \(request.output)
                """)
        }
        self.part = part
        self.request = request
        self.folder = folder
        frames = gold.mapValues(\.frames)
        var alignment = Alignment(hopSeconds: hop)
        alignment.reduction = request.reduction
        alignment.rowSeconds = request.hopSeconds
        alignment.shiftSeconds = request.shiftSeconds
        alignment.slackSeconds = request.slackSeconds
        alignment.windowSeconds = request.windowSeconds
        var settings =
            "\(request.source.rawValue), \(request.reduction.rawValue), hop \(hop), "
            + "rows \(request.hopSeconds ?? hop), "
            + "shift \(request.shiftSeconds), window \(request.windowSeconds), "
            + "modality \(part.modality), \(part.format.summary)"
        if request.reduction == .words {
            let words = try CodebookSource(part, request, folder, gold: gold)
            alignment.codebook = try words.codebook()
            settings += ", codebook \(try SourceFile.digest(words.path))"
        }
        self.alignment = alignment
        self.settings = settings
        finished = Dictionary(
            grouping: folder.entries(part.name).values.filter { entry in
                entry.text("import") == settings
                    && entry.text("importer") == ImportedFolder.importer
                    && entry.frames == gold[entry.id]?.frames
            }, by: { $0.text("source") })
    }

    func recording(of file: ImportPart.File) -> String? {
        file.id
            ?? RecordingName.stem(of: file.paths[0]).flatMap {
                RecordingName.match($0, among: frames.keys)
            }
    }

    func perform(_ file: ImportPart.File) throws -> ImportOutcome {
        let path = file.paths[0]
        let source = path.split(separator: "/").last.map(String.init) ?? path
        if let entries = finished[source], let first = entries.first,
            first.number("source_instances") == Double(entries.count),
            first.text("source_sha256") == "\(try SourceFile.digest(path))"
        {
            for entry in entries { try claim(entry.id, path) }
            return ImportOutcome(kept: entries.count)
        }
        let read = try SourceFile.table(path, part.format)
        let table = read.table
        try check(table.columns, path)
        let ids = frames.keys.sorted()
        let known = try table.instances.map {
            ($0, try FeatureImport.id(of: $0, in: table, file, among: ids))
        }
        for case let id? in known.map(\.1) { try claim(id, path) }
        var outcome = ImportOutcome()
        outcome.look(at: read, path)
        if request.source == .openface, table.isMeasured == nil {
            outcome.oddities[.unmeasured] = path
        }
        for (instance, id) in known {
            guard let id else {
                outcome.unlabelled.append(instance.name ?? source)
                continue
            }
            let result: Alignment.Result
            do {
                result = try alignment.align(table, instance, frames: frames[id])
            } catch var error {
                error.file = path
                error.recording = table.instances.count > 1 ? id : nil
                throw error
            }
            try folder.write(
                result, part: part.name, id: id,
                attributes: attributes(
                    table, result, path: path, source: source, read.digest,
                    instances: known.count { $0.1 != nil }),
                columns: [:])
            outcome.written += 1
            outcome.gaps += result.gaps
            outcome.frames += result.matrix.rows
        }
        return outcome
    }

    /// The recording among `ids` that an instance belongs to; nil for one without gold traces.
    static func id(
        of instance: Table.Instance, in table: Table, _ file: ImportPart.File, among ids: [String]
    ) throws -> String? {
        if let id = file.id { return ids.contains(id) ? id : nil }
        let stem = RecordingName.stem(of: file.paths[0])
        if table.instances.count == 1, let stem, let id = RecordingName.match(stem, among: ids) {
            return id
        }
        guard let name = instance.name else { return nil }
        guard let stem = RecordingName.stem(of: name) else {
            throw RunningError(
                """
                \(file.paths[0]): the name `\(name.prefix(40))` cannot be that of a recording: it \
                climbs out of a folder or is empty. Correct it.
                """)
        }
        return RecordingName.match(stem, among: ids)
    }

    /// Refuses rows of a recording that others were there of: the names in two files, or two names
    /// in one.
    private func claim(_ id: String, _ path: String) throws {
        if let other = paths.withLock({ $0.updateValue(path, forKey: id) }) {
            throw RunningError(
                """
                \(path): it has rows of \(id), and so has \
                \(other == path ? "a second name in it" : other). Keep one of both.
                """)
        }
    }

    /// Refuses a file whose columns are not those of the first.
    private func check(_ names: [String], _ path: String) throws {
        let first = columns.withLock { columns in
            if columns == nil { columns = (path, names) }
            return columns ?? (path, names)
        }
        guard first.names != names else { return }
        let place = zip(first.names, names).enumerated().first { $1.0 != $1.1 }
        let difference =
            place.map { "column \($0 + 1) is `\($1.1)` and not `\($1.0)`" }
            ?? "it has \(names.count) columns and not \(first.names.count)"
        guard place != nil || names.first != "1" else {
            throw RunningError(
                """
                \(path): \(difference), as \(first.path) has. Say the width of LibSVM files, \
                which leave zeros out, with --width.
                """)
        }
        throw RunningError(
            """
            \(path): its columns are not those of \(first.path): \(difference). Choose columns \
            that all files have, with --columns.
            """)
    }

    private func attributes(
        _ table: Table, _ result: Alignment.Result, path: String, source: String,
        _ digest: Digest, instances: Int
    ) -> [(String, AttributeValue)] {
        var attributes: [(String, AttributeValue)] = [
            ("hop_seconds", .number(alignment.hopSeconds)), ("modality", .text(part.modality)),
            ("columns", ImportedFolder.names(alignment.columns(of: table.columns))),
            ("source", .text(source)), ("source_sha256", .text("\(digest)")),
            ("source_instances", .number(Double(instances))),
            ("import", .text(settings)),
            ("importer", .text(ImportedFolder.importer)),
            ("cropped_rows", .number(Double(result.cropped))),
        ]
        if let known = KnownFeatures.name(of: table.columns) {
            attributes.append(("descriptor", .text(known)))
        }
        if let tool = ExtractionNote.tool(of: path) { attributes.append(("tool", .text(tool))) }
        return attributes
    }
}
