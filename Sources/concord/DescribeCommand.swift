import ArgumentParser
import Running

/// `concord data describe`: a page about a corpus.
struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Write a page about a corpus, as HTML and Markdown.",
        discussion: """
            Recordings and durations per culture and partition, distributions of the gold traces, \
            agreement of raters and correlation of partners, ranges and gaps of the features, and \
            recordings of equal content. --raters names the folder that `data gold` takes; without \
            it raters' traces are those of a dataset called raters (frames, raters, targets) \
            beside the gold traces, where there is one.
            """)

    @Argument(help: "The manifest.")
    var manifest: String

    @Option(help: "The folder to write corpus.html and corpus.md into.")
    var output: String

    @Option(help: "A folder for each rater in this one, and in it a CSV file a recording.")
    var raters: String?

    @Option(help: "The folder that the corpus's files lie in, instead of the manifest's own.")
    var dataRoot: String?

    func run() throws {
        try conclude {
            try CorpusDescription.write(
                manifest: manifest, dataRoot: dataRoot, raters: raters, into: output)
        }
    }
}
