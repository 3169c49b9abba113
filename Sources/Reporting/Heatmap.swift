/// A culture × culture matrix as SVG: the score printed in each cell, on the colour of its band.
struct Heatmap {
    private let matrix: CultureMatrix
    private let labelWidth: Int

    private static let cell = (width: 104, height: 66, space: 6)
    private static let head = 46
    private static let swatch = (width: 32, height: 12)
    private static let labelMax = 18

    /// The heatmap of `matrix`.
    init(_ matrix: CultureMatrix) {
        self.matrix = matrix
        let longest = matrix.rows.map { min($0.train.count, Self.labelMax) }.max() ?? 0
        labelWidth = max(84, 8 * longest + 14)
    }

    private var width: Int {
        max(
            labelWidth + matrix.columns.count * (Self.cell.width + Self.cell.space),
            Palette.ticks.count * Self.swatch.width + 4)
    }

    private var legendTop: Int {
        Self.head + matrix.rows.count * (Self.cell.height + Self.cell.space) + 18
    }

    private var height: Int { legendTop + 40 + 16 * marks.count }

    /// The image. Colours come from the page's style sheet.
    var figure: Figure {
        let cells = matrix.rows.indices.flatMap { row in
            matrix.columns.indices.map { cell(row, $0) }
        }
        return Figure(
            name: Figure.name(
                ["matrix", matrix.features, matrix.target, matrix.model]
                    + (matrix.scheme.map { [$0] } ?? [])),
            title: matrix.title, reading: matrix.reading, width: width, height: height,
            style: "heat", elements: axes + cells + legend, mark: matrix.mark)
    }

    private func left(_ column: Int) -> Int {
        labelWidth + column * (Self.cell.width + Self.cell.space)
    }

    private func top(_ row: Int) -> Int {
        Self.head + row * (Self.cell.height + Self.cell.space)
    }

    private var axes: [String] {
        var lines = [
            text(2, 36, "trained on ↓", "axis"), text(left(0) + 2, 14, "tested on →", "axis"),
        ]
        for (column, name) in matrix.columns.enumerated() {
            let middle = left(column) + Self.cell.width / 2
            lines.append(text(middle, 36, shortened(name), anchor: "middle"))
        }
        for (row, side) in matrix.rows.enumerated() {
            let middle = top(row) + Self.cell.height / 2
            if side.isPooled {
                lines.append(text(2, middle - 3, "pooled"))
                lines.append(text(2, middle + 13, shortened(side.train), "axis"))
            } else {
                lines.append(text(2, middle + 5, shortened(side.train)))
            }
        }
        return lines
    }

    private func cell(_ row: Int, _ column: Int) -> String {
        let (x, y) = (left(column), top(row))
        let middle = x + Self.cell.width / 2
        let box = """
            <rect x="\(x)" y="\(y)" width="\(Self.cell.width)" height="\(Self.cell.height)" rx="4"/>
            """
        guard let score = matrix.rows[row].values[column] else {
            let note = text(middle, y + 37, "not planned", anchor: "middle")
            return "<g class=\"blank\">\(box)\(note)</g>"
        }
        let within = matrix.isWithin(matrix.rows[row], matrix.columns[column])
        var marks = [score.mean.map { "b\(Palette.band($0))" } ?? "blank"]
        if within { marks.append("within") }
        if !score.isWhole { marks.append("partial") }
        var lines = [text(middle, y + 27, score.headline, "score", anchor: "middle")]
        if !score.spread.isEmpty {
            lines.append(text(middle, y + 43, score.spread, "small", anchor: "middle"))
        }
        let gap = score.undefined > 0 ? ", \(score.undefined) undef." : ""
        lines.append(text(middle, y + 58, score.share + gap, "small", anchor: "middle"))
        return "<g class=\"\(marks.joined(separator: " "))\">\(box)\(lines.joined())</g>"
    }

    private var legend: [String] {
        var lines = [text(2, legendTop, "CCC (no unit), lower end of each band", "axis")]
        for (band, tick) in Palette.ticks.enumerated() {
            let x = 2 + band * Self.swatch.width
            lines.append(
                """
                <g class="b\(band)"><rect x="\(x)" y="\(legendTop + 6)" \
                width="\(Self.swatch.width)" height="\(Self.swatch.height)"/></g>
                """)
            lines.append(text(x, legendTop + 30, tick, "tick"))
        }
        for (index, mark) in marks.enumerated() {
            lines.append(text(2, legendTop + 48 + 16 * index, mark, "axis"))
        }
        return lines
    }

    /// What outlines and figures mean, as far as they occur.
    private var marks: [String] {
        var marks: [String] = []
        if matrix.hasDiagonal { marks.append("outlined: within-culture") }
        marks.append("n/N: trials scored of those planned")
        if matrix.scores.contains(where: { !$0.isWhole }) {
            marks.append("dashed: trials are missing")
        }
        return marks
    }

    private func shortened(_ name: String) -> String {
        name.count > Self.labelMax ? name.prefix(Self.labelMax - 1) + "…" : name
    }

    private func text(
        _ x: Int, _ y: Int, _ text: String, _ style: String = "", anchor: String = ""
    ) -> String {
        let style = style.isEmpty ? "" : " class=\"\(style)\""
        let anchor = anchor.isEmpty ? "" : " text-anchor=\"\(anchor)\""
        return "<text x=\"\(x)\" y=\"\(y)\"\(style)\(anchor)>\(HTML.number(text))</text>"
    }
}
