import Scoring

/// The CCC of each recording, a lane for each model and test side.
struct StripPlot {
    let name: String
    let title: String
    let axis: String
    let reading: String
    let lanes: [Lane]

    /// The recordings of a test side.
    struct Lane {
        let label: String
        let kind: Kind
        let values: [Double]
        /// Their mean; nil where there is none.
        let mean: Double?
    }

    /// Whence the model came, told by the sign.
    enum Kind: Int, CaseIterable {
        case within, cross, pooled, other

        var label: String {
            switch self {
            case .within: "within-culture"
            case .cross: "cross-culture"
            case .pooled: "pooled"
            case .other: "other schemes"
            }
        }
    }

    private static let height = 26.0
    private static let top = 12.0
    private static let width = 720

    private var labelWidth: Double {
        min(320, lanes.map { Plot.width(ofLabel: $0.label) }.max() ?? 0)
    }

    var figure: Figure {
        var plot = Plot()
        let axis = Axis(
            lanes.flatMap(\.values) + [0, 1], start: labelWidth + 14,
            end: Double(Self.width) - 16)
        let bottom = Self.top + Self.height * Double(lanes.count) + 4
        plot.horizontalAxis(axis, top: Self.top - 4, bottom: bottom, name: self.axis)
        for (index, lane) in lanes.enumerated() {
            let y = Self.top + Self.height * (Double(index) + 0.5)
            plot.label(labelWidth, y + 4, lane.label)
            for (number, value) in lane.values.enumerated() {
                // Points that would hide each other stand a little apart, always in the same way.
                let apart = Double(number * 7 % 5 - 2) * 2.4
                plot.mark(
                    lane.kind.rawValue, axis.place(value), y + apart,
                    "point s\(lane.kind.rawValue)", size: 3)
            }
            if let mean = lane.mean.map(axis.place) {
                plot.line(mean, y - 10, mean, y + 10, "mean")
            }
        }
        var x = 12.0
        for kind in Kind.allCases where lanes.contains(where: { $0.kind == kind }) {
            plot.mark(kind.rawValue, x, bottom + 44, "point s\(kind.rawValue)", size: 3)
            plot.text(x + 9, bottom + 48, kind.label, "axis")
            x += 24 + 6.2 * Double(kind.label.count)
        }
        plot.line(x, bottom + 38, x, bottom + 52, "mean")
        plot.text(x + 9, bottom + 48, "mean of the recordings", "axis")
        return Figure(
            name: name, title: title, reading: reading, width: Self.width,
            height: Int(bottom) + 58, style: "plot", elements: plot.elements)
    }
}
