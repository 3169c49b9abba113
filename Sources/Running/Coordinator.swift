import Foundation
import Journaling
import Kernels
import Leasing
import Messaging
import Planning

/// The process that owns a store and gives leases to workers: a loop around the ``Dispatcher``.
///
/// A turn of the loop takes what has come, hands it to the dispatcher, commits all events that the
/// dispatcher wants recorded in one transaction, and only then sends what depends on them. When the
/// store cannot be written, the loop ends: nothing is given out that is not written down.
public final class Coordinator {
    /// Where workers reach it.
    public let endpoint: Address
    let sweep: LoadedSweep
    let folder: String
    let limits: Limits
    /// It listens elsewhere than the store's last coordinator, whose workers do not find it.
    let hasMoved: Bool
    /// Trials that had their outcome before this coordinator began.
    let finishedBefore: Int
    /// The store was opened last for another sweep, or for this one with other texts.
    let isEdited: Bool

    private let store: Store
    private let checkpoints: CheckpointFolder
    let socket: RouterSocket
    private let reactor: Reactor
    let server: MatrixServer
    var dispatcher: Dispatcher
    private var notices: [String] = []
    private var sequence: UInt64 = 0
    private var isFinished = false
    var refusals = RefusalLedger()
    /// Who judges those who come; nil where nothing is encrypted.
    var gatekeeper: Gatekeeper?
    private var checkedAt = Clock.monotonicSeconds

    /// The most messages that one turn, and so one transaction, takes.
    private static let batch = 256

    /// A coordinator of `sweep` that keeps everything in the folder `store`.
    ///
    /// - Parameters:
    ///   - address: Where to listen; nil takes the store's own endpoint again, or a free port.
    ///   - retry: Whether quarantined trials get new attempts. The default is false.
    ///   - takeOver: Whether to take the store from a coordinator that has it; false by default.
    ///   - keepsModels: Whether the models of trials are kept; false by default.
    ///   - isEncrypted: False does without keys, on loopback only: for comparison. True by default.
    ///   - limits: The default is what the sweep says.
    /// - Throws: an error that says what to do when another coordinator holds the store, the port
    ///   is in use, or others can read the store's keys.
    public init(
        sweep: LoadedSweep, store folder: String, address: String?, retry: Bool = false,
        takeOver: Bool = false, keepsModels: Bool = false, isEncrypted: Bool = true,
        limits: Limits? = nil
    ) throws {
        self.sweep = sweep
        self.folder = folder
        var limits = limits ?? sweep.limits
        limits.keepsModels = limits.keepsModels || keepsModels
        self.limits = try limits.validated()
        store = try Store.coordinate(folder, takeOver: takeOver)
        checkpoints = CheckpointFolder(folder: folder + "/checkpoints")
        let known = try store.endpoint()
        let keys = isEncrypted ? try KeyFolder(making: folder) : nil
        let most = self.limits.connectionsMax
        gatekeeper = try keys.map { try Gatekeeper(keys: $0, connectionsMax: most) }
        DescriptorLimit.raise()
        let listener = Listener(
            secret: try keys?.credential("coordinator").secret,
            limits: self.limits)
        socket = try listener.listen(address, known: known)
        endpoint = socket.boundEndpoint
        hasMoved = known != nil && known != socket.boundEndpoint.description
        try store.saveEndpoint(endpoint.description)
        reactor = try Reactor(socket: socket)
        server = MatrixServer(sweep: sweep, waker: reactor.waker)
        StopSignal.watch(waking: reactor.waker)

        let trials = sweep.plan.uniqueKeys
        isEdited = try store.document().map { $0.digest != sweep.document.digest } ?? false
        try store.append(
            [.planned(sweep.document, trials: trials.count)], at: Clock.wallSeconds)
        var history = Dispatcher.History(trials: trials)
        try store.replay(into: &history)
        if retry {
            let reopened = history.quarantined.filter { $0.failure.cause != .cancelled }
                .map { JournalEvent.reopened($0.key) }
            try store.append(reopened, at: Clock.wallSeconds)
            for event in reopened { try history.replay(event) }
        }
        finishedBefore = history.counts.finished
        if self.limits.keepsModels,
            let lack = StoredModel.lack(of: history.finishedKeys, in: folder)
        {
            notices.append(lack)
        }
        checkpoints.discard { history.isOpen($0) }
        let demands = sweep.plan.demands
        dispatcher = Dispatcher(
            document: sweep.document, history: history, limits: self.limits,
            demands: demands, costs: try store.costs(of: sweep.plan, demands),
            numericsVersion: Numerics.version, numericClass: Numerics.numericClass,
            at: Coordinator.now)
    }

