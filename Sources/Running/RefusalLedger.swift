import Leasing

/// What was refused of what came to the coordinator: counted by kind, and told once a peer and
/// kind, so that whoever sends garbage fills neither the screen nor the memory.
struct RefusalLedger {
    /// Why something was refused.
    enum Kind: String, CaseIterable {
        /// It is no message: cut off, too large, out of range.
        case malformed
        /// It is of another version of the messages.
        case version = "of another version"
        /// Its number is not higher than the one before on its connection.
        case replayed
        /// Its outcome has wrong shapes, numbers that are not finite, or another trial's name.
        case outcome = "with an outcome that is none of its trial"
        /// Its trial is not in the plan.
        case unplanned = "about trials that are not planned"
        /// Its connection has not said hello, or counts as lost.
        case stranger = "from a worker that has not said hello"
        /// It asks for what only the store's owner, or only a worker, may.
        case role = "beyond what its key allows"
        /// It came under a key that is revoked or listed no more.
        case revoked = "under a revoked key"
        /// Its connection says too much.
        case flood = "beyond the rate"
    }

    /// Why a connection came to nothing.
    enum Door: String, CaseIterable {
        /// Nobody knows its key.
        case unknown = "with an unknown key"
        /// Its key is revoked.
        case revoked = "with a revoked key"
        /// It tried a token that is not good.
        case token = "with a token that is not good"
        /// It does not know this coordinator's key.
        case otherCoordinator = "that expect another coordinator"
        /// It does not encrypt.
        case unencrypted = "without encryption"
        /// It is no client of ours.
        case noise = "that speak no ZMTP"
        /// It ended early, or took too long.
        case unfinished
        /// There are too many.
        case surplus = "too many"
    }

    private var counts: [Kind: Int] = [:]
    private var doors: [Door: Int] = [:]
    private var told: Set<Notice> = []
    private var peers: [ConnectionID: Peer] = [:]

    private enum Notice: Hashable {
        case message(Kind, ConnectionID)
        case door(Door, of: String)
    }

    /// What is remembered of a connection.
    private struct Peer {
        var sequence: UInt64?
        /// Messages that it may say now, as of `seconds`.
        var allowance: Double
        var seconds: Double
    }

    /// The most connections that are remembered; older ones are then told of anew.
    private static let peersMax = 4096

    /// Counts a refusal; whether people should hear of it.
    mutating func count(_ kind: Kind, from connection: ConnectionID) -> Bool {
        counts[kind, default: 0] += 1
        return isNews(.message(kind, connection))
    }

    /// Counts a connection that came to nothing; whether people should hear of it.
    ///
    /// - Parameter who: Its address, or whatever is known of it.
    mutating func count(_ door: Door, of who: String) -> Bool {
        doors[door, default: 0] += 1
        return isNews(.door(door, of: who))
    }

    private mutating func isNews(_ notice: Notice) -> Bool {
        if told.count >= RefusalLedger.peersMax { told.removeAll() }
        return told.insert(notice).inserted
    }

    /// Whether the connection may say one more message: `rate` a second, over ten seconds.
    mutating func allows(
        _ connection: ConnectionID, rate: Int, at seconds: Double
    ) -> Bool {
        let most = Double(rate) * 10
        var peer = self.peer(connection) ?? Peer(allowance: most, seconds: seconds)
        peer.allowance = min(most, peer.allowance + (seconds - peer.seconds) * Double(rate)) - 1
        peer.seconds = seconds
        let isAllowed = peer.allowance >= 0
        peer.allowance = max(-1, peer.allowance)
        peers[connection] = peer
        return isAllowed
    }

    private mutating func peer(_ connection: ConnectionID) -> Peer? {
        if peers.count >= RefusalLedger.peersMax * 16 { peers.removeAll() }
        return peers[connection]
    }

    /// Takes in the number of a message; false when the connection has said it, or a later one,
    /// before.
    mutating func isNew(_ sequence: UInt64, from connection: ConnectionID) -> Bool {
        var peer = self.peer(connection) ?? Peer(allowance: 0, seconds: 0)
        if let last = peer.sequence, sequence <= last { return false }
        peer.sequence = sequence
        peers[connection] = peer
        return true
    }

    /// How many notices are remembered.
    var remembered: Int { told.count }

    /// A sentence on all that was refused; nil when nothing was.
    var summary: String? {
        let messages = Kind.allCases.compactMap { kind in
            counts[kind].map { "\($0) \(kind.rawValue)" }
        }
        let connections = Door.allCases.compactMap { door in
            doors[door].map { "\($0) \(door.rawValue)" }
        }
        let parts = [("Messages", messages), ("Connections", connections)]
            .filter { !$0.1.isEmpty }
            .map { "\($0) refused: \($1.joined(separator: ", "))." }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}
