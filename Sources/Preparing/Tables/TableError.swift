/// What is wrong with a table in text, where, and what to do about it.
///
/// ```
/// Train_DE_01.csv: line 17, column 3 (F0): `0,123` has a decimal comma. Write decimal points.
/// ```
public struct TableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file, where it is known.
    public var file: String?
    /// The line, from 1.
    public var line: Int?
    /// The column, from 1.
    public var column: Int?
    /// What the column is called.
    public var columnName: String?
    /// What is wrong and what to do about it.
    public var problem: String

    /// An error of these parts.
    public init(
        file: String? = nil, line: Int? = nil, column: Int? = nil, columnName: String? = nil,
        problem: String
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.columnName = columnName
        self.problem = problem
    }

    /// Place and problem, without the parts that are unknown.
    public var description: String {
        let name = columnName.map { " (\($0))" } ?? ""
        let place = [line.map { "line \($0)" }, column.map { "column \($0)\(name)" }]
            .compactMap(\.self).joined(separator: ", ")
        return [file, place.isEmpty ? nil : place, problem].compactMap(\.self)
            .joined(separator: ": ")
    }
}

extension TableError {
    /// `text` for a message: short, and without characters that a terminal would obey.
    static func shown(_ text: some StringProtocol) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(40) {
            shown.unicodeScalars.append(
                scalar.value < 0x20 || scalar.value == 0x7F ? "\u{FFFD}" : scalar)
        }
        return shown.unicodeScalars.count < text.unicodeScalars.count ? shown + "…" : shown
    }
}
