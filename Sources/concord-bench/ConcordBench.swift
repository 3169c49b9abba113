import ArgumentParser
import Kernels

/// Checks and measures the engine by itself.
@main
struct ConcordBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "concord-bench",
        abstract: "Check the engine against golden numbers, and measure it.",
        subcommands: [
            FixtureCommand.self, KernelsCommand.self, EpochCommand.self, SimulateCommand.self,
            NumericsCommand.self, SchedulerCommand.self, DispatcherCommand.self,
            StoreCommand.self, NoopWorkerCommand.self, NoopWorkCommand.self,
            NoopTrainerCommand.self, ImportCommand.self, WordsCommand.self,
        ])

    static func main() {
        do {
            try InstructionSet.check()
        } catch {
            exit(withError: error)
        }
        main(nil)
    }
}
