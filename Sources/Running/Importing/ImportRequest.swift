import Descriptors
import Preparing

/// What `concord data import` is asked for.
public struct ImportRequest: Sendable {
    /// What wrote the files.
    public var source: ImportSource
    /// Files and folders; for a database's layout its one folder.
    public var paths: [String]
    /// The folder of the corpus.
    public var output: String
    /// The feature set's name. The default, nil, is the name of the files' folder.
    public var name: String?
    /// The feature set's modality. The default, nil, is what the source says of itself.
    public var modality: String?
    /// Modalities by feature set, for layouts that do not tell them.
    public var modalities: [String: String] = [:]
    /// How the tables are read.
    public var format = TableFormat()
    /// How rows become frames. The default is the mean.
    public var reduction = Alignment.Reduction.mean
    /// Added to all times. The default is 0.
    public var shiftSeconds = 0.0
    /// By how much lengths may differ. The default is 5 s.
    public var slackSeconds = 5.0
    /// The window of functionals. The default is 4 s.
    public var windowSeconds = 4.0
    /// How words are learnt, where `codebook` is nil. The default is AVEC's.
    public var learner = CodebookLearner()
    /// A codebook of openXBOW's in place of one that is learnt.
    public var codebook: String?
    /// The words that a row counts for; nil leaves it to the codebook.
    public var assignments: Int?
    /// The width of soft assignment; nil leaves it to the codebook.
    public var gaussianWidth: Float?
    /// Seconds between two rows: of gold traces, where nil finds out from their times; of features
    /// without times, where nil is the hop of the gold traces.
    public var hopSeconds: Double?
    /// The targets' names, where the tables do not give them.
    public var targets: [String]?
    /// The corpus's name. The default is that of its folder.
    public var corpusName: String?
    /// The culture of recordings whose names do not tell it.
    public var culture: String?
    /// A table of recordings with columns such as culture, subject and dyad.
    public var table: String?
    /// Files that are read at once. The default is one a core, and no more than six: each holds its
    /// table.
    public var jobs = min(Terminal.cores, 6)

    /// A request for these files.
    public init(source: ImportSource, paths: [String], output: String) {
        self.source = source
        self.paths = paths
        self.output = output
    }
}

/// What wrote the files that are imported.
public enum ImportSource: String, Sendable, CaseIterable {
    /// AVEC's layout, by the year of the challenge.
    case avec2019, avec2018, avec2017
    /// MuSe's layout.
    case muse
    /// Gold traces, in tables with a column for each target.
    case labels
    /// Feature tables of these tools.
    case opensmile, openface, openxbow, deepspectrum
    /// Arrays of NumPy; any table.
    case numpy, csv

    /// Whether it is a folder with gold traces and feature sets.
    var isLayout: Bool {
        switch self {
        case .avec2019, .avec2018, .avec2017, .muse: true
        case .labels, .opensmile, .openface, .openxbow, .deepspectrum, .numpy, .csv: false
        }
    }

    /// The format of its tables.
    public var format: TableFormat {
        switch self {
        case .openface: .openFace
        case .muse: .muse
        case .opensmile: .openSMILE
        case .avec2019, .avec2018, .avec2017: .avec
        case .labels, .openxbow, .deepspectrum, .numpy, .csv: TableFormat()
        }
    }

    /// What the names of its tables end in: OpenFace writes other text beside them.
    var endings: [String] { self == .openface ? ["csv"] : SourceFile.tableEndings }

    /// The modality of its features, where there is only one.
    var modality: String? {
        switch self {
        case .opensmile, .deepspectrum: "audio"
        case .openface: "video"
        case .avec2019, .avec2018, .avec2017, .muse, .labels, .openxbow, .numpy, .csv: nil
        }
    }
}
