import Corpora
import Yams

/// A YAML mapping of a sweep's document: reads values by key, and knows where they stand.
struct SweepSection {
    /// The key that it stands under, such as `eaf`.
    let name: String
    /// What it describes, for errors, such as ``model `eaf` ``.
    let what: String
    /// The line that it begins on.
    let line: Int?
    private let file: String
    private let entries: [(key: String, line: Int?, node: Node)]

    /// The mapping that a whole YAML document is.
    init(document text: String, file: String) throws(SweepError) {
        let node: Node?
        do {
            // The basic resolver leaves scalars as text: a name `1e3` stays as it is written.
            node = try compose(yaml: text, .basic)
        } catch {
            throw SweepError(yaml: error, file: file)
        }
        guard let node else {
            throw SweepError(file: file, problem: "the sweep is empty. Name corpora and schemes.")
        }
        try self.init(node, name: "", what: "the sweep", line: 1, file: file)
    }

    private init(
        _ node: Node, name: String, what: String, line: Int?, file: String
    ) throws(SweepError) {
        self.name = name
        self.what = what
        self.line = line
        self.file = file
        guard case .mapping(let mapping) = node else {
            throw SweepError(
                file: file, line: line, problem: "\(what) must be a mapping, `{key: value, …}`.")
        }
        var entries: [(key: String, line: Int?, node: Node)] = []
        for (key, value) in mapping {
            guard let text = key.scalar?.string, !text.isEmpty else {
                throw SweepError(
                    file: file, line: key.mark?.line ?? line,
                    problem: "a key of \(what) is not a word.")
            }
            entries.append((text, key.mark?.line ?? line, value))
        }
        self.entries = entries
    }

    /// The keys, in the order of the document.
    var keys: [String] { entries.map(\.key) }

    /// Whether `key` is there.
    func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

    /// Refuses the first key that is not in `known`, naming the nearest that is.
    func refuseUnknown(known: [String]) throws(SweepError) {
        for key in keys where !known.contains(key) {
            throw unknown("\(what) has no key", key, known: known, at: key)
        }
    }

    /// The error that says that `word` is none of `known`, which is the nearest, and lists all.
    func unknown(
        _ sentence: String, _ word: String, known: [String], at key: String
    ) -> SweepError {
        let nearest = Spelling.nearest(word, in: known).map { "; the nearest is `\($0)`" } ?? ""
        let all = known.map { "`\($0)`" }.joined(separator: ", ")
        return error("\(sentence) `\(word)`\(nearest). Known are \(all).", at: key)
    }

    /// An error that stands at `key`, or at the beginning of the section.
    func error(_ problem: String, at key: String? = nil) -> SweepError {
        let line = entries.first { $0.key == key }?.line ?? line
        return SweepError(file: file, line: line, problem: problem)
    }

    /// The mapping under `key`; nil where the key is missing.
    func section(_ key: String) throws(SweepError) -> SweepSection? {
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        return try SweepSection(
            entry.node, name: key, what: "`\(key)`", line: entry.line, file: file)
    }

    /// The mappings under all keys, each a `kind` with a name; refuses an empty section.
    func sections(_ kind: String) throws(SweepError) -> [SweepSection] {
        guard !entries.isEmpty else { throw error("\(what) is empty. Give at least one \(kind).") }
        var sections: [SweepSection] = []
        for entry in entries {
            sections.append(
                try SweepSection(
                    entry.node, name: entry.key, what: "\(kind) `\(entry.key)`", line: entry.line,
                    file: file))
        }
        return sections
    }

    /// The mappings of the list under `key`, each a `kind`; nil where the key is missing.
    func items(_ key: String, _ kind: String) throws(SweepError) -> [SweepSection]? {
        guard let nodes = try list(key, kind) else { return nil }
        var sections: [SweepSection] = []
        for node in nodes {
            let line = node.mark?.line ?? line
            sections.append(
                try SweepSection(node, name: key, what: "a \(kind)", line: line, file: file))
        }
        return sections
    }

    /// The words of the list under `key`, each a `kind`, none twice; nil where the key is missing.
    func words(_ key: String, _ kind: String) throws(SweepError) -> [String]? {
        guard let nodes = try list(key, kind) else { return nil }
        var words: [String] = []
        for node in nodes {
            let word = try text(of: node, key)
            guard !words.contains(word) else {
                throw error("`\(key)` of \(what) lists `\(word)` twice. Remove one.", at: key)
            }
            words.append(word)
        }
        return words
    }

    /// An item of a list that may hold both.
    enum Item {
        case word(String)
        case section(SweepSection)
    }

    /// The items of the list under `key`, each a `kind`, a word or a mapping.
    func wordsAndSections(_ key: String, _ kind: String) throws(SweepError) -> [Item] {
        var items: [Item] = []
        for node in try list(key, kind) ?? [] {
            if case .mapping = node {
                let line = node.mark?.line ?? line
                items.append(
                    .section(
                        try SweepSection(
                            node, name: key, what: "a \(kind) of `\(key)`", line: line,
                            file: file)))
            } else {
                items.append(.word(try text(of: node, key)))
            }
        }
        return items
    }

    /// The text under `key`; nil where the key is missing.
    func text(_ key: String) throws(SweepError) -> String? {
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        return try text(of: entry.node, key)
    }

    /// The items of the list under `key`, each a `kind`; nil where the key is missing.
    func list(_ key: String, _ kind: String) throws(SweepError) -> [Node]? {
        guard let entry = entries.first(where: { $0.key == key }) else { return nil }
        guard case .sequence(let items) = entry.node else {
            throw error("`\(key)` of \(what) must be a list, `[…]`.", at: key)
        }
        guard !items.isEmpty else {
            throw error("`\(key)` of \(what) is empty. Give at least one \(kind).", at: key)
        }
        return Array(items)
    }

    /// Whether a list stands under `key`.
    func isList(_ key: String) -> Bool {
        guard case .sequence = entries.first(where: { $0.key == key })?.node else { return false }
        return true
    }

    /// The text of a scalar that stands under `key`.
    func text(of node: Node, _ key: String) throws(SweepError) -> String {
        guard case .scalar(let scalar) = node else {
            throw error("`\(key)` of \(what) must be a word or a number.", at: key)
        }
        let isNull =
            scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string)
        guard !isNull, !scalar.string.isEmpty else {
            throw error(
                "`\(key)` of \(what) is empty. Give it a value or leave the key out.", at: key)
        }
        guard !scalar.string.unicodeScalars.contains(where: \.isControl) else {
            throw error("`\(key)` of \(what) holds a control character. Remove it.", at: key)
        }
        return scalar.string
    }
}

extension Unicode.Scalar {
    /// Whether it is a control character, line breaks among them.
    var isControl: Bool { properties.generalCategory == .control }
}

extension SweepError {
    /// What the YAML parser complains about, in one line.
    init(yaml error: any Error, file: String) {
        self.init(file: file, problem: "the sweep is no YAML: \(error).")
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            line = mark.line
            self.problem = "the sweep is no YAML: \(problem)."
        case .duplicatedKeysInMapping(let duplicates, let context):
            line = context.mark.line
            let keys = duplicates.sorted().map { "`\($0)`" }.joined(separator: ", ")
            self.problem = "a mapping has the key \(keys) twice. Remove one."
        case .reader(let problem, _, _, _):
            self.problem = "the sweep is no YAML: \(problem)."
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded, nil: break
        }
    }
}
