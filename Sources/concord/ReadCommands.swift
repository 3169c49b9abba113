import ArgumentParser
import Planning
import Running

/// `concord plan`: the trials, before anything runs.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "List the trials of a sweep; trains nothing and writes nothing.",
        discussion: """
            With a store it says which trials are there already (reused), which are of the name of \
            a finished one but of other data or settings (changed), which are new, and what the \
            rest costs. Memory is what a trainer holds at its peak, among it the feature files' \
            pages, which all trainers of a machine share.
            """)

    @OptionGroup var sweep: SweepOptions

    @Option(help: "The store to compare with.")
    var store: String?

    @Flag(
        help: """
            Print every trial with its three lists of recordings as JSON; with a store also its \
            state and the seconds that it will take.
            """)
    var json = false

    func run() throws {
        try conclude {
            let loaded = try sweep.load()
            if let store {
                let explanation = try StoreExplanation(store: store, sweep: loaded)
                Terminal.show(try json ? explanation.planJSON() : explanation.describePlan())
                return .done
            }
            Terminal.show(json ? loaded.planJSON() : loaded.describePlan())
            return .done
        }
    }
}

/// `concord status`: how far a sweep is.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how far a sweep is, while it runs or after; writes nothing.")

    @Argument(help: "The sweep's store.")
    var store: String

    @Option(help: "The YAML file of the sweep to speak of (default: the one that ran last).")
    var sweep: String?

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try conclude {
            let status = try StoreStatus(store: store, spec: sweep)
            Terminal.show(json ? status.json : status.text)
            return .done
        }
    }
}

/// `concord report`: tables and figures.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write the report of a sweep, while it runs or after; the store is only read.",
        discussion: """
            The same store gives the same bytes. csv and json are described in Report.md of the \
            documentation. svg writes the figures of the page as files; predictions writes what \
            was predicted out of fold, as AVEC's CSV and as HDF5. --compare sets the sweeps of two \
            stores side by side, the second less the first, in the order in which they are named.
            """)

    @Argument(help: "The sweep's store; with --compare two.")
    var stores: [String]

    @Flag(help: "Set two sweeps side by side.")
    var compare = false

    @Option(
        help: """
            The YAML file of the sweep to report (default: the one that ran last); with --compare \
            one for each store.
            """)
    var sweep: [String] = []

    @Option(
        help: """
            One or more of text, html, markdown, latex, csv, json, svg, predictions, with commas \
            between.
            """)
    var format = "text"

    @Option(help: "The folder to write into (default: text, or one format, on the screen).")
    var output: String?

    @Flag(help: "Report although trials are missing; affected numbers are marked.")
    var partial = false

    @Option(help: "The CCC of all tables: population, sample or avec (default: population).")
    var convention: String?

    @Option(help: "What stands beside the means of tables of models: sd, interval or none.")
    var spread = "sd"

    @Flag(help: "Quote the published columns of the paper's Table I beside the models.")
    var published = false

    @Flag(help: "Draw gold and predicted traces; reads gold traces from the corpora's files.")
    var traces = false

    @Option(help: "The folder of the corpora's files (default: as their manifests say).")
    var dataRoot: String?

    func validate() throws {
        guard stores.count == (compare ? 2 : 1) else {
            throw ValidationError(
                compare
                    ? "--compare takes two stores, as in `concord report OLD --compare NEW`."
                    : "report takes one store; --compare sets two side by side.")
        }
        guard sweep.isEmpty || sweep.count == stores.count else {
            throw ValidationError("With --compare, --sweep is given for each of the two stores.")
        }
    }

    func run() throws {
        try conclude {
            let formats = try ReportFormat.parse(format)
            let choices = try ReportChoices(
                convention: convention, spread: spread, allowPartial: partial,
                quotesTableOne: published, drawsTraces: traces, dataRoot: dataRoot)
            let writers = try stores.indices.map { place in
                try ReportWriter(
                    store: stores[place], spec: sweep.isEmpty ? nil : sweep[place],
                    choices: choices)
            }
            return compare
                ? try writers[0].compare(with: writers[1], formats, into: output)
                : try writers[0].write(formats, into: output)
        }
    }
}
