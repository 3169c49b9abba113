import Corpora

/// One recording's traces as AVEC's label and prediction files hold them: a row a frame.
///
///     name;timestamp;arousal;valence;liking
///     'Devel_DE_01';0.000000;0.012345;-0.054321;0.000000
///
/// Columns are divided by semicolons, or by commas where the first line has no semicolon. Without a
/// header, as in AVEC 2018, they are name, time stamp, arousal, valence and liking.
///
/// Values stay float64, as in AVEC's own evaluation, so that scores agree with it in all digits;
/// ``TableParser`` reads float32.
public struct TraceFile: Hashable, Sendable {
    /// The predicted quantities, in the order of the file.
    public let targets: [String]
    /// The time stamps in seconds, one a frame; nil where the file has none.
    public let times: [Double]?
    /// One trace a target, in their order; each has a value a frame, finite or, where gaps are
    /// allowed, not-a-number.
    public let traces: [[Double]]

    /// Whether the file ends without a line break, so that its last number may be cut off.
    public let endsOpen: Bool

    /// The number of frames.
    public var frames: Int { traces.first?.count ?? 0 }

    /// The trace of `target`.
    public func trace(_ target: String) -> [Double]? {
        targets.firstIndex(of: target).map { traces[$0] }
    }

    static let unnamed = ["name", "timestamp", "arousal", "valence", "liking"]
    private static let timeNames = ["timestamp", "time", "frametime"]

    /// Parses the bytes of `file`, which names it in errors.
    ///
    /// - Parameter allowsGaps: Whether an empty field or a word such as NaN is a frame without a
    ///   value. The default is false.
    /// - Throws: ``TraceFileError`` with line and column where a row is cut off or too long, a
    ///   value is missing or no finite number, or the text is empty, UTF-16 or without a trace.
    public init(bytes: [UInt8], file: String, allowsGaps: Bool = false) throws(TraceFileError) {
        func fault(_ line: Int, _ column: Int?, _ problem: String) -> TraceFileError {
            TraceFileError(file: file, line: line, column: column, problem: problem)
        }
        var lines = TextLines(bytes)
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw fault(1, nil, "the file is UTF-16 text. Save it as UTF-8.")
        }
        guard let first = lines.next() else {
            throw fault(1, nil, "the file is empty; expected a row for each frame.")
        }
        let comma = UInt8(ascii: ","), semicolon = UInt8(ascii: ";")
        let separator = first.contains(semicolon) ? semicolon : comma
        let head = first.split(separator: separator, omittingEmptySubsequences: false)
            .map { TextLines.word($0) }
        let hasHeader = head.dropFirst().allSatisfy { Double($0) == nil }
        let names = hasHeader ? head : TraceFile.unnamed
        let roles = names.map { $0.lowercased() }
        let timeColumn = roles.firstIndex { TraceFile.timeNames.contains($0) }
        let columns = names.indices.filter { $0 != timeColumn && roles[$0] != "name" }
        for (place, column) in columns.enumerated() {
            guard !names[column].isEmpty,
                !columns[..<place].contains(where: { names[$0] == names[column] })
            else {
                throw fault(
                    1, column + 1,
                    "the header has the column `\(names[column])` twice or without a name.")
            }
        }
        guard !columns.isEmpty else {
            throw fault(
                1, nil, "the header names no target; expected `name;timestamp;arousal;…`.")
        }
        targets = columns.map { names[$0] }
        endsOpen = bytes.last != UInt8(ascii: "\n")
        let numeric = columns + (timeColumn.map { [$0] } ?? [])
        var values = [[Double]](repeating: [], count: names.count)
        if !hasHeader { lines = TextLines(bytes) }
        while let line = lines.next() {
            let fields = line.split(separator: separator, omittingEmptySubsequences: false)
            guard fields.count == names.count else {
                let what = fields.count < names.count ? "cut off" : "too long"
                throw fault(
                    lines.number, nil,
                    """
                    the row is \(what): \(fields.count) columns instead of \(names.count). Write \
                    the file again, with a decimal point and not a comma.
                    """)
            }
            for column in numeric {
                guard let value = TextLines.number(fields[column]) else {
                    let word = TextLines.word(fields[column])
                    if allowsGaps, column != timeColumn, MissingWord.isOne(word.utf8) {
                        values[column].append(.nan)
                        continue
                    }
                    throw fault(
                        lines.number, column + 1, TraceFile.noNumber(word, of: names[column]))
                }
                values[column].append(value)
            }
        }
        times = timeColumn.map { values[$0] }
        traces = columns.map { values[$0] }
        guard frames > 0 else {
            throw fault(
                lines.number, nil, "no row follows the header; expected one for each frame.")
        }
    }

    private static func noNumber(_ word: String, of target: String) -> String {
        word.isEmpty
            ? "there is no value of `\(target)`; expected a number."
            : """
            `\(word.prefix(40))` is no number for `\(target)`; expected digits with a decimal \
            point, such as -0.125.
            """
    }
}

/// What is wrong with a text file of traces, where, and what to do.
public struct TraceFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1, where it is one.
    public let column: Int?
    /// What is wrong and what to do about it.
    public let problem: String

    /// `svr/Devel_DE_01.csv:12: column 4: …`.
    public var description: String {
        "\(file):\(line): \(column.map { "column \($0): " } ?? "")\(problem)"
    }
}

/// The lines of a text with either kind of line end; blank ones at its end do not count.
struct TextLines {
    private let bytes: [UInt8]
    private var place: Int
    private let end: Int
    /// The number of the last line, from 1.
    private(set) var number = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        place = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        end = (bytes.lastIndex { $0 > 0x20 } ?? -1) + 1
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard place < end else { return nil }
        number += 1
        let stop = bytes[place..<end].firstIndex(of: UInt8(ascii: "\n")) ?? end
        defer { place = stop + 1 }
        let isLong = stop > place && bytes[stop - 1] == UInt8(ascii: "\r")
        return bytes[place..<(isLong ? stop - 1 : stop)]
    }

    /// The text of a field, without blanks and quotes around it.
    static func word(_ field: ArraySlice<UInt8>) -> String {
        var field = field
        while let last = field.last, last <= 0x20 { field.removeLast() }
        while let first = field.first, first <= 0x20 { field.removeFirst() }
        for quote in "'\"".utf8 where field.count > 1 && field.first == quote {
            if field.last == quote { field = field.dropFirst().dropLast() }
        }
        return String(decoding: field, as: UTF8.self)
    }

    /// The finite decimal number that a field holds: no words, no hexadecimal digits.
    static func number(_ field: ArraySlice<UInt8>) -> Double? {
        let text = word(field)
        let isDecimal = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || "+-.eE".utf8.contains($0)
        }
        guard isDecimal, let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
