extension Document {
    /// The whole document as one HTML page that needs no other file and no script.
    ///
    /// It follows the reader's light or dark scheme, is printed light, and fits a screen 400
    /// pixels wide.
    public var html: String {
        var figures = figures[...]
        let body = sections.map { html($0, &figures) }.joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(HTML.escaped(title))</title>
            <style>
            \(HTML.style)
            </style>
            </head>
            <body>
            <main>
            <h1>\(HTML.escaped(title))</h1>
            \(body)
            </main>
            </body>
            </html>

            """
    }

    /// - Parameter figures: those of this section and all behind it; its own are taken.
    private func html(_ section: Section, _ figures: inout ArraySlice<Figure>) -> String {
        var drawn: [String] = []
        var parts: [String] = []
        for block in section.blocks {
            switch block {
            case .paragraph(let text): parts.append("<p>\(HTML.escaped(text))</p>")
            case .notice(let text):
                parts.append("<p class=\"notice\" role=\"note\">\(HTML.escaped(text))</p>")
            case .table(let table): parts.append(HTML.table(table))
            case .comparison(let comparison): parts.append(HTML.table(comparison.table))
            case .matrix(let matrix):
                drawn.append(
                    HTML.figure(
                        figures.removeFirst(),
                        caption: "\(matrix.reading) Trials: \(matrix.share).",
                        below: matrix.gapTable))
            case .figure(let figure):
                drawn.append(
                    HTML.figure(figures.removeFirst(), caption: figure.reading, below: nil))
            }
        }
        if !drawn.isEmpty {
            parts.append("<div class=\"figures\">\n\(drawn.joined(separator: "\n"))\n</div>")
        }
        return """
            <section>
            <h2>\(HTML.escaped(section.title))</h2>
            \(parts.joined(separator: "\n"))
            </section>
            """
    }
}

/// The parts of a page.
enum HTML {
    /// The text with every character escaped that could end a text or an attribute.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.printable {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }

    /// A figure with its caption and maybe a table. Its file name, which is unique, is its id.
    static func figure(_ figure: Figure, caption: String, below table: Table?) -> String {
        """
        <figure\(figure.style == "plot" ? " class=\"wide\"" : "")>\(mark(figure.mark))
        <h3>\(escaped(figure.title))</h3>
        \(figure.svg(id: figure.name))
        <figcaption>\(escaped(caption))</figcaption>\(table.map { "\n" + self.table($0) } ?? "")
        </figure>
        """
    }

    /// What stands in red over a table or figure, in a line of its own; empty for nil.
    private static func mark(_ mark: String?) -> String {
        mark.map { "\n<p class=\"mark\" role=\"note\">\(escaped($0))</p>" } ?? ""
    }

    /// A number with a true minus sign.
    static func number(_ text: String) -> String {
        var result = ""
        var last: Character = " "
        for character in text {
            let isSign = character == "-" && !last.isLetter && !last.isNumber
            result.append(isSign ? "−" : character)
            last = character
        }
        return escaped(result)
    }

    /// A table that scrolls on its own where the screen is narrow.
    static func table(_ table: Table) -> String {
        let head = table.columns.map { column in
            let style = column.isNumeric ? " class=\"n\"" : ""
            return "<th scope=\"col\"\(style)>\(escaped(column.title))</th>"
        }
        let rows = table.rows.map { line in
            switch line {
            case .banner(let text):
                return """
                    <tr class="banner"><th colspan="\(table.columns.count)" scope="colgroup">\
                    \(escaped(text))</th></tr>
                    """
            case .row(let values):
                let cells = zip(table.columns, values).map { cell($0, $1) }
                return "<tr>\(cells.joined())</tr>"
            }
        }
        return """
            <div class="scroll">\(mark(table.mark))
            <table>
            <caption><span>\(escaped(table.caption))</span></caption>
            <thead><tr>\(head.joined())</tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody>
            </table></div>
            """
    }

    private static func cell(_ column: Table.Column, _ value: Table.Value) -> String {
        guard column.isNumeric else {
            let style = value.text.count > Table.nameMax ? " class=\"long\"" : ""
            return "<td\(style)>\(escaped(value.text))</td>"
        }
        let text = number(value.text)
        return "<td class=\"n\">\(value.isBest ? "<strong>\(text)</strong>" : text)</td>"
    }
}
