import ArgumentParser
import Foundation
import Leasing
import Messaging
import Planning
import Running

/// The real worker, with its spool on disk; its trainers are `concord-bench trainer`.
struct NoopWorkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "noop-work", shouldDisplay: false)

    @Argument var address: String
    @Option var slots = 8
    @Option var spool: String
    @Option var key: String?

    func run() throws {
        _ = try Worker(
            address: address, credential: try key.map { try Enrolment.credential(file: $0) },
            slots: slots, spool: spool, dataRoot: nil, orphanSeconds: 20
        ).run()
    }
}

/// A trainer that trains nothing: the pipes and messages of a real one, and outcomes made up.
struct NoopTrainerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "trainer", shouldDisplay: false)

    func run() throws {
        var reader = FrameReader()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var plan: Plan?
        while true {
            let count = read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            reader.push(buffer.prefix(count))
            while let frames = try reader.next() {
                switch try WireCodec.decodeRequest(frames).message {
                case .prepare(let document, _, _):
                    plan = try LoadedSweep(document: document, dataRoot: nil).plan
                    try reply(.ready)
                case .train(let lease, _, _):
                    guard let plan, let delivery = NoopSweep.delivery(of: lease, in: plan) else {
                        throw ValidationError("A trial came that is not in the plan.")
                    }
                    try reply(.finished(lease, delivery))
                case .save: continue
                }
            }
        }
    }

    private func reply(_ reply: TrainerReply) throws {
        let bytes = WireCodec.frameBytes(WireCodec.encode(reply, sequence: 0))
        try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    }
}
