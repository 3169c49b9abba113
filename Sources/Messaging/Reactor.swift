import CZeroMQ
import Glibc

/// Waits for the first of several sources: one socket, pipes, a wake-up from another thread.
///
/// The one thread that owns the socket owns the reactor, and loops: wait, take what is ready, do
/// what is due (the main loop of the Majordomo broker in the ZeroMQ Guide, chapter 4).
public final class Reactor {
    /// Something that can be ready.
    public enum Source: Hashable, Sendable {
        /// The socket has messages.
        case socket
        /// The socket takes messages again.
        case sendable
        /// ``DealerSocket/linkEvents()`` has news.
        case link
        /// Somebody stands in the door of the ``RouterSocket``.
        case door
        /// The file descriptor can be read, or its other end was closed.
        case descriptor(Int32)
        /// ``Waker/wake()`` was called, once or more often.
        case wake
    }

    /// Wakes this reactor, from any thread.
    public let waker: Waker
    /// The socket that it waits for; may be replaced by another.
    public var socket: Socket?
    /// The file descriptors that it waits for, in the order in which they were added.
    public private(set) var descriptors: [Int32] = []

    /// A reactor that waits for `socket`, if any, and its waker.
    ///
    /// - Throws: ``MessagingError`` when there is no file descriptor left.
    public init(socket: Socket? = nil) throws(MessagingError) {
        self.socket = socket
        waker = try Waker()
    }

    /// Waits for `descriptor` too. It remains the caller's, who must end this before closing it.
    public func watch(_ descriptor: Int32) {
        precondition(!descriptors.contains(descriptor), "\(descriptor) is watched already.")
        descriptors.append(descriptor)
    }

    /// Does not wait for `descriptor` any more.
    public func unwatch(_ descriptor: Int32) { descriptors.removeAll { $0 == descriptor } }

    /// The sources that are ready, as soon as there is one, or none after `seconds`.
    ///
    /// - Parameters:
    ///   - seconds: At most so long; nil waits without an end, 0 or less does not wait.
    ///   - sending: Whether to wait for ``Source/sendable`` too: true while a message is held back.
    /// - Throws: ``MessagingError/failed(operation:code:)``.
    public func wait(
        seconds: Double?, sending: Bool = false
    ) throws(MessagingError) -> [Source] {
        let deadline = seconds.map { Self.now() + $0 }
        var (sources, items) = entries(sending: sending)
        while true {
            let rest = deadline.map { min(max($0 - Self.now(), 0), 1e6) }
            let milliseconds = rest.map { Int(($0 * 1000).rounded(.up)) } ?? -1
            let count = zmq_poll(&items, Int32(items.count), milliseconds)
            if count < 0 {
                if zmq_errno() == EINTR { continue }
                throw .last("zmq_poll")
            }
            if count == 0 { return [] }
            let ready = zip(sources, items).flatMap { source, item -> [Source] in
                if source == .socket {
                    return (item.revents & Int16(ZMQ_POLLIN) != 0 ? [.socket] : [])
                        + (item.revents & Int16(ZMQ_POLLOUT) != 0 ? [.sendable] : [])
                }
                return item.revents != 0 ? [source] : []
            }
            if ready.contains(.wake) { waker.clear() }
            return ready
        }
    }

    private func entries(sending: Bool) -> ([Source], [zmq_pollitem_t]) {
        let read = Int16(ZMQ_POLLIN)
        var sources: [Source] = [.wake]
        var items = [zmq_pollitem_t(socket: nil, fd: waker.descriptor, events: read, revents: 0)]
        if let socket {
            let events = sending ? read | Int16(ZMQ_POLLOUT) : read
            sources.append(.socket)
            items.append(
                zmq_pollitem_t(socket: socket.handle.pointer, fd: 0, events: events, revents: 0))
        }
        if let monitor = (socket as? DealerSocket)?.monitor.pointer {
            sources.append(.link)
            items.append(zmq_pollitem_t(socket: monitor, fd: 0, events: read, revents: 0))
        }
        if let door = (socket as? RouterSocket)?.door {
            for handle in [door.admission, door.monitor] {
                sources.append(.door)
                items.append(
                    zmq_pollitem_t(socket: handle.pointer, fd: 0, events: read, revents: 0))
            }
        }
        for descriptor in descriptors {
            sources.append(.descriptor(descriptor))
            items.append(zmq_pollitem_t(socket: nil, fd: descriptor, events: read, revents: 0))
        }
        return (sources, items)
    }

    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// Wakes a reactor: an event file descriptor, which every thread and a signal handler may write to.
public final class Waker: Sendable {
    /// What a signal handler gives to ``wake(_:)``.
    public let descriptor: Int32

    init() throws(MessagingError) {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if descriptor < 0 { throw .last("eventfd") }
    }

    deinit { close(descriptor) }

    /// Ends the reactor's wait, now or when it next begins.
    public func wake() { Self.wake(descriptor) }

    /// Wakes the reactor whose waker has `descriptor`; safe in a signal handler.
    public static func wake(_ descriptor: Int32) {
        let code = errno
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
        errno = code
    }

    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }
}
