import Corpora
import Features
import Foundation
import Kernels
import Preparing

/// A folder that imports fill: a file for each recording and matrix, and the manifest over them.
///
///     corpus.yaml
///     targets/Train_DE_01.h5      /Train_DE_01/targets
///     egemaps/Train_DE_01.h5      /Train_DE_01/egemaps, /Train_DE_01/egemaps.mask
///
/// A file is written whole or not at all, and says what it was made of, so that what is there needs
/// no second import.
struct ImportedFolder: Sendable {
    let path: String

    /// The part that holds the gold traces.
    static let gold = Recording.goldDigestName

    /// Who made a file. What another version made is made again, for that may have had a fault.
    static let importer = "concord \(Release.version)"

    /// What a finished file says of itself.
    struct Entry: Sendable {
        let id: String
        let frames: Int
        let width: Int
        let attributes: [String: AttributeValue]
        let groupAttributes: [String: AttributeValue]

        /// The attribute as text; empty where it is missing.
        func text(_ name: String) -> String { attributes[name]?.description ?? "" }

        /// The columns' names; none where they are missing.
        var columns: [String] {
            switch attributes["columns"] {
            case .texts(let texts): texts
            case .text(let text): text.split(separator: "\n").map(String.init)
            case .number, .numbers, nil: []
            }
        }

        /// The attribute as a number.
        func number(_ name: String) -> Double? {
            guard case .number(let number) = attributes[name] else { return nil }
            return number
        }
    }

    /// The file of a recording's matrix.
    func file(_ part: String, _ id: String) -> String { "\(path)/\(part)/\(id).h5" }

    /// The attribute of these column names: a list, or one text with a line for each where there
    /// are more than HDF5 takes in a list (64 KiB of references).
    static func names(_ columns: [String]) -> AttributeValue {
        columns.count <= 1000 ? .texts(columns) : .text(columns.joined(separator: "\n"))
    }

    /// The names of the parts that are there.
    var parts: [String] {
        FolderListing.names(path).filter { name in
            FolderListing.names("\(path)/\(name)").contains { $0.hasSuffix(".h5") }
        }
    }

    /// What is there of a part, by recording; files that cannot be read count as missing.
    func entries(_ part: String) -> [String: Entry] {
        var entries: [String: Entry] = [:]
        for name in FolderListing.names("\(path)/\(part)") where name.hasSuffix(".h5") {
            let id = String(name.dropLast(3))
            let dataset = "\(id)/\(part)"
            guard let file = try? HDF5File(path: "\(path)/\(part)/\(name)"),
                let shape = try? file.shape(dataset), shape.count == 2,
                let attributes = try? file.attributes(dataset),
                let group = try? file.attributes(id)
            else { continue }
            entries[id] = Entry(
                id: id, frames: shape[0], width: shape[1], attributes: attributes,
                groupAttributes: group)
        }
        return entries
    }

    /// Removes what a process that was killed left half-written.
    func removeLeftovers(_ part: String) {
        for name in FolderListing.names("\(path)/\(part)") where name.contains(".h5.partial-") {
            try? FileManager.default.removeItem(atPath: "\(path)/\(part)/\(name)")
        }
    }

    /// Writes a recording's matrix and its mask.
    ///
    /// - Throws: ``FeatureError``.
    func write(
        _ result: Alignment.Result, part: String, id: String,
        attributes: [(String, AttributeValue)], columns: [String: String]
    ) throws {
        let writer = try HDF5Writer(path: file(part, id))
        let dataset = "\(id)/\(part)"
        try writer.write(dataset, result.matrix)
        var attributes = attributes
        attributes.append(("content_sha256", .text("\(Digest(of: result.matrix))")))
        if let mask = result.mask {
            try writer.write(dataset + ".mask", shape: [mask.count], bytes: mask)
            let floats = Matrix(rows: mask.count, columns: 1, values: mask.map(Float.init))
            attributes.append(("mask_sha256", .text("\(Digest(of: floats))")))
        }
        for (name, value) in attributes { try writer.setAttribute(dataset, name, value) }
        for (name, value) in columns.sorted(by: { $0.key < $1.key }) {
            try writer.setAttribute(id, name, .text(value))
        }
        try writer.close()
    }
}

