import Planning
import Testing

@testable import Leasing

/// Plays a script before a Dispatcher: lines after `>` say what happens, the others all that the
/// Dispatcher does, in order. Logs are left out unless asked for.
///
///     > join a slots=1          a new connection of worker a: a@1, then a@2, …
///     > join a memory=8 pool=m machine=m left=60    GiB, which share a pool; seconds until its end
///     > join a tags=x,y
///     > a finishes t0#1         from its newest connection; a@1 finishes … from the first
///     > advance 10              seconds, with the ticks that the Dispatcher asked for
///     > restart                 a new Dispatcher over the journal so far
///     > unreachable a           > stop          > refuse a t0#1
///
/// After every event the invariants hold, and the replayed journal is the live state.
struct DispatcherTheatre {
    var dispatcher: Dispatcher
    var now = Instant(seconds: 0)
    private let trials: Int
    private let limits: Limits
    private let demands: Demands
    private let showsLogs: Bool
    private var journal: [JournalEvent] = []
    private var connections: [String: Int] = [:]
    private var output: [String] = []

    init(
        trials: Int, limits: Limits = Limits(), demands: Demands = .none, logs: Bool = false
    ) throws {
        self.demands = demands
        self.trials = trials
        self.limits = limits
        showsLogs = logs
        dispatcher = try Cast.dispatcher(
            trials: trials, limits: limits, demands: demands, at: now)
    }

    /// Plays the script and expects just what it says.
    mutating func play(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        output = []
        for line in script.split(separator: "\n") where line.hasPrefix(">") {
            output.append(String(line))
            try act(line.dropFirst().split(separator: " ").map(String.init))
        }
        let actual = output.joined(separator: "\n")
        guard actual != script else { return }
        Issue.record("The Dispatcher did:\n\(actual)", sourceLocation: sourceLocation)
    }

    private mutating func act(_ words: [String]) throws {
        switch words[0] {
        case "join": try join(words[1], words.dropFirst(2))
        case "advance": try advance(Double(words[1])!)
        case "sleep":
            now = now + Double(words[1])!
        case "tick": try handle(.tick)
        case "restart":
            dispatcher = try Cast.dispatcher(
                trials: trials, limits: limits, demands: demands, journal: journal, at: now)
        case "stop": try handle(.stop)
        case "ask":
            try handle(.asked(request(words), from: ConnectionID(bytes: Array("me@0".utf8))))
        case "expel": try handle(.expelled(connection(words[1])))
        case "unreachable": try handle(.unreachable(connection(words[1])))
        case "refuse":
            try handle(
                .refusedOutcome(
                    Cast.lease(words[2]), from: connection(words[1]), reason: "wrong shape"))
        default: try handle(.received(message(words), from: connection(words[0])))
        }
    }

    private func request(_ words: [String]) -> Request {
        switch words[1] {
        case "retry": .retry(words.dropFirst(2).map { Cast.key(Int($0.dropFirst())!) })
        case "cancel": .cancel(words.dropFirst(2).map { Cast.key(Int($0.dropFirst())!) })
        case "drain": .drain(worker: words[2], atOnce: words.last == "now")
        default: preconditionFailure("The script says \(words).")
        }
    }

    private func message(_ words: [String]) -> WorkerMessage {
        switch words[1] {
        case "heartbeats": .heartbeat
        case "progresses":
            .progress(Cast.lease(words[2]), Progress(epoch: Int(words[3])!, epochs: 9))
        case "finishes":
            .finished(
                Cast.lease(words[2]),
                Cast.delivery(Cast.lease(words[2]).key, isRight: words.last != "wrongly"))
        case "fails":
            .failed(
                Cast.lease(words[2]),
                Failure(cause: Failure.Cause(rawValue: words[3])!, message: "Cause: \(words[3])."))
        case "saves":
            .checkpoint(
                Cast.lease(words[2]), TrialCheckpoint(epoch: Int(words[3])!, bytes: [1]))
        case "returns": .returned(words.dropFirst(2).map { Cast.lease($0) })
        case "leaves": .goodbye
        default: preconditionFailure("The script says \(words).")
        }
    }

    /// `a` is the newest connection of a, `a@1` its first.
    private func connection(_ name: String) -> ConnectionID {
        let full = name.contains("@") ? name : "\(name)@\(connections[name, default: 0])"
        return ConnectionID(bytes: Array(full.utf8))
    }

    private func speaker(_ connection: ConnectionID) -> String {
        let full = String(decoding: connection.bytes, as: UTF8.self)
        let parts = full.split(separator: "@").map(String.init)
        return connections[parts[0], default: 0] == Int(parts[1]) ? parts[0] : full
    }

    private mutating func join(_ worker: String, _ options: ArraySlice<String>) throws {
        var hello = Cast.hello(worker)
        var isAgain = false
        for option in options {
            let parts = option.split(separator: "=", omittingEmptySubsequences: false)
            switch parts[0] {
            case "slots": hello.slots = Int(parts[1])!
            case "protocol": hello.protocolVersion = Int(parts[1])!
            case "numerics": hello.numericsVersion = Int(parts[1])!
            case "class": hello.numericClass = String(parts[1])
            case "leases": hello.leases = parts[1].split(separator: ",").map { Cast.lease($0) }
            case "memory": hello.resources.memoryBytes = Int(parts[1])! << 30
            case "pool": hello.resources.memoryPool = String(parts[1])
            case "machine": hello.resources.machine = String(parts[1])
            case "tags": hello.resources.tags = Set(parts[1].split(separator: ",").map(String.init))
            case "left": hello.resources.secondsLeft = Double(parts[1])!
            case "prepared": hello.sweep = Cast.document.digest
            case "again": isAgain = true
            default: preconditionFailure("The script says \(option).")
            }
        }
        if !isAgain { connections[worker, default: 0] += 1 }
        try handle(.received(.hello(hello), from: connection(worker)))
    }

    private mutating func advance(_ seconds: Double) throws {
        let end = now + seconds
        while let deadline = dispatcher.nextDeadline, deadline <= end {
            now = max(now, deadline)
            try handle(.tick)
        }
        now = end
    }

    private mutating func handle(_ event: Dispatcher.Event) throws {
        for command in dispatcher.handle(event, at: now) {
            switch command {
            case .record(let event):
                journal.append(event)
                output.append("record \(Cast.line(event))")
            case .send(let message, let connection):
                output.append("\(speaker(connection)) < \(Cast.line(message))")
            case .keep(let lease, let checkpoint):
                output.append("keep \(Cast.name(lease)) \(checkpoint.epoch)")
            case .answer(let answer, _):
                output.append("\(answer.isDone ? "done" : "not done"): \(answer.text)")
            case .note(let line): if showsLogs { output.append("| \(line)") }
            case .finished: output.append("finished")
            }
        }
        #expect(dispatcher.brokenInvariant == nil)
        var replayed = Dispatcher.History(trials: Cast.keys(trials))
        for event in journal { try replayed.replay(event) }
        #expect(replayed == dispatcher.history, "The replayed journal is the live state.")
    }
}
