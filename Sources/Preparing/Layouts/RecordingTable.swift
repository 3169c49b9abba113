/// A table with a row for each recording, which says what names of files do not: culture, subject,
/// dyad and whatever else.
///
///     id,culture,subject,dyad
///     clip_01,DE,anna,1
///
/// The recordings stand under `id`, `recording`, `video`, `filename` or `name`; `speaker` and
/// `participant` are subjects, `proposal` (MuSe) is the partition. Case of these words does not
/// count. Any separator of ``TableParser`` will do.
public struct RecordingTable: Hashable, Sendable {
    /// The columns of each recording, without empty values.
    public private(set) var columns: [String: [String: String]] = [:]

    private static let ids = ["id", "recording", "video", "filename", "name"]
    private static let words = [
        "speaker": "subject", "participant": "subject", "proposal": "partition",
    ]

    /// The table in `text`; `file` names it in errors.
    ///
    /// - Throws: ``TableError`` where a row has too few fields, a recording stands twice, or no
    ///   column names recordings.
    public init(_ text: String, file: String) throws(TableError) {
        var separator: UInt8?
        var names: [String] = []
        var idColumn = 0
        for (number, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            var bytes = Array(line.utf8)
            if number == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
            bytes.append(UInt8(ascii: "\n"))
            let fields = bytes.withUnsafeBufferPointer { buffer -> [String] in
                let separator = separator ?? TableParser.separator(of: buffer.baseAddress!)
                return TableParser.fields(buffer.baseAddress!, separator)
            }
            if number == 0 {
                separator = bytes.withUnsafeBufferPointer {
                    TableParser.separator(of: $0.baseAddress!)
                }
                names = fields.map { RecordingTable.words[$0.lowercased()] ?? $0 }
                let found = RecordingTable.ids.lazy.compactMap { id in
                    names.firstIndex { $0.lowercased() == id }
                }.first
                guard let found else {
                    throw TableError(
                        file: file, line: 1,
                        problem: """
                            no column is called `id`; there are \
                            \(TableError.shown(names.joined(separator: ", "))). Name the \
                            recordings' column so.
                            """)
                }
                idColumn = found
                names = names.map { RecordingTable.known[$0.lowercased()] ?? $0 }
                continue
            }
            guard fields.count == names.count else {
                throw TableError(
                    file: file, line: number + 1,
                    problem: """
                        the row has \(fields.count) fields where \(names.count) were expected. \
                        Check the separator.
                        """)
            }
            let id = fields[idColumn]
            guard columns[id] == nil else {
                throw TableError(
                    file: file, line: number + 1,
                    problem: "`\(TableError.shown(id))` stands on a second line. Remove one.")
            }
            var own: [String: String] = [:]
            for (place, field) in fields.enumerated() where place != idColumn && !field.isEmpty {
                own[names[place]] = field
            }
            columns[id] = own
        }
    }

    private static let known = Dictionary(
        uniqueKeysWithValues: ["culture", "subject", "session", "dyad", "partition"].map {
            ($0, $0)
        })
}
