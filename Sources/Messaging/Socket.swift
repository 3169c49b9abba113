import CZeroMQ
import Leasing
import Synchronization

/// What all sockets of a process share; it ends when the last of them has ended.
///
/// One a process is enough. Make it after any fork that is not followed by exec.
///
/// Sendable although unchecked: a context may be used from any thread, and the pointer stays.
public final class MessagingContext: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer

    /// The most freed memory that the process keeps, in bytes: room for what is under way.
    private static let freedBytesMax: Int32 = 32 << 20

    /// A context with one thread for input and output.
    public init() {
        concord_keep_freed(MessagingContext.freedBytesMax)
        guard let handle = zmq_ctx_new() else {
            preconditionFailure("ZeroMQ has no memory for a context.")
        }
        self.handle = handle
    }

    deinit { while zmq_ctx_term(handle) == -1 && zmq_errno() == EINTR {} }
}

/// The one owner of a ZeroMQ socket, which closes with it: also when an initialiser throws
/// half-way, where a class's own `deinit` does not run.
final class SocketHandle {
    let pointer: UnsafeMutableRawPointer
    /// Held, because a context waits at its end until all of its sockets are closed.
    private let context: MessagingContext

    init(_ type: Int32, in context: MessagingContext) throws(MessagingError) {
        guard let pointer = zmq_socket(context.handle, type) else { throw .last("zmq_socket") }
        self.pointer = pointer
        self.context = context
    }

    deinit { zmq_close(pointer) }

    func set(_ option: Int32, _ value: Int32) throws(MessagingError) {
        try set(option, bytes: value)
    }

    func set(_ option: Int32, bytes value: some FixedWidthInteger) throws(MessagingError) {
        var value = value
        guard zmq_setsockopt(pointer, option, &value, value.bitWidth / 8) == 0 else {
            throw .last("zmq_setsockopt \(option)")
        }
    }

    func set(_ option: Int32, text: String) throws(MessagingError) {
        guard zmq_setsockopt(pointer, option, text, text.utf8.count) == 0 else {
            throw .last("zmq_setsockopt \(option)")
        }
    }

    /// The next frame that waits, or nil; `inspect` sees what ZeroMQ knows of it beside its bytes.
    func receiveFrame(_ inspect: (inout zmq_msg_t) -> Void = { _ in }) -> [UInt8]? {
        var message = zmq_msg_t()
        zmq_msg_init(&message)
        defer { zmq_msg_close(&message) }
        while zmq_msg_recv(&message, pointer, ZMQ_DONTWAIT) < 0 {
            if zmq_errno() != EINTR { return nil }
        }
        inspect(&message)
        return Array(
            UnsafeRawBufferPointer(start: zmq_msg_data(&message), count: zmq_msg_size(&message)))
    }

    /// All frames of the next message that waits, or nil: of a socket inside the process.
    func receiveMessage() -> [[UInt8]]? {
        guard let first = receiveFrame() else { return nil }
        var frames = [first]
        while hasMoreFrames, let frame = receiveFrame() { frames.append(frame) }
        return frames
    }

    /// Sends all of `frames` or none, without waiting; 0, or the error of the first.
    ///
    /// Only the first frame of a message can fail then: the rest belongs to it.
    func send(_ frames: [[UInt8]]) -> Int32 {
        precondition(!frames.isEmpty, "A message has at least one frame.")
        for (index, frame) in frames.enumerated() {
            let flags = ZMQ_DONTWAIT | (index + 1 < frames.count ? ZMQ_SNDMORE : 0)
            var code: Int32
            repeat { code = send(frame, flags) } while code == EINTR
            if code != 0 { return code }
        }
        return 0
    }

    /// Frames of so many bytes are not copied: ZeroMQ holds them until they are sent.
    private static let heldBytesMin = 1 << 16

