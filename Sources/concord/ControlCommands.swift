import ArgumentParser
import Running

/// Which trials commands that change a sweep are about.
struct ChoiceOptions: ParsableArguments {
    @Argument(help: "The first digits of trials' keys.")
    var trials: [String] = []

    @Option(help: "A text in the names of cells: all trials of these cells; repeatable.")
    var cell: [String] = []

    @Flag(help: "All trials.")
    var all = false

    @Option(help: "The sweep's store.")
    var store: String

    var choice: StoreRequest.Choice {
        StoreRequest.Choice(trials: trials, cells: cell, all: all)
    }
}

/// `concord retry`: new attempts.
struct RetryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Give quarantined or cancelled trials new attempts.",
        discussion: """
            Without trials, all that are quarantined. A running coordinator is asked to; where \
            none runs, the store is changed, and the sweep's command goes on with it.
            """)

    @OptionGroup var options: ChoiceOptions

    func run() throws {
        try conclude { try StoreRequest(store: options.store).retry(options.choice) }
    }
}

/// `concord cancel`: no more attempts.
struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "End trials that have no outcome; what is finished stays.",
        discussion: """
            A cancelled trial is not trained until `concord retry` names it. A sweep with \
            cancelled trials ends with status 3, as one with quarantined trials does.
            """)

    @OptionGroup var options: ChoiceOptions

    func validate() throws {
        if options.choice.isEmpty {
            throw ValidationError("Name trials, --cell, or --all.")
        }
    }

    func run() throws {
        try conclude { try StoreRequest(store: options.store).cancel(options.choice) }
    }
}

/// `concord drain`: a worker leaves.
struct DrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Let a worker leave: it takes no more trials and finishes what it trains.",
        discussion: "Only a running coordinator can be asked to. `concord status` names workers.")

    @Argument(help: "The worker's name, or the first characters of its id.")
    var worker: String

    @Option(help: "The sweep's store.")
    var store: String

    @Flag(help: "Give back what it trains too; others go on from its checkpoints.")
    var now = false

    func run() throws {
        try conclude { try StoreRequest(store: store).drain(worker, atOnce: now) }
    }
}
