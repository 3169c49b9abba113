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
    }

    private var counts: [Kind: Int] = [:]
    private var told: Set<Notice> = []
    private var sequences: [ConnectionID: UInt64] = [:]

    private struct Notice: Hashable {
        let kind: Kind
        let connection: ConnectionID
    }

    /// The most connections that are remembered; older ones are then told of anew.
    private static let peersMax = 4096

    /// Counts a refusal; whether people should hear of it.
    mutating func count(_ kind: Kind, from connection: ConnectionID) -> Bool {
        counts[kind, default: 0] += 1
        if told.count >= RefusalLedger.peersMax { told.removeAll() }
        return told.insert(Notice(kind: kind, connection: connection)).inserted
    }

    /// Takes in the number of a message; false when the connection has said it, or a later one,
    /// before.
    mutating func isNew(_ sequence: UInt64, from connection: ConnectionID) -> Bool {
        if let last = sequences[connection] {
            guard sequence > last else { return false }
        } else if sequences.count >= RefusalLedger.peersMax * 16 {
            sequences.removeAll()
        }
        sequences[connection] = sequence
        return true
    }

    /// How many notices are remembered.
    var remembered: Int { told.count }

    /// A sentence on all that was refused; nil when nothing was.
    var summary: String? {
        let parts = Kind.allCases.compactMap { kind in
            counts[kind].map { "\($0) \(kind.rawValue)" }
        }
        return parts.isEmpty ? nil : "Messages refused: \(parts.joined(separator: ", "))."
    }
}
