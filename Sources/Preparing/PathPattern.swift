import Corpora

/// Finds the pattern over columns that gives each recording's own path.
enum PathPattern {
    /// The pattern of `paths`, one a recording, component by component.
    ///
    /// A component that is the same everywhere stays as it is; one that holds the value of a column
    /// takes it (culture first, then id, then the others by name); else it becomes a new column of
    /// the recordings, called after its own letters (`clip_01` → `clip`) or `name`.
    static func derive(
        _ paths: [String], name: String, over recordings: inout [Recording]
    ) -> String {
        var components = paths.map { $0.split(separator: "/").map(String.init) }
        if Set(components.map(\.count)).count > 1 {
            components = paths.map { [$0] }
        }
        return components[0].indices.map { i in
            part(components.map { $0[i] }, name: name, over: &recordings)
        }.joined(separator: "/")
    }

    private static func part(
        _ texts: [String], name: String, over recordings: inout [Recording]
    ) -> String {
        let hasBrace = texts[0].contains("{") || texts[0].contains("}")
        if !hasBrace, texts.allSatisfy({ $0 == texts[0] }) { return texts[0] }
        let columns = ["culture", "id"] + Set(recordings.flatMap(\.columns.keys)).sorted()
        for column in columns {
            let values = recordings.compactMap { $0.value(column) }
            guard values.count == texts.count, !hasBrace else { continue }
            if let pattern = pattern(of: texts, around: values, column: column) { return pattern }
        }
        let column = newColumn(for: texts, name: name, beside: columns)
        for i in recordings.indices { recordings[i].columns[column] = texts[i] }
        return "{\(column)}"
    }

    /// `before{column}after`, where each text is `before` + its value + `after`.
    private static func pattern(
        of texts: [String], around values: [String], column: String
    ) -> String? {
        for range in texts[0].ranges(of: values[0]) {
            let before = texts[0][..<range.lowerBound]
            let after = texts[0][range.upperBound...]
            if zip(texts, values).allSatisfy({ $0 == before + $1 + after }) {
                return "\(before){\(column)}\(after)"
            }
        }
        return nil
    }

    /// The letters that all texts begin with, before a number; else `name`; made unique.
    private static func newColumn(
        for texts: [String], name: String, beside columns: [String]
    ) -> String {
        let stems = Set(
            texts.map { text in
                text.prefix { !$0.isNumber }.filter { $0.isLetter && $0.isASCII }.lowercased()
            })
        var column = name
        if stems.count == 1, let stem = stems.first, !stem.isEmpty { column = stem }
        while columns.contains(column) || ["frames", "digests"].contains(column) {
            column += "_name"
        }
        return column
    }
}