    /// Sends one frame without waiting; 0, or the error.
    private func send(_ frame: [UInt8], _ flags: Int32) -> Int32 {
        guard frame.count >= SocketHandle.heldBytesMin else {
            return zmq_send(pointer, frame, frame.count, flags) < 0 ? zmq_errno() : 0
        }
        let held = HeldFrame(frame)
        var message = zmq_msg_t()
        zmq_msg_init_data(
            &message, held.address, frame.count,
            { _, hint in Unmanaged<HeldFrame>.fromOpaque(hint!).release() },
            Unmanaged.passRetained(held).toOpaque())
        guard zmq_msg_send(&message, pointer, flags) < 0 else { return 0 }
        let code = zmq_errno()
        zmq_msg_close(&message)
        return code
    }

    /// A socket on which ZeroMQ tells of `events` of another.
    static func monitor(
        of socket: SocketHandle, in context: MessagingContext, events: Int32
    ) throws(MessagingError) -> SocketHandle {
        let monitor = try SocketHandle(ZMQ_PAIR, in: context)
        try monitor.set(ZMQ_LINGER, 0)
        let name = "inproc://concord.monitor.\(monitors.add(1, ordering: .relaxed).newValue)"
        guard zmq_socket_monitor(socket.pointer, name, events) == 0,
            zmq_connect(monitor.pointer, name) == 0
        else { throw .last("zmq_socket_monitor") }
        return monitor
    }

    private static let monitors = Atomic<Int>(0)

    /// Whether the frame received last is followed by another of its message.
    var hasMoreFrames: Bool {
        var flag: Int32 = 0
        var size = MemoryLayout<Int32>.size
        return zmq_getsockopt(pointer, ZMQ_RCVMORE, &flag, &size) == 0 && flag != 0
    }
}

/// A frame that ZeroMQ reads from on its own thread. An array's bytes stay where they are while it
/// is held and nobody changes it, and this one cannot be changed.
private final class HeldFrame: Sendable {
    private let frame: [UInt8]

    init(_ frame: [UInt8]) { self.frame = frame }

    var address: UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(mutating: frame.withUnsafeBytes { $0.baseAddress! })
    }
}

/// A ZeroMQ socket, confined to the thread that made it; it closes when nobody holds it.
///
/// Messages that were sent and not delivered are tried for another second after that.
public class Socket {
    let handle: SocketHandle
    /// Messages of too many frames or bytes that were received and dropped.
    public private(set) var malformedCount = 0
    private let framesMax: Int

    init(
        _ handle: SocketHandle, framesMax: Int, messageBytesMax: Int
    ) throws(MessagingError) {
        self.handle = handle
        self.framesMax = framesMax
        try handle.set(ZMQ_SNDHWM, 1000)
        try handle.set(ZMQ_RCVHWM, 1000)
        try handle.set(ZMQ_LINGER, 1000)
        try handle.set(ZMQ_HANDSHAKE_IVL, 5000)
        // A peer that vanished without closing its connection is noticed within these times, so
        // that nothing is queued for it; leases have their own, in the messages.
        try handle.set(ZMQ_HEARTBEAT_IVL, 2000)
        try handle.set(ZMQ_HEARTBEAT_TIMEOUT, 6000)
        try handle.set(ZMQ_HEARTBEAT_TTL, 6000)
        try handle.set(ZMQ_TCP_KEEPALIVE, 1)
        try handle.set(ZMQ_MAXMSGSIZE, bytes: Int64(messageBytesMax))
    }

    /// The frames of the next message that waits, or nil; messages of too many frames, or of more
    /// bytes than any may have, are dropped.
    ///
    /// - Parameter inspect: Sees what ZeroMQ knows of the second frame; a router makes the first.
    func receiveFrames(_ inspect: (inout zmq_msg_t) -> Void = { _ in }) -> [[UInt8]]? {
        while true {
            var frames: [[UInt8]] = []
            var count = 0
            var bytes = 0
            var isFit: Bool { count <= framesMax && bytes <= WireCodec.checkpointMessageBytesMax }
            var more = true
            while more {
                guard let frame = handle.receiveFrame(count == 1 ? inspect : { _ in }) else {
                    return nil
                }
                count += 1
                bytes += frame.count
                if isFit { frames.append(frame) } else { frames = [] }
                more = handle.hasMoreFrames
            }
            if isFit { return frames }
            malformedCount += 1
        }
    }
}
