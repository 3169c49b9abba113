/// Reads a table of numbers from text whose bytes come piece by piece.
///
/// ```swift
/// var parser = TableParser(.openSMILE)
/// while let bytes = next() { try parser.push(bytes) }
/// let table = try parser.finish()  // columns by name, times, values
/// ```
///
/// It knows comma, semicolon, tab or blank between fields, a header or none, single or double
/// quotes, LF or CRLF, ARFF, and LibSVM. Memory is that of the wanted columns, and of one line.
/// - Complexity: O(bytes).
public struct TableParser {
    /// The most bytes of a line: more than any feature set of the field needs.
    static let lineBytesMax = 16 << 20

    let format: TableFormat
    var table = Table(columns: [])
    /// The lines that are read, which is the number of the current one, from 1.
    var line = 0
    /// Whether the bytes end with the current line, and without a line break.
    var isCutOff = false
    var phase = Phase.first
    /// The number of wanted columns.
    var width = 0
    /// The row that is being read, as wide as the table.
    let row: RowMemory
    /// The name that the current instance's rows give.
    var nameBytes: [UInt8] = []
    /// The same with its quotes.
    var rawName: [UInt8] = []
    var instanceNames: Set<String> = []
    /// The columns that ARFF's header has named so far.
    var attributes: [ARFFAttribute] = []
    /// LibSVM's values and rows so far.
    var sparse: [SparseValue] = []
    var sparseRows = 0
    /// The start of a line whose end has not come yet.
    private var rest: [UInt8] = []

    /// What the next line is.
    enum Phase {
        /// The first line of the file.
        case first
        /// A line of ARFF's header.
        case attributes
        /// A row with fields between separators.
        case rows(TableColumns, separator: UInt8)
        /// A row of LibSVM.
        case sparse
    }

    /// A parser for tables of this format.
    public init(_ format: TableFormat) {
        self.format = format
        row = RowMemory()
    }

    /// Takes in the next bytes.
    ///
    /// - Throws: ``TableError`` for the first line that is not as the format says.
    public mutating func push(_ bytes: UnsafeRawBufferPointer) throws(TableError) {
        let bytes = bytes.assumingMemoryBound(to: UInt8.self)
        let lineBreak = UInt8(ascii: "\n")
        guard let last = bytes.lastIndex(of: lineBreak) else { return try keep(bytes[...]) }
        var start = 0
        if !rest.isEmpty {
            let end = bytes.firstIndex(of: lineBreak) ?? last
            try keep(bytes[...end])
            try readRest()
            start = end + 1
        }
        if let base = bytes.baseAddress, start <= last {
            try read(from: base + start, to: base + last + 1)
        }
        try keep(bytes[(last + 1)...])
    }

    /// The table, after all bytes.
    ///
    /// - Throws: ``TableError`` when the last line is cut off, or there is no row.
    public mutating func finish() throws(TableError) -> Table {
        if !rest.isEmpty {
            isCutOff = true
            rest.append(UInt8(ascii: "\n"))
            try readRest()
        }
        switch phase {
        case .first:
            throw TableError(problem: "the file is empty. Write it again.")
        case .attributes:
            throw TableError(
                line: line, problem: "the ARFF header ends without @data. The file is cut off.")
        case .sparse: try finishSparse()
        case .rows: break
        }
        guard !table.instances.isEmpty else {
            throw TableError(problem: "the file has a header and no row. Write it again.")
        }
        return table
    }

    private mutating func keep(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) throws(TableError) {
        rest.append(contentsOf: bytes)
        guard rest.count <= TableParser.lineBytesMax else {
            throw TableError(
                line: line + 1,
                problem: """
                    the line is longer than \(TableParser.lineBytesMax >> 20) MiB. The file is no \
                    table in text, or its line breaks are lost.
                    """)
        }
    }

    private mutating func readRest() throws(TableError) {
        let bytes = rest
        rest.removeAll(keepingCapacity: true)
        let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        defer { memory.deallocate() }
        _ = memory.initialize(from: bytes)
        let base = UnsafePointer(memory.baseAddress!)
        try read(from: base, to: base + bytes.count)
    }

    /// Reads whole lines.
    private mutating func read(
        from start: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>
    ) throws(TableError) {
        var place = start
        while place < end {
            line += 1
            do throws(TableError) {
                switch phase {
                case .rows(let columns, let separator):
                    try readRow(&place, columns, separator)
                case .first: try readFirst(&place)
                case .attributes: try readAttribute(&place)
                case .sparse: try readSparse(&place)
                }
            } catch {
                var error = error
                error.line = error.line ?? line
                throw error
            }
        }
    }
}

/// The values of one row.
final class RowMemory {
    private(set) var values = UnsafeMutablePointer<Float>.allocate(capacity: 1)

    /// Makes room for `width` values.
    func reserve(_ width: Int) {
        values.deallocate()
        values = .allocate(capacity: max(1, width))
        values.initialize(repeating: 0, count: max(1, width))
    }

    deinit { values.deallocate() }
}
