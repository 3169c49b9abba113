import ArgumentParser
import Preparing
import Running

/// `concord data gold`: gold traces from raters.
struct GoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gold",
        abstract: "Make gold traces of several raters' traces, and say how well these agree.",
        discussion: """
            RATERS holds a folder for each rater, and that a CSV file for each recording: name, \
            timestamp and a column for each target; NaN is a pause, in which the others count. \
            With --lag-seconds each rater's trace is first shifted as a whole, by whole frames, to \
            where it fits the mean of the others best; the median rater stays. ewe weighs raters \
            by their correlation with the mean of all.
            """)

    @Argument(help: "The folder of the raters' folders.")
    var raters: String

    @Option(help: "The folder to write the gold traces into, a CSV file a recording.")
    var output: String

    @Option(help: "mean, or ewe: the evaluator weighted estimator.")
    var fusion = GoldRecipe.Fusion.ewe

    @Option(help: "By how many seconds a rater's trace may be shifted.")
    var lagSeconds = 0.0

    @Option(help: "What a rater's lag is chosen by: correlation or ccc.")
    var alignBy = GoldRecipe.Alignment.correlation

    @Option(help: "Seconds between two rows, where there are no time stamps.")
    var hopSeconds: Double?

    func validate() throws {
        guard lagSeconds >= 0, lagSeconds <= 60 else {
            throw ValidationError("--lag-seconds is \(lagSeconds); it takes 0 to 60.")
        }
        if let hopSeconds, !(hopSeconds > 0) {
            throw ValidationError("--hop-seconds is \(hopSeconds); it must be more than 0.")
        }
    }

    func run() throws {
        try conclude {
            var recipe = GoldRecipe()
            recipe.fusion = fusion
            recipe.alignment = alignBy
            return try RaterFolders(raters).fuse(
                recipe, lagSecondsMax: lagSeconds, hopSeconds: hopSeconds, output: output)
        }
    }
}

extension GoldRecipe.Fusion: ExpressibleByArgument {}
extension GoldRecipe.Alignment: ExpressibleByArgument {}
