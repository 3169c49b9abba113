/// Lines over a common horizontal axis, in panels one below the other.
struct LinePlot {
    let name: String
    let title: String
    let reading: String
    /// What the horizontal axis shows.
    let axis: String
    let panels: [Panel]
    /// Places on the horizontal axis that are marked at its foot, such as chosen epochs.
    var marks: [Double] = []
    /// What the marks are.
    var marksLabel = ""
    /// Whether the horizontal axis counts in whole numbers.
    var isWhole = false
    /// The names of evenly spaced places on the horizontal axis, which values count from 0; with
    /// none it is one of numbers.
    var places: [String] = []

    /// Lines over one vertical axis.
    struct Panel {
        /// What the vertical axis shows, with its unit.
        let axis: String
        let series: [Series]
    }

    /// A line: points, with a gap where one is nil, and maybe a band around them.
    struct Series {
        let label: String
        let points: [(x: Double, y: Double)?]
        /// Lower and upper ends at some places, drawn as whiskers.
        var whiskers: [(x: Double, low: Double, high: Double)] = []
        /// Whether its points carry signs.
        var hasMarks = false
        /// Its style and sign, from 0; below it is a gold trace's.
        let style: Int

        /// Beyond six styles colours and dashes come again, and lines are told by their signs.
        fileprivate var isSparselyMarked: Bool { !hasMarks && style >= 6 }
        /// The same of no two of the first twenty-four styles of a colour.
        fileprivate var sign: Int { style + style / 12 }
    }

    private static let width = 720
    private static let left = 58.0
    private static let panelHeight = 150.0

    var figure: Figure {
        var plot = Plot()
        let points = panels.flatMap(\.series).flatMap(\.points).compactMap { $0 }
        let end = Double(Self.width) - 16
        let across =
            places.isEmpty
            ? Axis(
                points.map(\.x) + marks, start: Self.left, end: end, ticksMax: 8,
                isWhole: isWhole)
            : Axis(names: places, start: Self.left, end: end)
        var top = 30.0
        for panel in panels {
            draw(panel, across, top, &plot)
            top += Self.panelHeight + 34
        }
        let bottom = top - 34
        for mark in marks {
            plot.line(
                across.place(mark), bottom - 8, across.place(mark), bottom, "rug")
        }
        for (value, label) in across.ticks {
            plot.text(across.place(value), bottom + 14, label, "tick", anchor: "middle")
        }
        plot.text(
            (across.start + across.end) / 2, bottom + 30, axis, "axis", anchor: "middle")
        let height = legend(below: bottom + 48, &plot)
        return Figure(
            name: name, title: title, reading: reading, width: Self.width, height: Int(height),
            style: "plot", elements: plot.elements)
    }

    private func draw(_ panel: Panel, _ across: Axis, _ top: Double, _ plot: inout Plot) {
        let values = panel.series.flatMap { series in
            series.points.compactMap { $0?.y } + series.whiskers.flatMap { [$0.low, $0.high] }
        }
        let upright = Axis(
            values, start: top + Self.panelHeight, end: top, ticksMax: 5)
        plot.verticalAxis(
            upright, left: Self.left, right: Double(Self.width) - 16, name: panel.axis)
        for series in panel.series {
            for whisker in series.whiskers {
                plot.line(
                    across.place(whisker.x), upright.place(whisker.low), across.place(whisker.x),
                    upright.place(whisker.high), "whisker s\(series.style % 6)")
            }
            let placed = series.points.map { point in
                point.map { (x: across.place($0.x), y: upright.place($0.y)) }
            }
            plot.path(placed, Self.curve(series.style))
            guard series.hasMarks || series.isSparselyMarked else { continue }
            let points = placed.compactMap { $0 }
            let step = series.hasMarks ? 1 : max(1, points.count / 8)
            for index in stride(from: 0, to: points.count, by: step) {
                plot.mark(
                    series.sign, points[index].x, points[index].y, "point s\(series.style % 6)")
            }
        }
    }

    /// The style of a line; that of gold traces is below 0.
    private static func curve(_ style: Int) -> String {
        style < 0 ? "curve gold" : "curve s\(style % 6)"
    }

    /// Draws the legend and returns where it ends.
    private func legend(below top: Double, _ plot: inout Plot) -> Double {
        var x = 12.0
        var y = top
        var entries: [Series] = []
        for series in panels.flatMap(\.series)
        where !entries.contains(where: { $0.label == series.label }) {
            entries.append(series)
        }
        for entry in entries {
            let width = 44 + 6.4 * Double(entry.label.count)
            if x > 12, x + width > Double(Self.width) {
                x = 12
                y += 18
            }
            plot.line(x, y, x + 26, y, Self.curve(entry.style))
            if entry.hasMarks || entry.isSparselyMarked {
                plot.mark(entry.sign, x + 13, y, "point s\(entry.style % 6)")
            }
            plot.text(x + 32, y + 4, entry.label, "axis")
            x += width
        }
        if !marks.isEmpty {
            y += 18
            plot.line(16, y - 4, 16, y + 4, "rug")
            plot.text(44, y + 4, marksLabel, "axis")
        }
        return y + 14
    }
}
