import ArgumentParser
import Foundation
import Journaling
import Leasing
import Running

/// `concord-bench scheduler`: trials a second through everything but training.
struct SchedulerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scheduler",
        abstract: "Measure trials a second that train nothing, with every lease and outcome kept.",
        discussion: """
            First through the Dispatcher alone, in memory; then through a coordinator with its \
            durable store and workers over TCP, each a process with a Session and no trainer; then \
            with the real worker, its spool on disk and a persistent trainer process a slot. Times \
            are those that the journal holds: from the first lease to the last outcome. --curve \
            runs the second row with encryption too, and sweeps of trials that take a second, \
            without and with it.
            """)

    @Option(help: "Worker processes.") var workers = 2
    @Option(help: "Trials.") var trials = 20_000
    @Option(help: "Slots of a worker.") var slots = 16
    @Option(help: "Trials of the row with trainers.") var trainerTrials = 5_000
    @Option(help: "Slots, and so trainers, of a worker in that row.") var trainerSlots = 2
    @Option(help: "The folder to keep stores in; on the disk that is to be measured.")
    var folder = NSTemporaryDirectory()
    @Flag(help: "Measure what encryption costs.") var curve = false
    @Option(help: "Trials of a second that a slot has in turn, with --curve.") var rounds = 20
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        for (name, value) in [
            ("workers", workers), ("trials", trials), ("slots", slots), ("rounds", rounds),
        ]
        where value < 1 {
            throw ValidationError("--\(name) is \(value); it must be at least 1.")
        }
    }

    func run() throws {
        var load = DispatcherLoad(trials: trials, workers: workers, slots: slots)
        let alone = load.run()
        let sockets = try throughSockets(trials: trials, isEncrypted: false)
        let trainers = try ClusterRun(
            trials: trainerTrials, workers: workers, folder: folder,
            worker: { address, spool in
                ["noop-work", address, "--slots", "\(trainerSlots)", "--spool", spool]
            }
        ).run()
        let result = Result(
            trialsPerSecond: sockets.trialsPerSecond,
            dispatcherTrialsPerSecond: alone.trialsPerSecond,
            trainersTrialsPerSecond: trainers.trialsPerSecond,
            leaseGapMedianSeconds: sockets.gapSeconds, workers: workers, slots: slots,
            trials: sockets.trials, turns: sockets.turns, startMemoryBytes: sockets.startBytes,
            endMemoryBytes: sockets.endBytes, storeBytes: sockets.storeBytes,
            curve: curve ? try encryption() : nil)
        try result.print(json: json)
    }

    private func throughSockets(
        trials: Int, isEncrypted: Bool, trialSeconds: Double = 0
    ) throws -> ClusterRun.Figures {
        try ClusterRun(
            trials: trials, workers: workers, folder: folder, isEncrypted: isEncrypted,
            worker: { address, _ in
                [
                    "noop-worker", address, "--slots", "\(slots)", "--trial-seconds",
                    "\(trialSeconds)",
                ]
            }
        ).run()
    }

    private func encryption() throws -> Encryption {
        let count = rounds * slots * workers
        func seconds(isEncrypted: Bool) throws -> Double {
            let run = try throughSockets(
                trials: count, isEncrypted: isEncrypted, trialSeconds: 1)
            return Double(run.trials) / run.trialsPerSecond
        }
        return Encryption(
            trialsPerSecond: try throughSockets(trials: trials, isEncrypted: true).trialsPerSecond,
            secondTrials: count, plainSeconds: try seconds(isEncrypted: false),
            curveSeconds: try seconds(isEncrypted: true))
    }

    /// What encryption has shown.
    private struct Encryption: Encodable {
        let trialsPerSecond: Double
        let secondTrials: Int
        let plainSeconds: Double
        let curveSeconds: Double
        var overhead: Double { curveSeconds / plainSeconds - 1 }
    }

    private struct Result: Encodable {
        let trialsPerSecond: Double
        let dispatcherTrialsPerSecond: Double
        let trainersTrialsPerSecond: Double
        let leaseGapMedianSeconds: Double
        let workers: Int, slots: Int, trials: Int, turns: Int
        let startMemoryBytes: Int, endMemoryBytes: Int, storeBytes: Int
        let curve: Encryption?

        func print(json: Bool) throws {
            if json { return try show(self) }
            func row(_ name: String, _ value: Double) {
                let name = name.padding(toLength: 58, withPad: " ", startingAt: 0)
                Swift.print("\(name)\(String(format: "%10.0f", value))")
            }
            row("trials/s through the Dispatcher, in memory", dispatcherTrialsPerSecond)
            row("trials/s through sockets and the durable journal", trialsPerSecond)
            row("trials/s with spools and persistent trainers too", trainersTrialsPerSecond)
            row("µs from lease to lease of a worker, median", leaseGapMedianSeconds * 1e6)
            row("trials that one commit wrote, mean", Double(trials) / Double(max(1, turns)))
            row("MB of the coordinator before, and", Double(startMemoryBytes) / 1e6)
            row("after \(trials) trials", Double(endMemoryBytes) / 1e6)
            row("bytes of the store, a trial", Double(storeBytes) / Double(trials))
            guard let curve else { return }
            row("trials/s through encrypted sockets and the journal", curve.trialsPerSecond)
            row("ms of a sweep of \(curve.secondTrials) trials of 1 s", curve.plainSeconds * 1e3)
            row("ms of the same, encrypted", curve.curveSeconds * 1e3)
            Swift.print(String(format: "overhead of encryption: %.3f %%", curve.overhead * 100))
        }
    }
}

