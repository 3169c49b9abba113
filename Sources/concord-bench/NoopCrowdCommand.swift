import ArgumentParser
import Foundation
import Kernels
import Leasing
import Messaging
import Running

/// Many workers in one process, each with a connection and a Session of its own, that hold leases,
/// tell progress and never finish.
struct NoopCrowdCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "noop-crowd", shouldDisplay: false)

    @Argument var address: String
    @Option var key: String
    @Option var count: Int

    func run() throws {
        let context = MessagingContext()
        let credential = try Enrolment.credential(file: key)
        let members = try (0..<count).map { _ in
            try CrowdMember(try Address(address), credential, in: context)
        }
        var isTold = false
        while members.contains(where: { !$0.hasLeft }) {
            for member in members where !member.hasLeft { try member.turn() }
            if !isTold, members.allSatisfy(\.isWelcome) {
                try FileHandle.standardOutput.write(contentsOf: Data("joined\n".utf8))
                isTold = true
            }
            usleep(20_000)
        }
    }
}

/// One of them.
private final class CrowdMember {
    private let socket: DealerSocket
    private var session: Session
    private var sequence: UInt64 = 0
    private var held: [LeaseID: Int] = [:]
    private var toldAt = 0.0
    private(set) var isWelcome = false
    private(set) var hasLeft = false

    init(_ address: Address, _ credential: Credential, in context: MessagingContext) throws {
        socket = try DealerSocket(connecting: address, in: context, as: credential)
        session = Session(
            identity: WorkerMessage.Hello(
                worker: WorkerID(UUID().uuidString.lowercased()), name: "crowd:\(getpid())",
                slots: 1, protocolVersion: WorkerMessage.protocolVersion,
                numericsVersion: Numerics.version, numericClass: Numerics.numericClass,
                sweep: nil, leases: []),
            spool: [], orphanSeconds: 60, at: Self.now)
    }

    private static var now: Instant { Instant(seconds: ProcessMeter.seconds) }

    func turn() throws {
        for event in socket.linkEvents() {
            perform(
                session.handle(event == .connected ? .connected : .disconnected, at: Self.now))
        }
        while let frames = socket.receive() {
            let message = try WireCodec.decodeCoordinator(frames).message
            if case .welcome = message { isWelcome = true }
            perform(session.handle(.received(message), at: Self.now))
        }
        if ProcessMeter.seconds > toldAt + 1 {
            toldAt = ProcessMeter.seconds
            for (lease, epoch) in held {
                held[lease] = epoch + 1
                let progress = Progress(epoch: epoch + 1, epochs: 1_000_000)
                perform(session.handle(.progress(lease, progress), at: Self.now))
            }
        }
        if let deadline = session.nextDeadline, deadline <= Self.now {
            perform(session.handle(.tick, at: Self.now))
        }
    }

    private func perform(_ commands: [Session.Command]) {
        for command in commands {
            switch command {
            case .send(let message):
                sequence += 1
                _ = socket.send(WireCodec.encode(message, sequence: sequence))
            case .start(let lease, _, _): held[lease] = 0
            case .end: held = [:]
            case .leave: hasLeft = true
            default: continue
            }
        }
    }
}
