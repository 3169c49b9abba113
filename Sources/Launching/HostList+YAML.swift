import Corpora
import Planning
import Running
import Yams

extension HostList {
    /// Reads a list of hosts; `file` names it in errors.
    ///
    /// - Throws: ``HostListError`` with the line, the key and what to do.
    public init(yaml text: String, file: String) throws(HostListError) {
        let reader = HostListReader(file: file)
        let document = try reader.document(text)
        let entries = try reader.entries(
            of: document, "the list of hosts", known: ["ssh-config", "defaults", "hosts"])
        var defaults = Host(name: "")
        if let node = entries.last(where: { $0.key == "defaults" }) {
            try reader.read(node.value, "`defaults`", into: &defaults)
        }
        guard let list = entries.last(where: { $0.key == "hosts" }) else {
            throw reader.error("there is no key `hosts`. Name the machines under it.", at: document)
        }
        var hosts: [Host] = []
        for entry in try reader.entries(of: list.value, "`hosts`", known: nil) {
            let name = entry.key
            // A name that begins with a dash would be taken for an option by ssh.
            guard !name.hasPrefix("-"), !name.contains(where: { $0.isWhitespace }) else {
                throw reader.error("`\(name)` is no name of a host for ssh.", at: entry.place)
            }
            var host = Host(
                name: name, folder: defaults.folder, slots: defaults.slots,
                dataRoot: defaults.dataRoot, options: defaults.options)
            try reader.read(entry.value, "host `\(name)`", into: &host)
            hosts.append(host)
        }
        guard !hosts.isEmpty else {
            throw reader.error("`hosts` is empty. Name at least one machine.", at: list.place)
        }
        let config = try entries.last { $0.key == "ssh-config" }
            .map { entry throws(HostListError) in try reader.word(entry, "the list of hosts") }
        self.init(hosts: hosts, sshConfig: config)
    }
}

/// Reads YAML nodes, and knows the file for errors.
private struct HostListReader {
    let file: String

    /// A key with its value.
    struct Entry {
        let key: String
        /// The key's node, which has the line.
        let place: Node
        let value: Node
    }

    func document(_ text: String) throws(HostListError) -> Node {
        do {
            // The basic resolver leaves scalars as text: a host may be called 10.
            if let node = try compose(yaml: text, .basic) { return node }
        } catch {
            throw described(error)
        }
        throw HostListError(
            file: file, line: nil, problem: "the list of hosts is empty. Name them under `hosts`.")
    }

    /// The entries of a mapping, which are all `known` where that is not nil; a value that is left
    /// out is a mapping without entries.
    func entries(
        of node: Node, _ what: String, known: [String]?
    ) throws(HostListError) -> [Entry] {
        if case .scalar(let scalar) = node, scalar.string.isEmpty { return [] }
        guard case .mapping(let mapping) = node else {
            throw error("\(what) must be a mapping, `{key: value, …}`.", at: node)
        }
        var entries: [Entry] = []
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key, !scalar.string.isEmpty else {
                throw error("a key of \(what) is not a word.", at: key)
            }
            if let known, !known.contains(scalar.string) {
                let nearest = Spelling.nearest(scalar.string, in: known) ?? ""
                let all = known.map { "`\($0)`" }.joined(separator: ", ")
                throw error(
                    """
                    \(what) has no key `\(scalar.string)`; the nearest is `\(nearest)`. Known are \
                    \(all).
                    """, at: key)
            }
            entries.append(Entry(key: scalar.string, place: key, value: value))
        }
        return entries
    }

    /// Takes over what the node says of a host.
    func read(
        _ node: Node, _ what: String, into host: inout HostList.Host
    ) throws(HostListError) {
        let known = [
            "folder", "slots", "memory", "memory-total", "data-root", "cache", "cache-gib", "until",
            "tags",
        ]
        for entry in try entries(of: node, what, known: known) {
            if entry.key == "tags" {
                host.options.tags = try tags(entry, what)
                continue
            }
            let word = try word(entry, what)
            if word.hasPrefix("~") {
                throw error(
                    """
                    `\(entry.key)` of \(what) is `\(word)`, and `~` is not read here. Say a path \
                    from the root\(entry.key == "folder" ? ", or from the home folder" : "").
                    """, at: entry.place)
            }
            switch entry.key {
            case "folder": host.folder = word
            case "data-root": host.dataRoot = word
            case "cache": host.options.cache = word
            case "until":
                guard WorkerOptions.isEnd(word) else {
                    throw error(
                        """
                        `until` of \(what) is `\(word)`; it must be a time, 18:30 or \
                        2026-11-26T18:30.
                        """, at: entry.place)
                }
                host.options.until = word
            case "memory": host.options.memory = try gibibytes(entry, word, what)
            case "memory-total": host.options.memoryTotal = try gibibytes(entry, word, what)
            case "cache-gib": host.options.cacheGib = try gibibytes(entry, word, what)
            default:
                guard let slots = word == "auto" ? 0 : Int(word), (0...4096).contains(slots),
                    word == "auto" || slots > 0
                else {
                    throw error(
                        "`slots` of \(what) is `\(word)`; it must be `auto` or from 1 to 4096.",
                        at: entry.place)
                }
                host.slots = slots == 0 ? nil : slots
            }
        }
    }

    private func gibibytes(
        _ entry: Entry, _ word: String, _ what: String
    ) throws(HostListError) -> Double {
        guard let number = Double(word), WorkerOptions.isSize(number) else {
            throw error(
                "`\(entry.key)` of \(what) is `\(word)`; it is in GiB, 0.001 or more.",
                at: entry.place)
        }
        return number
    }

    private func tags(_ entry: Entry, _ what: String) throws(HostListError) -> [String] {
        guard case .sequence(let items) = entry.value else {
            throw error("`tags` of \(what) must be a list, `[fast, node7]`.", at: entry.place)
        }
        let tags = items.map { $0.scalar?.string ?? "" }
        if let objection = Tag.objection(to: tags) {
            throw error("`tags` of \(what): \(objection)", at: entry.place)
        }
        return tags
    }

    func word(_ entry: Entry, _ what: String) throws(HostListError) -> String {
        guard case .scalar(let scalar) = entry.value, !scalar.string.isEmpty,
            !scalar.string.contains(where: \.isNewline)
        else {
            throw error(
                "`\(entry.key)` of \(what) must be a word or a number.", at: entry.place)
        }
        return scalar.string
    }

    func error(_ problem: String, at node: Node) -> HostListError {
        HostListError(file: file, line: node.mark?.line, problem: problem)
    }

    /// What the YAML parser complains about, in one line.
    private func described(_ error: any Error) -> HostListError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            HostListError(
                file: file, line: mark.line, problem: "the list of hosts is no YAML: \(problem).")
        case .duplicatedKeysInMapping(let duplicates, let context):
            HostListError(
                file: file, line: context.mark.line,
                problem: """
                    a mapping has the key \
                    \(duplicates.sorted().map { "`\($0)`" }.joined(separator: ", ")) twice. \
                    Remove one.
                    """)
        default:
            HostListError(
                file: file, line: nil, problem: "the list of hosts is no YAML: \(error).")
        }
    }
}