/// Prints a result as JSON.
func show(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}

/// A coordinator in this process and its workers in theirs, until all trials are done.
struct ClusterRun {
    let trials: Int
    let workers: Int
    let folder: String
    var isEncrypted = false
    /// The arguments of a worker at an address with a folder of its own.
    let worker: (String, String) -> [String]

    /// What a run has shown.
    struct Figures {
        var trials = 0
        var turns = 0
        var trialsPerSecond = 0.0
        var gapSeconds = 0.0
        var startBytes = 0
        var endBytes = 0
        var storeBytes = 0
    }

    func run() throws -> Figures {
        let root = "\(folder)/concord-bench-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let store = root + "/store"
        let sweep = try NoopSweep(trials: trials).load()
        let coordinator = try Coordinator(
            sweep: sweep, store: store, address: nil, isEncrypted: isEncrypted)
        let key = isEncrypted ? ["--key", try StoreKeys(of: store).file("owner")] : []
        var figures = Figures(startBytes: ProcessMeter.residentBytes)
        let processes = try (0..<workers).map { number in
            try BenchProcess.start(
                worker("\(coordinator.endpoint)", "\(root)/worker\(number)") + key)
        }
        defer { for (process, _) in processes where process.isRunning { process.terminate() } }
        let status = try coordinator.run()
        guard status == .done else { throw ValidationError("The run ended with \(status).") }
        figures.endBytes = ProcessMeter.residentBytes
        let gaps = processes.compactMap { process, output -> Double? in
            process.waitUntilExit()
            let text = String(
                decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            return Double(text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        figures.gapSeconds = gaps.sorted().dropFirst(gaps.count / 2).first ?? 0
        try measure(store, &figures)
        return figures
    }

    /// Reads from the journal how long it took.
    private func measure(_ store: String, _ figures: inout Figures) throws {
        let reading = try Store.observe(store)
        var first: Double?
        var last = 0.0
        var times: Set<Double> = []
        for entry in try reading.entries() {
            switch entry.event {
            case .finished:
                last = entry.seconds
                figures.trials += 1
                times.insert(entry.seconds)
            case .other(.leased): first = first ?? entry.seconds
            case .other: continue
            }
        }
        figures.turns = times.count
        figures.trialsPerSecond = Double(figures.trials) / (last - (first ?? 0))
        for name in try FileManager.default.contentsOfDirectory(atPath: store) {
            let traits = try FileManager.default.attributesOfItem(atPath: "\(store)/\(name)")
            figures.storeBytes += traits[.size] as? Int ?? 0
        }
    }
}

/// This program, started again in another role.
enum BenchProcess {
    static func start(_ arguments: [String]) throws -> (Process, Pipe) {
        let process = Process()
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        return (process, output)
    }
}
