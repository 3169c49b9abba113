import Foundation
import Journaling
import Leasing
import Planning
import Reporting
import Scoring

/// The forms in which a report is written.
public enum ReportFormat: String, CaseIterable, Sendable {
    /// Tables for the terminal.
    case text
    /// A page that stands alone, with heatmaps.
    case html
    /// Tables for a repository or a note.
    case markdown
    /// One line a trial, recording or summary; with where and how long each trial was trained.
    case csv
    /// Everything, for programs.
    case json

    /// The formats in a list with commas between.
    ///
    /// - Throws: ``RunningError`` that names the unknown one and those that exist.
    public static func parse(_ list: String) throws -> [ReportFormat] {
        try list.split(separator: ",").map { word in
            let word = word.trimmingCharacters(in: .whitespaces)
            guard let format = ReportFormat(rawValue: word) else {
                let known = allCases.map(\.rawValue).joined(separator: ", ")
                throw RunningError("there is no report format `\(word)`. Known are \(known).")
            }
            return format
        }
    }
}

/// Writes the report of a store, which it only reads.
public struct ReportWriter {
    private let reading: StoreReading
    private let allowPartial: Bool

    /// A writer over the store in a folder.
    ///
    /// - Parameter allowPartial: Whether to report although trials are missing.
    /// - Throws: an error when there is no store, or it cannot be read.
    public init(store folder: String, allowPartial: Bool) throws {
        reading = try StoreReading(folder: folder)
        self.allowPartial = allowPartial
    }

    /// Writes the report in these formats into `output`; without it, the one format on the screen.
    ///
    /// - Throws: an error when trials are missing and a part was not asked for, or a file cannot be
    ///   written.
    public func write(_ formats: [ReportFormat], into output: String?) throws -> ExitStatus {
        let report = try report()
        guard let output else {
            guard formats.count == 1, formats[0] != .csv else {
                throw RunningError(
                    "several files are to be written: name a folder for them with --output.")
            }
            let shown = formats[0] == .text
                ? report.text(width: Terminal.width) : ReportWriter.files(formats[0], report)[0].1
            Terminal.show(shown)
            return .done
        }
        for format in formats {
            for (name, text) in ReportWriter.files(format, report) {
                try Running.write(text, to: "\(output)/\(name)")
            }
        }
        try Running.write(report.certificate.text, to: "\(output)/certificate.json")
        try Running.write(try reading.provenance(), to: "\(output)/provenance.csv")
        Terminal.complain("concord: wrote the report into \(output)")
        return .done
    }

    /// What a run ends with: the main tables.
    func mainTables() throws -> String { try report().mainTables(width: Terminal.width) }

    private func report() throws -> Report {
        try Report(
            plan: reading.plan, scored: try reading.scored(),
            quarantined: reading.quarantined.mapValues(\.cause.rawValue),
            allowPartial: allowPartial)
    }

    private static func files(_ format: ReportFormat, _ report: Report) -> [(String, String)] {
        switch format {
        case .text: [("report.txt", report.text(width: 100))]
        case .html: [("report.html", report.html)]
        case .markdown: [("report.md", report.markdown)]
        case .csv: report.csvFiles.map { ($0.name, $0.text) }
        case .json: [("report.json", report.json)]
        }
    }
}
