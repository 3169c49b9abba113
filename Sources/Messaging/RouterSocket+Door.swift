import CZeroMQ
import Glibc
import Leasing

extension RouterSocket {
    /// A client that has proved to have a key, and waits for admission.
    public struct Applicant: Hashable, Sendable {
        /// Its key.
        public let key: PublicKey
        /// The address that it comes from, without a port.
        public let address: String
    }

    /// What becomes of an ``Applicant``.
    public enum Ruling: Hashable, Sendable {
        /// It comes in.
        case admitted
        /// It is sent away, and tries again by itself.
        case later
        /// It is sent away for good.
        case refused
    }

    /// Why a connection came to nothing before its key was known.
    public enum BrokenHandshake: Hashable, Sendable {
        /// It does not know this coordinator's public key.
        case otherCoordinator
        /// It speaks, but without encryption.
        case unencrypted
        /// What it says is no ZMTP.
        case noise
        /// It ended, or took too long.
        case unfinished
    }

    /// Lets `rule` judge every client that waits for admission; the one place that admits anybody.
    ///
    /// ZeroMQ asks by its own protocol (RFC 27, ZAP), over a socket inside the process.
    public func judge(_ rule: (Applicant) -> Ruling) {
        guard let door else { return }
        while let request = door.admission.receiveMessage() {
            var ruling = Ruling.refused
            var name = ""
            if let applicant = Applicant(request) {
                ruling = rule(applicant)
                name = "\(applicant.key)"
            }
            let code =
                switch ruling {
                case .admitted: "200"
                case .later: "300"
                case .refused: "400"
                }
            let user = ruling == .admitted ? Array(name.utf8) : []
            let identity = request.count > 1 ? request[1] : []
            // A socket of kind REP takes exactly one answer to each request, at once.
            _ = door.admission.send(
                [Array("1.0".utf8), identity, Array(code.utf8), [], user, []])
        }
    }

    /// What came to nothing at the door since the last call; closes it while too many stand in it.
    public func watchDoor() -> [BrokenHandshake] {
        guard let door else { return [] }
        var broken: [BrokenHandshake] = []
        while let frames = door.monitor.receiveMessage() {
            guard let event = frames.first, event.count >= 6 else { continue }
            let kind = Int32(event[0]) | Int32(event[1]) << 8
            let value = event[2..<6].reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }
            switch kind {
            case ZMQ_EVENT_LISTENING: door.listener = value
            case ZMQ_EVENT_ACCEPTED: door.way.came(value)
            case ZMQ_EVENT_DISCONNECTED: door.way.left(value)
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: broken.append(BrokenHandshake(code: value))
            case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: broken.append(.unfinished)
            default: continue
            }
        }
        door.close(!door.way.isOpen)
        return broken
    }

    /// The connections that are admitted, or have not been judged yet: those that stand.
    public var connectionCount: Int { door?.way.present.count ?? 0 }

    /// The connections that have said nothing yet.
    public var strangerCount: Int { door?.way.strangers.count ?? 0 }

    /// Whether newcomers may come.
    public var isDoorOpen: Bool { door.map { !$0.isClosed } ?? true }

    /// Ends the connection that `received` came by; its client may come again and be judged again.
    public func cut(_ received: Received) {
        guard let descriptor = received.descriptor, let door,
            door.way.present.contains(descriptor)
        else { return }
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// What stands between the port and the socket.
    final class Door {
        let admission: SocketHandle
        let monitor: SocketHandle
        var way: Doorway
        var listener: Int32?
        private(set) var isClosed = false

        /// - Throws: ``MessagingError`` when the context has a door already: it can have one.
        init(
            of handle: SocketHandle, in context: MessagingContext, strangersMax: Int
        ) throws(MessagingError) {
            way = Doorway(strangersMax: strangersMax)
            admission = try SocketHandle(ZMQ_REP, in: context)
            try admission.set(ZMQ_LINGER, 0)
            guard zmq_bind(admission.pointer, "inproc://zeromq.zap.01") == 0 else {
                throw .last("zmq_bind zap")
            }
            monitor = try SocketHandle.monitor(
                of: handle, in: context,
                events: ZMQ_EVENT_LISTENING | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED
                    | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        }

        func close(_ wanted: Bool) {
            guard wanted != isClosed, let listener else { return }
            let code = wanted ? concord_close_door(listener) : concord_open_door(listener)
            if code == 0 { isClosed = wanted }
        }
    }
}

extension RouterSocket.Applicant {
    /// Whom a ZAP request names: version, number, domain, address, routing id, mechanism, key.
    fileprivate init?(_ request: [[UInt8]]) {
        guard request.count == 7, request[0] == Array("1.0".utf8),
            request[5] == Array("CURVE".utf8), let key = PublicKey(bytes: request[6])
        else { return nil }
        self.init(key: key, address: String(decoding: request[3].prefix(64), as: UTF8.self))
    }
}

extension RouterSocket.BrokenHandshake {
    fileprivate init(code: Int32) {
        switch code {
        case ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC, ZMQ_PROTOCOL_ERROR_ZMTP_KEY_EXCHANGE:
            self = .otherCoordinator
        case ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH: self = .unencrypted
        default: self = .noise
        }
    }
}
