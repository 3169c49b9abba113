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
    /// A page that stands alone, with figures.
    case html
    /// Tables for a repository or a note.
    case markdown
    /// Tables for a paper, with booktabs.
    case latex
    /// One line a trial, recording or summary.
    case csv
    /// Everything, for programs.
    case json
    /// The figures, a file each.
    case svg
    /// What was predicted: AVEC's CSV for each recording, and HDF5.
    case predictions

    /// The formats in a list with commas between.
    ///
    /// - Throws: ``RunningError`` that names the unknown one and those that exist.
    public static func parse(_ list: String) throws -> [ReportFormat] {
        let known = allCases.map(\.rawValue).joined(separator: ", ")
        let formats = try list.split(separator: ",").map { word in
            let word = word.trimmingCharacters(in: .whitespaces)
            guard let format = ReportFormat(rawValue: word) else {
                throw RunningError("there is no report format `\(word)`. Known are \(known).")
            }
            return format
        }
        guard !formats.isEmpty else {
            throw RunningError("--format names none: name one or more of \(known).")
        }
        return formats
    }

    /// Whether it is one text, which can be shown on the screen.
    var isOneText: Bool { ![.csv, .svg, .predictions].contains(self) }
}

/// What a report is made with.
public struct ReportChoices {
    /// Whether to report although trials are missing.
    public var allowPartial = false
    /// The convention of all tables for people; the others stand in CSV and JSON.
    public var convention: Convention?
    /// How tables are laid out.
    public var options = ReportOptions()
    /// Whether to draw traces, for which the corpora's files are read.
    public var drawsTraces = false
    /// The folder that replaces the manifests' own data roots.
    public var dataRoot: String?

    /// No partial report, no traces, the usual conventions.
    public init() {}

    /// Choices in the words of a command.
    ///
    /// - Throws: ``RunningError`` that names the unknown convention or spread and those that exist.
    public init(
        convention: String?, spread: String, allowPartial: Bool, quotesTableOne: Bool,
        drawsTraces: Bool, dataRoot: String?
    ) throws {
        if let convention {
            guard let known = Convention(rawValue: convention) else {
                let all = Convention.allCases.map(\.rawValue).joined(separator: ", ")
                throw RunningError("there is no convention `\(convention)`. Known are \(all).")
            }
            self.convention = known
        }
        guard let beside = ComparisonTable.Spread(rawValue: spread) else {
            let all = ComparisonTable.Spread.allCases.map(\.rawValue).joined(separator: ", ")
            throw RunningError("--spread cannot be `\(spread)`. Known are \(all).")
        }
        options.spread = beside
        options.quotesTableOne = quotesTableOne
        self.allowPartial = allowPartial
        self.drawsTraces = drawsTraces
        self.dataRoot = dataRoot
    }

    /// The one asked for, then the usual ones.
    var conventions: [Convention] {
        let usual: [Convention] = [.population, .avec]
        guard let convention else { return usual }
        return [convention] + usual.filter { $0 != convention }
    }
}

/// Writes the report of a store, which it only reads.
public struct ReportWriter {
    private let reading: StoreReading
    private let choices: ReportChoices

    /// A writer over the store in a folder.
    ///
    /// - Parameter spec: The file of the sweep to report; nil, the default, takes the one that ran
    ///   last.
    /// - Throws: an error when there is no store, or it cannot be read.
    public init(
        store folder: String, spec: String? = nil, choices: ReportChoices = ReportChoices()
    ) throws {
        reading = try StoreReading(folder: folder, spec: spec, dataRoot: choices.dataRoot)
        self.choices = choices
    }

    /// Writes the report in these formats into `output`; without it, the one format on the screen.
    ///
    /// - Throws: an error when trials are missing and a part was not asked for, or a file cannot be
    ///   written.
    public func write(_ formats: [ReportFormat], into output: String?) throws -> ExitStatus {
        try Self.checkFolder(output)
        if let doubt = reading.doubt { Terminal.complain(doubt) }
        var report = try report()
        if choices.drawsTraces { report = report.drawing(try reading.traces(report)) }
        guard let output else {
            guard formats.count == 1, let format = formats.first, format.isOneText else {
                throw RunningError(
                    "several files are to be written: name a folder for them with --output.")
            }
            Terminal.show(
                ReportWriter.text(format, report.document, report, width: Terminal.width).text)
            return .done
        }
        for result in ManyThreads().map(
            formats.flatMap { ReportWriter.parts(of: $0, report, into: output) },
            { part in Result { try part() } })
        {
            try result.get()
        }
        if formats.contains(.predictions) {
            try PredictionFiles(reading: reading).write(into: output + "/predictions")
        }
        try Running.write(report.certificate.text, to: "\(output)/certificate.json")
        try Running.write(try reading.provenance(), to: "\(output)/provenance.csv")
        Terminal.complain("concord: wrote the report into \(output)")
        return .done
    }

