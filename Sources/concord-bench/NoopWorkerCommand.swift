import ArgumentParser
import Foundation
import Kernels
import Leasing
import Messaging
import Planning
import Running

/// A worker without trainers: the real Session and sockets, and outcomes that are there at once.
struct NoopWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "noop-worker", shouldDisplay: false)

    @Argument var address: String
    @Option var slots = 8

    func run() throws {
        let worker = try NoopWorker(address: address, slots: slots)
        try worker.run()
        // The median time between two starts of this worker, for the command that started it.
        print(worker.medianGapSeconds)
    }
}

/// The loop of such a worker.
private final class NoopWorker {
    private let socket: DealerSocket
    private let reactor: Reactor
    private var session: Session
    private var plan: Plan?
    private var sequence: UInt64 = 0
    private var hasLeft = false
    private var starts: [Double] = []
    /// Outcomes that the session has not been told yet: they come after what it commanded.
    private var outcomes: [(LeaseID, Delivery)] = []

    init(address: String, slots: Int) throws {
        socket = try DealerSocket(connecting: try Address(address), in: MessagingContext())
        reactor = try Reactor(socket: socket)
        session = Session(
            identity: WorkerMessage.Hello(
                worker: WorkerID(UUID().uuidString.lowercased()), name: "noop:\(getpid())",
                slots: slots, protocolVersion: WorkerMessage.protocolVersion,
                numericsVersion: Numerics.version, numericClass: Numerics.numericClass,
                sweep: nil, leases: []),
            spool: [], orphanSeconds: 20, at: Self.now)
    }

    private static var now: Instant { Instant(seconds: ProcessMeter.seconds) }

    func run() throws {
        while !hasLeft {
            let due = session.nextDeadline.map { $0 - Self.now } ?? 1
            let sources = try reactor.wait(seconds: max(0, min(due, 1)))
            if sources.contains(.link) {
                for event in socket.linkEvents() {
                    try perform(
                        session.handle(
                            event == .connected ? .connected : .disconnected, at: Self.now))
                }
            }
            while let frames = socket.receive() {
                let message = try WireCodec.decodeCoordinator(frames).message
                try perform(session.handle(.received(message), at: Self.now))
            }
            while !outcomes.isEmpty {
                let (lease, delivery) = outcomes.removeFirst()
                try perform(session.handle(.outcome(lease, delivery), at: Self.now))
            }
            if let deadline = session.nextDeadline, deadline <= Self.now {
                try perform(session.handle(.tick, at: Self.now))
            }
        }
    }

    private func perform(_ commands: [Session.Command]) throws {
        for command in commands {
            switch command {
            case .send(let message):
                sequence += 1
                _ = socket.send(WireCodec.encode(message, sequence: sequence))
            case .start(let lease, _, _):
                starts.append(ProcessMeter.seconds)
                if let plan, let delivery = NoopSweep.delivery(of: lease, in: plan) {
                    outcomes.append((lease, delivery))
                }
            case .prepare(let document):
                plan = try LoadedSweep(document: document, dataRoot: nil).plan
            case .leave: hasLeft = true
            default: continue
            }
        }
    }

    var medianGapSeconds: Double {
        let gaps = zip(starts.dropFirst(), starts).map { $0 - $1 }.sorted()
        return gaps.isEmpty ? 0 : gaps[gaps.count / 2]
    }
}

/// What a running process can say of itself.
enum ProcessMeter {
    /// Seconds on the monotonic clock.
    static var seconds: Double {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }

    /// The processor time that this process has used, in seconds.
    static var processorSeconds: Double {
        var used = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        return Double(used.tv_sec) + Double(used.tv_nsec) * 1e-9
    }

    /// The most memory that this process has held, in bytes.
    static var peakBytes: Int {
        let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?
            .split(separator: "\n")
        let words = lines?.first { $0.hasPrefix("VmHWM:") }?.split(separator: " ")
        return (words.flatMap { $0.count > 1 ? Int($0[1].filter(\.isNumber)) : nil } ?? 0) * 1024
    }

    /// The memory that this process holds now, in bytes.
    static var residentBytes: Int {
        let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
            .split(separator: " ")
        return (words.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * 4096
    }
}
