extension TableParser {
    private static let lineBreak = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let blank = UInt8(ascii: " ")

    /// Whether a field ends at `place`.
    static func endsField(_ place: UnsafePointer<UInt8>, _ separator: UInt8) -> Bool {
        let byte = place.pointee
        return byte == separator || byte == lineBreak || byte == carriageReturn
    }

    /// Leaves `place` behind a separator; several blanks are one.
    @inline(__always)
    static func passSeparator(_ place: inout UnsafePointer<UInt8>, _ separator: UInt8) {
        place += 1
        if separator == blank { while place.pointee == blank { place += 1 } }
    }

    /// Leaves `place` at the separator or line break after a field.
    static func skipField(_ place: inout UnsafePointer<UInt8>, _ separator: UInt8) {
        let quote = place.pointee
        if quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            var p = place + 1
            while p.pointee != quote && p.pointee != lineBreak { p += 1 }
            if p.pointee == quote { place = p }
        }
        while place.pointee != separator && place.pointee != lineBreak { place += 1 }
        if place.pointee == lineBreak, (place - 1).pointee == carriageReturn { place -= 1 }
    }

    /// The bytes of a field without blanks and quotes around; `place` is left as by `skipField`.
    static func fieldBytes(
        _ place: inout UnsafePointer<UInt8>, _ separator: UInt8
    ) -> [UInt8] {
        var start = place
        skipField(&place, separator)
        var end = place
        func trim() {
            while start < end, start.pointee == blank || start.pointee == 9 { start += 1 }
            while start < end, (end - 1).pointee == blank || (end - 1).pointee == 9 { end -= 1 }
        }
        trim()
        if end - start >= 2, start.pointee == (end - 1).pointee,
            start.pointee == UInt8(ascii: "'") || start.pointee == UInt8(ascii: "\"")
        {
            start += 1
            end -= 1
            trim()
        }
        return Array(UnsafeBufferPointer(start: start, count: end - start))
    }

    /// All fields of the line at `place`, without blanks and quotes around.
    static func fields(_ place: UnsafePointer<UInt8>, _ separator: UInt8) -> [String] {
        var place = place
        var fields: [String] = []
        if separator == blank { while place.pointee == blank { place += 1 } }
        while true {
            fields.append(String(decoding: fieldBytes(&place, separator), as: UTF8.self))
            guard place.pointee == separator else { return fields }
            passSeparator(&place, separator)
        }
    }

    /// Leaves `place` behind the line that it is in.
    static func skipLine(_ place: inout UnsafePointer<UInt8>) {
        while place.pointee != lineBreak { place += 1 }
        place += 1
    }

    /// The line at `place` without its line break; `place` is left behind it.
    static func lineBytes(_ place: inout UnsafePointer<UInt8>) -> [UInt8] {
        let start = place
        skipLine(&place)
        var count = place - start - 1
        if count > 0, start[count - 1] == carriageReturn { count -= 1 }
        return Array(UnsafeBufferPointer(start: start, count: count))
    }

    /// Whether the line at `place` is blank, which is passed over.
    func skipsBlankLine(_ place: inout UnsafePointer<UInt8>) -> Bool {
        var p = place
        if p.pointee == TableParser.carriageReturn { p += 1 }
        guard p.pointee == TableParser.lineBreak else { return false }
        place = p + 1
        return true
    }

    /// Leaves `place` behind the line break after the last field.
    @inline(__always)
    func endRow(
        _ place: inout UnsafePointer<UInt8>, _ start: UnsafePointer<UInt8>,
        _ columns: TableColumns, _ separator: UInt8
    ) throws(TableError) {
        if place.pointee == TableParser.carriageReturn { place += 1 }
        guard place.pointee == TableParser.lineBreak else {
            let count = TableParser.fields(start, separator).count
            throw TableError(
                problem: """
                    the row has \(count) fields where \(columns.fields.count) were expected. \
                    Check the header and the separator.
                    """)
        }
        place += 1
    }

    /// Why a row has too few fields.
    func shortRow(
        from start: UnsafePointer<UInt8>, fields: Int, _ columns: TableColumns, _ separator: UInt8
    ) -> TableError {
        let character = Character(Unicode.Scalar(separator))
        let expected = columns.fields.count
        return TableError(
            problem: isCutOff
                ? """
                the row ends after \(fields) of \(expected) fields, and the file with it: it is \
                cut off. Copy or write it again.
                """
                : """
                the row has \(fields) fields where \(expected) were expected, with \
                `\(character == "\t" ? "tab" : "\(character)")` between. Check the separator and \
                the row.
                """)
    }
}

extension Table {
    /// The number of rows.
    public var rows: Int { instances.last?.rows.upperBound ?? 0 }
}
