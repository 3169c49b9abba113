import Scoring

/// Differences with their intervals, a line each.
struct ForestPlot {
    let name: String
    let title: String
    /// What the horizontal axis shows.
    let axis: String
    let reading: String
    let rows: [Row]

    /// A difference.
    struct Row {
        let label: String
        let value: Double
        let interval: Interval
        /// Whether it is more than chance; nil where that was not tested.
        let isFound: Bool?
    }

    private static let height = 20.0
    private static let top = 12.0
    private static let width = 720

    private var labelWidth: Double {
        min(360, rows.map { Plot.width(ofLabel: $0.label) }.max() ?? 0)
    }

    var figure: Figure {
        var plot = Plot()
        let ends = rows.flatMap { [$0.interval.low, $0.interval.high, $0.value] }
        let axis = Axis(ends + [0], start: labelWidth + 10, end: Double(Self.width) - 16)
        let bottom = Self.top + Self.height * Double(rows.count) + 4
        plot.horizontalAxis(axis, top: Self.top - 4, bottom: bottom, name: self.axis)
        for (index, row) in rows.enumerated() {
            let y = Self.top + Self.height * (Double(index) + 0.5)
            plot.label(labelWidth, y + 4, row.label)
            let (low, high) = (axis.place(row.interval.low), axis.place(row.interval.high))
            plot.line(low, y, high, y, "whisker")
            for end in [low, high] { plot.line(end, y - 4, end, y + 4, "whisker") }
            plot.mark(1, axis.place(row.value), y, row.isFound == true ? "filled" : "hollow")
        }
        let hasLegend = rows.contains { $0.isFound != nil }
        if hasLegend {
            plot.mark(1, 12, bottom + 44, "filled")
            plot.text(22, bottom + 48, "p (Holm) below 0.05", "axis")
            plot.mark(1, 172, bottom + 44, "hollow")
            plot.text(182, bottom + 48, "not below", "axis")
        }
        return Figure(
            name: name, title: title, reading: reading, width: Self.width,
            height: Int(bottom) + (hasLegend ? 58 : 36), style: "plot", elements: plot.elements)
    }
}
