import CZeroMQ
import Leasing

/// The coordinator's socket: every worker's connection has a name, by which it is answered.
public final class RouterSocket: Socket {
    /// Where it listens: the address that it was asked for, with the port that it got.
    public private(set) var boundEndpoint: Address
    /// Who judges those who come; nil where nothing is encrypted.
    let door: Door?

    /// A message, and who said it.
    public struct Received: Hashable, Sendable {
        /// The connection that it came by.
        public let from: ConnectionID
        /// The message.
        public let frames: [[UInt8]]
        /// The key under which the connection was admitted; nil where nothing is encrypted.
        public let user: PublicKey?
        let descriptor: Int32?
    }

    /// What became of a message that was to be sent.
    public enum SendResult: Hashable, Sendable {
        /// It is queued; whether it arrives, only an answer tells.
        case sent
        /// The connection is gone.
        case unreachable
        /// The connection's queue is full: try again later.
        case full
    }

    /// A socket that listens at `address`.
    ///
    /// - Parameters:
    ///   - secret: The coordinator's key: clients must know its public half, and each is judged by
    ///     ``judge(_:)``. Nil, the default, encrypts nothing, and is for loopback only.
    ///   - framesMax: Messages of more frames are dropped; ``WireCodec/workerFramesMax`` by
    ///     default.
    ///   - messageBytesMax: A peer that sends a larger frame is cut off; 64 MiB by default.
    ///   - strangersMax: Connections that have not proved a key, at a time.
    /// - Throws: ``MessagingError``: the port is in use, the address is not loopback and there is
    ///   no key, or it is not this machine's.
    public init(
        binding address: Address, in context: MessagingContext, as secret: SecretKey? = nil,
        framesMax: Int = WireCodec.workerFramesMax,
        messageBytesMax: Int = Limits().messageBytesMax,
        strangersMax: Int = Limits().strangersMax
    ) throws(MessagingError) {
        guard secret != nil || address.isLoopback else { throw .notLoopback(address) }
        boundEndpoint = address
        let handle = try SocketHandle(ZMQ_ROUTER, in: context)
        door =
            secret == nil ? nil : try Door(of: handle, in: context, strangersMax: strangersMax)
        // One frame more than the message: the connection's name.
        try super.init(handle, framesMax: framesMax + 1, messageBytesMax: messageBytesMax)
        if let secret { try handle.serve(as: secret) }
        // Hundreds of workers may come in the same moment.
        try handle.set(ZMQ_BACKLOG, 1024)
        // Without this a message to a connection that is gone or full vanishes without a word.
        try handle.set(ZMQ_ROUTER_MANDATORY, 1)
        // Protocols before ZMTP 3 cannot name a domain, so libzmq cuts their peers off. It must: a
        // stranger's noise is taken for them, comes in as messages, and can end the process
        // (errno_assert in process_routing_id_msg of libzmq 4.3.4).
        try handle.set(ZMQ_ZAP_DOMAIN, text: "concord")
        if address.isIPv6 { try handle.set(ZMQ_IPV6, 1) }
        var tries = address.port == nil ? 100 : 1
        while !(try bind(address.port == nil ? address.withFreePort() : address)) {
            tries -= 1
            if tries == 0 { throw .portInUse(address) }
        }
    }

    /// The next message that waits and who said it, or nil.
    public func receive() -> Received? {
        var user: PublicKey?
        var descriptor: Int32?
        let frames = receiveFrames { message in
            guard self.door != nil else { return }
            user = zmq_msg_gets(&message, "User-Id").flatMap { PublicKey(hex: String(cString: $0)) }
            let number = zmq_msg_get(&message, ZMQ_SRCFD)
            descriptor = number >= 0 ? number : nil
        }
        guard let frames else { return nil }
        if let descriptor { door?.way.spoke(descriptor) }
        return Received(
            from: ConnectionID(bytes: frames[0]), frames: Array(frames.dropFirst()), user: user,
            descriptor: descriptor)
    }

    /// Sends `frames`, without waiting.
    public func send(_ frames: [[UInt8]], to connection: ConnectionID) -> SendResult {
        switch handle.send([connection.bytes] + frames) {
        case 0: .sent
        case EAGAIN: .full
        default: .unreachable
        }
    }

    /// Whether it listens at `address` now; false when the port is in use.
    private func bind(_ address: Address) throws(MessagingError) -> Bool {
        guard zmq_bind(handle.pointer, address.endpoint) == 0 else {
            let code = zmq_errno()
            guard code == EADDRINUSE else { throw .cannotUse(address, code: code) }
            return false
        }
        boundEndpoint = try bound()
        return true
    }

    private func bound() throws(MessagingError) -> Address {
        var text = [UInt8](repeating: 0, count: 256)
        var size = text.count
        guard zmq_getsockopt(handle.pointer, ZMQ_LAST_ENDPOINT, &text, &size) == 0 else {
            throw .last("zmq_getsockopt ZMQ_LAST_ENDPOINT")
        }
        return try Address(String(decoding: text.prefix { $0 != 0 }, as: UTF8.self))
    }
}
