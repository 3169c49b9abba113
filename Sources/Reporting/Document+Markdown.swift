extension Document {
    /// The whole document in Markdown with pipe tables, as GitHub and Pandoc read it.
    public var markdown: String {
        var parts = ["# " + Self.escaped(title)]
        for section in sections where !section.isFigures {
            let blocks = section.blocks.flatMap { markdown($0) }
            guard !blocks.isEmpty else { continue }
            parts.append("## " + Self.escaped(section.title))
            parts += blocks
        }
        return parts.joined(separator: "\n\n") + "\n"
    }

    private func markdown(_ block: Block) -> [String] {
        switch block {
        case .paragraph(let text): [Self.escaped(text)]
        case .notice(let text): ["> **" + Self.escaped(text) + "**"]
        case .table(let table): Self.markdown(table)
        case .comparison(let comparison): Self.markdown(comparison.table)
        case .figure: []
        case .matrix(let matrix):
            ["### " + Self.escaped(matrix.title)] + Self.markdown(matrix.table)
                + (matrix.gapTable.map { Self.markdown($0) } ?? [])
                + [Self.escaped(matrix.reading)]
        }
    }

    /// A table with its caption above it.
    static func markdown(_ table: Table) -> [String] {
        var lines = [
            table.columns.map { Self.escaped($0.title) },
            table.columns.map { $0.isNumeric ? "---:" : ":---" },
        ]
        for row in table.rows {
            switch row {
            case .banner(let text):
                let rest = table.columns.dropFirst().map { _ in "" }
                lines.append(["**" + Self.escaped(text) + "**"] + rest)
            case .row(let values):
                lines.append(
                    values.map { value in
                        let text = Self.escaped(value.text)
                        return value.isBest ? "**" + text + "**" : text
                    })
            }
        }
        let rows = lines.map { "| " + $0.joined(separator: " | ") + " |" }
        // GitHub and GitLab print a caution in red.
        let mark = table.mark.map { ["> [!CAUTION]\n> **" + Self.escaped($0) + "**"] } ?? []
        return mark + ["*" + Self.escaped(table.caption) + "*", rows.joined(separator: "\n")]
    }

    /// The text with every character that Markdown or HTML would take for its own escaped.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.printable {
            if "\\`*_[]<>|#&~$".contains(character) { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
