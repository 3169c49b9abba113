import ArgumentParser
import Foundation
import Glibc
import Journaling
import Leasing
import Planning
import Running

/// `concord-bench recovery`: how soon a dead worker is noticed, and workers are back at a
/// coordinator that was killed and started again.
struct RecoveryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recovery",
        abstract: "Measure how soon a cluster goes on after a worker or the coordinator is killed.",
        discussion: """
            A coordinator with its durable store, and workers that hold their trials and never end \
            one, each a process. A worker that holds trials is killed: its loss is noticed, and \
            its trials are leased elsewhere. Then the coordinator is killed and started again at \
            once, five times: all workers are back, as it says itself.
            """)

    @Option(help: "Worker processes.") var workers = 20
    @Option(help: "The folder to keep the store in.") var folder = NSTemporaryDirectory()
    @Flag(help: "Print JSON.") var json = false

    private static let restarts = 5

    func validate() throws {
        guard workers > 1 else {
            throw ValidationError("--workers is \(workers); it must be at least 2.")
        }
    }

    func run() throws {
        let cluster = try KilledCluster(
            workers: workers, store: "\(folder)/concord-bench-\(UUID().uuidString)")
        defer { cluster.clean() }
        let (noticed, elsewhere) = try cluster.killHolder()
        let returns = try (0..<Self.restarts).map { _ in try cluster.restart(workers - 1) }.sorted()
        let result = Result(
            workers: workers, noticedSeconds: noticed, elsewhereSeconds: elsewhere,
            returnMedianSeconds: returns[returns.count / 2], returnMaximumSeconds: returns.last!)
        if json { return try show(result) }
        func row(_ name: String, _ seconds: Double) {
            let name = name.padding(toLength: 58, withPad: " ", startingAt: 0)
            print("\(name)\(String(format: "%8.2f", seconds))")
        }
        row("s until a killed worker is noticed", noticed)
        row("s until its last trial is leased elsewhere", elsewhere)
        row("s until all \(workers - 1) workers are back, median", result.returnMedianSeconds)
        row("s of the slowest of \(Self.restarts) restarts", result.returnMaximumSeconds)
    }

    private struct Result: Encodable {
        let workers: Int
        let noticedSeconds: Double, elsewhereSeconds: Double
        let returnMedianSeconds: Double, returnMaximumSeconds: Double
    }
}

/// A coordinator of trials that never end, at an address.
struct NoopCoordinateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "noop-coordinate", shouldDisplay: false)

    @Argument var store: String
    @Option var trials: Int

    func run() throws {
        let sweep = try NoopSweep(trials: trials).load()
        _ = try Coordinator(sweep: sweep, store: store, address: nil).run()
    }
}

/// Such a coordinator and its workers, and the journal as it is seen from outside.
private final class KilledCluster {
    private let store: String
    private let trials: Int
    private var coordinator: Process
    private var workers: [Process] = []

    /// Trials are fewer than the workers would hold: some of them wait for those of others.
    init(workers count: Int, store: String) throws {
        (self.store, trials) = (store, count)
        coordinator = try Self.coordinate(store, count)
        let address = try poll { try? Store.observe(store).endpoint() }
        workers = try (0..<count).map { _ in
            try Self.start([
                "noop-worker", address, "--slots", "1", "--trial-seconds", "1e6",
                "--key", try StoreKeys(of: store).file("owner"),
            ])
        }
    }

    /// Kills a worker that holds trials.
    ///
    /// - Returns: The seconds until its loss is noticed, and until all its trials are leased again.
    func killHolder() throws -> (noticed: Double, elsewhere: Double) {
        let holders = try poll {
            let leases = try leases(since: 0)
            return leases.count == trials ? leases : nil
        }
        // Its name ends with the number of its process.
        let victim = holders[0].worker
        let name = try events().compactMap { entry -> String? in
            if case .joined(victim, let name, _) = entry.event { return name }
            return nil
        }[0]
        let killed = Date().timeIntervalSince1970
        kill(pid_t(name.split(separator: ":").last!)!, SIGKILL)
        let noticed = try poll {
            try events().first { $0.event == .left(victim, lost: true) }?.seconds
        }
        let lost = Set(holders.filter { $0.worker == victim }.map(\.key))
        let elsewhere = try poll {
            let again = try leases(since: killed).filter { lost.contains($0.key) }
            return Set(again.map(\.key)) == lost ? again.last!.seconds : nil
        }
        return (noticed - killed, elsewhere - killed)
    }

    /// Kills the coordinator and starts it again.
    ///
    /// - Returns: The seconds from the new one's start until `count` workers are back.
    func restart(_ count: Int) throws -> Double {
        kill(coordinator.processIdentifier, SIGKILL)
        coordinator.waitUntilExit()
        let started = ProcessMeter.seconds
        coordinator = try Self.coordinate(store, trials)
        return try poll {
            let log = try String(contentsOfFile: Self.logFile(of: store), encoding: .utf8)
            let returned = log.split(separator: "\n").count { $0.hasSuffix("is back.") }
            return returned >= count ? ProcessMeter.seconds - started : nil
        }
    }

    func clean() {
        for process in workers + [coordinator] where process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try? FileManager.default.removeItem(atPath: store)
        try? FileManager.default.removeItem(atPath: Self.logFile(of: store))
    }

    private func events() throws -> [(seconds: Double, event: JournalEvent)] {
        try Store.observe(store).entries().compactMap { entry in
            if case .other(let event) = entry.event { return (entry.seconds, event) }
            return nil
        }
    }

    private func leases(
        since start: Double
    ) throws -> [(seconds: Double, key: TrialKey, worker: WorkerID)] {
        try events().compactMap { entry in
            guard case .leased(let lease, let worker) = entry.event, entry.seconds > start else {
                return nil
            }
            return (entry.seconds, lease.key, worker)
        }
    }

    /// Asks until there is an answer, for a minute.
    private func poll<Answer>(_ ask: () throws -> Answer?) throws -> Answer {
        for _ in 0..<6_000 {
            if let answer = try ask() { return answer }
            usleep(10_000)
        }
        throw ValidationError("The cluster does not go on.")
    }

    private static func logFile(of store: String) -> String { store + ".log" }

    /// Starts a coordinator, which writes a new log.
    private static func coordinate(_ store: String, _ trials: Int) throws -> Process {
        FileManager.default.createFile(atPath: logFile(of: store), contents: nil)
        return try start(
            ["noop-coordinate", store, "--trials", "\(trials)"],
            log: FileHandle(forWritingAtPath: logFile(of: store))!)
    }

    private static func start(
        _ arguments: [String], log: FileHandle = .nullDevice
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = log
        try process.run()
        return process
    }
}
