import ArgumentParser
import Preparing
import Running

/// `concord data extract`: low-level features of sounds and videos.
struct ExtractCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extract",
        abstract: "Make features of sounds and videos by openSMILE, OpenFace, a network or itself.",
        discussion: """
            TOOL is opensmile (the Python package, or SMILExtract with --config), openface \
            (FeatureExtraction on the PATH), mel (spectrograms by Concord, of WAVE files), or onnx \
            (what --model makes of patches of these, by the Python package onnxruntime; for sound \
            alone). Each \
            file gives DIR/NAME.csv, which `concord data import` takes, and beside it what it was \
            made with. What is made already is kept.
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

    @Option(help: "The Python interpreter that has the package opensmile or onnxruntime.")
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

    @Option(help: "The mel scale: htk, or slaney as librosa has it.")
    var melScale = MelSpectrogram.Scale.htk

    @OptionGroup(title: "Options for onnx")
    var network: NetworkOptions

    @OptionGroup var jobs: JobOptions

    func validate() throws {
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
            request.mel.scale = melScale
            network.apply(to: &request)
            if let jobs = jobs.jobs { request.jobs = jobs }
            return try Extraction(request).run()
        }
    }
}

/// A network on mel spectrograms.
struct NetworkOptions: ParsableArguments {
    @Option(help: "The ONNX network, of one input (N, 1 or 3, bands, frames) or alike.")
    var model: String?

    @Option(help: "How long a patch of the spectrogram the network sees.")
    var patchSeconds = 4.0

    @Option(help: "Seconds between two patches, each centred on its time.")
    var stepSeconds = 0.1

    @Option(help: "A patch's values: decibels, or unit (from its least 0 to its greatest 1).")
    var range = ExtractRequest.PatchRange.decibels

    func validate() throws {
        guard patchSeconds > 0, patchSeconds < 600, stepSeconds > 0, stepSeconds < 600 else {
            throw ValidationError("--patch-seconds and --step-seconds must be above 0, below 600.")
        }
    }

    func apply(to request: inout ExtractRequest) {
        request.model = model
        request.patchSeconds = patchSeconds
        request.stepSeconds = stepSeconds
        request.patchRange = range
    }
}

extension ExtractRequest.Tool: ExpressibleByArgument {}
extension ExtractRequest.PatchRange: ExpressibleByArgument {}
extension MelSpectrogram.Scale: ExpressibleByArgument {}
