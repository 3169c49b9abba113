import ArgumentParser
import Foundation
import Scoring

/// `concord-bench coverage`: how often the intervals of a report hold the truth.
struct CoverageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "Simulate studies whose true CCC is known, and count the intervals that hold it.",
        discussion: """
            A study has dyads of two recordings whose frames depend on each other. Of each the \
            intervals are made as a report makes them, by drawing dyads: of one model's CCC, and \
            of the difference of two models. Nineteen of twenty should hold the truth.
            """)

    @Option(help: "The numbers of dyads, with commas between.")
    var dyads = "10,20,30,60"

    @Option(help: "How many studies of each.")
    var repetitions = 2000

    @Option(help: "The resamples of each interval.")
    var resamples = 10_000

    func validate() throws {
        guard !sizes.isEmpty, sizes.allSatisfy({ $0 >= 2 }), repetitions > 0, resamples > 0 else {
            throw ValidationError("--dyads are numbers from 2 on; the others at least 1.")
        }
    }

    private var sizes: [Int] { dyads.split(separator: ",").compactMap { Int($0) } }

    func run() {
        print(
            """
            95 % intervals that hold the truth; \(repetitions) studies each, \(resamples) \
            resamples; the standard interval is \(Interval.Kind.standard.label)

            dyads  statistic    interval    holds  too low  too high  mean width
            """)
        for size in sizes {
            let finding = CoverageSimulation(
                dyads: size, repetitions: repetitions, resamples: resamples
            ).run()
            for (name, tallies) in [
                ("ccc", finding.concordance), ("difference", finding.difference),
            ] {
                for kind in Interval.Kind.allCases {
                    print(line(size, name, kind, tallies[kind]!))
                }
            }
        }
    }

    private func line(
        _ size: Int, _ name: String, _ kind: Interval.Kind, _ tally: CoverageSimulation.Tally
    ) -> String {
        func percent(_ count: Int) -> String {
            String(format: "%.1f %%", 100 * Double(count) / Double(repetitions))
        }
        func left(_ text: String, _ width: Int) -> String {
            text.padding(toLength: width, withPad: " ", startingAt: 0)
        }
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let with = max(1, repetitions - tally.without)
        return right("\(size)", 5) + "  " + left(name, 11) + "  " + left(kind.label, 10)
            + right(percent(tally.held), 7) + right(percent(tally.below), 9)
            + right(percent(tally.above), 10)
            + right(String(format: "%.3f", tally.width / Double(with)), 12)
    }
}
