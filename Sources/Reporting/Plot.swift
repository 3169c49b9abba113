/// Parts of a figure, drawn one by one in pixels from the upper left corner.
struct Plot {
    private(set) var elements: [String] = []

    /// A straight line.
    mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String
    ) {
        elements.append(
            """
            <line x1="\(px(x1))" y1="\(px(y1))" x2="\(px(x2))" y2="\(px(y2))" class="\(style)"/>
            """)
    }

    /// Lines through points; a nil is a gap.
    mutating func path(_ points: [(x: Double, y: Double)?], _ style: String) {
        var words: [String] = []
        var isOpen = false
        for point in points {
            guard let point else {
                isOpen = false
                continue
            }
            words.append("\(isOpen ? "L" : "M")\(px(point.x)) \(px(point.y))")
            isOpen = true
        }
        guard !words.isEmpty else { return }
        elements.append("<path d=\"\(words.joined())\" class=\"\(style)\"/>")
    }

    /// A sign at a point: a circle, square, diamond or triangle, as `kind` goes on from 0.
    mutating func mark(_ kind: Int, _ x: Double, _ y: Double, _ style: String, size: Double = 4) {
        let (a, b) = (size, size * 1.3)
        switch kind % 4 {
        case 0:
            elements.append(
                "<circle cx=\"\(px(x))\" cy=\"\(px(y))\" r=\"\(px(a))\" class=\"\(style)\"/>")
        case 1: polygon([(x - a, y - a), (x + a, y - a), (x + a, y + a), (x - a, y + a)], style)
        case 2: polygon([(x, y - b), (x + b, y), (x, y + b), (x - b, y)], style)
        default: polygon([(x, y - b), (x + b, y + a), (x - b, y + a)], style)
        }
    }

    /// Text whose base line begins, is centred or ends at a point.
    mutating func text(
        _ x: Double, _ y: Double, _ text: String, _ style: String = "", anchor: String = "start"
    ) {
        let style = style.isEmpty ? "" : " class=\"\(style)\""
        let anchor = anchor == "start" ? "" : " text-anchor=\"\(anchor)\""
        elements.append(
            "<text x=\"\(px(x))\" y=\"\(px(y))\"\(style)\(anchor)>\(HTML.number(text))</text>")
    }

    /// The room that a label of a row needs.
    static func width(ofLabel text: String) -> Double { Double(text.count) * 6.6 + 16 }

    /// The label of a row, which ends at a point; where it would begin left of the figure its
    /// middle is left out, and shown where the pointer rests on it.
    mutating func label(_ x: Double, _ y: Double, _ text: String) {
        let most = max(8, Int((x - 16) / 6.6))
        guard text.count > most else { return self.text(x, y, text, "label", anchor: "end") }
        let short = text.prefix((most - 1) / 2) + "…" + text.suffix(most / 2)
        elements.append(
            "<text x=\"\(px(x))\" y=\"\(px(y))\" class=\"label\" text-anchor=\"end\">"
                + "<title>\(HTML.escaped(text))</title>\(HTML.number(String(short)))</text>")
    }

    /// A horizontal axis with ticks below and faint lines up to `top`, and its name.
    mutating func horizontalAxis(_ axis: Axis, top: Double, bottom: Double, name: String) {
        for (value, label) in axis.ticks {
            line(axis.place(value), top, axis.place(value), bottom, value == 0 ? "zero" : "rule")
            text(axis.place(value), bottom + 14, label, "tick", anchor: "middle")
        }
        text((axis.start + axis.end) / 2, bottom + 30, name, "axis", anchor: "middle")
    }

    /// A vertical axis with ticks on the left and faint lines up to `right`, and its name above.
    mutating func verticalAxis(_ axis: Axis, left: Double, right: Double, name: String) {
        for (value, label) in axis.ticks {
            line(left, axis.place(value), right, axis.place(value), value == 0 ? "zero" : "rule")
            text(left - 6, axis.place(value) + 4, label, "tick", anchor: "end")
        }
        text(left - 40, min(axis.start, axis.end) - 10, name, "axis")
    }

    private mutating func polygon(_ points: [(Double, Double)], _ style: String) {
        let words = points.map { "\(px($0.0)),\(px($0.1))" }.joined(separator: " ")
        elements.append("<polygon points=\"\(words)\" class=\"\(style)\"/>")
    }

    private func px(_ value: Double) -> String { Fixed.text(value, decimals: 1) }
}

/// A linear axis from values to pixels.
struct Axis {
    /// The values at its ends.
    let low: Double, high: Double
    /// The pixels at its ends.
    let start: Double, end: Double
    /// The values with a tick, and how they are written.
    let ticks: [(value: Double, label: String)]

    /// An axis that holds all finite `values`, from tick to tick.
    ///
    /// - Parameters:
    ///   - ticksMax: the most intervals that it is divided into.
    ///   - isWhole: whether only whole numbers have ticks.
    init(
        _ values: [Double], start: Double, end: Double, ticksMax: Int = 6, isWhole: Bool = false
    ) {
        let finite = values.filter(\.isFinite)
        let least = finite.min() ?? 0
        let most = max(finite.max() ?? 1, least + 1e-6)
        let width = (most - least) / Double(ticksMax)
        let step = Self.step(isWhole ? max(1, width) : width)
        let first = (least / step.size).rounded(.down)
        let last = (most / step.size).rounded(.up)
        low = first * step.size
        high = last * step.size
        self.start = start
        self.end = end
        ticks = (0...Int(last - first)).map { index in
            let value = (first + Double(index)) * step.size
            return (value, Fixed.text(value, decimals: step.decimals))
        }
    }

    /// An axis of evenly spaced places, from 0, with these names.
    init(names: [String], start: Double, end: Double) {
        low = -0.5
        high = Double(names.count) - 0.5
        self.start = start
        self.end = end
        ticks = names.enumerated().map { (Double($0), $1) }
    }

    /// Where a value stands.
    func place(_ value: Double) -> Double {
        start + (value - low) / (high - low) * (end - start)
    }

    /// The smallest of 1, 2 and 5 times a power of ten that is at least `size`.
    private static func step(_ size: Double) -> (size: Double, decimals: Int) {
        for decimals in stride(from: 9, through: 0, by: -1) {
            let unit = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
            for factor in [1.0, 2, 5] where factor / unit >= size {
                return (factor / unit, decimals)
            }
        }
        var unit = 10.0
        while 5 * unit < size { unit *= 10 }
        return (([1.0, 2, 5].first { $0 * unit >= size } ?? 5) * unit, 0)
    }
}
