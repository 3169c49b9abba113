import Corpora
import Planning
import Scoring

extension Report {
    /// A file of a report.
    public struct File: Hashable, Sendable {
        /// Its name, such as `summary.csv`.
        public let name: String
        /// What is in it.
        public let text: String
    }

    /// The tables for programs, each a file; a row for each of ``conventions``.
    ///
    /// As RFC 4180 has it, but with line feeds alone. Figures have the shortest digits that read
    /// back as the same number; what is undefined is an empty field.
    public enum CSVTable: String, CaseIterable, Sendable {
        /// `summary.csv`: a row for each cell, test culture and target.
        case summary
        /// `trials.csv`: a row for each trial, test culture and target.
        case trials
        /// `recordings.csv`: a row for each trial, recording and target.
        case recordings
        /// `subjects.csv`: a row for each cell, seed, subject and target.
        case subjects

        /// Its name, such as `summary.csv`.
        public var fileName: String { rawValue + ".csv" }
    }

    /// The tables that there are: `subjects.csv` only where recordings name their subject.
    public var csvTables: [CSVTable] {
        let hasSubjects = scores.plan.recordings.contains { $0.recording.value("subject") != nil }
        return CSVTable.allCases.filter { $0 != .subjects || hasSubjects }
    }

    /// The tables, whole.
    public var csvFiles: [File] {
        csvTables.map { table in
            var text = ""
            writeCSV(table) { text += $0 }
            return File(name: table.fileName, text: text)
        }
    }

    /// Writes a table piece by piece: `recordings.csv` of a large sweep is longer than memory
    /// should hold.
    public func writeCSV(_ table: CSVTable, to write: (String) throws -> Void) rethrows {
        switch table {
        case .summary:
            var lines = CSVLines(SummaryRow.columns)
            for row in scores.summary(conventions) { try lines.add(row, write) }
            try lines.end(write)
        case .trials:
            var lines = CSVLines(TrialRow.columns)
            for trial in scores.plan.trials {
                for row in scores.rows(of: trial, conventions) { try lines.add(row, write) }
            }
            try lines.end(write)
        case .recordings:
            var lines = CSVLines(RecordingRow.columns)
            for key in scores.plan.uniqueKeys {
                for row in scores.recordings(of: key, conventions) { try lines.add(row, write) }
            }
            try lines.end(write)
        case .subjects:
            var lines = CSVLines(SubjectRow.columns)
            for (cell, trials) in scores.plan.trialsOfCells.enumerated() {
                for row in scores.subjects(ofCell: cell, trials, conventions) {
                    try lines.add(row, write)
                }
            }
            try lines.end(write)
        }
    }
}

extension Report {
    /// A text as a field of CSV.
    static func csv(_ text: String) -> String {
        var lines = CSVLines([])
        lines.add(.text(text))
        return String(decoding: lines.bytes.dropFirst(), as: UTF8.self)
    }
}

/// Lines of a CSV file that are written some thousands at a time.
private struct CSVLines {
    private(set) var bytes: [UInt8]
    private static let bytesMax = 1 << 16

    init(_ columns: [String]) {
        bytes = Array(columns.joined(separator: ",").utf8)
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func add(_ row: some Row, _ write: (String) throws -> Void) rethrows {
        var isFirst = true
        for field in row.fields {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            add(field)
            isFirst = false
        }
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= Self.bytesMax {
            try write(String(decoding: bytes, as: UTF8.self))
            bytes.removeAll(keepingCapacity: true)
        }
    }

    func end(_ write: (String) throws -> Void) rethrows {
        if !bytes.isEmpty { try write(String(decoding: bytes, as: UTF8.self)) }
    }

    mutating func add(_ field: Field) {
        switch field {
        case .count(let count): bytes += String(count).utf8
        case .number(let number):
            if let number, number.isFinite { bytes += number.description.utf8 }
        case .text(let text):
            let isSpecial = text.utf8.contains { byte in
                byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"")
                    || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
            }
            guard isSpecial else {
                bytes += text.utf8
                return
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in text.utf8 {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
    }
}
