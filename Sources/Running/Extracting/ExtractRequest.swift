import Preparing

/// What `concord data extract` is asked for.
public struct ExtractRequest: Sendable {
    /// The tools that low-level features are made with.
    public enum Tool: String, Sendable, CaseIterable {
        /// openSMILE: `SMILExtract` where a configuration is given, else its Python package.
        case opensmile
        /// OpenFace's `FeatureExtraction`.
        case openface
        /// Mel spectrograms, made by Concord itself.
        case mel
        /// A network of the user's on mel spectrograms, by ONNX Runtime's Python package.
        case onnx
    }

    /// The tool.
    public var tool: Tool
    /// Sounds or videos, or folders of them.
    public var paths: [String]
    /// The folder for a CSV file of each recording.
    public var output: String
    /// The Python package's feature set. The default is eGeMAPSv02.
    public var features = "eGeMAPSv02"
    /// The Python package's level of features. The default is LowLevelDescriptors.
    public var level = "LowLevelDescriptors"
    /// The interpreter that has the package. The default is python3.
    public var python = "python3"
    /// A configuration of `SMILExtract`, in place of the Python package.
    public var configuration: String?
    /// The option of that configuration that names its CSV file. The default is lldcsvoutput.
    public var sink = "lldcsvoutput"
    /// Further arguments of the tool.
    public var arguments: [String] = []
    /// The spectrogram. The defaults are its own.
    public var mel = MelSpectrogram()
    /// The file of an ONNX network.
    public var model: String?
    /// How long a stretch of the spectrogram the network sees. The default is 4 s.
    public var patchSeconds = 4.0
    /// Seconds between two patches. The default is 0.1 s.
    public var stepSeconds = 0.1
    /// What the values of a patch are. The default is decibels.
    public var patchRange = PatchRange.decibels
    /// Recordings at once. The default is one a core.
    public var jobs = Terminal.cores

    /// What the values are that an ONNX network sees.
    public enum PatchRange: String, Sendable, CaseIterable {
        /// Decibels, as they are in the spectrogram.
        case decibels
        /// From 0, the least of the patch, to 1, its greatest.
        case unit
    }

    /// A request for these files.
    public init(tool: Tool, paths: [String], output: String) {
        self.tool = tool
        self.paths = paths
        self.output = output
    }
}
