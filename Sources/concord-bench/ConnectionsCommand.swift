import ArgumentParser
import Foundation
import Running

/// `concord-bench connections`: many workers at one coordinator.
struct ConnectionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections",
        abstract: "Measure a coordinator that many workers are connected to, encrypted.",
        discussion: """
            Starts a coordinator with its durable store, and workers that all join at once: each a \
            connection of its own with a Session that holds a lease, tells progress and beats. \
            Then, for a while, takes the processor time and memory of the coordinator's process.
            """)

    @Option(help: "Connections.") var count = 500
    @Option(help: "Seconds to measure, once all have joined.") var seconds = 30.0
    @Option(help: "The folder to keep the store in.") var folder = NSTemporaryDirectory()
    @Flag(help: "Print JSON.") var json = false

    private static let crowd = 100

    func validate() throws {
        if !(1...4000).contains(count) { throw ValidationError("--count must be 1 to 4000.") }
        if !(1...600).contains(seconds) { throw ValidationError("--seconds must be 1 to 600.") }
    }

    func run() throws {
        let root = "\(folder)/concord-bench-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let store = root + "/store"
        let sweep = try NoopSweep(trials: 4 * count).load()
        let coordinator = try Coordinator(sweep: sweep, store: store, address: nil)
        let key = try StoreKeys(of: store).file("owner")
        let began = ProcessMeter.seconds
        let crowds = try stride(from: 0, to: count, by: Self.crowd).map { first in
            try BenchProcess.start([
                "noop-crowd", "\(coordinator.endpoint)", "--key", key, "--count",
                "\(min(Self.crowd, count - first))",
            ])
        }
        defer { for (process, _) in crowds where process.isRunning { process.terminate() } }
        let outputs = crowds.map(\.1.fileHandleForReading)
        let result = Measurement(count: count, seconds: seconds, began: began)
        Thread.detachNewThread { result.take(outputs) }
        guard try coordinator.run() == .interrupted else {
            throw ValidationError("The run ended by itself.")
        }
        try result.print(json: json)
    }

    /// What is measured beside the coordinator's loop, which is ended then.
    private final class Measurement: @unchecked Sendable {
        // Unchecked: one thread writes it, and the other reads it when that has ended its loop.
        private let count: Int
        private let seconds: Double
        private let began: Double
        private var joinSeconds = 0.0
        private var cpuShare = 0.0
        private var bytes = 0
        private let startBytes = ProcessMeter.residentBytes

        init(count: Int, seconds: Double, began: Double) {
            self.count = count
            self.seconds = seconds
            self.began = began
        }

        func take(_ crowds: [FileHandle]) {
            // A crowd says a line when all of its workers are welcome.
            for crowd in crowds { _ = try? crowd.read(upToCount: 1) }
            joinSeconds = ProcessMeter.seconds - began
            sleep(3)
            let (cpu, at) = (ProcessMeter.cpuSeconds, ProcessMeter.seconds)
            usleep(UInt32(seconds * 1e6))
            cpuShare = (ProcessMeter.cpuSeconds - cpu) / (ProcessMeter.seconds - at)
            bytes = ProcessMeter.residentBytes
            // Once asks the workers for what they hold, which they never finish; twice ends.
            kill(getpid(), SIGINT)
            sleep(1)
            kill(getpid(), SIGINT)
        }

        func print(json: Bool) throws {
            struct Result: Encodable {
                let connections: Int
                let joinSeconds: Double, coreShare: Double
                let startMemoryBytes: Int, memoryBytes: Int
            }
            if json {
                return try show(
                    Result(
                        connections: count, joinSeconds: joinSeconds, coreShare: cpuShare,
                        startMemoryBytes: startBytes, memoryBytes: bytes))
            }
            Swift.print(
                String(
                    format: """
                        %d connections joined in %.2f s
                        coordinator: %.2f %% of a core, %.1f MB (%.1f before) over %.0f s
                        """,
                    count, joinSeconds, cpuShare * 100, Double(bytes) / 1e6,
                    Double(startBytes) / 1e6, seconds))
        }
    }
}

extension ProcessMeter {
    /// Processor time of all threads of this process, in seconds.
    static var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
