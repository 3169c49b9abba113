import ArgumentParser
import Features
import Kernels
import Networks

/// `concord-bench fixture`: the engine's results on a golden fixture, in the fixture's layout.
struct FixtureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fixture",
        abstract: "Run the engine on a golden fixture and write its results in the same layout.")

    @Argument(help: "A fixture (HDF5) with weights, inputs and gold.")
    var fixture: String

    @Option(help: "The file to write.")
    var output: String

    func run() throws {
        let fixture = try Fixture(path: fixture)
        let results = try FixtureResults(of: fixture)
        try results.write(to: output, fixture)
        print("loss \(results.losses[0]), ccc \(results.ccc) → \(output)")
    }
}

/// Why a fixture cannot be run: a sentence.
struct FixtureError: Error, CustomStringConvertible {
    let description: String
}
