import ArgumentParser
import Running
import Scoring

/// `concord score`: predictions of any system.
struct ScoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "score",
        abstract: "Score any system's predictions in AVEC's CSV format, per culture and together.",
        discussion: """
            Both folders hold a file a recording, such as Devel_DE_01.csv, with the columns name, \
            timestamp, and the targets; predictions may also lie in a folder for each target. As \
            in AVEC's own evaluation, a prediction that is longer than the gold trace is cropped, \
            one that is shorter repeats its last value; each is reported. Rows are compared by \
            their number, whatever their time stamps. NaN is refused, where AVEC's own passes over \
            it and still counts its frame. The CCC is taken of all frames end to end; its interval \
            is a bootstrap over dyads, where they are known.
            """)

    @Option(help: "The folder of gold traces.")
    var gold: String

    @Option(help: "The folder of predicted traces.")
    var predicted: String

    @Option(help: "The CCC's divisors: avec, population or sample.")
    var convention = Convention.avec

    @Option(help: "A manifest with cultures and dyads (default: by names of AVEC and SEWA).")
    var manifest: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try conclude {
            try PredictionFolders(gold: gold, predicted: predicted, manifest: manifest)
                .score(convention, isJSON: json)
        }
    }
}

extension Convention: ExpressibleByArgument {}
