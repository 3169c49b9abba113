import Scoring

/// Distributions of one target as SVG: a row of bars for each culture, on one axis and one scale.
struct Histograms {
    let title: String
    let rows: [(culture: String, distribution: TraceDistribution)]
    let range: ClosedRange<Double>
    /// Unique in the page.
    let id: String

    private static let plot = (left: 8, width: 400, height: 64, head: 26)

    private var rowHeight: Int { Self.plot.height + Self.plot.head + 10 }
    private var height: Int { rows.count * rowHeight + 22 }
    private var width: Int { Self.plot.width + 2 * Self.plot.left }

    var svg: String {
        let most = rows.map { share(of: $0.distribution.bins.max() ?? 0, $0.distribution) }.max()
        let bars = rows.enumerated().map { index, row in
            self.row(index, row.culture, row.distribution, most: max(most ?? 0, 1e-9))
        }
        let reading = rows.map { row in
            "\(row.culture): mean \(Fixed.text(row.distribution.mean)), "
                + "SD \(Fixed.text(row.distribution.deviation))"
        }
        return """
            <div class="scroll"><svg class="heat bars" viewBox="0 0 \(width) \(height)" role="img" \
            aria-labelledby="\(id)-title \(id)-text" style="max-width: \(width * 5 / 4)px; \
            min-width: \(width * 4 / 5)px">
            <title id="\(id)-title">\(HTML.escaped(title))</title>
            <desc id="\(id)-text">\(HTML.escaped(reading.joined(separator: "; ")))</desc>
            \((bars + axis).joined(separator: "\n"))
            </svg></div>
            """
    }

    private func share(of count: Int, _ distribution: TraceDistribution) -> Double {
        Double(count) / Double(distribution.count)
    }

    private func row(
        _ index: Int, _ culture: String, _ distribution: TraceDistribution, most: Double
    ) -> String {
        let bottom = index * rowHeight + Self.plot.head + Self.plot.height
        let bins = distribution.bins
        var lines: [String] = []
        for (bin, count) in bins.enumerated() where count > 0 {
            let left = Double(Self.plot.left) + Double(bin * Self.plot.width) / Double(bins.count)
            let wide = Double(Self.plot.width) / Double(bins.count) - 1
            let tall = max(0.5, share(of: count, distribution) / most * Double(Self.plot.height))
            lines.append(
                """
                <rect x="\(fixed(left))" y="\(fixed(Double(bottom) - tall))" \
                width="\(fixed(wide))" height="\(fixed(tall))"/>
                """)
        }
        let end = Self.plot.left + Self.plot.width
        let mean = fixed(place(of: distribution.mean))
        let figures = """
            mean \(Fixed.text(distribution.mean)), SD \(Fixed.text(distribution.deviation))
            """
        return """
            <g><text x="\(Self.plot.left)" y="\(bottom - Self.plot.height - 7)">\
            \(HTML.escaped(culture))</text>\
            <text class="axis" x="\(end)" y="\(bottom - Self.plot.height - 7)" text-anchor="end">\
            \(HTML.number(figures))</text>
            \(lines.joined())
            <line class="rule" x1="\(Self.plot.left)" y1="\(bottom)" x2="\(end)" y2="\(bottom)"/>
            <line x1="\(mean)" y1="\(bottom - Self.plot.height)" x2="\(mean)" y2="\(bottom + 3)"/>
            </g>
            """
    }

    private var axis: [String] {
        (0...4).map { quarter in
            let value =
                range.lowerBound + (range.upperBound - range.lowerBound) * Double(quarter) / 4
            let anchor = quarter == 0 ? "start" : quarter == 4 ? "end" : "middle"
            let text = HTML.number(Fixed.text(value, decimals: 1))
            return """
                <text class="tick" x="\(fixed(place(of: value)))" y="\(height - 6)" \
                text-anchor="\(anchor)">\(text)</text>
                """
        }
    }

    private func place(of value: Double) -> Double {
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return Double(Self.plot.left) + share * Double(Self.plot.width)
    }

    private func fixed(_ value: Double) -> String { Fixed.text(value, decimals: 1) }
}
