import Corpora

/// What each field of a row is.
struct TableColumns {
    /// What a field is.
    enum Role: Hashable {
        /// Not wanted.
        case ignored
        /// The instance's name.
        case name
        /// The time.
        case time
        /// The value of this column of the table.
        case value(Int)
        /// OpenFace's `success`.
        case success
        /// OpenFace's `confidence`; with a place among the table's columns where these have it.
        case confidence(Int?)
    }

    /// The names of all fields.
    let fields: [String]
    /// What each field is.
    let roles: [Role]
    /// The names of the table's columns.
    let columns: [String]

    private static let names: Set = ["name", "file", "filename", "instance_name"]
    private static let times: Set = ["frametime", "timestamp", "timestamps", "time", "start"]
    private static let ignored: Set = [
        "end", "frame", "frameindex", "face_id", "segment_id", "class", "",
    ]

    /// Whether `field` is a word that tools call a column of names or times.
    static func isKnownWord(_ field: String) -> Bool {
        names.contains(field.lowercased()) || times.contains(field.lowercased())
    }

    /// The columns of a file whose header is `fields`; `textual` are those that hold no numbers.
    init(named fields: [String], textual: Set<Int> = [], _ format: TableFormat) throws(TableError) {
        var seen: Set<String> = []
        for (place, field) in fields.enumerated() where !field.isEmpty {
            guard seen.insert(field).inserted else {
                throw TableError(
                    column: place + 1, columnName: TableError.shown(field),
                    problem: "a second column has this name. Rename one.")
            }
        }
        try self.init(fields, format) { place, field in
            let word = field.lowercased()
            if let name = format.nameColumn {
                if field == name { return .name }
            } else if TableColumns.names.contains(word) {
                return .name
            }
            if let time = format.timeColumn {
                if field == time { return .time }
            } else if TableColumns.times.contains(word) {
                return .time
            }
            if textual.contains(place) { return .ignored }
            if format.hasConfidence, word == "success" { return .success }
            if format.hasConfidence, word == "confidence" { return .confidence(nil) }
            return TableColumns.ignored.contains(word) ? .ignored : nil
        }
    }

    /// The columns of a file without header, whose first row is `fields`.
    init(unnamed row: [String], _ format: TableFormat) throws(TableError) {
        let fields = row.indices.map { "\($0 + 1)" }
        let startsWithName = !row.isEmpty && TableColumns.isText(row[0])
        try self.init(fields, format) { place, field in
            if field == format.nameColumn { return .name }
            if field == format.timeColumn { return .time }
            guard startsWithName, format.nameColumn == nil, format.timeColumn == nil else {
                return nil
            }
            return place == 0 ? .name : place == 1 && row.count > 2 ? .time : nil
        }
    }

    /// Gives the fields that `known` knows nothing of their place among the columns.
    private init(
        _ fields: [String], _ format: TableFormat, known: (Int, String) -> Role?
    ) throws(TableError) {
        for wanted in [format.nameColumn, format.timeColumn].compactMap(\.self)
        where !fields.contains(wanted) {
            throw TableColumns.missing(wanted, among: fields)
        }
        let patterns = format.columns.flatMap { KnownFeatures.lists[$0] ?? [$0] }
        // A pattern may match nothing: OpenFace leaves out what it was not asked for.
        for name in patterns where !name.contains("*") && !fields.contains(name) {
            throw TableColumns.missing(name, among: fields)
        }
        var roles: [Role] = []
        var columns: [String] = []
        for (place, field) in fields.enumerated() {
            let isWanted = patterns.contains { Glob.matches(field, $0) }
            let role = known(place, field)
            if role == .confidence(nil), isWanted {
                roles.append(.confidence(columns.count))
                columns.append(field)
            } else if let role, !(role == .ignored && isWanted) {
                roles.append(role)
            } else if patterns.isEmpty || isWanted {
                roles.append(.value(columns.count))
                columns.append(field)
            } else {
                roles.append(.ignored)
            }
        }
        guard !columns.isEmpty else {
            throw TableError(
                problem: """
                    no column holds features: there are \(fields.count), \
                    \(TableError.shown(fields.joined(separator: " "))). Check the separator and \
                    the header.
                    """)
        }
        self.fields = fields
        self.roles = roles
        self.columns = columns
    }

    private static func missing(_ wanted: String, among fields: [String]) -> TableError {
        let known = fields.prefix(10_000) + KnownFeatures.lists.keys.sorted()
        let nearest = Spelling.nearest(wanted, in: known) ?? ""
        return TableError(
            problem: """
                there is no column `\(TableError.shown(wanted))` among \(fields.count), and no \
                list of this name; the nearest is `\(TableError.shown(nearest))`.
                """)
    }

    /// Whether a field is neither a number nor a word for a missing one.
    static func isText(_ field: String) -> Bool {
        Double(field) == nil && !MissingWord.isOne(Array(field.utf8))
    }
}

/// Words that tools write where they have no number.
enum MissingWord {
    private static let words = Set(
        ["", "?", "na", "n/a", "nan", "-nan", "nan(ind)", "-nan(ind)", "null", "none", "-"].map {
            Array($0.utf8)
        })

    /// Whether these bytes, without blanks around, are such a word; case does not count.
    static func isOne(_ bytes: some Collection<UInt8>) -> Bool {
        guard bytes.count <= 9 else { return false }
        return words.contains(
            bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 })
    }
}

/// Names by pattern: `*` stands for any characters.
enum Glob {
    /// Whether all of `text` is as `pattern` says.
    static func matches(_ text: String, _ pattern: String) -> Bool {
        guard pattern.contains("*") else { return text == pattern }
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard text.hasPrefix(parts[0]) else { return false }
        var rest = text.dropFirst(parts[0].count)
        for part in parts.dropFirst().dropLast() {
            guard let found = rest.firstRange(of: part) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.count >= parts[parts.count - 1].count && rest.hasSuffix(parts[parts.count - 1])
    }
}
