import ArgumentParser
import Running

/// What commands about single trials ask for.
struct TrialOptions: ParsableArguments {
    @Option(help: "The sweep's store.")
    var store: String

    @Option(help: "A sweep's YAML file to see the store from (default: the store's own).")
    var sweep: String?

    @Option(help: "The folder that the corpora's files lie in, instead of the manifests' own.")
    var dataRoot: String?

    /// The store, read; nothing is written.
    func load() throws -> StoreExplanation {
        let loaded = try sweep.map { try LoadedSweep(spec: $0, dataRoot: dataRoot) }
        return try StoreExplanation(store: store, sweep: loaded)
    }
}

/// `concord why`: one trial.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Say of a trial whether it is new and why, what happened, what determines it.")

    @Argument(help: "The first digits of the trial's key.")
    var trial: String

    @OptionGroup var options: TrialOptions

    func run() throws {
        try conclude {
            Terminal.show(try options.load().why(trial))
            return .done
        }
    }
}

/// `concord diff`: two trials.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say in which ingredients two trials differ.")

    @Argument(help: "The first digits of one trial's key.")
    var first: String

    @Argument(help: "The first digits of the other's.")
    var second: String

    @OptionGroup var options: TrialOptions

    func run() throws {
        try conclude {
            Terminal.show(try options.load().differences(first, second))
            return .done
        }
    }
}
