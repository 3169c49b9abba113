extension TableParser {
    /// Reads a row, and leaves `place` behind its line break.
    mutating func readRow(
        _ place: inout UnsafePointer<UInt8>, _ columns: TableColumns, _ separator: UInt8
    ) throws(TableError) {
        let start = place
        if skipsBlankLine(&place) { return }
        var time = Double.nan
        var isMeasured = true
        var isNew = table.instances.isEmpty
        let count = columns.roles.count
        for field in 0..<count {
            switch columns.roles[field] {
            case .value(let slot):
                row.values[slot] = Float(try number(&place, columns, field, separator))
            case .ignored: TableParser.skipField(&place, separator)
            case .time: time = try seconds(&place, columns, field, separator)
            case .name: isNew = startsInstance(&place, separator) || isNew
            case .success:
                isMeasured = try number(&place, columns, field, separator) > 0 && isMeasured
            case .confidence(let slot):
                let confidence = try number(&place, columns, field, separator)
                isMeasured =
                    confidence > 0 && confidence >= format.confidenceMin && isMeasured
                if let slot { row.values[slot] = Float(confidence) }
            }
            if place.pointee == separator {
                TableParser.passSeparator(&place, separator)
            } else if field < count - 1 {
                throw shortRow(from: start, fields: field + 1, columns, separator)
            }
        }
        try endRow(&place, start, columns, separator)
        try add(time: time, isMeasured: isMeasured, isNew: isNew, columns)
    }

    /// Adds the row that was read to the table.
    private mutating func add(
        time: Double, isMeasured: Bool, isNew: Bool, _ columns: TableColumns
    ) throws(TableError) {
        let number = table.rows
        if isNew {
            let name = nameBytes.isEmpty ? nil : String(decoding: nameBytes, as: UTF8.self)
            guard instanceNames.insert(name ?? "").inserted else {
                throw TableError(
                    problem: """
                        rows of `\(TableError.shown(name ?? ""))` stand in two places of the file. \
                        Sort it by name.
                        """)
            }
            table.instances.append(Table.Instance(name: name, rows: number..<number))
        }
        if table.times != nil {
            if !isNew, let before = table.times?.last { try checkOrder(time, after: before) }
            table.times?.append(time)
        }
        table.isMeasured?.append(isMeasured)
        table.values.append(
            contentsOf: UnsafeBufferPointer(start: row.values, count: width))
        let last = table.instances.count - 1
        table.instances[last].rows = table.instances[last].rows.lowerBound..<number + 1
    }

    private func checkOrder(_ time: Double, after before: Double) throws(TableError) {
        guard time <= before else { return }
        throw TableError(
            problem: time == before
                ? "the time \(time) s stands on two lines. Keep one row a time, or one face a file."
                : "the time \(time) s follows \(before) s. Sort the rows by time.")
    }

    // MARK: Fields

    /// The largest value that float32 holds.
    static let valueMax = Double(Float.greatestFiniteMagnitude)

    /// The number in a field; not-a-number for a word that says that there is none.
    @inline(__always)
    private func number(
        _ place: inout UnsafePointer<UInt8>, _ columns: TableColumns, _ field: Int,
        _ separator: UInt8
    ) throws(TableError) -> Double {
        let start = place
        if let number = DecimalText.scan(&place), number.magnitude <= TableParser.valueMax {
            let byte = place.pointee
            if byte == separator || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                return number
            }
        }
        place = start
        return try unusualNumber(&place, columns, field, separator)
    }

    /// The same for a field with blanks or quotes around, or with no number in it.
    private func unusualNumber(
        _ place: inout UnsafePointer<UInt8>, _ columns: TableColumns, _ field: Int,
        _ separator: UInt8
    ) throws(TableError) -> Double {
        var bytes = TableParser.fieldBytes(&place, separator)
        guard !MissingWord.isOne(bytes) else { return .nan }
        bytes.append(UInt8(ascii: "\n"))
        let read = bytes.withUnsafeBufferPointer { buffer -> Double? in
            guard var p = buffer.baseAddress else { return nil }
            let number = DecimalText.scan(&p)
            return p == buffer.baseAddress! + (buffer.count - 1) ? number : nil
        }
        if let read, read.magnitude <= TableParser.valueMax { return read }
        throw TableParser.notANumber(
            String(decoding: bytes.dropLast(), as: UTF8.self), columns.fields[field], field)
    }

    static func notANumber(_ text: String, _ name: String, _ field: Int) -> TableError {
        let shown = TableError.shown(text)
        let digits = text.utf8.filter { (48...57).contains($0) }.count
        let hasComma = text.utf8.count { $0 == UInt8(ascii: ",") } == 1
        let problem =
            hasComma && digits > 0 && digits + 3 >= text.utf8.count
            ? "`\(shown)` has a decimal comma. Write decimal points."
            : Double(text) != nil
                ? "`\(shown)` is beyond float32. Write NaN where there is no number."
                : "expected a number and found `\(shown)`. Correct it, or choose other columns."
        return TableError(column: field + 1, columnName: TableError.shown(name), problem: problem)
    }

    /// The time in a field, in seconds: a number, or what pandas writes, `0 days 00:00:01.5`.
    private func seconds(
        _ place: inout UnsafePointer<UInt8>, _ columns: TableColumns, _ field: Int,
        _ separator: UInt8
    ) throws(TableError) -> Double {
        let start = place
        if let number = DecimalText.scan(&place), TableParser.endsField(place, separator) {
            let seconds = number * format.secondsPerUnit
            if seconds.magnitude < TimeText.secondsMax { return seconds }
        }
        place = start
        let bytes = TableParser.fieldBytes(&place, separator)
        let text = String(decoding: bytes, as: UTF8.self)
        if let seconds = TimeText.seconds(text, secondsPerUnit: format.secondsPerUnit) {
            return seconds
        }
        throw TableError(
            column: field + 1, columnName: TableError.shown(columns.fields[field]),
            problem: """
                expected a time and found `\(TableError.shown(text))`. Write seconds with a \
                decimal point.
                """)
    }

    /// Whether the name at `place` is another than that of the row before.
    private mutating func startsInstance(
        _ place: inout UnsafePointer<UInt8>, _ separator: UInt8
    ) -> Bool {
        let start = place
        TableParser.skipField(&place, separator)
        let length = place - start
        let raw = UnsafeBufferPointer(start: start, count: length)
        guard length != rawName.count || !raw.elementsEqual(rawName) else { return false }
        rawName = Array(raw)
        var again = start
        nameBytes = TableParser.fieldBytes(&again, separator)
        return true
    }
}

/// Times that are not just numbers.
enum TimeText {
    /// No time of a recording is so large; it is about 30 years.
    static let secondsMax = 1e9

    /// Seconds in `1.5`, `00:01:02.5` or `0 days 00:01:02.5`; nil for anything else.
    static func seconds(_ text: String, secondsPerUnit: Double) -> Double? {
        if let number = Double(text) {
            let seconds = number * secondsPerUnit
            return seconds.magnitude < secondsMax ? seconds : nil
        }
        let words = text.split(separator: " ")
        guard words.count == 1 || words.count == 3 && words[1].hasPrefix("day"),
            let clock = words.last
        else { return nil }
        let parts = clock.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, let hours = Double(parts[0]), let minutes = Double(parts[1]),
            let seconds = Double(parts[2])
        else { return nil }
        let days = words.count == 3 ? Double(words[0]) : 0
        let total = (days ?? .nan) * 86_400 + hours * 3600 + minutes * 60 + seconds
        return total.magnitude < secondsMax ? total : nil
    }
}
