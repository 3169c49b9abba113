import Corpora
import Foundation
import Journaling
import Kernels
import Leasing
import Messaging
import Planning

/// What a person asks of a sweep while it runs or after: `concord retry`, `cancel` and `drain`.
///
/// Where a coordinator has the store, it is asked over its endpoint and answers when the change is
/// on disk. Where none runs, the same state machine makes the same change here, under the lock that
/// a coordinator would take.
public struct StoreRequest {
    private let folder: String
    private let loaded: LoadedSweep
    private let history: Dispatcher.History

    /// A request about the sweep in the store in `folder`.
    ///
    /// - Throws: an error when there is no store, or it cannot be read.
    public init(store folder: String) throws {
        self.folder = folder
        // The observer is closed again: within one process SQLite would let nobody write beside it.
        let reading = try StoreReading(folder: folder)
        loaded = reading.loaded
        history = reading.history
    }

    /// Which trials a person means.
    public struct Choice {
        /// The first digits of their keys.
        public var trials: [String]
        /// Texts that stand in their cells' names.
        public var cells: [String]
        /// Whether it is all of them.
        public var all: Bool

        /// These trials, together.
        public init(trials: [String] = [], cells: [String] = [], all: Bool = false) {
            self.trials = trials
            self.cells = cells
            self.all = all
        }

        /// Nobody is named.
        public var isEmpty: Bool { trials.isEmpty && cells.isEmpty && !all }
    }

    /// New attempts for the trials of `choice` that are quarantined or cancelled; an empty choice
    /// means all that are quarantined.
    ///
    /// - Throws: an error when a trial or cell is unknown, or the coordinator cannot be reached.
    public func retry(_ choice: Choice) throws -> ExitStatus {
        let ended = history.quarantined
        let keys =
            choice.isEmpty
            ? ended.filter { $0.failure.cause != .cancelled }.map(\.key)
            : try self.keys(of: choice).filter { key in ended.contains { $0.key == key } }
        guard !keys.isEmpty else {
            throw RunningError("\(folder): none of these trials is quarantined or cancelled.")
        }
        return try ask(keys, Request.retry)
    }

    /// No further attempt at the trials of `choice` that have no outcome.
    ///
    /// - Throws: an error when a trial or cell is unknown, or the coordinator cannot be reached.
    public func cancel(_ choice: Choice) throws -> ExitStatus {
        let keys = try self.keys(of: choice).filter { !history.isFinished($0) }
        guard !keys.isEmpty else {
            throw RunningError("\(folder): all of these trials are finished.")
        }
        return try ask(keys, Request.cancel)
    }

    /// The worker of this name or id leaves: when what it trains is done, or at once.
    ///
    /// - Throws: an error when no coordinator runs.
    public func drain(_ worker: String, atOnce: Bool) throws -> ExitStatus {
        try conclude([.drain(worker: worker, atOnce: atOnce)])
    }

    private var plan: Plan { loaded.plan }

    private func keys(of choice: Choice) throws -> [TrialKey] {
        if choice.all { return plan.uniqueKeys }
        var wanted: Set<TrialKey> = []
        for prefix in choice.trials {
            let found = plan.uniqueKeys.filter {
                $0.description.hasPrefix(prefix.lowercased())
            }
            guard let only = found.first, found.count == 1 else {
                throw RunningError(
                    "\(found.count) trials' keys begin with `\(prefix)`. `concord plan SPEC --json`"
                        + " lists them.")
            }
            wanted.insert(only)
        }
        for text in choice.cells {
            let cells = Set(
                plan.cells.indices.filter { plan.cells[$0].name.contains(text) })
            guard !cells.isEmpty else {
                throw RunningError(
                    "No cell's name contains `\(text)`. `concord status \(folder)` names them.")
            }
            wanted.formUnion(
                plan.trials.filter { cells.contains($0.cell) }.map(\.key))
        }
        return plan.uniqueKeys.filter(wanted.contains)
    }

    /// Asks in pieces that a message can carry.
    private func ask(
        _ keys: [TrialKey], _ request: ([TrialKey]) -> Request
    ) throws -> ExitStatus {
        try conclude(
            stride(from: 0, to: keys.count, by: WireCodec.leasesMax).map {
                request(Array(keys[$0..<min($0 + WireCodec.leasesMax, keys.count)]))
            })
    }

    private func conclude(_ requests: [Request]) throws -> ExitStatus {
        let answers: [Answer]
        do {
            answers = try perform(requests)
        } catch JournalError.locked {
            let store = try Store.observe(folder)
            guard let endpoint = try store.endpoint(), let document = try store.document() else {
                throw RunningError("\(folder): its coordinator has just begun. Ask again.")
            }
            let owner = try KeyFolder(of: folder).credential(KeyFolder.owner)
            let line = try CoordinatorLine(try Address(endpoint).local, as: owner)
            answers = try requests.map { request in
                let frames = WireCodec.encode(request, sweep: document.digest)
                guard let answer = try line.ask(frames, seconds: 10) else {
                    throw RunningError(
                        "the coordinator at \(endpoint) does not answer. See whether it runs.")
                }
                return answer
            }
        }
        for answer in answers { Terminal.complain("concord: \(answer.text)") }
        return answers.allSatisfy(\.isDone) ? .done : .failed
    }

    /// Does here what a coordinator would do, and writes it down.
    private func perform(_ requests: [Request]) throws -> [Answer] {
        let store = try Store.coordinate(folder)
        guard let document = try store.document() else { return [] }
        var history = Dispatcher.History(trials: plan.uniqueKeys)
        try store.replay(into: &history)
        var dispatcher = Dispatcher(
            document: document, history: history, limits: loaded.limits,
            demands: plan.demands, numericsVersion: Numerics.version,
            numericClass: Numerics.numericClass,
            at: Instant(seconds: Clock.monotonicSeconds))
        var answers: [Answer] = []
        for request in requests {
            let commands = dispatcher.handle(
                .asked(request, from: ConnectionID(bytes: [])),
                at: Instant(seconds: Clock.monotonicSeconds))
            try store.append(
                commands.compactMap { if case .record(let event) = $0 { event } else { nil } },
                at: Clock.wallSeconds)
            answers += commands.compactMap {
                if case .answer(let answer, _) = $0 { answer } else { nil }
            }
        }
        return answers
    }
}
