import Corpora

/// What a worker's machine lacks for its trials, and how it gets it: the core of the transfer.
///
/// A pure state machine with one door, like the ``Session`` beside it. One matrix after the other
/// is fetched, chunk by chunk in their order; while its digest is computed the next one is under
/// way. What came before a break, or before the worker's death, is kept, and the rest asked for.
///
///     for command in fetcher.handle(event, at: now) { perform(command) }
///     wake(at: fetcher.nextDeadline)          // then handle(.tick, at: …)
public struct Fetcher: Sendable {
    /// What happens.
    public enum Event: Hashable, Sendable {
        /// The trial of this lease cannot begin without these matrices.
        case lacking([Digest], LeaseID)
        /// The lease has ended: nothing is fetched for it any more.
        case ended(LeaseID)
        /// There is a connection that takes requests, a new one.
        case connected
        /// There is none.
        case disconnected
        /// What ``Command/open(_:)`` has found.
        case opened(Digest, Opening)
        /// A chunk has come; the shell writes it when this answers with ``Command/write(_:)``.
        case chunk(MatrixChunk)
        /// The coordinator does not have the matrix, for this reason.
        case unavailable(Digest, String)
        /// There is no room for the matrix, for this reason.
        case noRoom(Digest, String)
        /// What ``Command/verify(_:)`` has found.
        case verified(Digest, isSound: Bool)
        /// ``nextDeadline`` has come.
        case tick
    }

    /// How a matrix is found in the node cache.
    public enum Opening: Hashable, Sendable {
        /// It is there whole.
        case present
        /// Its first bytes are, and now it is this worker's to fetch the rest.
        case mine(have: Int)
        /// Another worker of the machine fetches it, and has so many bytes.
        case others(have: Int)
    }

    /// What the shell shall do.
    public enum Command: Hashable, Sendable {
        /// Look for the matrix in the cache, and take its fetching over unless another has.
        case open(Digest)
        /// Ask the coordinator.
        case ask(ChunkRequest)
        /// Add the chunk to what is there of its matrix.
        case write(MatrixChunk)
        /// Compute the digest of what has come, and put it in its place if it is right.
        case verify(Digest)
        /// Throw away what has come: it is damaged.
        case discard(Digest)
        /// Leave the matrix to other workers, with what is there of it.
        case close(Digest)
        /// Data came for this lease: its trial is not stuck.
        case progressed(LeaseID)
        /// All that the trial lacked is there.
        case ready(LeaseID)
        /// What the trial lacks cannot be had, for this reason.
        case failed(LeaseID, String)
    }

    /// How many chunks are asked for ahead of the one that comes next.
    public static let ahead = 4
    /// How often a matrix is fetched again when its digest is wrong.
    public static let triesMax = 3

    /// Where a matrix is on its way.
    ///
    /// ### Legal transitions
    /// - `waiting → others`: another worker of the machine fetches it
    /// - `others → waiting`: it is time to look again
    /// - `waiting → coming`: it is this worker's to fetch
    /// - `coming → checking`: all of it has come
    /// - `checking → coming`: it is damaged, and fetched anew
    /// - any state → forgotten: it is there, cannot be had, or nobody needs it
    private enum State: Hashable, Sendable {
        case waiting
        case others(have: Int, lookAt: Instant)
        case coming(Arrival)
        case checking(tries: Int)
    }

    private struct Arrival: Hashable, Sendable {
        var have: Int
        /// The bytes of the whole, once a chunk has told.
        var total: Int?
        /// The first byte that is not asked for on this connection.
        var asked: Int
        var tries: Int
        /// When a chunk came, or was asked for because none did.
        var movedAt: Instant
    }

    private var states: [Digest: State] = [:]
    /// The matrices in the order in which they were found to be lacking.
    private var order: [Digest] = []
    private var lacking: [(lease: LeaseID, digests: Set<Digest>)] = []
    private var isConnected = false
    /// Chunks that came on this connection.
    private var received = 0
    private let patience: Double
    private var now = Instant(seconds: 0)
    private var commands: [Command] = []

