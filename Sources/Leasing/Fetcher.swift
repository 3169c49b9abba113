import Corpora

/// What a worker's machine lacks for its trials, and how it gets it: the core of the transfer.
///
/// A pure state machine with one door, like the ``Session`` beside it. Matrices are fetched in
/// their order and chunk by chunk; while the end of one is under way, or its digest is computed,
/// the next ones begin. What came before a break, or before the worker's death, is kept, and the
/// rest asked for.
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
        case failed(LeaseID, Digest, String)
    }

    /// How many chunks are under way at a time: of one matrix, or of several where one has no more.
    public static let ahead = 8
    /// How often a matrix is fetched again when its digest is wrong.
    public static let triesMax = 3

    /// Where a matrix that was begun is on its way.
    ///
    /// ### Legal transitions
    /// - `others → coming`: it is this worker's to fetch, now or after another has died
    /// - `coming → checking`: all of it has come
    /// - `checking → coming`: it is damaged, and fetched anew
    /// - any state → forgotten: it is there, cannot be had, or nobody needs it
    private enum State: Hashable, Sendable {
        /// Another worker of the machine fetches it.
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

        /// Where asking ends: before the size is known, one chunk will tell it.
        var end: Int { total ?? have + 1 }
    }

    private var states: [Digest: State] = [:]
    /// The matrices with a state, in the order in which they were begun.
    private var begun: [Digest] = []
    /// The other ones that are lacking, in the order in which they were found to be.
    private var waiting: [Digest] = []
    private var lacking: [(lease: LeaseID, digests: Set<Digest>)] = []
    private var isConnected = false
    /// Chunks that were asked for on this connection.
    private var requested = 0
    /// Chunks that came on it.
    private var received = 0
    /// When a chunk came last, or was asked for because none did.
    private var movedAt = Instant(seconds: 0)
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
        let looks = begun.compactMap { digest -> Instant? in
            if case .others(_, let lookAt)? = states[digest] { lookAt } else { nil }
        }
        return (looks + (isConnected && !arrivals.isEmpty ? [movedAt + patience] : [])).min()
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
            (requested, received) = (0, 0)
            askAgain()
        case .disconnected: isConnected = false
        case .opened(let digest, let opening): take(opening, digest)
        case .chunk(let chunk): take(chunk)
        case .unavailable(let digest, let reason):
            countChunk()
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
        let known = Set(waiting)
        waiting += digests.filter { states[$0] == nil && !known.contains($0) }
        forgetUnwanted()
        if digests.isEmpty { finish(lease) }
    }

    /// Chunks that were asked for and have not come.
    private var underWay: Int { requested - received }

    private mutating func countChunk() {
        received += 1
        // What was taken for lost has come after all.
        requested = max(requested, received)
        movedAt = now
    }

    private var arrivals: [(digest: Digest, arrival: Arrival)] {
        begun.compactMap { digest in
            if case .coming(let arrival)? = states[digest] { (digest, arrival) } else { nil }
        }
    }

    /// Looks for the next matrix, when all is asked for of those that are coming.
    private mutating func begin() {
        guard !waiting.isEmpty, underWay < Fetcher.ahead,
            arrivals.allSatisfy({ $0.arrival.asked >= $0.arrival.end })
        else { return }
        let next = waiting.removeFirst()
        begun.append(next)
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
            states[digest] = .coming(Arrival(have: have, total: nil, asked: have, tries: 0))
            ask()
        case .others(let have):
            if case .others(let before, _) = state, have > before { tellProgress(of: digest) }
            states[digest] = .others(have: have, lookAt: now + 0.5)
        }
    }

    /// Asks for what may be under way and is not, first of the matrix that was begun first.
    private mutating func ask() {
        guard isConnected else { return }
        for (digest, var arrival) in arrivals {
            while arrival.asked < arrival.end && underWay < Fetcher.ahead {
                // It is waited for from now on.
                if underWay == 0 { movedAt = now }
                commands.append(
                    .ask(
                        ChunkRequest(
                            digest: digest, offset: arrival.asked, count: ChunkRequest.bytesMax,
                            received: received)))
                arrival.asked += ChunkRequest.bytesMax
                requested += 1
            }
            states[digest] = .coming(arrival)
        }
    }

    private mutating func take(_ chunk: MatrixChunk) {
        countChunk()
        guard case .coming(var arrival)? = states[chunk.digest], chunk.offset == arrival.have,
            arrival.total ?? chunk.total == chunk.total
        else { return ask() }
        guard arrival.have + chunk.bytes.count <= chunk.total else {
            return startAnew(chunk.digest, tries: arrival.tries + 1)
        }
        arrival.total = chunk.total
        arrival.have += chunk.bytes.count
        states[chunk.digest] =
            arrival.have < chunk.total ? .coming(arrival) : .checking(tries: arrival.tries)
        if !chunk.bytes.isEmpty { commands.append(.write(chunk)) }
        tellProgress(of: chunk.digest)
        if arrival.have == chunk.total { commands.append(.verify(chunk.digest)) }
        ask()
        guard underWay == 0 else { return }
        // What came last is told too, though nothing more is asked for.
        commands.append(
            .ask(ChunkRequest(digest: chunk.digest, offset: 0, count: 0, received: received)))
    }

    private mutating func judge(_ digest: Digest, _ isSound: Bool) {
        guard case .checking(let tries)? = states[digest] else { return }
        if isSound { arrive(digest) } else { startAnew(digest, tries: tries + 1) }
    }

    /// Throws away what has come.
    private mutating func startAnew(_ digest: Digest, tries: Int) {
        commands.append(.discard(digest))
        states[digest] = .coming(Arrival(have: 0, total: nil, asked: 0, tries: tries))
        guard tries < Fetcher.triesMax else {
            return fail(digest, "what came of it had another digest, \(tries) times over")
        }
        ask()
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
        guard states[digest] != nil else { return }
        leave(digest)
        for (lease, _) in lacking.filter({ $0.digests.contains(digest) }) {
            commands.append(.failed(lease, digest, reason))
        }
        lacking.removeAll { $0.digests.contains(digest) }
        forgetUnwanted()
    }

    private mutating func forget(_ digest: Digest) {
        states[digest] = nil
        begun.removeAll { $0 == digest }
    }

    /// Forgets a matrix that is not fetched to its end.
    private mutating func leave(_ digest: Digest) {
        if case .coming? = states[digest] { commands.append(.close(digest)) }
        forget(digest)
    }

    private mutating func forgetUnwanted() {
        let wanted = lacking.reduce(into: Set<Digest>()) { $0.formUnion($1.digests) }
        waiting.removeAll { !wanted.contains($0) }
        for digest in begun where !wanted.contains(digest) { leave(digest) }
        ask()
    }

    private mutating func tellProgress(of digest: Digest) {
        for (lease, digests) in lacking where digests.contains(digest) {
            commands.append(.progressed(lease))
        }
    }

    private mutating func wake() {
        for digest in begun {
            if case .others(let have, let lookAt)? = states[digest], lookAt <= now {
                states[digest] = .others(have: have, lookAt: now + patience)
                commands.append(.open(digest))
            }
        }
        if isConnected && !arrivals.isEmpty && movedAt + patience <= now { askAgain() }
    }

    /// Asks for the rest of what is coming: what was asked for was lost.
    private mutating func askAgain() {
        requested = received
        movedAt = now
        for (digest, var arrival) in arrivals {
            arrival.asked = arrival.have
            states[digest] = .coming(arrival)
        }
        ask()
    }
}
