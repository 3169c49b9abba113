import Scoring

/// Agreement of each pair of raters as SVG: the CCC printed on the colour of its band.
struct RaterMatrix {
    let title: String
    let agreement: RaterAgreement
    /// Unique in the page.
    let id: String

    private static let cell = (width: 46, height: 30, space: 3)
    private static let label = (width: 74, height: 22, letters: 10)

    private var count: Int { agreement.raters.count }
    private var width: Int {
        Self.label.width + max(1, count - 1) * (Self.cell.width + Self.cell.space)
    }
    private var height: Int {
        Self.label.height + max(1, count - 1) * (Self.cell.height + Self.cell.space)
    }

    /// Each pair once: the lower half of the square, without its diagonal.
    var svg: String {
        var lines: [String] = []
        for (place, rater) in agreement.raters.enumerated() {
            let name = HTML.escaped(
                rater.count > Self.label.letters
                    ? rater.prefix(Self.label.letters - 1) + "…" : rater)
            if place < count - 1 {
                let middle = left(place) + Self.cell.width / 2
                let digits = rater.split(separator: " ").last.map { String($0.prefix(6)) } ?? ""
                lines.append(
                    """
                    <text class="axis" x="\(middle)" y="14" text-anchor="middle">\
                    \(HTML.escaped(digits))</text>
                    """)
            }
            if place > 0 {
                lines.append("<text class=\"axis\" x=\"2\" y=\"\(top(place) + 19)\">\(name)</text>")
            }
        }
        for row in 1..<max(1, count) {
            for column in 0..<row { lines.append(cell(row, column)) }
        }
        let mean = agreement.meanConcordance().map { Fixed.text($0) } ?? "undefined"
        return """
            <div class="scroll"><svg class="heat" viewBox="0 0 \(width) \(height)" role="img" \
            aria-labelledby="\(id)-title \(id)-text" style="max-width: \(width)px; \
            min-width: \(width * 4 / 5)px">
            <title id="\(id)-title">\(HTML.escaped(title))</title>
            <desc id="\(id)-text">Mean CCC over pairs of raters: \(mean).</desc>
            \(lines.joined(separator: "\n"))
            </svg></div>
            """
    }

    private func left(_ column: Int) -> Int {
        Self.label.width + column * (Self.cell.width + Self.cell.space)
    }

    private func top(_ row: Int) -> Int {
        Self.label.height + (row - 1) * (Self.cell.height + Self.cell.space)
    }

    private func cell(_ row: Int, _ column: Int) -> String {
        let value = agreement.concordance(row, column)
        let style = value.map { "b\(Palette.band($0))" } ?? "blank"
        let text = value.map { HTML.number(Fixed.text($0, decimals: 2)) } ?? "–"
        return """
            <g class="\(style)"><rect x="\(left(column))" y="\(top(row))" \
            width="\(Self.cell.width)" height="\(Self.cell.height)" rx="3"/>\
            <text x="\(left(column) + Self.cell.width / 2)" y="\(top(row) + 20)" \
            text-anchor="middle">\(text)</text></g>
            """
    }
}
