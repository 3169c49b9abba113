import ArgumentParser
import Foundation
import Journaling
import Leasing
import Planning
import Running

/// `concord-bench store`: how long a large store takes to open and go on with.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Measure how long a store with many finished trials takes to open and resume.",
        discussion: """
            Resuming is all that a coordinator does before it gives out its first lease: the \
            lock, the journal read and replayed, outcomes compared with it, and the queue built. \
            The plan is made before, and timed by itself.
            """)

    @Option(help: "Finished trials.") var trials = 100_000
    @Option(help: "The folder to make the store in.") var folder = NSTemporaryDirectory()
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if trials < 1 { throw ValidationError("--trials must be at least 1.") }
    }

    func run() throws {
        let root = "\(folder)/concord-bench-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let store = root + "/store"
        let noop = try NoopSweep(trials: trials)
        var start = ProcessMeter.seconds
        let sweep = try noop.load()
        let planSeconds = ProcessMeter.seconds - start
        start = ProcessMeter.seconds
        try fill(store, sweep)
        let fillSeconds = ProcessMeter.seconds - start
        start = ProcessMeter.seconds
        let coordinator = try Coordinator(sweep: sweep, store: store, address: nil)
        let resumeSeconds = ProcessMeter.seconds - start
        let keys = sweep.plan.uniqueKeys
        withExtendedLifetime(coordinator) {}
        let result = Result(
            trials: keys.count, planSeconds: planSeconds, resumeSeconds: resumeSeconds,
            eventsPerSecondWritten: Double(2 * keys.count) / fillSeconds,
            memoryBytes: ProcessMeter.residentBytes)
        if json { return try show(result) }
        print(
            String(
                format: "%d finished trials: planned in %.2f s, resumed in %.2f s, %d MB",
                result.trials, planSeconds, resumeSeconds, result.memoryBytes / 1_000_000))
    }

    private struct Result: Encodable {
        let trials: Int
        let planSeconds: Double, resumeSeconds: Double
        let eventsPerSecondWritten: Double
        let memoryBytes: Int
    }

    /// Writes a store in which every trial was leased and finished.
    private func fill(_ folder: String, _ sweep: LoadedSweep) throws {
        let store = try Store.coordinate(folder)
        let worker = WorkerID("bench")
        try store.append(
            [
                .planned(sweep.document, trials: sweep.plan.uniqueKeys.count),
                .joined(worker, name: "bench", slots: 1),
            ], at: 1)
        var events: [JournalEvent] = []
        for key in sweep.plan.uniqueKeys {
            let lease = LeaseID(key: key, attempt: 1)
            guard let delivery = NoopSweep.delivery(of: lease, in: sweep.plan) else { continue }
            events += [.leased(lease, worker), .finished(lease, worker, delivery)]
            if events.count >= 1000 {
                try store.append(events, at: 1)
                events = []
            }
        }
        try store.append(events, at: 1)
    }
}
