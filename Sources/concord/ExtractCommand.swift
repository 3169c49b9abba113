import ArgumentParser
import Preparing
import Running

/// `concord data extract`: low-level features of sounds and videos.
struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Make low-level features of sounds and videos by openSMILE, OpenFace or itself.",
        discussion: """
            TOOL is opensmile (the Python package, or SMILExtract with --config), openface \
            (FeatureExtraction on the PATH), or mel (spectrograms by Concord, of WAVE files). \
            Each file gives DIR/NAME.csv, which `concord data import` takes, and beside it what \
            it was made with. What is made already is kept.
            """)

    @Argument(help: "What makes the features.")
    var tool: ExtractRequest.Tool

    @Argument(help: "Sounds or videos, or folders of them.")
    var paths: [String]

    @Option(help: ArgumentHelp("The folder for the tables.", valueName: "dir"))
    var output: String

    @Option(help: "The Python package's feature set.")
    var features = "eGeMAPSv02"

    @Option(help: "The Python package's feature level.")
    var level = "LowLevelDescriptors"

    @Option(help: "The Python interpreter that has the package opensmile.")
    var python = "python3"

    @Option(help: "A configuration of SMILExtract, in place of the Python package.")
    var config: String?

    @Option(help: "That configuration's option for its CSV file, such as csvoutput.")
    var sink = "lldcsvoutput"

    @Option(
        name: .customLong("argument"), parsing: .unconditionalSingleValue,
        help: "An argument of SMILExtract or FeatureExtraction, such as -aus; repeatable.")
    var arguments: [String] = []

    @Option(help: "Bands of mel spectrograms.")
    var bands = 128

    @Option(help: "Seconds between two frames of mel spectrograms.")
    var hopSeconds = 0.01

    @Option(help: "The window of mel spectrograms, in seconds.")
    var windowSeconds = 0.025

    @Option(help: "Recordings at once (default: one a core).")
    var jobs: Int?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
        if !(1...10_000).contains(bands) { throw ValidationError("--bands must be at least 1.") }
        if !(hopSeconds > 0 && hopSeconds < 60 && windowSeconds > 0 && windowSeconds < 60) {
            throw ValidationError("--hop-seconds and --window-seconds must be above 0, below 60.")
        }
    }

    func run() throws {
        try conclude {
            var request = ExtractRequest(tool: tool, paths: paths, output: output)
            request.features = features
            request.level = level
            request.python = python
            request.configuration = config
            request.sink = sink
            request.arguments = arguments
            request.mel.bands = bands
            request.mel.hopSeconds = hopSeconds
            request.mel.windowSeconds = windowSeconds
            if let jobs { request.jobs = jobs }
            return try Extraction(request).run()
        }
    }
}

extension ExtractRequest.Tool: ExpressibleByArgument {}
