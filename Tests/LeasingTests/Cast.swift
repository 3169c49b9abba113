import Corpora
import Planning

@testable import Leasing

/// The people and things of all scenarios: trials t0, t1, …, workers a, b, …, and how a script
/// writes them.
enum Cast {
    static let document = SweepDocument(spec: "sweep", manifests: ["manifest"], folders: ["."])

    /// All trials that scripts may name.
    private static let all = (0..<64).map { TrialKey(digest: Digest(of: "t\($0)".utf8)) }
    private static let names = Dictionary(
        uniqueKeysWithValues: all.enumerated().map { ($1, "t\($0)") })

    static func key(_ trial: Int) -> TrialKey { all[trial] }

    static func keys(_ count: Int) -> [TrialKey] { Array(all[..<count]) }

    static func name(_ key: TrialKey) -> String { names[key] ?? "t?" }

    static func name(_ lease: LeaseID) -> String { "\(name(lease.key))#\(lease.attempt)" }

    /// The lease that a script writes as `t0#1`.
    static func lease(_ text: some StringProtocol) -> LeaseID {
        let parts = text.dropFirst().split(separator: "#")
        return LeaseID(key: key(Int(parts[0])!), attempt: Int(parts[1])!)
    }

    /// The one right outcome of a trial.
    static func delivery(_ key: TrialKey, isRight: Bool = true) -> Delivery {
        Delivery(outcome: Array(key.digest.bytes.prefix(8)) + (isRight ? [] : [0]), provenance: [])
    }

    static func hello(
        _ worker: String, slots: Int = 1, sweep: Digest? = nil, leases: [LeaseID] = []
    ) -> WorkerMessage.Hello {
        WorkerMessage.Hello(
            worker: WorkerID(worker), name: worker, slots: slots,
            protocolVersion: WorkerMessage.protocolVersion, numericsVersion: 1,
            numericClass: "cpu", sweep: sweep, leases: leases)
    }

    static func dispatcher(
        trials: Int, limits: Limits = Limits(), demands: Demands = .none,
        journal: [JournalEvent] = [], at now: Instant
    ) throws -> Dispatcher {
        var history = Dispatcher.History(trials: keys(trials))
        for event in journal { try history.replay(event) }
        return Dispatcher(
            document: document, history: history, limits: limits, demands: demands,
            numericsVersion: 1, numericClass: "cpu", at: now)
    }

    /// Trials t0, t1, … with one shape each.
    static func demands(_ shapes: [Demands.Shape]) -> Demands {
        Demands(shapes: shapes, shapeOfTrial: shapes.indices.map { Int32($0) })
    }

    /// Trials that need so many GiB each.
    static func demands(gibibytes: [Int]) -> Demands {
        demands(gibibytes.map { Demands.Shape(bytes: $0 << 30) })
    }
}

/// How scripts write events, messages and commands.
extension Cast {
    static func line(_ event: JournalEvent) -> String {
        switch event {
        case .planned(_, let trials): "planned \(trials)"
        case .joined(let worker, _, let slots): "joined \(worker) slots=\(slots)"
        case .announced(let worker, let resources):
            (["announced \(worker) \(resources.memoryBytes >> 30) GiB"] + resources.tags.sorted())
                .joined(separator: " ")
        case .left(let worker, let lost): "left \(worker)\(lost ? " lost" : "")"
        case .leased(let lease, let worker): "leased \(name(lease)) \(worker)"
        case .finished(let lease, let worker, _): "finished \(name(lease)) \(worker)"
        case .repeated(let lease, let worker, _, let equal):
            "repeated \(name(lease)) \(worker) \(equal ? "equal" : "DIFFERENT")"
        case .failed(let lease, let worker, let failure):
            "failed \(name(lease)) \(worker) \(failure.cause)"
        case .expired(let lease, let worker): "expired \(name(lease)) \(worker)"
        case .returned(let lease, let worker): "returned \(name(lease)) \(worker)"
        case .abandoned(let key, let failure): "abandoned \(name(key)) \(failure.cause)"
        case .copied(let lease, let worker): "copied \(name(lease)) \(worker)"
        case .explained(let lease, let worker): "explained \(name(lease)) \(worker)"
        case .cordoned(let worker): "cordoned \(worker)"
        case .released(let worker): "released \(worker)"
        case .reopened(let key): "reopened \(name(key))"
        case .discarded(let key, _): "discarded \(name(key))"
        }
    }

    static func line(_ message: CoordinatorMessage) -> String {
        switch message {
        case .welcome(_, _, let abandoned):
            (["welcome"] + (abandoned.isEmpty ? [] : ["without"]) + abandoned.map(name))
                .joined(separator: " ")
        case .sweep: "sweep"
        case .train(let lease, let terms):
            (["train \(name(lease))"]
                + (terms.memoryRaises > 0 ? ["raises=\(terms.memoryRaises)"] : [])
                + (terms.checkpoint.map { ["from \($0.epoch)"] } ?? [])).joined(separator: " ")
        case .recorded(let key): "recorded \(name(key))"
        case .abandon(let lease): "abandon \(name(lease))"
        case .done: "done"
        case .refused(let reason): "refused: \(reason)"
        case .sayHello: "sayHello"
        case .chunk(let chunk): "chunk at \(chunk.offset)"
        case .unavailable(_, let reason): "unavailable: \(reason)"
        case .drain(let atOnce): atOnce ? "drain at once" : "drain"
        }
    }

    static func line(_ message: WorkerMessage) -> String {
        switch message {
        case .hello(let hello):
            (["hello"] + (hello.sweep == nil ? [] : ["with sweep"]) + hello.leases.map(name))
                .joined(separator: " ")
        case .heartbeat: "heartbeat"
        case .progress(let lease, let progress): "progress \(name(lease)) \(progress.epoch)"
        case .finished(let lease, _): "finished \(name(lease))"
        case .failed(let lease, let failure): "failed \(name(lease)) \(failure.cause)"
        case .checkpoint(let lease, let checkpoint):
            "checkpoint \(name(lease)) \(checkpoint.epoch)"
        case .returned(let leases): (["returned"] + leases.map(name)).joined(separator: " ")
        case .goodbye: "goodbye"
        case .fetch(let request): "fetch from \(request.offset)"
        }
    }

    static func line(_ command: Session.Command) -> String {
        switch command {
        case .send(let message): "say \(line(message))"
        case .start(let lease, let terms, let slot):
            "start \(name(lease)) in \(slot)"
                + (terms.checkpoint.map { " from \($0.epoch)" } ?? "")
        case .save(let slot): "save \(slot)"
        case .keep(let lease, let checkpoint): "keep \(name(lease)) \(checkpoint.epoch)"
        case .discard(let key): "discard \(name(key))"
        case .end(let slot): "end \(slot)"
        case .spool(let spooled): "spool \(name(spooled.lease))"
        case .unspool(let key): "unspool \(name(key))"
        case .reconnect: "reconnect"
        case .prepare: "prepare"
        case .leave(let exit): "leave \(exit)"
        }
    }
}
