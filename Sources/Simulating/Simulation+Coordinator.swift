import Kernels
import Leasing
import Planning

extension Simulation {
    /// The coordinator's shell: what survives it is the journal.
    struct Coordinator {
        let journal: SimulatedJournal
        var dispatcher: Dispatcher
        /// What has come and is not handed over yet.
        var inbox: [Dispatcher.Event] = [.tick]
        /// When it goes on; it was stopped, or sleeps with its machine.
        var sleepsUntil = Instant(seconds: 0)
        var isStopping = false
    }

    /// The coordinator to which workers connect.
    var current: Int? { coordinators[disk.epoch] == nil ? nil : disk.epoch }

    /// The same command again: it opens the store, replays, and goes on.
    func startCoordinator(takesOver: Bool = false) {
        guard current == nil || takesOver, !isOver else { return }
        let journal = disk.open()
        say("coordinator \(journal.epoch) starts")
        auditor.checkKept(disk.events)
        setDiskWeather()
        var history = Dispatcher.History(trials: sweep.keys)
        do {
            try journal.append(
                [.planned(SimulatedSweep.document, trials: sweep.keys.count)], at: wallSeconds)
            try journal.replay(into: &history)
            let retried = reopened(history)
            try journal.append(retried, at: wallSeconds)
            for event in retried { try history.replay(event) }
        } catch let error as HistoryError {
            return auditor.complain(.consistent, "the journal cannot be replayed: \(error)")
        } catch {
            takeLanded()
            say("coordinator \(journal.epoch) cannot start: \(error)")
            return schedule(.startCoordinator, after: random.between(1, 10))
        }
        takeLanded()
        count("coordinator started")
        coordinators[journal.epoch] = Coordinator(
            journal: journal,
            dispatcher: Dispatcher(
                document: SimulatedSweep.document, history: history, limits: weather.limits,
                demands: sweep.demands, numericsVersion: 1, numericClass: "cpu", at: now))
        schedule(.turn(epoch: journal.epoch), after: 0)
    }

    /// What a person who asks for new attempts reopens, once everything has ended.
    private func reopened(_ history: Dispatcher.History) -> [JournalEvent] {
        guard retries > 0 else { return [] }
        return history.quarantined.map(\.key).filter { !isPoisoned($0) }.map { .reopened($0) }
    }

    /// A turn of the loop: takes what has come, and performs what the Dispatcher commands; or ends
    /// with the disk, or is killed meanwhile.
    func turn(_ epoch: Int) {
        guard var coordinator = coordinators[epoch] else { return }
        guard coordinator.sleepsUntil <= now else {
            return schedule(.turn(epoch: epoch), at: coordinator.sleepsUntil)
        }
        let inbox = coordinator.inbox
        let isDue = coordinator.dispatcher.nextDeadline.map { $0 <= now } ?? false
        guard !inbox.isEmpty || isDue else { return }
        coordinators[epoch] = nil
        coordinator.inbox = []
        do {
            let isFinished = try takeTurn(inbox, &coordinator)
            coordinators[epoch] = coordinator
            takeLanded()
            if epoch == disk.epoch { check(coordinator) }
            if isFinished { return finish(epoch, coordinator.isStopping) }
            if let deadline = coordinator.dispatcher.nextDeadline {
                schedule(.turn(epoch: epoch), at: deadline)
            }
        } catch {
            coordinators[epoch] = coordinator
            takeLanded()
            endCoordinator(epoch, "\(error)")
        }
    }

    private func takeTurn(
        _ inbox: [Dispatcher.Event], _ coordinator: inout Coordinator
    ) throws -> Bool {
        var commands: [Dispatcher.Command] = []
        for event in inbox {
            let answer = broken(event).map { handle($0, &coordinator) } ?? []
            if coordinator.journal.epoch == disk.epoch { hear(event, answer) }
            commands += answer
        }
        if let deadline = coordinator.dispatcher.nextDeadline, deadline <= now {
            commands += handle(.tick, &coordinator)
        }
        setDiskWeather()
        let epoch = coordinator.journal.epoch
        var isFinished = false
        try coordinator.dispatcher.perform(
            broken(commands), in: coordinator.journal, wallSeconds: wallSeconds, at: now
        ) { command in
            takeLanded()
            switch command {
            case .record(let event): forgetCheckpoint(after: event)
            case .send(let message, let connection):
                if strikes(weather.kill) { throw DiskFailure.killed }
                return send(complete(message), on: connection, from: epoch)
            case .keep(let lease, let checkpoint): checkpoints[lease.key] = checkpoint
            case .answer(let answer, _): say("coordinator \(epoch) answers: \(answer.text)")
            case .note(let line): say("coordinator \(epoch): \(line)")
            case .finished: isFinished = true
            }
            return true
        }
        return isFinished
    }

