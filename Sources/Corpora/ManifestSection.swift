import Yams

/// A YAML mapping of a manifest: reads values by key, and knows where they stand for errors.
struct ManifestSection {
    /// The key that it stands under, such as `targets`.
    let name: String
    /// What it describes, for errors, such as `feature set audio`.
    let what: String
    /// The line that it begins on.
    let line: Int?
    /// The recording that it belongs to, where it is one's.
    var recording: String?
    private let file: String
    private let entries: [(key: String, node: Node)]

    /// The keys, in the order of the file.
    var keys: [String] { entries.map(\.key) }

    /// The mapping that a whole YAML document is.
    init(document text: String, file: String) throws(CorpusError) {
        let node: Node?
        do {
            // The basic resolver leaves scalars as text: a column `run: 1` is "1".
            node = try compose(yaml: text, .basic)
        } catch {
            throw CorpusError(yaml: error, file: file)
        }
        guard let node else {
            throw CorpusError(file: file, problem: "the manifest is empty. Describe a corpus.")
        }
        try self.init(
            node, name: "", what: "the manifest", line: 1, recording: nil, file: file)
    }

    private init(
        _ node: Node, name: String, what: String, line: Int?, recording: String?, file: String
    ) throws(CorpusError) {
        self.name = name
        self.what = what
        self.line = line
        self.recording = recording
        self.file = file
        guard let mapping = node.mapping else {
            throw CorpusError(
                file: file, line: line, recording: recording,
                problem: "\(what) must be a mapping, `{key: value, …}`.")
        }
        var entries: [(key: String, node: Node)] = []
        for (key, value) in mapping {
            guard let text = key.scalar?.string, !text.isEmpty else {
                throw CorpusError(
                    file: file, line: key.mark?.line ?? line, recording: recording,
                    problem: "a key of \(what) is not a word.")
            }
            entries.append((text, value))
        }
        self.entries = entries
    }

    /// Refuses the first key that is not in `known`, naming the nearest that is.
    func refuseUnknown(known: [String], advice: String = "") throws(CorpusError) {
        for key in keys where !known.contains(key) {
            let nearest = Spelling.nearest(key, in: known).map { "; the nearest is `\($0)`" }
            throw error(
                "\(what) has no key `\(key)`\(nearest ?? "").\(advice.isEmpty ? "" : " " + advice)",
                at: key)
        }
    }

    /// Whether `key` is there.
    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// The text under `key`: a scalar, not empty, without control characters.
    func text(_ key: String) throws(CorpusError) -> String {
        try text(of: value(key), key)
    }

    /// The whole number under `key`.
    func count(_ key: String) throws(CorpusError) -> Int {
        let text = try text(key)
        guard let count = Int(text) else {
            throw error("`\(key)` is `\(text)`; it must be a whole number.", at: key)
        }
        return count
    }

    /// The number of seconds under `key`.
    func seconds(_ key: String) throws(CorpusError) -> Double {
        let text = try text(key)
        guard let seconds = Double(text) else {
            throw error("`\(key)` is `\(text)`; it must be a number of seconds.", at: key)
        }
        return seconds
    }

    /// The list of words under `key`, in which none occurs twice.
    func names(_ key: String) throws(CorpusError) -> [String] {
        var names: [String] = []
        for node in try list(key, "a name") {
            let name = try text(of: node, key)
            guard !names.contains(name) else {
                throw error("`\(key)` lists `\(name)` twice. Remove one.", at: key)
            }
            names.append(name)
        }
        return names
    }

    /// The mapping under `key`.
    func section(_ key: String) throws(CorpusError) -> ManifestSection {
        let node = try value(key)
        return try ManifestSection(
            node, name: key, what: "`\(key)`", line: node.mark?.line ?? line,
            recording: recording, file: file)
    }

    /// The mappings under all keys.
    func sections(_ kind: String) throws(CorpusError) -> [ManifestSection] {
        guard !entries.isEmpty else { throw error("\(what) is empty. Give at least one \(kind).") }
        var sections: [ManifestSection] = []
        for (key, node) in entries {
            sections.append(
                try ManifestSection(
                    node, name: key, what: "\(kind) `\(key)`", line: node.mark?.line ?? line,
                    recording: recording, file: file))
        }
        return sections
    }

    /// The mappings of the list under `key`.
    func items(_ key: String, _ kind: String) throws(CorpusError) -> [ManifestSection] {
        var sections: [ManifestSection] = []
        for node in try list(key, kind) {
            sections.append(
                try ManifestSection(
                    node, name: key, what: kind, line: node.mark?.line ?? line, recording: nil,
                    file: file))
        }
        return sections
    }

    /// An error that stands at `key`, or at the beginning of the section.
    func error(_ problem: String, at key: String? = nil) -> CorpusError {
        let node = entries.first { $0.key == key }?.node
        return CorpusError(
            file: file, line: node?.mark?.line ?? line, recording: recording, problem: problem)
    }

    private func value(_ key: String) throws(CorpusError) -> Node {
        guard let node = entries.first(where: { $0.key == key })?.node else {
            throw error("\(what) lacks the key `\(key)`. Add it.")
        }
        return node
    }

    private func list(_ key: String, _ kind: String) throws(CorpusError) -> [Node] {
        guard let items = try value(key).sequence else {
            throw error("`\(key)` must be a list, `[…]`.", at: key)
        }
        guard !items.isEmpty else {
            throw error("`\(key)` is an empty list. Give at least \(kind).", at: key)
        }
        return Array(items)
    }

    private func text(of node: Node, _ key: String) throws(CorpusError) -> String {
        guard let scalar = node.scalar else {
            throw error("`\(key)` must be text or a number, not a list or a mapping.", at: key)
        }
        let isNull =
            scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string)
        guard !isNull, !scalar.string.isEmpty else {
            throw error("`\(key)` is empty. Give it a value or leave the key out.", at: key)
        }
        guard !scalar.string.hasControlCharacter else {
            throw error("`\(key)` holds a control character. Remove it.", at: key)
        }
        return scalar.string
    }
}

extension CorpusError {
    /// What the YAML parser complains about, in one line.
    init(yaml error: any Error, file: String) {
        self.init(file: file, problem: "the manifest is no YAML: \(error).")
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            line = mark.line
            self.problem = "the manifest is no YAML: \(problem)."
        case .duplicatedKeysInMapping(let duplicates, let context):
            line = context.mark.line
            let keys = duplicates.sorted().map { "`\($0)`" }.joined(separator: ", ")
            self.problem = "a mapping has the key \(keys) twice. Remove one."
        case .reader(let problem, _, _, _):
            self.problem = "the manifest is no YAML: \(problem)."
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, nil: break
        }
    }
}