    /// - Parameter patience: Seconds without a chunk after which the rest is asked for again; 10 by
    ///   default.
    public init(patience: Double = 10) { self.patience = patience }

    /// Whether any trial waits for data.
    public var isBusy: Bool { !lacking.isEmpty }

    /// When ``Event/tick`` is due; nil when nothing is awaited.
    public var nextDeadline: Instant? {
        states.values.compactMap { state in
            switch state {
            case .waiting, .checking: nil
            case .others(_, let lookAt): lookAt
            case .coming(let arrival): isConnected ? arrival.movedAt + patience : nil
            }
        }.min()
    }

    /// The one door: takes in what happened, and says what to do.
    public mutating func handle(_ event: Event, at now: Instant) -> [Command] {
        self.now = now
        switch event {
        case .lacking(let digests, let lease): want(digests, lease)
        case .ended(let lease):
            lacking.removeAll { $0.lease == lease }
            forgetUnwanted()
        case .connected:
            isConnected = true
            received = 0
            askAgain { _ in true }
        case .disconnected: isConnected = false
        case .opened(let digest, let opening): take(opening, digest)
        case .chunk(let chunk): take(chunk)
        case .unavailable(let digest, let reason):
            received += 1
            fail(digest, reason)
        case .noRoom(let digest, let reason): fail(digest, reason)
        case .verified(let digest, let isSound): judge(digest, isSound)
        case .tick: wake()
        }
        begin()
        defer { commands.removeAll() }
        return commands
    }

    private mutating func want(_ digests: [Digest], _ lease: LeaseID) {
        lacking.removeAll { $0.lease == lease }
        lacking.append((lease, Set(digests)))
        for digest in digests where states[digest] == nil {
            states[digest] = .waiting
            order.append(digest)
        }
        forgetUnwanted()
        if digests.isEmpty { finish(lease) }
    }

    /// Looks for the next matrix, when none is coming.
    private mutating func begin() {
        let isComing = states.values.contains { if case .coming = $0 { true } else { false } }
        guard !isComing, let next = order.first(where: { states[$0] == .waiting }) else { return }
        // The shell answers at once; until it does, it is not looked for again.
        states[next] = .others(have: 0, lookAt: now + patience)
        commands.append(.open(next))
    }

    private mutating func take(_ opening: Opening, _ digest: Digest) {
        guard let state = states[digest] else {
            if case .mine = opening { commands.append(.close(digest)) }
            return
        }
        switch opening {
        case .present: arrive(digest)
        case .mine(let have):
            states[digest] = .coming(
                Arrival(have: have, total: nil, asked: have, tries: 0, movedAt: now))
            ask(digest)
        case .others(let have):
            if case .others(let before, _) = state, have > before { tellProgress(of: digest) }
            states[digest] = .others(have: have, lookAt: now + 0.5)
        }
    }

    /// Asks for what may be under way of the matrix and is not.
    private mutating func ask(_ digest: Digest) {
        guard isConnected, case .coming(var arrival)? = states[digest] else { return }
        let ahead = arrival.have + Fetcher.ahead * ChunkRequest.bytesMax
        // Before the size is known, one chunk will tell it.
        let end = arrival.total.map { min($0, ahead) } ?? arrival.have + 1
        while arrival.asked < end {
            commands.append(
                .ask(
                    ChunkRequest(
                        digest: digest, offset: arrival.asked, count: ChunkRequest.bytesMax,
                        received: received)))
            arrival.asked += ChunkRequest.bytesMax
        }
        states[digest] = .coming(arrival)
    }