    /// A lease goes with the newest state of its trial.
    private func complete(_ message: CoordinatorMessage) -> CoordinatorMessage {
        guard case .train(let lease, var terms) = message else { return message }
        terms.checkpoint = checkpoints[lease.key]
        if terms.checkpoint != nil { count("checkpoint handed on") }
        return .train(lease, terms)
    }

    private func forgetCheckpoint(after event: JournalEvent) {
        switch event {
        case .finished(let lease, _, _): checkpoints[lease.key] = nil
        case .abandoned(let key, _): checkpoints[key] = nil
        default: return
        }
    }

    /// Tells the auditor what the coordinator now knows, unless it does not know the connection.
    private func hear(_ event: Dispatcher.Event, _ answer: [Dispatcher.Command]) {
        guard case .received(let message, let connection) = event, let worker = name(connection),
            !answer.contains(.send(.sayHello, to: connection))
        else { return }
        auditor.hear(message, from: worker)
    }

    private func handle(
        _ event: Dispatcher.Event, _ coordinator: inout Coordinator
    ) -> [Dispatcher.Command] {
        say("coordinator \(coordinator.journal.epoch) ← \(event)")
        let commands = coordinator.dispatcher.handle(event, at: now)
        for command in commands { say("    → \(command)") }
        if let broken = coordinator.dispatcher.brokenInvariant {
            auditor.complain(.consistent, broken)
        }
        return commands
    }

    /// Shows the auditor what has reached the disk.
    func takeLanded() {
        for event in disk.takeLanded() { count(auditor.record(event)) }
    }

    private func check(_ coordinator: Coordinator) {
        let history = coordinator.dispatcher.history
        auditor.checkHeard()
        checkBounds(coordinator.dispatcher)
        guard random.chance(0.02) else { return }
        var replayed = Dispatcher.History(trials: sweep.keys)
        do {
            try coordinator.journal.replay(into: &replayed)
        } catch {
            auditor.complain(.consistent, "the journal cannot be replayed: \(error)")
        }
        if replayed != history {
            auditor.complain(.consistent, "the replayed journal is not the live state")
        }
    }

    /// The sweep has ended, or was stopped by a person, who then goes on; trials that only machines
    /// and trainers' accidents brought into quarantine are tried again.
    private func finish(_ epoch: Int, _ wasStopped: Bool) {
        if wasStopped || epoch != disk.epoch { return endCoordinator(epoch, "it was stopped") }
        let innocent = auditor.abandoned.filter { !isPoisoned($0) }
        if innocent.isEmpty || retries > 2 && !faultsAreOn {
            isOver = true
        } else {
            retries = faultsAreOn ? 1 : retries + 1
            endCoordinator(epoch, "a person asks for new attempts")
        }
    }

    /// The coordinator is no more; its connections close, and it is started again, if it was the
    /// one that is in charge.
    func endCoordinator(_ epoch: Int, _ reason: String) {
        guard coordinators.removeValue(forKey: epoch) != nil else { return }
        say("coordinator \(epoch) ends: \(reason)")
        count("coordinator ended")
        for worker in workers.indices {
            guard let connection = workers[worker].connection,
                connections[connection]?.epoch == epoch
            else { continue }
            connections[connection]?.isOpen = false
            schedule(.noticeCut(connection), after: random.uniform())
        }
        guard epoch == disk.epoch else { return }
        let isShort = random.chance(0.7)
        schedule(.startCoordinator, after: isShort ? random.between(0, 5) : random.between(5, 90))
    }

    private func setDiskWeather() {
        disk.errorChance = faultsAreOn ? weather.diskError : 0
        disk.killChance = faultsAreOn ? weather.kill : 0
    }

    private var wallSeconds: Double { 1_750_000_000 + now.seconds + wallOffset }

    func isPoisoned(_ key: TrialKey) -> Bool { weather.poison != nil && key == sweep.keys[0] }
}
