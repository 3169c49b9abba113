import ArgumentParser
import Descriptors
import Preparing
import Running

/// `concord data import`: a corpus from the files of other tools.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Bring labels and features of other tools into a corpus of HDF5 files.",
        discussion: """
            SOURCE is a database in its own layout (avec2019, avec2018, avec2017, muse: one \
            folder), gold traces (labels), or a tool's feature files (opensmile, openface, \
            openxbow, deepspectrum, numpy, csv): files or folders of CSV, ARFF, LibSVM or NumPy.

            Gold traces come first: features are brought to their frames, and frames without \
            features become gaps in a mask. The same command goes on where it was stopped, and \
            reads no finished recording again. DIR/corpus.yaml is the manifest.
            """)

    @Argument(help: "What wrote the files.")
    var source: ImportSource

    @Argument(help: "The files, or folders of them.")
    var paths: [String]

    @Option(help: ArgumentHelp("The corpus's folder.", valueName: "dir"))
    var output: String

    @Option(help: "The feature set's name (default: that of the files' folder).")
    var name: String?

    @OptionGroup var modalities: ModalityOptions

    @Option(help: "Columns with commas between: names, patterns (AU*_r), lists (egemaps-v01a).")
    var columns: String?

    @Option(help: "How rows become a frame: mean, nearest, functionals (mean and SD) or words.")
    var reduce = Alignment.Reduction.mean

    @Option(help: "The window of functionals and words, in seconds.")
    var windowSeconds = 4.0

    @OptionGroup(title: "Options for --reduce words")
    var words: WordOptions

    @Option(help: "Add this to all times, such as half a window of Deep Spectrum.")
    var shiftSeconds = 0.0

    @Option(help: "By how many seconds features may end before or after the gold traces.")
    var slackSeconds = 5.0

    @Option(help: "OpenFace, AVEC: rows of less confidence, or of none, are gaps.")
    var confidence = 0.0

    @Option(help: "The column of times; where there is no header, its number from 1.")
    var time: String?

    @Option(help: "Seconds in one unit of that column (default: 1; MuSe 0.001).")
    var timeUnit: Double?

    @Option(help: "What stands between fields: comma, semicolon, tab or blank.")
    var separator: Separator?

    @Flag(inversion: .prefixedNo, help: "Whether the first line names the columns.")
    var header: Bool?

    @Option(help: "LibSVM files have so many values a row.")
    var width: Int?

    @OptionGroup var gold: GoldOptions

    @Option(help: "The culture of all recordings whose names do not tell it.")
    var culture: String?

    @Option(help: "A CSV file with a row a recording: id, culture, subject, dyad, partition ….")
    var table: String?

    @Option(help: "The corpus's name (default: that of its folder).")
    var corpus: String?

    @Option(help: "Files that are read at once (default: one a core, 6 at most).")
    var jobs: Int?

    /// The words for separators.
    enum Separator: String, ExpressibleByArgument, CaseIterable {
        case comma, semicolon, tab, blank

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .semicolon: UInt8(ascii: ";")
            case .tab: UInt8(ascii: "\t")
            case .blank: UInt8(ascii: " ")
            }
        }
    }

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
        if let width, width < 1 { throw ValidationError("--width must be at least 1.") }
        if !(slackSeconds >= 0 && slackSeconds.isFinite) {
            throw ValidationError("--slack-seconds must be 0 or more.")
        }
        if !shiftSeconds.isFinite { throw ValidationError("--shift-seconds must be a number.") }
        if !(windowSeconds > 0 && windowSeconds.isFinite) {
            throw ValidationError("--window-seconds must be more than 0.")
        }
        if let timeUnit, !(timeUnit > 0 && timeUnit.isFinite) {
            throw ValidationError("--time-unit must be more than 0.")
        }
    }

    func run() throws {
        try conclude { try DataImport(try request()).run() }
    }

    private func request() throws -> ImportRequest {
        var request = ImportRequest(source: source, paths: paths, output: output)
        request.name = name
        (request.modality, request.modalities) = try modalities.read()
        request.format = format()
        request.reduction = reduce
        request.windowSeconds = windowSeconds
        words.apply(to: &request)
        request.shiftSeconds = shiftSeconds
        request.slackSeconds = slackSeconds
        request.targets = gold.names
        request.hopSeconds = gold.hopSeconds
        request.culture = culture
        request.table = table
        request.corpusName = corpus
        if let jobs { request.jobs = jobs }
        return request
    }

    private func format() -> TableFormat {
        var format = source.format
        if let columns { format.columns = columns.words }
        format.confidenceMin = confidence
        format.timeColumn = time
        if let timeUnit { format.secondsPerUnit = timeUnit }
        format.separator = separator?.byte
        format.hasHeader = header
        if let width { format.syntax = .sparse(width: width) }
        return format
    }
}

/// Bags of words.
struct WordOptions: ParsableArguments {
    @Option(help: "A codebook file of openXBOW; without it one is learnt on partition train.")
    var codebook: String?

    @Option(help: "How many words are learnt.")
    var words = 100

    @Flag(help: "Move the words to the means of their rows, until none changes (k-means).")
    var iterate = false

    @Flag(help: "Learn words of features that are not standardised.")
    var raw = false

    @Option(help: "How many nearest words a row counts for (default: 1, or the codebook's).")
    var assign: Int?

    @Option(help: "Count by a Gaussian of this width around a word instead of by 1.")
    var gaussian: Float?

    func validate() throws {
        if words < 1 { throw ValidationError("--words must be at least 1.") }
        if let assign, assign < 1 { throw ValidationError("--assign must be at least 1.") }
        if let gaussian, !(gaussian > 0 && gaussian.isFinite) {
            throw ValidationError("--gaussian must be more than 0.")
        }
    }

    func apply(to request: inout ImportRequest) {
        request.codebook = codebook
        request.learner.words = words
        request.learner.isIterated = iterate
        request.learner.isStandardised = !raw
        request.assignments = assign
        request.gaussianWidth = gaussian
    }
}

extension ImportSource: ExpressibleByArgument {}
extension Alignment.Reduction: ExpressibleByArgument {}