    static var now: Instant { Instant(seconds: Clock.monotonicSeconds) }

    // MARK: The loop

    /// Coordinates until all trials have ended, or until it is stopped and holds nothing any more.
    ///
    /// - Parameter chores: What else is to be done between two turns, at least every half second.
    func run(chores: (Coordinator) throws -> Void) throws {
        try perform(dispatcher.handle(.tick, at: Coordinator.now))
        var stopsHeard = 0
        while !isFinished {
            try chores(self)
            try checkOthers()
            if StopSignal.count > stopsHeard {
                guard stopsHeard == 0 else { return }
                stopsHeard = StopSignal.count
                try perform(dispatcher.handle(.stop, at: Coordinator.now))
            }
            try turn()
        }
        try sayGoodbye()
    }

    /// Looks once a second at what others may have changed: it ends the loop when another
    /// coordinator took the store over, also while there is nothing to write (every append asks by
    /// itself), and puts a new allow-list in force.
    private func checkOthers() throws {
        guard Clock.monotonicSeconds > checkedAt + 1 else { return }
        try store.checkEpoch()
        if let news = gatekeeper?.refresh() { note(news) }
        checkedAt = Clock.monotonicSeconds
    }

    private func turn() throws {
        let due = dispatcher.nextDeadline.map { $0 - Coordinator.now } ?? 0.5
        _ = try reactor.wait(seconds: max(0, min(due, 0.5)))
        attendDoor()
        var commands: [Dispatcher.Command] = []
        for _ in 0..<Coordinator.batch {
            guard let received = socket.receive() else { break }
            commands += hear(received)
        }
        if let deadline = dispatcher.nextDeadline, deadline <= Coordinator.now {
            commands += dispatcher.handle(.tick, at: Coordinator.now)
        }
        try perform(commands)
        serve()
    }

    /// Sends what was read of data, and has more read, as far as memory allows.
    private func serve() {
        for (message, connection) in server.turn(at: Coordinator.now) {
            sequence += 1
            let frames = WireCodec.encode(message, sequence: sequence)
            if socket.send(frames, to: connection) != .sent { server.forget(connection) }
        }
    }

    /// Lets workers say goodbye: `done` is on its way to them. One that misses it waits for a
    /// coordinator, so a finished sweep waits for all that live; a stopped one for a moment.
    private func sayGoodbye() throws {
        let end = Clock.monotonicSeconds + (StopSignal.count == 0 ? limits.silenceSeconds : 2)
        while dispatcher.summary.workers.contains(where: \.isConnected),
            Clock.monotonicSeconds < end, StopSignal.count < 2
        {
            try turn()
        }
    }

    /// Keeps a line for people.
    func note(_ line: String) { notices.append(line) }

    /// Takes what people should read, oldest first.
    func takeNotices() -> [String] {
        defer { notices = [] }
        return notices
    }

    /// How many trials are in each state.
    var counts: Dispatcher.Counts { dispatcher.history.counts }

    /// What the dispatcher knows, for people.
    var summary: Dispatcher.Summary { dispatcher.summary }

    // MARK: Out

    private func perform(_ commands: [Dispatcher.Command]) throws {
        // A trial that is recorded as finished has its model on the disk.
        for case .record(.finished(let lease, _, let delivery)) in commands {
            guard let model = delivery.model else { continue }
            try StoredModel.keep(model, of: lease.key, in: folder)
        }
        try dispatcher.perform(
            commands, in: store, wallSeconds: Clock.wallSeconds, at: Coordinator.now
        ) { command in
            switch command {
            case .record(let event): forgetCheckpoint(after: event)
            case .send(let message, let connection):
                sequence += 1
                let frames = WireCodec.encode(complete(message), sequence: sequence)
                return socket.send(frames, to: connection) == .sent
            case .keep(let lease, let checkpoint): checkpoints.keep(lease, checkpoint)
            case .answer(let answer, let connection):
                _ = socket.send(WireCodec.encode(answer), to: connection)
            case .note(let line): note(line)
            case .finished: isFinished = true
            }
            return true
        }
    }

    /// A lease goes with the newest state of its trial.
    private func complete(_ message: CoordinatorMessage) -> CoordinatorMessage {
        guard case .train(let lease, var terms) = message else { return message }
        terms.checkpoint = checkpoints.newest(lease.key)?.checkpoint
        return .train(lease, terms)
    }

    private func forgetCheckpoint(after event: JournalEvent) {
        switch event {
        case .finished(let lease, _, _): checkpoints.discard(lease.key)
        case .abandoned(let key, _): checkpoints.discard(key)
        default: return
        }
    }
}
