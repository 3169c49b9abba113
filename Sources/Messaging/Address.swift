/// Where a coordinator listens: `tcp://127.0.0.1:5555`, or `tcp://localhost:*` for any free port.
public struct Address: Hashable, Sendable, CustomStringConvertible {
    /// A name, an IPv4 address, an IPv6 address in brackets, or `*` for every interface.
    public let host: String
    /// 1 to 65535, or nil for any free port.
    public let port: Int?

    /// The address that `text` says; `tcp://` may be left out.
    ///
    /// - Throws: ``MessagingError/address(_:reason:)``.
    public init(_ text: String) throws(MessagingError) {
        var rest = Substring(text)
        if let scheme = text.firstRange(of: "://") {
            guard text[..<scheme.lowerBound] == "tcp" else {
                throw .address(text, reason: "only tcp:// is known")
            }
            rest = text[scheme.upperBound...]
        }
        guard let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") else {
            throw .address(text, reason: "it has no port")
        }
        let host = rest[..<colon]
        let port = rest[rest.index(after: colon)...]
        guard Self.isHost(host) else {
            throw .address(text, reason: "\"\(host)\" is no host; IPv6 stands in brackets")
        }
        self.host = String(host)
        if port == "*" {
            self.port = nil
        } else {
            guard let number = Int(port), (1...65_535).contains(number),
                port.utf8.allSatisfy({ $0 >= 0x30 })
            else {
                throw .address(text, reason: "\"\(port)\" is no port: 1 to 65535, or * for any")
            }
            self.port = number
        }
    }

    /// `tcp://`, host and port.
    public var description: String { "tcp://\(host):\(port.map(String.init) ?? "*")" }

    /// Whether only this machine reaches it: `localhost`, `127.0.0.0/8` and `[::1]`.
    public var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { UInt8($0) != nil && $0.utf8.allSatisfy { $0 >= 0x30 } }
    }

    /// The address to listen at where others reach this machine at this one: itself where it is
    /// numeric, else every interface, since a name may stand for several.
    public var bindable: String {
        let isNumeric = isIPv6 || host.allSatisfy { $0.isNumber || $0 == "." }
        return isNumeric || isLoopback ? description : "tcp://*:\(port.map(String.init) ?? "*")"
    }

    /// What this machine's own clients connect to: of every interface, the loopback one.
    public var local: Address {
        guard let port else { return self }
        switch host {
        case "*", "0.0.0.0": return Address(host: "127.0.0.1", port: port)
        case "[::]": return Address(host: "[::1]", port: port)
        default: return self
        }
    }

    /// Whether it is every interface of the machine.
    public var isEveryInterface: Bool { ["*", "0.0.0.0", "[::]"].contains(host) }

    /// Whether it is an IPv6 address.
    var isIPv6: Bool { host.hasPrefix("[") }

    /// The text for ZeroMQ, which does not look up names to bind to.
    var endpoint: String {
        "tcp://\(host == "localhost" ? "127.0.0.1" : host):\(port.map(String.init) ?? "*")"
    }

    /// The same host with a port by chance, which may be in use.
    ///
    /// It lies below the ports that the system takes for outgoing connections. On one of those, a
    /// worker that waits for its coordinator to come back could in the end be connected to itself,
    /// and the coordinator would find its port in use.
    func withFreePort() -> Address { Address(host: host, port: Int.random(in: 20_000...32_000)) }

    private init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    private static func isHost(_ host: Substring) -> Bool {
        if host == "*" { return true }
        if host.hasPrefix("["), host.hasSuffix("]") {
            let inner = host.dropFirst().dropLast()
            return inner.contains(":")
                && inner.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
        }
        return !host.isEmpty && host.utf8.count <= 253
            && host.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_")
            }
    }
}

extension String {
    /// The first place where `part` stands.
    fileprivate func firstRange(of part: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(part) {
                return start..<index(start, offsetBy: part.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
