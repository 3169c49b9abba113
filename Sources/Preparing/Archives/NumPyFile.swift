/// Arrays of NumPy: `.npy` files, and `.npz` archives of them.
public enum NumPyFile {
    /// The table in the bytes of an `.npy` or `.npz` file, with a row for each index of the first
    /// dimension.
    ///
    /// In an archive, an array called `times`, `timestamps` or `timestamp` holds the rows' times;
    /// each other one is a recording, called as the array is. Columns are called 1, 2, 3 …
    ///
    /// - Parameter format: The columns that are wanted, that of times, and the unit of these.
    /// - Throws: ``TableError`` when it is cut off, or holds other than real numbers in one or two
    ///   dimensions, or lacks a column.
    public static func table(
        _ bytes: [UInt8], _ format: TableFormat = TableFormat()
    ) throws(TableError) -> Table {
        guard bytes.starts(with: [0x50, 0x4B]) else {
            return try table([("", try NumPyArray(bytes))], format)
        }
        var arrays: [(String, NumPyArray)] = []
        for entry in try ZipArchive(bytes).entries where entry.name.hasSuffix(".npy") {
            do throws(TableError) {
                arrays.append(
                    (String(entry.name.dropLast(4)), try NumPyArray(try entry.content(of: bytes))))
            } catch {
                throw TableError(
                    problem: "the array `\(TableError.shown(entry.name))`: \(error.problem)")
            }
        }
        return try table(arrays, format)
    }

    private static let timeNames: Set = ["times", "timestamps", "timestamp"]

    private static func table(
        _ arrays: [(name: String, array: NumPyArray)], _ format: TableFormat
    ) throws(TableError) -> Table {
        let times = arrays.first { timeNames.contains($0.name) }?.array
        let features = arrays.filter { !timeNames.contains($0.name) }
        guard let first = features.first?.array, first.rows > 0, first.columns > 0 else {
            throw TableError(problem: "there is no array with values. Write the file again.")
        }
        let columns = try TableColumns(named: (0..<first.columns).map { "\($0 + 1)" }, format)
        var table = Table(columns: columns.columns)
        var columnTimes: [Double] = []
        for (name, array) in features {
            guard array.columns == first.columns else {
                throw TableError(
                    problem: """
                        the array `\(TableError.shown(name))` has \(array.columns) columns, the \
                        first one \(first.columns). Leave out what are no features.
                        """)
            }
            let start = table.rows
            for row in 0..<array.rows {
                for (field, role) in columns.roles.enumerated() {
                    switch role {
                    case .value: table.values.append(try array.float(row, field))
                    case .time: columnTimes.append(array[row, field])
                    case .ignored, .name, .success, .confidence: continue
                    }
                }
            }
            table.instances.append(
                Table.Instance(
                    name: features.count > 1 ? name : nil, rows: start..<start + array.rows))
        }
        if !columnTimes.isEmpty {
            table.times = columnTimes.map { $0 * format.secondsPerUnit }
        } else if let times {
            guard times.columns == 1, times.rows == table.rows, features.count == 1 else {
                throw TableError(
                    problem: "\(times.rows) times stand beside \(table.rows) rows. Give one a row.")
            }
            table.times = times.values.map { $0 * format.secondsPerUnit }
        }
        for instance in table.instances { try checkTimes(table, instance) }
        return table
    }

    private static func checkTimes(
        _ table: Table, _ instance: Table.Instance
    ) throws(TableError) {
        guard let times = table.times?[instance.rows] else { return }
        for (row, time) in times.enumerated() where !(time.magnitude < TimeText.secondsMax) {
            throw TableError(
                line: row + 1,
                problem: "expected a time in seconds and found \(time). Correct it.")
        }
        for (row, pair) in zip(times, times.dropFirst()).enumerated() where pair.0 >= pair.1 {
            throw TableError(
                line: row + 2,
                problem: "the time \(pair.1) follows \(pair.0). Sort the rows by time.")
        }
    }
}

/// An array of NumPy with one or two dimensions.
struct NumPyArray {
    let rows: Int
    let columns: Int
    /// The values, row by row.
    let values: [Double]

    /// The array in the bytes of an `.npy` file.
    init(_ bytes: [UInt8]) throws(TableError) {
        let header = try Header(bytes)
        guard (1...2).contains(header.shape.count) else {
            throw TableError(
                problem: """
                    the array has the shape \(header.shape), and features have two dimensions, \
                    rows and columns. Reshape it.
                    """)
        }
        rows = header.shape[0]
        columns = header.shape.count == 2 ? header.shape[1] : 1
        let size = header.type.bytes
        let available = (bytes.count - header.end) / size
        guard columns == 0 || rows <= available / columns, rows * columns <= 1 << 30 else {
            throw TableError(
                problem: """
                    the array has \(rows) × \(columns) values and bytes for \(available). The file \
                    is cut off.
                    """)
        }
        var values = [Double](repeating: 0, count: rows * columns)
        for place in values.indices {
            let source =
                header.isFortran ? place % columns * rows + place / columns : place
            values[place] = header.type.value(bytes, at: header.end + source * size)
        }
        self.values = values
    }

