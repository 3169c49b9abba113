import ArgumentParser
import Preparing
import Running

/// `concord data`: corpora.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Import, describe, check and make corpora.",
        subcommands: [
            ImportCommand.self, ExtractCommand.self, IndexCommand.self, CheckCommand.self,
            DescribeCommand.self, GoldCommand.self, SynthesizeCommand.self,
        ])
}

/// `concord data index`: a manifest from files.
struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Write a manifest from HDF5 files; their attributes become columns.")

    @Argument(help: "HDF5 files with one group a recording.")
    var files: [String]

    @Option(help: "The corpus's name (default: the first file's).")
    var name: String?

    @Option(help: "The attribute that holds a recording's culture.")
    var culture = "culture"

    @Option(help: "A column whose equal values must stay on one side of a split; repeatable.")
    var group: [String] = []

    @Option(help: "The dataset of gold traces (default: targets, labels or gold).")
    var gold: String?

    @OptionGroup var traces: GoldOptions

    @OptionGroup var modalities: ModalityOptions

    @Option(help: "The manifest to write (default: on the screen).")
    var output: String?

    func run() throws {
        try conclude {
            var options = IndexOptions()
            if let name { options.name = name }
            options.cultureAttribute = culture
            options.groups = group
            if let gold { options.goldNames = [gold] }
            options.targetNames = traces.names
            options.hopSeconds = traces.hopSeconds
            let modality = try modalities.read()
            guard modality.all == nil else {
                throw RunningError("--modality takes NAME=MODALITY here, such as egemaps=audio.")
            }
            options.modalities = modality.named
            return try CorpusFiles(paths: files).index(
                options, isNamed: name != nil, output: output)
        }
    }
}

/// `concord data check`: a corpus against its manifest.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify every digest, shape, hop and value of a corpus, and print a table.",
        discussion: """
            A manifest without frames and digests is an outline, such as \
            data-manifests/avec2019.yaml: it says what your files should hold. Of what was found \
            there, --output writes a manifest that sweeps can use.
            """)

    @Argument(help: "The manifest.")
    var manifest: String

    @Option(help: "The folder that the corpus's files lie in, instead of the manifest's own.")
    var dataRoot: String?

    @Option(help: "The feature sets to look at, with commas between (default: all).")
    var features: String?

    @Option(help: "Where to write the manifest of what was found, when all is well.")
    var output: String?

    func run() throws {
        try conclude {
            try CorpusFiles.check(
                manifest: manifest, dataRoot: dataRoot,
                features: features?.words, output: output)
        }
    }
}

/// `concord data synthesize`: the embedded corpus.
struct SynthesizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize",
        abstract: "Write a corpus whose generalization gap is known by construction.",
        discussion: """
            Cultures of dyads with slow emotion traces, and features produced from them by maps \
            that differ between cultures as far as --culture-shift says. The same parameters give \
            the same bytes. With --shape avec2019 they have the recordings, dyads, lengths and \
            widths of that challenge, in the files that its import writes: 0.3 GB of low-level \
            features, 9 GB of deep ones.
            """)

    @Option(help: "The folder to write corpus.yaml and the corpus's files into.")
    var output: String

    @Option(help: "The corpus's shape: embedded or avec2019.")
    var shape = CorpusShape.embedded

    @Option(help: "avec2019: feature sets with commas between; low-level, deep: the paper's.")
    var features = "low-level"

    @Option(help: "avec2019: only so many recordings of each culture and partition.")
    var recordings: Int?

    @Option(help: "The seed.")
    var seed: UInt64 = 1

    @Option(help: "The cultures, with commas between.")
    var cultures = "DE,HU,CN"

    @Option(help: "Dyads in each culture.")
    var dyads = 6

    @Option(help: "Frames of the shortest recording.")
    var shortest = 300

    @Option(help: "Frames of the longest recording.")
    var longest = 500

    @Option(help: "How far the cultures' maps differ, from 0 to 1.")
    var cultureShift = 0.5

    func validate() throws {
        if let recordings, recordings < 1 {
            throw ValidationError("--recordings is \(recordings); it must be at least 1.")
        }
    }

    func run() throws {
        try conclude {
            if shape == .avec2019 {
                return try AVEC2019Corpus(
                    features: features.words,
                    recordings: recordings, seed: seed, cultureShift: cultureShift
                ).write(into: output)
            }
            return try EmbeddedCorpus(
                seed: seed, cultures: cultures.words,
                dyads: dyads, frames: (shortest: shortest, longest: longest),
                cultureShift: cultureShift
            ).write(into: output)
        }
    }
}

/// What a made-up corpus looks like.
enum CorpusShape: String, ExpressibleByArgument, CaseIterable {
    case embedded, avec2019
}
