import ArgumentParser
import Foundation
import Preparing
import Running

/// `concord-bench import`: how fast text becomes a corpus.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Measure `concord data import` on made-up text of several tools.",
        discussion: """
            Files of each kind, one a recording, are written to a temporary folder and imported by \
            one thread, their digests included. Megabytes are those of the text; seconds are those \
            of this process's processor time and, beside it, of the clock. `--recordings 96 \
            --megabytes 8` is the size of AVEC 2019: 3 GB.
            """)

    @Option(help: "Megabytes of each file.") var megabytes = 64
    @Option(help: "Files of each kind.") var recordings = 1
    @Option(help: "The folder to make files in.") var folder = NSTemporaryDirectory()
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if !(1...4000).contains(megabytes) {
            throw ValidationError("--megabytes must be between 1 and 4000.")
        }
        if !(1...999).contains(recordings) {
            throw ValidationError("--recordings must be between 1 and 999.")
        }
    }

    func run() throws {
        let root = "\(folder)/concord-bench-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let rows = try TextKind.allCases.map { try measure($0, in: root) }
        if json { return try show(rows) }
        print("text                          MB   MB/s of processor   MB/s of clock   peak MB")
        for row in rows {
            let kind = row.kind.padding(toLength: 26, withPad: " ", startingAt: 0)
            print(
                kind
                    + String(
                        format: " %5.0f  %18.0f  %14.0f  %8.0f", row.megabytes,
                        row.megabytesPerProcessorSecond, row.megabytesPerSecond,
                        row.peakMegabytes))
        }
    }

    /// What was measured of a kind of text.
    struct Row: Encodable {
        let kind: String
        let megabytes: Double
        let megabytesPerProcessorSecond: Double
        let megabytesPerSecond: Double
        /// The most memory that this process has held so far.
        let peakMegabytes: Double
    }

    private func measure(_ kind: TextKind, in root: String) throws -> Row {
        let folder = "\(root)/\(kind)"
        try FileManager.default.createDirectory(
            atPath: folder + "/features", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: folder + "/labels", withIntermediateDirectories: true)
        for number in 1...recordings {
            let name = String(format: "Train_DE_%03d.csv", number)
            let seconds = try kind.write(
                to: "\(folder)/features/\(name)", bytes: megabytes * 1_000_000, seed: number)
            var labels = "name;timestamp;arousal\n"
            for frame in 0...Int(seconds * 10) {
                labels += "'x';\(Double(frame) / 10);\(Double(number) / 1000)\n"
            }
            try labels.write(
                toFile: "\(folder)/labels/\(name)", atomically: true, encoding: .utf8)
        }
        let gold = ImportRequest(
            source: .labels, paths: [folder + "/labels"], output: folder + "/corpus")
        guard try DataImport(gold).run() == .done else { throw ExitCode.failure }
        var request = ImportRequest(
            source: .csv, paths: [folder + "/features"], output: folder + "/corpus")
        request.modality = "audio"
        request.format = kind.format
        request.jobs = 1
        let start = (ProcessMeter.seconds, ProcessMeter.processorSeconds)
        guard try DataImport(request).run() == .done else { throw ExitCode.failure }
        let clock = ProcessMeter.seconds - start.0
        let processor = ProcessMeter.processorSeconds - start.1
        try FileManager.default.removeItem(atPath: folder)
        let all = Double(megabytes * recordings)
        return Row(
            kind: kind.rawValue, megabytes: all, megabytesPerProcessorSecond: all / processor,
            megabytesPerSecond: all / clock,
            peakMegabytes: Double(ProcessMeter.peakBytes) / 1e6)
    }
}

/// Text as a tool writes it.
private enum TextKind: String, CaseIterable {
    case mfcc = "MFCC, 39 × %e"
    case deep = "deep, 4096 float32"
    case pandas = "pandas, 768 float64"
    case openFace = "OpenFace, 49 of 714"

    var format: TableFormat { self == .openFace ? .openFace : TableFormat() }

    /// What columns begin and end with, and how many there are of each kind.
    private var blocks: [(front: String, back: String, count: Int)] {
        switch self {
        case .mfcc: [("pcm_fftMag_mfcc[", "]", 39)]
        case .deep: [("neuron_", "", 4096)]
        case .pandas: [("", "", 768)]
        case .openFace:
            [
                ("x_", "", 665), ("gaze_", "", 8), ("pose_", "", 6), ("AU", "_r", 17),
                ("AU", "_c", 18),
            ]
        }
    }

    private var columns: [String] {
        var columns: [String] = []
        for block in blocks {
            for number in 0..<block.count {
                columns.append("\(block.front)\(number)\(block.back)")
            }
        }
        return columns
    }

    private func text(_ value: Double) -> String {
        switch self {
        case .mfcc: String(format: "%.6e", value)
        case .deep: "\(Float(max(0, value)))"
        case .pandas: "\(value)"
        case .openFace: String(format: "%.3f", value)
        }
    }

    /// Writes about so many bytes, and returns the seconds that its rows last; another seed makes
    /// other numbers.
    func write(to path: String, bytes: Int, seed: Int) throws -> Double {
        guard FileManager.default.createFile(atPath: path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown)
        }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        defer { try? file.close() }
        let separator = self == .mfcc ? ";" : self == .openFace ? ", " : ","
        let head = self == .openFace ? ["frame", "timestamp", "confidence", "success"] : ["time"]
        let header = (head + columns).joined(separator: separator) + "\n"
        try file.write(contentsOf: Data(header.utf8))
        // Some rows of numbers, over and over; only times differ.
        var tails: [String] = []
        for row in 0..<16 {
            var words: [String] = []
            for column in columns.indices {
                let draw = (row * 7919 + column * 104_729 + seed * 31) % 9973
                words.append(text(Double(draw) / 997 - 5))
            }
            tails.append(words.joined(separator: separator) + "\n")
        }
        let step = self == .mfcc ? 0.01 : self == .openFace ? 0.02 : 0.1
        var written = header.utf8.count
        var row = 0
        while written < bytes {
            let time = String(format: "%.2f", Double(row) * step)
            let front = self == .openFace ? "\(row), \(time), 0.98, 1" : time
            let line = Data((front + separator + tails[row % tails.count]).utf8)
            try file.write(contentsOf: line)
            written += line.count
            row += 1
        }
        return Double(row) * step
    }
}
