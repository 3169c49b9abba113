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
    @Option var key: String?
    /// How long a trial seems to take.
    @Option var trialSeconds = 0.0
    /// What it says of its numbers: another version is refused.
    @Option var numericsVersion = Numerics.version

    func run() throws {
        let worker = try NoopWorker(
            address: address, credential: try key.map { try Enrolment.credential(file: $0) },
            slots: slots, trialSeconds: trialSeconds, numericsVersion: numericsVersion)
        try worker.run()
        if let reason = worker.refusal {
            Terminal.complain("concord-bench: the coordinator refused this worker: \(reason)")
            throw ExitCode(ExitStatus.refused.rawValue)
        }
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
    /// Outcomes that the session has not been told yet, in the order in which they are due: they
    /// come after what it commanded.
    private var outcomes: [(at: Instant, lease: LeaseID, delivery: Delivery)] = []
    private let trialSeconds: Double
    /// Why the coordinator does not want it.
    private(set) var refusal: String?

    init(
        address: String, credential: Credential?, slots: Int, trialSeconds: Double,
        numericsVersion: Int
    ) throws {
        self.trialSeconds = trialSeconds
        socket = try DealerSocket(
            connecting: try Address(address), in: MessagingContext(), as: credential)
        reactor = try Reactor(socket: socket)
        session = Session(
            identity: WorkerMessage.Hello(
                worker: WorkerID(UUID().uuidString.lowercased()), name: "noop:\(getpid())",
                slots: slots, protocolVersion: WorkerMessage.protocolVersion,
                numericsVersion: numericsVersion, numericClass: Numerics.numericClass,
                sweep: nil, leases: []),
            spool: [], orphanSeconds: 20, at: Self.now)
    }

    private static var now: Instant { Instant(seconds: ProcessMeter.seconds) }

    func run() throws {
        while !hasLeft {
            let due = [session.nextDeadline, outcomes.first?.at]
                .compactMap { $0.map { $0 - Self.now } }.min() ?? 1
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
            while let first = outcomes.first, first.at <= Self.now {
                let (_, lease, delivery) = outcomes.removeFirst()
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
                    outcomes.append((Self.now + trialSeconds, lease, delivery))
                }
            case .prepare(let document):
                plan = try LoadedSweep(document: document, dataRoot: nil).plan
            case .leave(let exit):
                hasLeft = true
                if case .refused(let reason) = exit { refusal = reason }
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
