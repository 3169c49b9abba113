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

/// `concord audit`: trained again, compared.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Train a sample of finished trials again and compare their bytes.",
        discussion: """
            The store is only read. Ends with status 5 when an outcome differs: then one of the \
            machines does not compute as it should.
            """)

    @Argument(help: "The sweep's store.")
    var store: String

    @Option(help: "How many: a share of the finished trials such as 5%, or a number.")
    var sample = "5%"

    @Option(help: "Which: another seed draws other trials.")
    var seed = 1

    @Option(help: "Trials to train at a time (default: one a core).")
    var slots: Int?

    @Option(help: "The folder that the corpora's files lie in, instead of the manifests' own.")
    var dataRoot: String?

    func validate() throws {
        if Audit.Sample(sample) == nil {
            throw ValidationError("--sample is a share such as 5%, or a number of trials.")
        }
        if let slots, slots < 1 { throw ValidationError("--slots must be at least 1.") }
    }

    func run() throws {
        try conclude {
            guard let sample = Audit.Sample(sample) else { return .failed }
            return try Audit(store: store, dataRoot: dataRoot)
                .run(sample, seed: seed, slots: slots ?? Terminal.cores)
        }
    }
}
