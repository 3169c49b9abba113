import Glibc
import Leasing
import Messaging

/// Finds the place where a coordinator listens.
struct Listener {
    /// The coordinator's key; nil encrypts nothing.
    let secret: SecretKey?
    let limits: Limits

    /// A socket at `address`, or else where the store's last coordinator listened, if that is free,
    /// or at any port of this machine.
    ///
    /// - Throws: ``MessagingError`` when the address is none or in use.
    func listen(_ address: String?, known: String?) throws -> RouterSocket {
        if let address { return try bind(address) }
        if let known, let socket = try? bind(known) { return socket }
        return try bind("tcp://127.0.0.1:*")
    }

    /// Each try has a context of its own: the door of one that failed closes by and by.
    private func bind(_ address: String) throws -> RouterSocket {
        try RouterSocket(
            binding: try Address(address), in: MessagingContext(), as: secret,
            messageBytesMax: limits.messageBytesMax, strangersMax: limits.strangersMax)
    }
}

/// The files and connections that this process may have open.
enum DescriptorLimit {
    /// Allows as many as the system lets it: each connection is one.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
