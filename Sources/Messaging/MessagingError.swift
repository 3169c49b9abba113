import CZeroMQ

/// Why a socket cannot be had or used.
public enum MessagingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is no address.
    case address(String, reason: String)
    /// Another program listens there.
    case portInUse(Address)
    /// Other machines would reach the address, and there is no key.
    case notLoopback(Address)
    /// The address cannot be bound or connected to.
    case cannotUse(Address, code: Int32)
    /// A call to the system or to ZeroMQ failed.
    case failed(operation: String, code: Int32)

    /// A sentence: what, where, what to do.
    public var description: String {
        switch self {
        case .address(let text, let reason):
            "\"\(text)\" is no address: \(reason). Write tcp://HOST:PORT."
        case .portInUse(let address):
            """
            \(address) is in use: another program, or another coordinator, listens there. End it, \
            or choose another port (* takes any free one).
            """
        case .notLoopback(let address):
            """
            \(address) can be reached from other machines, and there is no key: messages would not \
            be encrypted. Bind to 127.0.0.1, or make keys with `concord keys new`.
            """
        case .cannotUse(let address, EADDRNOTAVAIL):
            """
            No network interface of this machine has the address of \(address). Where other \
            machines reach this one at an address that it does not have itself, listen at one that \
            it has, or at all: --bind tcp://0.0.0.0:\(address.port.map(String.init) ?? "*")
            """
        case .cannotUse(let address, let code):
            "\(address) cannot be used: \(Self.text(code)). Check host and port."
        case .failed(let operation, let code): "\(operation) failed: \(Self.text(code))."
        }
    }

    /// The error that ZeroMQ or the system left in `errno`.
    static func last(_ operation: String) -> MessagingError {
        .failed(operation: operation, code: zmq_errno())
    }

    private static func text(_ code: Int32) -> String {
        "\(String(cString: zmq_strerror(code))) (\(code))"
    }
}
