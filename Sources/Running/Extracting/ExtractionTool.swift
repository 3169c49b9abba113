import Foundation
import Glibc
import Kernels
import Preparing

/// What makes a table of features from a sound or a video.
protocol ExtractionTool: Sendable {
    /// The tool, its version and what it is asked for: equal for equal results.
    var identity: String { get }
    /// Makes the table of `source` at `folder`/`id`.csv; other files in `folder` are its own.
    ///
    /// - Throws: ``RunningError`` with what the tool said.
    func extract(_ source: String, id: String, into folder: String) throws
}

extension ExtractRequest {
    /// The tool, looked for on this machine.
    ///
    /// - Throws: ``RunningError`` with how to get it, where it is absent.
    func findTool() throws -> any ExtractionTool {
        switch tool {
        case .mel: return MelTool(mel: mel)
        case .onnx: return try ONNXTool(self)
        case .openface: return try OpenFaceTool(self)
        case .opensmile:
            if configuration != nil { return try SMILExtractTool(self) }
            return try PythonSmileTool(self)
        }
    }
}

/// openSMILE by its Python package.
private struct PythonSmileTool: ExtractionTool {
    let identity: String
    private let python: String
    private let features: String
    private let level: String

    private static let script = """
        import sys, opensmile
        smile = opensmile.Smile(getattr(opensmile.FeatureSet, sys.argv[1]),
                                getattr(opensmile.FeatureLevel, sys.argv[2]))
        smile.process_file(sys.argv[3]).to_csv(sys.argv[4])
        """

    init(_ request: ExtractRequest) throws {
        python = request.python
        features = request.features
        level = request.level
        let check = """
            import opensmile; getattr(opensmile.FeatureSet, '\(features)'); \
            getattr(opensmile.FeatureLevel, '\(level)'); print(opensmile.__version__)
            """
        guard features.allSatisfy(\.isPlainWord), level.allSatisfy(\.isPlainWord),
            ToolRun.isFound(python)
        else { throw PythonSmileTool.missing(python, "there is no `\(python)`, or a name is odd") }
        let answer = try ToolRun.run(python, ["-c", check])
        guard answer.isDone, let version = answer.lines.last else {
            throw PythonSmileTool.missing(python, answer.lines.last ?? "no answer")
        }
        identity = "opensmile \(version) (Python), \(features), \(level)"
    }

    private static func missing(_ python: String, _ reason: String) -> RunningError {
        RunningError(
            """
            openSMILE is not usable: \(python) has no package `opensmile` with these features \
            (\(reason)). Install it (pip install opensmile), name another interpreter with \
            --python, or use SMILExtract with --config.
            """)
    }

    func extract(_ source: String, id: String, into folder: String) throws {
        try ToolRun.need(
            python,
            ["-c", PythonSmileTool.script, features, level, source, "\(folder)/\(id).csv"],
            log: folder + "/log")
    }
}

/// openSMILE by its command.
private struct SMILExtractTool: ExtractionTool {
    let identity: String
    private let configuration: String
    private let sink: String
    private let arguments: [String]

    init(_ request: ExtractRequest) throws {
        configuration = request.configuration ?? ""
        sink = request.sink
        arguments = request.arguments
        guard ToolRun.isFound("SMILExtract") else {
            throw RunningError(
                """
                openSMILE is not here: `SMILExtract` is not on the PATH. Install openSMILE, or \
                leave out --config to use its Python package.
                """)
        }
        let digest = try SourceFile.digest(configuration)
        let answer = try ToolRun.run("SMILExtract", ["-h"])
        let version = answer.lines.first { $0.lowercased().contains("version") } ?? "SMILExtract"
        identity =
            "\(version.trimmingCharacters(in: .whitespaces)), configuration \(digest), \(sink), "
            + arguments.joined(separator: " ")
    }

    func extract(_ source: String, id: String, into folder: String) throws {
        try ToolRun.need(
            "SMILExtract",
            ["-C", configuration, "-I", source, "-\(sink)", "\(folder)/\(id).csv"]
                + ["-instname", id] + arguments,
            log: folder + "/log")
    }
}

/// OpenFace by its command.
private struct OpenFaceTool: ExtractionTool {
    let identity: String
    private let arguments: [String]

    init(_ request: ExtractRequest) throws {
        arguments = request.arguments.isEmpty ? ["-pose", "-gaze", "-aus"] : request.arguments
        guard let path = ToolRun.find("FeatureExtraction") else {
            throw RunningError(
                """
                OpenFace is not here: `FeatureExtraction` is not on the PATH. Install OpenFace and \
                add its bin folder to the PATH.
                """)
        }
        // It has no option that tells its version.
        identity =
            "OpenFace FeatureExtraction \(try SourceFile.digest(path)), "
            + arguments.joined(separator: " ")
    }

    func extract(_ source: String, id: String, into folder: String) throws {
        try ToolRun.need(
            "FeatureExtraction", ["-f", source, "-out_dir", folder, "-of", id] + arguments,
            log: folder + "/log")
    }
}

/// Mel spectrograms of our own.
struct MelTool: ExtractionTool {
    let mel: MelSpectrogram

    var identity: String { "concord \(Release.version) \(mel.summary)" }

    /// The spectrogram of the sound in a WAVE file.
    static func energies(of source: String, _ mel: MelSpectrogram) throws -> Matrix {
        var bytes: [UInt8] = []
        _ = try SourceFile.read(source) { bytes += $0 }
        return try mel.energies(of: try WaveFile(bytes))
    }

    func extract(_ source: String, id: String, into folder: String) throws {
        let energies = try MelTool.energies(of: source, mel)
        var text = "name;frameTime;" + mel.columns.joined(separator: ";") + "\n"
        for frame in 0..<energies.rows {
            let row = (0..<energies.columns).map { "\(energies[frame, $0])" }
            let time = Double(frame) * mel.hopSeconds
            text += "'\(id)';\((time * 1e6).rounded() / 1e6);\(row.joined(separator: ";"))\n"
        }
        try Running.write(text, to: "\(folder)/\(id).csv")
    }
}

extension Character {
    fileprivate var isPlainWord: Bool { isASCII && (isLetter || isNumber || self == "_") }
}
