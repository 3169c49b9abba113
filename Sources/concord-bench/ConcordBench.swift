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
            NumericsCommand.self, SchedulerCommand.self, ScalingCommand.self,
            DispatcherCommand.self, StoreCommand.self, RecoveryCommand.self,
            ConnectionsCommand.self, TransferCommand.self, CoverageCommand.self,
            ReportBenchCommand.self, ImportCommand.self, WordsCommand.self,
            NoopCoordinateCommand.self, NoopWorkerCommand.self, NoopWorkCommand.self,
            NoopTrainerCommand.self, NoopCrowdCommand.self, TransferServerCommand.self,
            PlainSenderCommand.self,
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
