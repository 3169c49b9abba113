import ArgumentParser
import Foundation
import Running

/// `concord-bench scaling`: what more slots are worth where the processor is not the limit.
struct ScalingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling",
        abstract: "Measure how much faster several workers are than one slot.",
        discussion: """
            Trials sleep, so that the cores of one machine stand for those of many: what is lost \
            is lost by leases, messages (encrypted) and the durable journal. Times are those that \
            the journal holds: from the first lease to the last outcome.
            """)

    @Option(help: "Worker processes, one a host.") var workers = 3
    @Option(help: "Slots of a worker.") var slots = 2
    @Option(help: "Seconds that a trial sleeps.") var trialSeconds = 1.0
    @Option(help: "Trials that each slot has in turn.") var rounds = 10
    @Option(help: "The folder to keep stores in.") var folder = NSTemporaryDirectory()
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        for (name, value) in [("workers", workers), ("slots", slots), ("rounds", rounds)]
        where value < 1 {
            throw ValidationError("--\(name) is \(value); it must be at least 1.")
        }
    }

    func run() throws {
        let one = try trialsPerSecond(workers: 1, slots: 1)
        let all = try trialsPerSecond(workers: workers, slots: slots)
        let result = Result(
            workers: workers, slots: slots, trialSeconds: trialSeconds,
            oneSlotTrialsPerSecond: one, trialsPerSecond: all, ratio: all / one)
        if json { return try show(result) }
        print(String(format: "one slot: %.3f trials/s", one))
        print(String(format: "%d × %d slots: %.3f trials/s", workers, slots, all))
        print(String(format: "ratio: %.2f of %d", result.ratio, workers * slots))
    }

    private func trialsPerSecond(workers: Int, slots: Int) throws -> Double {
        try ClusterRun(
            trials: rounds * workers * slots, workers: workers, folder: folder, isEncrypted: true,
            worker: { address, _ in
                [
                    "noop-worker", address, "--slots", "\(slots)", "--trial-seconds",
                    "\(trialSeconds)",
                ]
            }
        ).run().trialsPerSecond
    }

    private struct Result: Encodable {
        let workers: Int, slots: Int
        let trialSeconds: Double, oneSlotTrialsPerSecond: Double, trialsPerSecond: Double
        let ratio: Double
    }
}
