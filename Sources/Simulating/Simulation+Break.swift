import Leasing
import Planning

/// How the shells break a rule; where none is broken, everything passes unchanged.
extension Simulation {
    /// What the Dispatcher is told instead of the event.
    func broken(_ event: Dispatcher.Event) -> Dispatcher.Event? {
        guard let breaking, case .received(let message, let connection) = event else {
            return event
        }
        switch (breaking, message) {
        case (.renewalsLost, .progress(_, let progress)) where progress.epoch > 0: return nil
        case (.lateDropped, .finished(let lease, _))
        where !auditor.live[lease.key, default: []].contains(where: { $0.lease == lease })
            && !auditor.isFinished(lease.key):
            return nil
        case (.notFenced, _), (.attemptNotRaised, _):
            let changed = message.changingLeases { lease in
                LeaseID(
                    key: lease.key, attempt: self.attemptsGiven[lease.key] ?? lease.attempt)
            }
            return .received(changed, from: connection)
        default: return event
        }
    }

    /// What is performed instead of the Dispatcher's commands.
    func broken(_ commands: [Dispatcher.Command]) -> [Dispatcher.Command] {
        guard let breaking else { return commands }
        var performed: [Dispatcher.Command] = []
        var later: [Dispatcher.Command] = []
        for command in commands {
            if case .record(.leased(let lease, _)) = command {
                attemptsGiven[lease.key] = lease.attempt
                if breaking == .leaseApart {
                    later.append(command)
                    continue
                }
            }
            if let command = broken(command, breaking) { performed.append(command) }
        }
        defer { withheld = later }
        return withheld + performed
    }

    private func broken(_ command: Dispatcher.Command, _ breaking: Break) -> Dispatcher.Command? {
        switch (breaking, command) {
        case (.countedTwice, .record(.repeated(let lease, let worker, _, _))):
            .record(.finished(lease, worker, sweep.delivery(lease.key)))
        case (.notCompared, .record(.repeated)): nil
        case (.returnSpends, .record(.returned(let lease, let worker))):
            .record(.failed(lease, worker, Failure(cause: .crash, message: "It was returned.")))
        case (.lossIsFault, .record(.expired(let lease, let worker))):
            .record(.failed(lease, worker, Failure(cause: .crash, message: "It expired.")))
        case (.attemptNotRaised, .record(let event)): .record(event.changingLeases(Self.first))
        case (.attemptNotRaised, .send(.train(let lease, let terms), let connection)):
            .send(.train(Self.first(lease), terms), to: connection)
        case (.attemptNotRaised, .send(.abandon(let lease), let connection)):
            .send(.abandon(Self.first(lease)), to: connection)
        default: command
        }
    }

    private static func first(_ lease: LeaseID) -> LeaseID { LeaseID(key: lease.key, attempt: 1) }

    /// What a worker performs instead of the Session's commands.
    func broken(_ commands: [Session.Command], of worker: Int) -> [Session.Command] {
        switch breaking {
        case .spoolAfterSend:
            return commands.filter { !$0.isSpool } + commands.filter(\.isSpool)
        case .unspoolEarly:
            return commands.flatMap { command in
                if case .send(.finished(let lease, _)) = command {
                    [command, .unspool(lease.key)]
                } else {
                    [command]
                }
            }
        default: return commands
        }
    }
}

extension Session.Command {
    fileprivate var isSpool: Bool { if case .spool = self { true } else { false } }
}

extension WorkerMessage {
    /// The message with other attempts.
    fileprivate func changingLeases(_ change: (LeaseID) -> LeaseID) -> WorkerMessage {
        switch self {
        case .hello(var hello):
            hello.leases = hello.leases.map(change)
            return .hello(hello)
        case .progress(let lease, let progress): return .progress(change(lease), progress)
        case .finished(let lease, let delivery): return .finished(change(lease), delivery)
        case .failed(let lease, let failure): return .failed(change(lease), failure)
        case .checkpoint(let lease, let checkpoint):
            return .checkpoint(change(lease), checkpoint)
        case .returned(let leases): return .returned(leases.map(change))
        default: return self
        }
    }
}

extension JournalEvent {
    /// The event with other attempts.
    fileprivate func changingLeases(_ change: (LeaseID) -> LeaseID) -> JournalEvent {
        switch self {
        case .leased(let lease, let worker): .leased(change(lease), worker)
        case .finished(let lease, let worker, let delivery):
            .finished(change(lease), worker, delivery)
        case .failed(let lease, let worker, let failure): .failed(change(lease), worker, failure)
        case .expired(let lease, let worker): .expired(change(lease), worker)
        case .returned(let lease, let worker): .returned(change(lease), worker)
        default: self
        }
    }
}
