import Scoring

extension Document {
    /// The document as LaTeX with booktabs, which `pdflatex` compiles, whatever letters names have;
    /// `lualatex` and `xelatex` do too. Figures are left out; they are files of their own.
    public var latex: String {
        let parts = sections.flatMap { latex($0) }
        let head =
            """
            % Tables begin with \\begin{table} and need array, booktabs, color and graphicx.
            \\documentclass[a4paper,10pt]{article}
            \\usepackage[utf8]{inputenc}
            \\usepackage[margin=20mm]{geometry}
            \\usepackage{array}
            \\usepackage{booktabs}
            \\usepackage{color}
            \\usepackage{graphicx}
            \\makeatletter
            \\setlength{\\@fptop}{0pt}
            \\setlength{\\@fpsep}{20pt}
            \\makeatother
            \(LaTeX.letters(of: ([LaTeX.escaped(title)] + parts).joined()))\
            \\title{\(LaTeX.escaped(title))}
            \\date{}
            \\begin{document}
            \\maketitle
            """
        return ([head] + parts + ["\\end{document}"]).joined(separator: "\n\n") + "\n"
    }

    private func latex(_ section: Section) -> [String] {
        guard !section.isFigures else { return [] }
        let blocks = section.blocks.flatMap { latex($0) }
        guard !blocks.isEmpty else { return [] }
        // Tables float; none of them floats into the next section.
        let hasTables = blocks.contains { $0.hasPrefix("\\begin{table}") }
        return ["\\section*{\(LaTeX.escaped(section.title))}"] + blocks
            + (hasTables ? ["\\clearpage"] : [])
    }

    private func latex(_ block: Block) -> [String] {
        switch block {
        case .paragraph(let text): [LaTeX.escaped(text)]
        case .notice(let text): ["\\noindent\\fbox{\\parbox{0.97\\linewidth}{\\bfseries "
            + LaTeX.escaped(text) + "}}"]
        case .table(let table): LaTeX.tables(table)
        case .comparison(let comparison): LaTeX.tables(comparison)
        case .matrix(let matrix):
            LaTeX.tables(matrix.table) + (matrix.gapTable.map { LaTeX.tables($0) } ?? [])
        case .figure: []
        }
    }
}

/// The parts of a LaTeX document.
enum LaTeX {
    /// Longer and wider tables go on in another one, so that a page can hold them.
    private static let rowsMax = 40, columnsMax = 12

    /// A table of names and numbers.
    static func tables(_ table: Table) -> [String] {
        let parts = table.parts(columnsMax: columnsMax)
        return parts.enumerated().flatMap { part, table in
            let head = table.columns.map { escaped($0.title) }.joined(separator: " & ")
            return pieces(table.rows.map { line($0, table) }).enumerated().map { number, lines in
                float(
                    table.caption + (part + number > 0 ? " (continued)" : ""), columns(table),
                    head, lines, table.mark)
            }
        }
    }

    private static func line(_ line: Table.Line, _ table: Table) -> String {
        switch line {
        case .banner(let text): banner(text, width: table.columns.count)
        case .row(let values):
            zip(table.columns, values).map { column, value in
                let text = column.isNumeric ? number(value.text) : escaped(value.text)
                return value.isBest ? "\\textbf{\(text)}" : text
            }.joined(separator: " & ") + " \\\\"
        }
    }

    /// Numbers stand on the right, names on the left; long ones share most of the page's width.
    private static func columns(_ table: Table) -> String {
        let longest = table.columns.indices.map { column in
            table.rows.map { line in
                if case .row(let values) = line { values[column].text.count } else { 0 }
            }.max() ?? 0
        }
        let isLong = zip(table.columns, longest).map { !$0.isNumeric && $1 > Table.nameMax }
        let share = 0.8 / Double(max(1, isLong.count { $0 }))
        return zip(table.columns, isLong).map { column, isLong in
            if column.isNumeric { return "r" }
            guard isLong else { return "l" }
            return ">{\\raggedright\\arraybackslash}p{\(Fixed.text(share, decimals: 2))\\linewidth}"
        }.joined()
    }