    private mutating func take(_ chunk: MatrixChunk) {
        received += 1
        guard case .coming(var arrival)? = states[chunk.digest], chunk.offset == arrival.have,
            arrival.total ?? chunk.total == chunk.total
        else { return }
        guard arrival.have + chunk.bytes.count <= chunk.total else {
            return startAnew(chunk.digest, tries: arrival.tries + 1)
        }
        arrival.total = chunk.total
        arrival.have += chunk.bytes.count
        arrival.movedAt = now
        states[chunk.digest] = .coming(arrival)
        if !chunk.bytes.isEmpty { commands.append(.write(chunk)) }
        tellProgress(of: chunk.digest)
        guard arrival.have < chunk.total else {
            states[chunk.digest] = .checking(tries: arrival.tries)
            // What came last is told too, though nothing more is asked for.
            commands.append(
                .ask(ChunkRequest(digest: chunk.digest, offset: 0, count: 0, received: received)))
            return commands.append(.verify(chunk.digest))
        }
        ask(chunk.digest)
    }

    private mutating func judge(_ digest: Digest, _ isSound: Bool) {
        guard case .checking(let tries)? = states[digest] else { return }
        if isSound { arrive(digest) } else { startAnew(digest, tries: tries + 1) }
    }

    /// Throws away what has come.
    private mutating func startAnew(_ digest: Digest, tries: Int) {
        commands.append(.discard(digest))
        states[digest] = .coming(
            Arrival(have: 0, total: nil, asked: 0, tries: tries, movedAt: now))
        guard tries < Fetcher.triesMax else {
            return fail(digest, "what came of it had another digest, \(tries) times over")
        }
        ask(digest)
    }

    /// The matrix is there.
    private mutating func arrive(_ digest: Digest) {
        forget(digest)
        for place in lacking.indices { lacking[place].digests.remove(digest) }
        for (lease, _) in lacking.filter(\.digests.isEmpty) { finish(lease) }
    }

    private mutating func finish(_ lease: LeaseID) {
        lacking.removeAll { $0.lease == lease }
        commands.append(.ready(lease))
    }

    /// The matrix cannot be had: neither can what needs it.
    private mutating func fail(_ digest: Digest, _ reason: String) {
        guard let state = states[digest] else { return }
        if case .coming = state { commands.append(.close(digest)) }
        forget(digest)
        for (lease, _) in lacking.filter({ $0.digests.contains(digest) }) {
            commands.append(.failed(lease, reason))
        }
        lacking.removeAll { $0.digests.contains(digest) }
        forgetUnwanted()
    }

    private mutating func forget(_ digest: Digest) {
        states[digest] = nil
        order.removeAll { $0 == digest }
    }

    private mutating func forgetUnwanted() {
        let wanted = lacking.reduce(into: Set<Digest>()) { $0.formUnion($1.digests) }
        for digest in order where !wanted.contains(digest) {
            if case .coming? = states[digest] { commands.append(.close(digest)) }
            forget(digest)
        }
    }

    private mutating func tellProgress(of digest: Digest) {
        for (lease, digests) in lacking where digests.contains(digest) {
            commands.append(.progressed(lease))
        }
    }

    private mutating func wake() {
        for digest in order {
            if case .others(_, let lookAt)? = states[digest], lookAt <= now {
                states[digest] = .others(have: have(of: digest), lookAt: now + patience)
                commands.append(.open(digest))
            }
        }
        let latest = Instant(seconds: now.seconds - patience)
        askAgain { $0.movedAt <= latest }
    }

    private func have(of digest: Digest) -> Int {
        if case .others(let have, _)? = states[digest] { have } else { 0 }
    }

    /// Asks for the rest of what is coming: what was asked for was lost.
    private mutating func askAgain(where isDue: (Arrival) -> Bool) {
        for digest in order {
            guard case .coming(var arrival)? = states[digest], isDue(arrival) else { continue }
            arrival.asked = arrival.have
            arrival.movedAt = now
            states[digest] = .coming(arrival)
            ask(digest)
        }
    }
}
