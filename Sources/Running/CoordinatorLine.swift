import Leasing
import Messaging

/// A connection on which a coordinator is asked something and answers: a person's commands, and
/// workers that join.
final class CoordinatorLine {
    private let socket: DealerSocket
    private let reactor: Reactor
    private let address: Address
    private var isConnected = false

    /// A line to `address`, as who `credential` says.
    ///
    /// - Throws: ``MessagingError`` when the address is none.
    init(_ address: Address, as credential: Credential?) throws {
        self.address = address
        socket = try DealerSocket(connecting: address, in: MessagingContext(), as: credential)
        reactor = try Reactor(socket: socket)
    }

    /// Asks, and waits for the answer; nil when none comes within `seconds`.
    ///
    /// - Throws: ``RunningError`` when the coordinator does not admit who asks.
    func ask(_ frames: [[UInt8]], seconds: Double) throws -> Answer? {
        let end = Clock.monotonicSeconds + seconds
        var isAsked = false
        while Clock.monotonicSeconds < end {
            if isConnected, !isAsked { isAsked = socket.send(frames) }
            if let frames = socket.receive() { return try WireCodec.decodeAnswer(frames) }
            _ = try reactor.wait(seconds: min(0.2, end - Clock.monotonicSeconds))
            for event in socket.linkEvents() {
                switch event {
                case .connected: isConnected = true
                case .disconnected:
                    isConnected = false
                    isAsked = false
                case .refused:
                    throw RunningError(
                        "the coordinator at \(address) does not admit this key or token: it is "
                            + "revoked, or of another store.", status: .refused)
                case .broken, .incompatible: continue
                }
            }
        }
        return nil
    }
}