    /// Models beside each other in the layout of the paper's Table I: targets are blocks, what is
    /// tested is a row, models are columns. The training side has a column where there are several.
    static func tables(_ comparison: ComparisonTable) -> [String] {
        let trains = comparison.blocks.flatMap(\.rows).map(\.train).distinct
        let names = trains.count > 1 ? ["Trained on", "Tested on"] : ["Culture"]
        let models =
            comparison.models.map(escaped)
            + comparison.quoted.map { "\\textit{\(escaped($0.name))}\\,$\\dagger$" }
        let width = names.count + models.count
        let lines = comparison.blocks.flatMap { block in
            [banner(block.target, width: width)]
                + block.rows.map { row in
                    let labels = trains.count > 1 ? [row.train, row.test] : [row.test]
                    let own = zip(zip(row.values, row.intervals), row.best).map { pair, isBest in
                        value(pair.0, pair.1, comparison.spread, isBest: isBest)
                    }
                    let quoted = comparison.quoted.map { column in
                        column.value(target: block.target, row).map {
                            "\\textit{\(number(Fixed.text($0)))}"
                        } ?? ""
                    }
                    return (labels.map(escaped) + own + quoted).joined(separator: " & ") + " \\\\"
                }
        }
        let columns =
            String(repeating: "l", count: names.count)
            + String(repeating: "r", count: models.count)
        let head = (names + models).joined(separator: " & ")
        let caption =
            trains.count == 1 ? "\(comparison.caption); trained on \(trains[0])"
            : comparison.caption
        return pieces(lines).enumerated().map { number, lines in
            float(
                caption + (number > 0 ? " (continued)" : ""), columns, head, lines,
                comparison.mark)
        }
    }

    private static func value(
        _ score: MeanScore?, _ interval: Interval?, _ spread: ComparisonTable.Spread,
        isBest: Bool
    ) -> String {
        guard let score else { return "" }
        let mean = number(score.headline)
        let beside =
            switch spread {
            case .sd: score.spread
            case .interval: interval.map { Fixed.text($0) } ?? ""
            case .none: ""
            }
        var text = isBest ? "\\textbf{\(mean)}" : mean
        if !beside.isEmpty { text += "\\,{\\scriptsize \(number(beside))}" }
        if !score.isWhole { text += "\\,{\\scriptsize (\(score.share))}" }
        if !score.gaps.isEmpty { text += "\\,{\\scriptsize (\(escaped(score.gaps)))}" }
        return text
    }

    private static func banner(_ text: String, width: Int) -> String {
        "\\addlinespace\\multicolumn{\(width)}{l}{\\textit{\(escaped(text))}} \\\\"
    }

    private static func pieces(_ lines: [String]) -> [[String]] {
        stride(from: 0, to: max(1, lines.count), by: rowsMax).map {
            Array(lines[min($0, lines.count)..<min($0 + rowsMax, lines.count)])
        }
    }

    /// A table that is made smaller where it is wider than the page.
    private static func float(
        _ caption: String, _ columns: String, _ head: String, _ lines: [String], _ mark: String?
    ) -> String {
        """
        \\begin{table}[htbp]
        \\centering
        \(mark.map { "\\textcolor{red}{\\bfseries \(escaped($0))}\\par\n" } ?? "")\
        \\caption{\(escaped(caption))}
        \\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%
        \\begin{tabular}{\(columns)}
        \\toprule
        \(head) \\\\
        \\midrule
        \(lines.map(guarded).joined(separator: "\n"))
        \\bottomrule
        \\end{tabular}}
        \\end{table}
        """
    }

    /// A line whose first sign would be taken for an option of the line break before it.
    private static func guarded(_ line: String) -> String {
        line.hasPrefix("[") || line.hasPrefix("*") ? "{}" + line : line
    }

    /// A number with a true minus sign.
    private static func number(_ text: String) -> String {
        escaped(text).replacingMinus
    }

    /// The text with every character that LaTeX would take for its own escaped.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.printable {
            switch character {
            case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
            case "\\": result += "\\textbackslash{}"
            case "~": result += "\\textasciitilde{}"
            case "^": result += "\\textasciicircum{}"
            case "<", ">", "|": result += "$\(character == "|" ? "\\vert" : "\(character)")$"
            case "→": result += "$\\to$"
            case "−": result += "$-$"
            case "×": result += "$\\times$"
            case "·": result += "$\\cdot$"
            case "±": result += "$\\pm$"
            case "≤": result += "$\\le$"
            case "≥": result += "$\\ge$"
            case "†": result += "$\\dagger$"
            case "²": result += "$^2$"
            case "ⁿ": result += "$^n$"
            case "ε": result += "$\\varepsilon$"
            case "ρ": result += "$\\rho$"
            case "–": result += "--"
            case "—": result += "---"
            case "…": result += "\\ldots{}"
            case "\u{FFFD}": result += "?"
            default: result.append(character)
            }
        }
        return result
    }
}

extension String {
    /// A minus sign for every hyphen that begins a number.
    fileprivate var replacingMinus: String {
        var result = ""
        var last: Character = " "
        for character in self {
            let isSign = character == "-" && !last.isLetter && !last.isNumber && last != "-"
            result += isSign ? "$-$" : String(character)
            last = character
        }
        return result == "$-$$-$" || result == "$-$-" ? "--" : result
    }
}
