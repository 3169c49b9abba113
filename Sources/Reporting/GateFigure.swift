/// Gate weights as SVG: a row a feature, a column a test culture, the share printed in each cell on
/// the colour of how often it is an equal share.
struct GateFigure {
    let name: String
    let title: String
    let columns: [String]
    let blocks: [Block]

    /// What is weighed against each other: the features of a modality, or the modalities.
    struct Block {
        /// Such as `audio`.
        let name: String
        /// How many are weighed.
        let count: Int
        let rows: [Row]
    }

    /// A feature, or all that are not shown one by one.
    struct Row {
        let label: String
        /// How many features it stands for.
        let count: Int
        /// Its share in each column, from 0 to 1; nil where nothing was weighed.
        let shares: [Double?]
    }

    private static let cell = (width: 92, height: 26, space: 3)
    private static let swatch = (width: 44, height: 12)
    private static let labelMax = 34
    private static let head = 44
    /// The lower ends of the bands, in equal shares.
    private static let ticks = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5]

    private var labelWidth: Int {
        let longest = blocks.flatMap(\.rows).map { min($0.label.count, Self.labelMax) }.max() ?? 0
        return max(150, 8 * longest + 14)
    }

    private var width: Int {
        max(
            labelWidth + columns.count * (Self.cell.width + Self.cell.space),
            Self.ticks.count * Self.swatch.width + 4, 480)
    }

    /// The image. Colours come from the page's style sheet.
    var figure: Figure {
        var plot = Plot()
        plot.text(2, 16, "share of a modality's gate (%)", "axis")
        plot.text(2, 36, "tested on →", "axis")
        for (index, column) in columns.enumerated() {
            plot.text(middle(index), 36, Self.shortened(column, 12), anchor: "middle")
        }
        var elements = plot.elements
        var top = Self.head
        for block in blocks {
            var heading = Plot()
            heading.text(2, Double(top + 16), block.heading, "axis")
            elements += heading.elements
            top += 24
            for row in block.rows {
                elements += draw(row, of: block, top)
                top += Self.cell.height + Self.cell.space
            }
            top += 8
        }
        return Figure(
            name: name, title: title, reading: Self.reading, width: width, height: top + 50,
            style: "heat", elements: elements + legend(top + 8))
    }

    private static let reading = """
        How much of a modality's gate each feature gets in recordings of a culture: the mean over \
        all predicted frames and over the networks that are tested there; the shares of a modality \
        add up to 100 %. The stronger the colour, the further above an equal share. Where columns \
        differ, a model looks at other features in other cultures; in schemes that train for each \
        culture its networks differ too.
        """

    private func middle(_ column: Int) -> Double {
        Double(left(column) + Self.cell.width / 2)
    }

    private func left(_ column: Int) -> Int {
        labelWidth + column * (Self.cell.width + Self.cell.space)
    }

    private func draw(_ row: Row, of block: Block, _ top: Int) -> [String] {
        var words = Plot()
        words.text(8, Double(top + 18), Self.shortened(row.label, Self.labelMax))
        return words.elements
            + columns.indices.map { column in
                let box = """
                    <rect x="\(left(column))" y="\(top)" width="\(Self.cell.width)" \
                    height="\(Self.cell.height)" rx="3"/>
                    """
                var value = Plot()
                guard let share = row.shares[column] else {
                    value.text(middle(column), Double(top + 18), "none", anchor: "middle")
                    return "<g class=\"blank\">\(box)\(value.elements.joined())</g>"
                }
                let multiple = share * Double(block.count) / Double(row.count)
                let band = Self.ticks.lastIndex { multiple >= $0 } ?? 0
                value.text(
                    middle(column), Double(top + 18), Fixed.text(100 * share, decimals: 1) + " %",
                    anchor: "middle")
                return "<g class=\"b\(band + 1)\">\(box)\(value.elements.joined())</g>"
            }
    }

    private func legend(_ top: Int) -> [String] {
        var words = Plot()
        words.text(
            2, Double(top), "multiple of an equal share (no unit), lower end of each band", "axis")
        var elements: [String] = []
        for (band, tick) in Self.ticks.enumerated() {
            let x = 2 + band * Self.swatch.width
            elements.append(
                """
                <g class="b\(band + 1)"><rect x="\(x)" y="\(top + 6)" \
                width="\(Self.swatch.width)" height="\(Self.swatch.height)"/></g>
                """)
            let whole = tick == tick.rounded()
            words.text(
                Double(x), Double(top + 30), Fixed.text(tick, decimals: whole ? 0 : 2), "tick")
        }
        return words.elements + elements
    }

    private static func shortened(_ name: String, _ count: Int) -> String {
        name.count > count ? name.prefix(count - 1) + "…" : name
    }
}

extension GateFigure.Block {
    /// Its name and what an equal share is.
    fileprivate var heading: String {
        "\(name): \(count), an equal share is \(Fixed.text(100 / Double(count), decimals: 1)) %"
    }
}
