extension TableParser {
    /// Reads a row of LibSVM, `label index:value …`, with indices from 1 in rising order.
    mutating func readSparse(_ place: inout UnsafePointer<UInt8>) throws(TableError) {
        if skipsBlankLine(&place) { return }
        let blank = UInt8(ascii: " ")
        var last = 0
        for (number, field) in TableParser.fields(place, blank).enumerated() where number > 0 {
            if field.isEmpty { continue }
            let parts = field.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let index = Int(parts[0]), index > last,
                index <= TableParser.sparseWidthMax
            else {
                throw TableError(
                    column: number + 1,
                    problem: """
                        expected `index:value` with a larger index than \(last) and found \
                        `\(TableError.shown(field))`. Correct the row.
                        """)
            }
            guard let value = Double(parts[1]), value.magnitude <= TableParser.valueMax else {
                throw TableParser.notANumber(String(parts[1]), "\(index)", number)
            }
            if case .sparse(let width?) = format.syntax, index > width {
                throw TableError(
                    column: number + 1,
                    problem: "the index \(index) is beyond the width \(width) that was said.")
            }
            sparse.append(SparseValue(row: sparseRows, column: index - 1, value: Float(value)))
            width = max(width, index)
            last = index
        }
        TableParser.skipLine(&place)
        sparseRows += 1
    }

    /// Makes the table of what was read.
    mutating func finishSparse() throws(TableError) {
        if case .sparse(let said?) = format.syntax { width = said }
        guard width > 0, sparseRows <= TableParser.sparseValuesMax / width else {
            throw TableError(problem: "the file has \(sparseRows) rows of \(width) values.")
        }
        table = Table(columns: (0..<width).map { "\($0 + 1)" })
        table.values = [Float](repeating: 0, count: sparseRows * width)
        for entry in sparse { table.values[entry.row * width + entry.column] = entry.value }
        sparse = []
        if sparseRows > 0 { table.instances = [Table.Instance(name: nil, rows: 0..<sparseRows)] }
    }

    private static let sparseWidthMax = 1 << 20
    private static let sparseValuesMax = 1 << 28
}

/// A value of a LibSVM file.
struct SparseValue {
    let row: Int
    let column: Int
    let value: Float
}