    /// The value in this row and column.
    subscript(row: Int, column: Int) -> Double { values[row * columns + column] }

    /// The same in float32; not-a-number stays.
    func float(_ row: Int, _ column: Int) throws(TableError) -> Float {
        let value = self[row, column]
        guard !(value.magnitude > TableParser.valueMax) else {
            throw TableError(
                line: row + 1, column: column + 1,
                problem: "\(value) is beyond float32. Write NaN where there is no number.")
        }
        return Float(value)
    }

    /// How one number is stored.
    struct NumberType {
        let letter: Character
        let bytes: Int
        let isBigEndian: Bool

        /// A type by NumPy's word for it, such as `<f4`; nil for what is no real number.
        init?(_ word: some StringProtocol) {
            guard let order = word.first, let size = Int(word.dropFirst(2)),
                let letter = word.dropFirst().first, "<>|=".contains(order)
            else { return nil }
            let sizes: [Character: [Int]] = [
                "f": [2, 4, 8], "i": [1, 2, 4, 8], "u": [1, 2, 4, 8], "b": [1],
            ]
            guard sizes[letter]?.contains(size) == true else { return nil }
            self.letter = letter
            bytes = size
            isBigEndian = order == ">"
        }

        func value(_ source: [UInt8], at start: Int) -> Double {
            var bits: UInt64 = 0
            for place in 0..<bytes {
                let byte = UInt64(source[start + (isBigEndian ? place : bytes - 1 - place)])
                bits = bits << 8 | byte
            }
            switch (letter, bytes) {
            case ("f", 2): return NumberType.half(UInt16(bits))
            case ("f", 4): return Double(Float(bitPattern: UInt32(bits)))
            case ("f", _): return Double(bitPattern: bits)
            case ("i", _):
                let shift = UInt64(64 - 8 * bytes)
                return Double(Int64(bitPattern: bits << shift) >> Int64(shift))
            default: return Double(bits)
            }
        }

        /// A float16, which not every processor knows.
        private static func half(_ bits: UInt16) -> Double {
            let sign: Double = bits >> 15 == 1 ? -1 : 1
            let fraction = Double(bits & 0x3FF)
            switch bits >> 10 & 31 {
            case 0: return sign * fraction * 0x1p-24
            case 31: return fraction == 0 ? sign * .infinity : .nan
            case let exponent:
                let scale = Double(bitPattern: UInt64(1023 - 25 + exponent) << 52)
                return sign * (1024 + fraction) * scale
            }
        }
    }

    /// What stands before the values.
    private struct Header {
        let type: NumberType
        let isFortran: Bool
        let shape: [Int]
        /// Where the values begin.
        let end: Int

        init(_ bytes: [UInt8]) throws(TableError) {
            let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
            guard bytes.count >= 12, bytes.starts(with: magic) else {
                throw TableError(problem: "it is no array of NumPy, or cut off. Save it again.")
            }
            let isLong = bytes[6] > 1
            let start = isLong ? 12 : 10
            var length = Int(bytes[8]) | Int(bytes[9]) << 8
            if isLong { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
            guard length <= bytes.count - start else {
                throw TableError(problem: "its header is cut off. Save it again.")
            }
            end = start + length
            let text = String(decoding: bytes[start..<end], as: UTF8.self)
            let word = Header.after("'descr':", in: text)?.split(separator: "'").first ?? ""
            guard let type = NumberType(word) else {
                throw TableError(
                    problem: """
                        its values are of the type `\(TableError.shown(word))` and not real \
                        numbers. Save it as float32.
                        """)
            }
            self.type = type
            isFortran = Header.after("'fortran_order':", in: text)?.hasPrefix("True") == true
            guard let tuple = Header.after("'shape':", in: text), tuple.first == "(",
                let close = tuple.firstIndex(of: ")")
            else { throw TableError(problem: "its header tells no shape. Save it again.") }
            let lengths = tuple[..<close].dropFirst().split(separator: ",").map { part in
                Int(part.filter { $0 != " " })
            }
            guard lengths.allSatisfy({ $0.map { (0...1 << 30).contains($0) } ?? false }) else {
                throw TableError(problem: "its header tells no shape. Save it again.")
            }
            shape = lengths.compactMap(\.self)
        }

        /// The text after `key`, without blanks in front.
        private static func after(_ key: String, in text: String) -> Substring? {
            text.firstRange(of: key).map { text[$0.upperBound...].drop { $0 == " " || $0 == "'" } }
        }
    }
}
