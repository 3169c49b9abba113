/// Which chunk the coordinator reads and sends next: workers in turns, each with few on their way,
/// and not many in all, so that neither memory nor the others' messages suffer.
///
/// A chunk is on its way from when it is given out until its worker says how many have come, or for
/// ``patienceSeconds``.
public struct ChunkQueue: Sendable {
    /// The most requests of one connection that wait or are on their way; more are dropped, and
    /// asked for again.
    public static let eachMax = 8
    /// The most chunks on their way to all workers.
    public static let allMax = 48
    /// After so many seconds without a word, chunks count as come, or lost: less than a worker
    /// waits before it asks again.
    public static let patienceSeconds = 8.0

    private struct Line: Sendable {
        var waiting: [ChunkRequest] = []
        var sent = 0
        var received = 0
        var heardAt: Instant

        var onTheirWay: Int { sent - received }
    }

    private var lines: [ConnectionID: Line] = [:]
    /// The connections with something that waits, the next one first.
    private var turns: [ConnectionID] = []
    private var onTheirWay = 0

    /// Nobody has asked for anything.
    public init() {}

    /// How many chunks are on their way.
    public var count: Int { onTheirWay }

    /// Takes in a request; false when it is dropped, since too many wait.
    @discardableResult
    public mutating func ask(
        _ request: ChunkRequest, from connection: ConnectionID, at now: Instant
    ) -> Bool {
        // What a connection that was forgotten has had before counts neither way.
        var line =
            lines[connection]
            ?? Line(sent: request.received, received: request.received, heardAt: now)
        let isLate = now - line.heardAt > ChunkQueue.patienceSeconds
        line.heardAt = now
        let come = isLate ? line.sent : min(line.sent, max(line.received, request.received))
        onTheirWay -= come - line.received
        line.received = come
        defer { lines[connection] = line }
        guard request.count > 0 else { return true }
        guard line.waiting.count + line.onTheirWay < ChunkQueue.eachMax else { return false }
        if line.waiting.isEmpty { turns.append(connection) }
        line.waiting.append(request)
        return true
    }

    /// The next request to be served; nil when none waits, or enough is on its way.
    public mutating func next(
        at now: Instant
    ) -> (request: ChunkRequest, connection: ConnectionID)? {
        guard !turns.isEmpty else { return nil }
        if onTheirWay >= ChunkQueue.allMax { forgetSilent(at: now) }
        guard onTheirWay < ChunkQueue.allMax else { return nil }
        let connection = turns.removeFirst()
        let request = lines[connection]!.waiting.removeFirst()
        lines[connection]!.sent += 1
        onTheirWay += 1
        if !lines[connection]!.waiting.isEmpty { turns.append(connection) }
        return (request, connection)
    }

    /// Forgets a connection that is gone.
    public mutating func drop(_ connection: ConnectionID) {
        guard let line = lines.removeValue(forKey: connection) else { return }
        onTheirWay -= line.onTheirWay
        turns.removeAll { $0 == connection }
    }

    /// Connections that have asked for nothing for long, whose chunks came or never will.
    private mutating func forgetSilent(at now: Instant) {
        for (connection, line) in lines
        where line.waiting.isEmpty && now - line.heardAt > ChunkQueue.patienceSeconds {
            drop(connection)
        }
    }
}
