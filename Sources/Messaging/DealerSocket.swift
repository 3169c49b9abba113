import CZeroMQ
import Leasing

/// A worker's socket: it connects to a coordinator, and again whenever the connection is lost.
public final class DealerSocket: Socket {
    /// What happened to the connection.
    public enum LinkEvent: Hashable, Sendable {
        /// It stands: messages can be sent. Say hello.
        case connected
        /// It was lost or could not be made; the next try comes by itself.
        case disconnected
        /// What listens there is no coordinator, or wants what this worker does not speak; ZeroMQ
        /// may never try again. Make a new socket after a while.
        case incompatible
        /// The coordinator does not admit this worker's key. ZeroMQ does not try again.
        case refused
        /// What listens there ended the handshake: it has not the key that the worker expects of
        /// its coordinator, or is no coordinator, or was too busy. The next try comes by itself.
        case broken
    }

    /// The monitoring socket, on which ZeroMQ reports ``LinkEvent``s.
    let monitor: SocketHandle

    /// A socket that connects to `address` and keeps trying.
    ///
    /// Between two tries lie 100 to 200 ms at first and up to 2 s later, with a random part, so
    /// that the workers of a restarted coordinator are back soon and do not come all at once.
    ///
    /// - Parameters:
    ///   - credential: Who the worker is and the coordinator must be. Nil, the default, does
    ///     without encryption, as coordinators on loopback without a key do.
    ///   - framesMax: Messages of more frames are dropped; ``WireCodec/coordinatorFramesMax`` by
    ///     default.
    ///   - messageBytesMax: A larger frame ends the connection; 64 MiB by default.
    /// - Throws: ``MessagingError`` when the address names no port or cannot be one to connect to.
    public init(
        connecting address: Address, in context: MessagingContext, as credential: Credential? = nil,
        framesMax: Int = WireCodec.coordinatorFramesMax,
        messageBytesMax: Int = Limits().messageBytesMax
    ) throws(MessagingError) {
        guard address.port != nil, address.host != "*" else {
            throw .address(address.description, reason: "a worker needs one host and one port")
        }
        let handle = try SocketHandle(ZMQ_DEALER, in: context)
        monitor = try SocketHandle.monitor(
            of: handle, in: context,
            events: ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED
                | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
                | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        try super.init(handle, framesMax: framesMax, messageBytesMax: messageBytesMax)
        if let credential { try handle.show(credential) }
        // Nothing is queued before there is a connection: what waits there would be said twice.
        try handle.set(ZMQ_IMMEDIATE, 1)
        try handle.set(ZMQ_RECONNECT_IVL, 100)
        try handle.set(ZMQ_RECONNECT_IVL_MAX, 2000)
        try handle.set(ZMQ_CONNECT_TIMEOUT, 5000)
        if address.isIPv6 { try handle.set(ZMQ_IPV6, 1) }
        guard zmq_connect(handle.pointer, address.endpoint) == 0 else {
            throw .cannotUse(address, code: zmq_errno())
        }
    }

    /// The next message that waits, or nil.
    public func receive() -> [[UInt8]]? { receiveFrames() }

    /// Sends `frames` without waiting; false when there is no connection or its queue is full.
    public func send(_ frames: [[UInt8]]) -> Bool { handle.send(frames) == 0 }

    /// What happened to the connection since the last call, oldest first.
    public func linkEvents() -> [LinkEvent] {
        var events: [LinkEvent] = []
        // The second frame is the address, which is known.
        while let event = monitor.receiveMessage()?.first {
            guard event.count >= 2 else { continue }
            switch Int32(event[0]) | Int32(event[1]) << 8 {
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: events.append(.connected)
            case ZMQ_EVENT_DISCONNECTED: events.append(.disconnected)
            case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: events.append(.refused)
            case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: events.append(.broken)
            default: events.append(.incompatible)
            }
        }
        return events
    }
}