    /// Writes the report of this store beside that of another one.
    ///
    /// - Throws: as ``write(_:into:)``, and for a format that a comparison does not have.
    public func compare(
        with other: ReportWriter, _ formats: [ReportFormat], into output: String?
    ) throws -> ExitStatus {
        try Self.checkFolder(output)
        for doubt in [reading.doubt, other.reading.doubt].compactMap({ $0 }) {
            Terminal.complain(doubt)
        }
        let comparison = SweepComparison(try report(), try other.report())
        if let format = formats.first(where: { [.json, .predictions].contains($0) }) {
            throw RunningError(
                "a comparison is written as text, html, markdown, latex, csv or svg, not as "
                    + "\(format.rawValue).")
        }
        guard let output else {
            guard formats.count == 1, let format = formats.first, format.isOneText else {
                throw RunningError(
                    "several files are to be written: name a folder for them with --output.")
            }
            Terminal.show(
                ReportWriter.text(format, comparison.document, nil, width: Terminal.width).text)
            return .done
        }
        for format in formats {
            switch format {
            case .csv: try Running.write(comparison.csv, to: "\(output)/comparison.csv")
            case .svg: try ReportWriter.writeFigures(comparison.document, into: output)
            default:
                let file = ReportWriter.text(format, comparison.document, nil, width: 100)
                try Running.write(file.text, to: "\(output)/\(file.name)")
            }
        }
        Terminal.complain("concord: wrote the comparison into \(output)")
        return .done
    }

    /// Refuses an output that is a file before anything is computed.
    private static func checkFolder(_ output: String?) throws {
        var isFolder: ObjCBool = false
        if let output, FileManager.default.fileExists(atPath: output, isDirectory: &isFolder),
            !isFolder.boolValue
        {
            throw RunningError(
                "cannot write a report into \(output), which is a file: name a folder with "
                    + "--output.")
        }
    }

    /// What a run ends with: the main tables.
    func mainTables() throws -> String { try report().mainTables(width: Terminal.width) }

    private func report() throws -> Report {
        var weights = GateWeights(of: reading.plan)
        let scored = try reading.scored { weights.add($0) }
        return try Report(
            plan: reading.plan, scored: scored,
            quarantined: reading.quarantined.mapValues(\.cause.rawValue),
            allowPartial: choices.allowPartial, conventions: choices.conventions,
            options: choices.options, threads: ManyThreads()
        ).showing(weights, columns: choices.drawsTraces ? try reading.columnNames() : [:])
    }

    /// What writes a format's files, one by one; predictions come out of the store, which one
    /// thread reads.
    private static func parts(
        of format: ReportFormat, _ report: Report, into output: String
    ) -> [@Sendable () throws -> Void] {
        switch format {
        case .csv: report.csvTables.map { table in { try write(table, report, into: output) } }
        case .svg: [{ try writeFigures(report.document, into: output) }]
        case .predictions: []
        case .text, .html, .markdown, .latex, .json:
            [
                {
                    let file = text(format, report.document, report, width: 100)
                    try Running.write(file.text, to: "\(output)/\(file.name)")
                }
            ]
        }
    }

    private static func text(
        _ format: ReportFormat, _ document: Document, _ report: Report?, width: Int
    ) -> (name: String, text: String) {
        switch format {
        case .html: ("report.html", document.html)
        case .markdown: ("report.md", document.markdown)
        case .latex: ("report.tex", document.latex)
        case .json: ("report.json", report?.json ?? "")
        case .text, .csv, .svg, .predictions: ("report.txt", document.text(width: width))
        }
    }

    private static func writeFigures(_ document: Document, into output: String) throws {
        for figure in document.figures {
            try Running.write(figure.file, to: "\(output)/figures/\(figure.name).svg")
        }
    }

    /// Piece by piece, so that a table may be longer than memory.
    private static func write(
        _ table: Report.CSVTable, _ report: Report, into output: String
    ) throws {
        let path = "\(output)/\(table.fileName)"
        let partial = path + ".partial"
        try Running.write("", to: partial)
        do {
            let file = try FileHandle(forWritingTo: URL(filePath: partial))
            try report.writeCSV(table) { try file.write(contentsOf: Data($0.utf8)) }
            try file.close()
            _ = try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: partial, toPath: path)
        } catch {
            throw RunningError("cannot write \(path): \(error.localizedDescription)")
        }
    }
}
