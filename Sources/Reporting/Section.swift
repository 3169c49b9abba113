/// A part of a report under a heading of its own.
public struct Section: Hashable, Sendable {
    /// The heading.
    public let title: String
    /// Whether it is background, which the terminal leaves out.
    public let isBackground: Bool
    /// What stands in it, in order.
    public let blocks: [Block]

    /// Whether it holds figures and what belongs to them alone.
    var isFigures: Bool {
        blocks.contains { if case .figure = $0 { true } else { false } }
            && !blocks.contains { $0.table != nil }
    }

    init(_ title: String, isBackground: Bool = false, _ blocks: [Block]) {
        self.title = title
        self.isBackground = isBackground
        self.blocks = blocks
    }
}

/// A block of a report.
public enum Block: Hashable, Sendable {
    /// Running text.
    case paragraph(String)
    /// What must not be overlooked.
    case notice(String)
    /// A table.
    case table(Table)
    /// Models beside each other.
    case comparison(ComparisonTable)
    /// A culture × culture matrix, drawn as a heatmap where that can be.
    case matrix(CultureMatrix)
    /// A figure, which texts leave out.
    case figure(Figure)
}

extension Block {
    /// The figure, where it is one.
    var figure: Figure? {
        switch self {
        case .matrix(let matrix): matrix.figure
        case .figure(let figure): figure
        case .paragraph, .notice, .table, .comparison: nil
        }
    }

    /// The table, where it is one.
    var table: Table? {
        switch self {
        case .table(let table): table
        case .comparison(let comparison): comparison.table
        case .paragraph, .notice, .matrix, .figure: nil
        }
    }
}

/// A table for people.
public struct Table: Hashable, Sendable {
    /// What it shows, with the unit of its numbers.
    public let caption: String
    /// The columns.
    public let columns: [Column]
    /// The rows, in order.
    public let rows: [Line]
    /// What is printed in red over it; nil where nothing of it was chosen on the test side.
    public var mark: String?

    /// Names that are longer are set in lines of their own.
    static let nameMax = 44

    /// It in parts of at most so many columns; each has the names on the left.
    func parts(columnsMax: Int) -> [Table] {
        let names = columns.prefix { !$0.isNumeric }.count
        let rest = columns.count - names
        let room = max(1, columnsMax - names)
        let count = max(1, (rest + room - 1) / room)
        return (0..<count).map { part in
            let shown = names + rest * part / count..<names + rest * (part + 1) / count
            let kept = Array(0..<names) + shown
            let rows = rows.map { line in
                switch line {
                case .banner: line
                case .row(let values): Line.row(kept.map { values[$0] })
                }
            }
            return Table(
                caption: caption, columns: kept.map { columns[$0] }, rows: rows, mark: mark)
        }
    }

    /// A column of a table.
    public struct Column: Hashable, Sendable {
        /// Its heading.
        public let title: String
        /// Whether it holds numbers, which are aligned to the right.
        public let isNumeric: Bool

        /// A column of names.
        static func name(_ title: String) -> Column { Column(title: title, isNumeric: false) }
        /// A column of numbers.
        static func number(_ title: String) -> Column { Column(title: title, isNumeric: true) }
    }

    /// A line of a table.
    public enum Line: Hashable, Sendable {
        /// The name of the lines below, up to the next one.
        case banner(String)
        /// A value for each column.
        case row([Value])
    }

    /// A value in a table.
    public struct Value: Hashable, Sendable, ExpressibleByStringInterpolation {
        /// As it is printed.
        public let text: String
        /// Whether it is the best of its row.
        public var isBest = false

        /// A value that is not the best of its row.
        public init(_ text: String) { self.text = text }

        /// A value that is not the best of its row.
        public init(stringLiteral text: String) { self.text = text }
    }
}
