import Messaging

/// The way back from a host to the coordinator, through the host's ssh connection.
struct Tunnel: Hashable {
    /// What the host's worker connects to: its own loopback, at the coordinator's port.
    let address: Address
    /// The option -R of ssh: from there to where the coordinator listens.
    let forward: String

    /// The way to a coordinator that listens at `endpoint`, which need not be at loopback.
    ///
    /// - Throws: `MessagingError` when the endpoint has no port.
    init(to endpoint: Address) throws(MessagingError) {
        let here = endpoint.port.map(String.init) ?? ""
        address = try Address("tcp://127.0.0.1:\(here)")
        forward = "127.0.0.1:\(here):\(endpoint.local.host):\(here)"
    }
}
