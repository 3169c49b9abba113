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
            SynthesizeCommand.self,
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

    @Option(help: "The targets' names with commas between, where no attribute says them.")
    var targets: String?

    @Option(help: "Seconds between two frames, where no attribute says it.")
    var hopSeconds: Double?

    @Option(help: "A dataset's modality, such as egemaps=audio; repeatable.")
    var modality: [String] = []

    @Option(help: "The manifest to write (default: on the screen).")
    var output: String?

    func run() throws {
        try conclude {
            var options = IndexOptions()
            if let name { options.name = name }
            options.cultureAttribute = culture
            options.groups = group
            if let gold { options.goldNames = [gold] }
            options.targetNames = targets?.split(separator: ",").map(String.init)
            options.hopSeconds = hopSeconds
            for pair in modality {
                let parts = pair.split(separator: "=").map(String.init)
                guard parts.count == 2 else {
                    throw RunningError(
                        "--modality takes NAME=MODALITY, such as egemaps=audio, not `\(pair)`.")
                }
                options.modalities[parts[0]] = parts[1]
            }
            return try CorpusFiles(paths: files).index(
                options, isNamed: name != nil, output: output)
        }
    }
}

/// `concord data check`: a corpus against its manifest.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Verify every digest, shape, hop and value of a corpus, and print a table.")

    @Argument(help: "The manifest.")
    var manifest: String

    @Option(help: "The folder that the corpus's files lie in, instead of the manifest's own.")
    var dataRoot: String?

    func run() throws {
        try conclude { try CorpusFiles.check(manifest: manifest, dataRoot: dataRoot) }
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
            the same bytes.
            """)

    @Option(help: "The folder to write corpus.h5 and corpus.yaml into.")
    var output: String

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

    func run() throws {
        try conclude {
            try EmbeddedCorpus(
                seed: seed, cultures: cultures.split(separator: ",").map(String.init),
                dyads: dyads, frames: (shortest: shortest, longest: longest),
                cultureShift: cultureShift
            ).write(into: output)
        }
    }
}