/// What a folder that imports fill is as a corpus.
struct ImportedCorpus {
    /// All recordings with gold traces, and the feature sets that all of them have; nil while there
    /// is none.
    var corpus: Corpus?
    /// The feature sets that are left out, since recordings lack them.
    var left: [String] = []
    /// A sentence on each of these, and on what else the user should know.
    var notes: [String] = []
}

extension ImportedFolder {
    /// The corpus of what is there.
    func corpus(name: String) throws -> ImportedCorpus {
        let gold = entries(ImportedFolder.gold)
        let ids = gold.keys.sorted()
        guard let first = ids.first.flatMap({ gold[$0] }) else {
            return ImportedCorpus(
                notes: ["There are no gold traces yet; import them with `labels`."])
        }
        var found = ImportedCorpus()
        var sets: [FeatureSet] = []
        var digests: [String: [String: Digest]] = [:]
        func take(_ entry: Entry, as part: String) {
            digests[entry.id, default: [:]][part] = Digest(hex: entry.text("content_sha256"))
            digests[entry.id, default: [:]][part + ".mask"] = Digest(hex: entry.text("mask_sha256"))
        }
        for entry in gold.values { take(entry, as: ImportedFolder.gold) }
        let hop = first.number("hop_seconds") ?? 0
        for part in parts where part != ImportedFolder.gold {
            let entries = entries(part)
            let usable = ids.compactMap { entries[$0] }.filter { entry in
                entry.frames == gold[entry.id]?.frames
            }
            guard usable.count == ids.count, let model = usable.first,
                usable.allSatisfy({ $0.columns == model.columns })
            else {
                let missing = ids.first { id in !usable.contains { $0.id == id } }
                found.left.append(part)
                found.notes.append(
                    "\(part) is left out of the manifest: "
                        + (missing.map { "\(usable.count) of \(ids.count) recordings have it, "
                            + "\($0) has not." } ?? "its columns differ between recordings."))
                continue
            }
            for entry in usable { take(entry, as: part) }
            sets.append(
                FeatureSet(
                    name: part, modality: model.text("modality"), width: model.width,
                    hopSeconds: hop,
                    location: MatrixLocation(file: "\(part)/{id}.h5", dataset: "{id}/\(part)")))
        }
        let recordings = ids.compactMap { gold[$0] }.map { entry in
            var columns = entry.groupAttributes.mapValues(\.description)
            let culture = columns.removeValue(forKey: "culture") ?? ""
            return Recording(
                id: entry.id, culture: culture, frames: entry.frames, columns: columns,
                digests: digests[entry.id] ?? [:])
        }
        if let note = ImportedFolder.strangers(recordings) { found.notes.append(note) }
        guard !sets.isEmpty else {
            found.notes.append(
                "There is no manifest yet: no feature set is there of all recordings. Import one.")
            return found
        }
        found.corpus = Corpus(
            name: name, hopSeconds: hop, dataRoot: ".", targets: first.columns,
            gold: MatrixLocation(
                file: "\(ImportedFolder.gold)/{id}.h5", dataset: "{id}/\(ImportedFolder.gold)"),
            featureSets: sets, groups: [], recordings: recordings)
        return found
    }

    /// Which recordings do not say who is in them.
    private static func strangers(_ recordings: [Recording]) -> String? {
        let lone = recordings.filter { recording in
            ["dyad", "session", "subject"].allSatisfy { recording.columns[$0] == nil }
        }
        guard let first = lone.first else { return nil }
        let count = lone.count == 1 ? "1 recording" : "\(lone.count) recordings"
        let isAVEC2019 = lone.allSatisfy { AVEC2019.recording(named: $0.id) != nil }
        let verb = lone.count == 1 ? "has" : "have"
        let hint = isAVEC2019 ? " Those of AVEC 2019 are known to the source avec2019." : ""
        return """
            \(count), such as \(first.id), \(verb) neither dyad, session nor subject: nothing \
            keeps partners, or one person, from both sides of a split. Say them in a table, with \
            --table.\(hint)
            """
    }
}
