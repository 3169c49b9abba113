import ArgumentParser
import Corpora
import Foundation
import Leasing
import Planning

/// `concord-bench dispatcher`: the core of the coordinator by itself, at three sizes.
struct DispatcherCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispatcher",
        abstract: "Measure events a second of the Dispatcher, and its memory, as trials grow.",
        discussion: """
            All trials are planned and dispatched to simulated workers that finish each at once. \
            The time of an event must not depend on the number of trials.
            """)

    @Option(help: "Trials of the largest of three sizes, each ten times the one before.")
    var trials = 1_000_000
    @Option(help: "Simulated workers.") var workers = 10_000
    @Option(help: "Slots of a worker.") var slots = 1
    @Option(
        help: "Kinds of trials, of different length, data and memory; with 1 they ask for nothing.")
    var shapes = 1
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if shapes < 1 { throw ValidationError("--shapes must be at least 1.") }
        if trials < 100 { throw ValidationError("--trials must be at least 100.") }
        if workers < 1 { throw ValidationError("--workers must be at least 1.") }
        if !(1...Limits.slotsMax).contains(slots) {
            throw ValidationError("--slots must be between 1 and \(Limits.slotsMax).")
        }
    }

    func run() throws {
        var rows: [DispatcherLoad.Figures] = []
        for size in [trials / 100, trials / 10, trials] {
            var load = DispatcherLoad(
                trials: size, workers: workers, slots: slots, shapes: shapes)
            rows.append(load.run())
        }
        if json { return try show(rows) }
        print("   trials   events/s   trials/s   µs/event     MB")
        for row in rows {
            print(
                String(
                    format: "%9d  %9.0f  %9.0f  %9.3f  %5d", row.trials, row.eventsPerSecond,
                    row.trialsPerSecond, 1e6 / row.eventsPerSecond, row.memoryBytes / 1_000_000))
        }
    }
}

/// Simulated workers around a Dispatcher, which finish each trial at once.
struct DispatcherLoad {
    /// What a load has shown.
    struct Figures: Encodable {
        let trials: Int
        let workers: Int
        let eventsPerSecond: Double
        let trialsPerSecond: Double
        /// The memory of the process when all trials had their outcome.
        let memoryBytes: Int
    }

    private var dispatcher: Dispatcher
    private let trials: Int
    private let workers: Int
    private let slots: Int
    private let memoryBytes: Int
    private var events = 0
    private var finished = 0
    private var seconds = 0.0

    init(trials: Int, workers: Int, slots: Int, shapes: Int = 1) {
        memoryBytes = shapes > 1 ? 64 << 30 : 0
        self.trials = trials
        self.workers = workers
        self.slots = slots
        let keys = (0..<trials).map { TrialKey(digest: Digest(of: "trial \($0)".utf8)) }
        dispatcher = Dispatcher(
            document: SweepDocument(spec: "", manifests: [], folders: []),
            history: Dispatcher.History(trials: keys), limits: Limits(),
            demands: Self.demands(trials: trials, shapes: shapes), numericsVersion: 1,
            numericClass: "any", at: Instant(seconds: 0))
    }

    /// Trials that need up to 16 GiB, in three data sets and lengths over four powers of ten.
    private static func demands(trials: Int, shapes: Int) -> Demands {
        guard shapes > 1 else { return .none }
        let kinds = (0..<shapes).map { number in
            Demands.Shape(
                cell: number % 50, bytes: (1 + number * 7919 % 1024) << 24,
                work: Double(1 + number * 104_729 % 10_000), steps: 100, data: number % 3)
        }
        return Demands(
            shapes: kinds, shapeOfTrial: (0..<trials).map { Int32($0 % shapes) })
    }

    /// Gives out and finishes all trials.
    mutating func run() -> Figures {
        let start = ProcessMeter.seconds
        var waiting: [(lease: LeaseID, connection: ConnectionID)] = []
        var next = 0
        for worker in 0..<workers {
            let connection = ConnectionID(
                bytes: withUnsafeBytes(of: UInt32(worker).littleEndian) { Array($0) })
            hear(
                .hello(
                    WorkerMessage.Hello(
                        worker: WorkerID("w\(worker)"), name: "w\(worker)", slots: slots,
                        protocolVersion: WorkerMessage.protocolVersion, numericsVersion: 1,
                        numericClass: "any", sweep: nil, leases: [],
                        resources: Resources(
                            memoryBytes: memoryBytes,
                            machine: memoryBytes > 0 ? "m\(worker)" : ""))),
                connection, &waiting)
        }
        while next < waiting.count {
            let (lease, connection) = waiting[next]
            next += 1
            if next == 1 << 14 {
                waiting.removeFirst(next)
                next = 0
            }
            hear(.progress(lease, Progress(epoch: 0, epochs: 1)), connection, &waiting)
            hear(
                .finished(
                    lease, Delivery(outcome: lease.key.digest.bytes, provenance: [])),
                connection, &waiting)
        }
        precondition(finished == trials, "\(finished) of \(trials) trials were finished.")
        let took = ProcessMeter.seconds - start
        return Figures(
            trials: trials, workers: workers, eventsPerSecond: Double(events) / took,
            trialsPerSecond: Double(trials) / took, memoryBytes: ProcessMeter.residentBytes)
    }

    /// Says a worker's message, a microsecond after the last, and takes what it is given.
    private mutating func hear(
        _ message: WorkerMessage, _ connection: ConnectionID,
        _ waiting: inout [(lease: LeaseID, connection: ConnectionID)]
    ) {
        events += 1
        seconds += 1e-6
        for command in dispatcher.handle(
            .received(message, from: connection), at: Instant(seconds: seconds))
        {
            switch command {
            case .send(.train(let lease, _), let connection): waiting.append((lease, connection))
            case .record(.finished): finished += 1
            default: continue
            }
        }
    }
}
