/// A column of an ARFF file.
struct ARFFAttribute {
    let name: String
    /// Whether it is a number; else it is text, a nominal or a date.
    let isNumeric: Bool
}

extension TableParser {
    /// Reads the first line that is not blank: a header, the first row, or ARFF's first line.
    mutating func readFirst(_ place: inout UnsafePointer<UInt8>) throws(TableError) {
        if line == 1 { try passByteOrderMark(&place) }
        if skipsBlankLine(&place) { return }
        if case .sparse = format.syntax {
            phase = .sparse
            return try readSparse(&place)
        }
        if place.pointee == UInt8(ascii: "@") || place.pointee == UInt8(ascii: "%") {
            phase = .attributes
            return try readAttribute(&place)
        }
        let separator = format.separator ?? TableParser.separator(of: place)
        let fields = TableParser.fields(place, separator)
        if separator == UInt8(ascii: " "), TableParser.isSparse(fields) {
            phase = .sparse
            return try readSparse(&place)
        }
        let isHeader: Bool
        if let said = format.hasHeader { isHeader = said } else {
            isHeader = try TableParser.isHeader(fields)
        }
        let columns =
            isHeader
            ? try TableColumns(named: fields, format) : try TableColumns(unnamed: fields, format)
        begin(columns, separator)
        table.hasHeader = isHeader
        if isHeader {
            TableParser.skipLine(&place)
        } else {
            try readRow(&place, columns, separator)
        }
    }

    /// Whether a first line of these fields names the columns.
    ///
    /// pandas calls columns 0, 1, 2 … that have no name, behind an empty field where rows have
    /// numbers too. Without that field the line may be a row as well.
    private static func isHeader(_ fields: [String]) throws(TableError) -> Bool {
        let named = fields.first == "" ? fields.dropFirst() : fields[...]
        if fields.contains(where: TableColumns.isKnownWord) { return true }
        if !named.isEmpty, named.allSatisfy({ TableColumns.isText($0) }) { return true }
        guard !named.isEmpty, named.enumerated().allSatisfy({ $1 == "\($0)" }) else {
            return false
        }
        guard named.count == fields.count else { return true }
        throw TableError(
            problem: """
                `\(TableError.shown(fields.joined(separator: " ")))` may be names of columns or a \
                first row. Say which: --header or --no-header.
                """)
    }

    /// Reads a line of an ARFF header.
    mutating func readAttribute(_ place: inout UnsafePointer<UInt8>) throws(TableError) {
        let text = String(decoding: TableParser.lineBytes(&place), as: UTF8.self)
        var words = text.drop { $0 == " " || $0 == "\t" }
        guard !words.isEmpty, !words.hasPrefix("%") else { return }
        let keyword = words.prefix { $0 != " " && $0 != "\t" }
        words = words.dropFirst(keyword.count).drop { $0 == " " || $0 == "\t" }
        switch keyword.lowercased() {
        case "@relation": break
        case "@attribute":
            attributes.append(try TableParser.attribute(words))
        case "@data":
            let textual = attributes.indices.filter { !attributes[$0].isNumeric }
            begin(
                try TableColumns(
                    named: attributes.map(\.name), textual: Set(textual), format),
                UInt8(ascii: ","))
        default:
            throw TableError(
                problem: """
                    expected @relation, @attribute or @data and found \
                    `\(TableError.shown(String(keyword)))`. Correct the ARFF header.
                    """)
        }
    }

    /// `F0 numeric`, `'a name' string`, `class {a, b}`.
    private static func attribute(_ words: Substring) throws(TableError) -> ARFFAttribute {
        var name = words.prefix { $0 != " " && $0 != "\t" }
        var rest = words.dropFirst(name.count)
        if let quote = words.first, quote == "'" || quote == "\"",
            let end = words.dropFirst().firstIndex(of: quote)
        {
            name = words[words.index(after: words.startIndex)..<end]
            rest = words[words.index(after: end)...]
        }
        let type = rest.drop { $0 == " " || $0 == "\t" }.lowercased()
        guard !name.isEmpty, !type.isEmpty else {
            throw TableError(
                problem: "an @attribute has a name and a type, such as `@attribute F0 numeric`.")
        }
        let isNumeric = ["numeric", "real", "integer"].contains { type.hasPrefix($0) }
        return ARFFAttribute(name: String(name), isNumeric: isNumeric)
    }

    private mutating func begin(_ columns: TableColumns, _ separator: UInt8) {
        width = columns.columns.count
        row.reserve(width)
        table = Table(columns: columns.columns)
        if columns.roles.contains(.time) { table.times = [] }
        let tellsMeasured = columns.roles.contains { role in
            switch role {
            case .success, .confidence: true
            case .ignored, .name, .time, .value: false
            }
        }
        if tellsMeasured { table.isMeasured = [] }
        phase = .rows(columns, separator: separator)
    }

    /// Passes the mark of UTF-8, and refuses what is not text of one byte a character.
    private func passByteOrderMark(_ place: inout UnsafePointer<UInt8>) throws(TableError) {
        if place[0] == 0xEF, place[1] == 0xBB, place[2] == 0xBF { place += 3 }
        let isWide =
            place[0] == 0xFE && place[1] == 0xFF || place[0] == 0xFF && place[1] == 0xFE
        var p = place
        var hasOwnReturn = false
        while p.pointee != UInt8(ascii: "\n") && p.pointee != 0 {
            if p.pointee == 13, p[1] != 13, p[1] != UInt8(ascii: "\n") { hasOwnReturn = true }
            p += 1
        }
        guard isWide || p.pointee == 0 || hasOwnReturn else { return }
        if hasOwnReturn, !isWide {
            throw TableError(
                problem: "its lines end in CR, as on old Macs. Convert it: tr '\\r' '\\n'.")
        }
        throw TableError(
            problem: isWide
                ? "the file is UTF-16. Convert it: iconv -f UTF-16 -t UTF-8."
                : "the file has bytes of zero: it is no text, or UTF-16. Convert it: iconv.")
    }

    /// Whether these are the fields of a row of LibSVM: a label, and then `index:value`.
    private static func isSparse(_ fields: [String]) -> Bool {
        guard fields.count > 1 else { return false }
        let parts = fields[1].split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 && Int(parts[0]) != nil && Double(parts[1]) != nil
    }

    /// Semicolon, tab, comma or blank: the first of these that stands in the line outside quotes.
    static func separator(of place: UnsafePointer<UInt8>) -> UInt8 {
        var found: Set<UInt8> = []
        var quote: UInt8 = 0
        var p = place
        while p.pointee != UInt8(ascii: "\n") {
            let byte = p.pointee
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
                quote = byte
            } else {
                found.insert(byte)
            }
            p += 1
        }
        return ";\t, ".utf8.first { found.contains($0) } ?? UInt8(ascii: ",")
    }
}
