import ArgumentParser
import Kernels
import Running

/// The command `concord`.
@main
struct Concord: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "concord",
        abstract: "Runs cross-culture train/test sweeps over many processes.",
        discussion: """
            A manifest describes a corpus, a sweep asks for trials over it, and a store keeps \
            every outcome. The same command, run again, goes on where it was stopped.
            """,
        version: Release.version,
        subcommands: [
            RunCommand.self, CoordinateCommand.self, WorkCommand.self, PlanCommand.self,
            StatusCommand.self, WhyCommand.self, DiffCommand.self, ReportCommand.self,
            CertificateCommand.self,
            AuditCommand.self, RetryCommand.self, CancelCommand.self, DrainCommand.self,
            KeysCommand.self, StoreCommand.self, PredictCommand.self, ModelCommand.self,
            ScoreCommand.self,
            DataCommand.self, TrainerCommand.self,
        ])

    static func main() {
        do {
            // Help and version are said before: whatever the processor.
            var command = try parseAsRoot()
            try InstructionSet.check()
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}

/// What every command that makes a plan asks for.
struct SweepOptions: ParsableArguments {
    @Argument(help: "The sweep's YAML file.")
    var spec: String

    @Option(help: "The folder that the corpora's files lie in, instead of the manifests' own.")
    var dataRoot: String?

    /// The sweep, read and checked.
    func load() throws -> LoadedSweep { try LoadedSweep(spec: spec, dataRoot: dataRoot) }
}

/// Runs a command's body; an error becomes one sentence on the error stream and an exit status.
func conclude(_ body: () throws -> ExitStatus) throws {
    let status: ExitStatus
    do {
        status = try body()
    } catch {
        status = (error as? RunningError)?.status ?? .failed
        Terminal.complain("concord: \(error)")
    }
    if status != .done { throw ArgumentParser.ExitCode(status.rawValue) }
}
