extension Document {
    /// The document for a terminal: coverage, matrices and comparisons, without the background.
    ///
    /// Paragraphs are filled to `width` columns, 80 unless told otherwise. A table that is wider is
    /// cut into parts that repeat its first columns.
    public func text(width: Int = 80) -> String {
        var lines = [title.printable, String(repeating: "=", count: title.count), ""]
        for section in sections where !section.isBackground && !section.isFigures {
            let heading = section.title.printable
            lines += [heading, String(repeating: "-", count: heading.count), ""]
            for block in section.blocks {
                let part = text(block, width)
                if !part.isEmpty { lines += part + [""] }
            }
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private func text(_ block: Block, _ width: Int) -> [String] {
        switch block {
        case .paragraph(let text): Self.filled(text, width)
        case .notice(let text): Self.filled("NOTICE: " + text, width)
        case .table(let table): Self.text(table, width)
        case .comparison(let comparison): Self.text(comparison.table, width)
        case .figure: []
        case .matrix(let matrix):
            Self.text(matrix.table, width)
                + (matrix.gapTable.map { [""] + Self.text($0, width) } ?? [])
        }
    }

    /// Lines of at most `width` characters where words allow it.
    static func filled(_ text: String, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.printable.split(separator: " ") {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line.isEmpty ? lines : lines + [line]
    }

    static func text(_ table: Table, _ width: Int) -> [String] {
        let grid = TextGrid(table)
        let mark = table.mark.map { filled("NOTICE: " + $0, width) } ?? []
        var lines = mark + filled(table.caption, width)
        for (number, part) in grid.parts(width: width).enumerated() {
            if number > 0 { lines.append("") }
            lines += grid.lines(part)
        }
        if grid.hasBest { lines.append("* best of its row") }
        return lines
    }
}

/// A table in characters of one width.
struct TextGrid {
    let table: Table
    let titles: [String]
    let rows: [(banner: String?, texts: [String])]
    let widths: [Int]
    /// The columns on the left that each part repeats.
    let keys: Int
    let hasBest: Bool

    init(_ table: Table) {
        self.table = table
        titles = table.columns.map(\.title.printable)
        var hasBest = false
        let marked = table.columns.indices.map { column in
            table.rows.contains { row in
                if case .row(let values) = row { values[column].isBest } else { false }
            }
        }
        rows = table.rows.map { row in
            switch row {
            case .banner(let text): return (text.printable, [])
            case .row(let values):
                let texts = values.enumerated().map { column, value in
                    if value.isBest { hasBest = true }
                    let mark = marked[column] ? (value.isBest ? " *" : "  ") : ""
                    return value.text.printable + mark
                }
                return (nil, texts)
            }
        }
        self.hasBest = hasBest
        let all = rows.map(\.texts)
        let titles = titles
        widths = titles.indices.map { column in
            all.reduce(titles[column].count) { widest, texts in
                texts.isEmpty ? widest : max(widest, texts[column].count)
            }
        }
        keys = max(1, table.columns.prefix { !$0.isNumeric }.count)
    }

    /// The columns of each part, so that a part fits into `width` where that can be.
    func parts(width: Int) -> [[Int]] {
        let left = Array(0..<min(keys, titles.count))
        let taken = left.reduce(0) { $0 + widths[$1] + 2 }
        var parts: [[Int]] = []
        var part: [Int] = []
        var used = taken
        for column in left.count..<max(left.count, titles.count) {
            if !part.isEmpty, used + widths[column] > width {
                parts.append(left + part)
                part = []
                used = taken
            }
            part.append(column)
            used += widths[column] + 2
        }
        return parts + [left + part]
    }

    func lines(_ part: [Int]) -> [String] {
        let head = line(part, titles)
        let rule = part.map { String(repeating: "─", count: widths[$0]) }.joined(separator: "  ")
        return [head, rule] + rows.map { $0.banner ?? line(part, $0.texts) }
    }

    private func line(_ part: [Int], _ texts: [String]) -> String {
        let padded = part.map { column in
            let space = String(repeating: " ", count: widths[column] - texts[column].count)
            return table.columns[column].isNumeric ? space + texts[column] : texts[column] + space
        }
        let line = padded.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }
}
