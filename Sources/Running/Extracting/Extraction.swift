import Corpora
import Foundation
import Glibc
import Preparing

/// Low-level features of sounds and videos, made by other tools or by ourselves, a CSV file for
/// each recording: `concord data extract`.
///
/// Recordings are taken side by side. A table has a file beside it that names tool, version,
/// settings and the source's digest: what agrees with it is not made again.
public struct Extraction: Sendable {
    private let request: ExtractRequest

    /// An extraction as `request` says.
    public init(_ request: ExtractRequest) { self.request = request }

    /// Makes all tables.
    ///
    /// - Returns: ``ExitStatus/failed`` when a recording failed; all others are made.
    /// - Throws: an error when the tool is absent, or there is no file.
    public func run() throws -> ExitStatus {
        StopSignal.watch(waking: nil)
        let tool = try request.findTool()
        let sources = try SourceFile.files(at: request.paths, endings: endings)
        guard !sources.isEmpty else {
            let hint =
                request.tool == .onnx
                ? " onnx is for sound; deep features of video come by `import csv`." : ""
            throw RunningError(
                """
                there is no file that ends in \(endings.joined(separator: ", ")) in \
                \(request.paths.joined(separator: ", ")).\(hint)
                """)
        }
        var named: [String: String] = [:]
        for source in sources {
            guard let id = RecordingName.stem(of: source) else { continue }
            if let other = named.updateValue(source, forKey: id) {
                throw RunningError(
                    """
                    \(other) and \(source) would both become \(id).csv. Rename one, or give each \
                    folder an --output of its own.
                    """)
            }
        }
        try DigestedFile.makeFolder(request.output)
        Terminal.complain("concord: \(tool.identity)")
        let progress = ImportProgress(part: request.tool.rawValue, files: sources.count, bytes: 0)
        let outcomes = Parallel.map(sources, jobs: request.jobs) { source in
            var outcome = ImportOutcome()
            do {
                let isMade = try make(source, tool)
                outcome = ImportOutcome(written: isMade ? 1 : 0, kept: isMade ? 0 : 1)
            } catch {
                outcome.failure = "\(source): \(error)"
            }
            progress.add(outcome, bytes: 0)
            return outcome
        }
        progress.finish(outcomes)
        let failures = outcomes.compactMap(\.failure)
        if StopSignal.count > 0 { return .interrupted }
        Terminal.complain(of: failures) { "concord: \($0)" }
        guard failures.isEmpty else {
            Terminal.complain(
                "concord: \(failures.count) of \(sources.count) files failed; others are made")
            return .failed
        }
        Terminal.complain(
            "concord: next: concord data import \(next) \(request.output) --output CORPUS")
        return .done
    }

    /// What imports the tables.
    private var next: String {
        switch request.tool {
        case .opensmile: "opensmile"
        case .openface: "openface"
        case .mel, .onnx: "csv --modality audio"
        }
    }

    private var endings: [String] {
        switch request.tool {
        case .mel, .onnx: ["wav"]
        case .opensmile: ["wav", "flac", "mp3", "ogg", "m4a"]
        case .openface: ["mp4", "avi", "mov", "mkv", "mpg", "mpeg", "webm", "wmv"]
        }
    }

    /// Makes the table of a file; false when it was there already.
    private func make(_ source: String, _ tool: any ExtractionTool) throws -> Bool {
        if StopSignal.count > 0 { throw RunningError("stopped", status: .interrupted) }
        guard let id = RecordingName.stem(of: source) else {
            throw RunningError("it cannot name a recording. Rename it.")
        }
        let table = "\(request.output)/\(id).csv"
        let note = "\(tool.identity)\nsource sha256 \(try SourceFile.digest(source))\n"
        let files = FileManager.default
        if files.fileExists(atPath: table),
            files.contents(atPath: table + ExtractionNote.ending) == Data(note.utf8)
        {
            return false
        }
        let folder = "\(request.output)/.\(id).partial"
        try? files.removeItem(atPath: folder)
        try DigestedFile.makeFolder(folder)
        defer { try? files.removeItem(atPath: folder) }
        try tool.extract(source, id: id, into: folder)
        let made = "\(folder)/\(id).csv"
        guard SourceFile.size(made) > 0 else {
            throw RunningError("the tool wrote no table. Try it by hand.")
        }
        // The note goes first: a table without its note would be made again, never the reverse.
        try? files.removeItem(atPath: table + ExtractionNote.ending)
        guard rename(made, table) == 0 else {
            throw RunningError.system("write \(table)", code: errno)
        }
        try Running.write(note, to: table + ExtractionNote.ending)
        return true
    }
}

/// What lies beside an extracted table and says how it was made.
enum ExtractionNote {
    static let ending = ".made"

    /// The tool and its version, for a table that was extracted.
    static func tool(of table: String) -> String? {
        FileManager.default.contents(atPath: table + ending)
            .flatMap { String(decoding: $0, as: UTF8.self).split(separator: "\n").first }
            .map(String.init)
    }
}
