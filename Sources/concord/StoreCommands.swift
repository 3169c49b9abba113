import ArgumentParser
import Running

/// `concord store`: the folder that keeps a sweep.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Check, repair and bundle stores.",
        subcommands: [
            StoreCheckCommand.self, StoreBundleCommand.self, StoreUnbundleCommand.self,
        ])
}

/// `concord store check`: is all well?
struct StoreCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read all of a store and list what is wrong with it.",
        discussion: """
            Checks the database's structures, the journal's lines, that they tell a possible \
            story, and every outcome against its digest, the journal and the plan. Exit status 6 \
            says that something is wrong. Nothing is written without --repair, and a coordinator \
            may run.
            """)

    @Argument(help: "The sweep's store.")
    var store: String

    @Flag(
        help: """
            Keep all that is sound; trials whose outcomes are damaged or missing are open again. \
            The damaged database is kept beside the new one.
            """)
    var repair = false

    func run() throws {
        try conclude { try StoreUpkeep(store: store).check(repair: repair) }
    }
}

/// `concord store bundle`: one file.
struct StoreBundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Write a store as one file: journal, outcomes, sweep, manifests and models.",
        discussion: """
            The file is a tar archive with checksums. The same store gives the same bytes, and its \
            report is the same, byte for byte.
            """)

    @Argument(help: "The sweep's store; a coordinator may run.")
    var store: String

    @Option(help: "The file to write; it must not exist.")
    var output: String

    func run() throws {
        try conclude { try StoreUpkeep(store: store).bundle(into: output) }
    }
}

/// `concord store unbundle`: a store again.
struct StoreUnbundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unbundle",
        abstract: "Make the store of a bundle; a damaged one is refused.")

    @Argument(help: "The bundle.")
    var file: String

    @Option(help: "The store's folder; it must not exist, or be empty.")
    var output: String

    func run() throws {
        try conclude { try StoreUpkeep(store: output).unbundle(file) }
    }
}
