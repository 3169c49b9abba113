import Planning

@testable import Leasing

extension ClusterSimulation {
    /// The coordinator's shell: what survives it is the journal.
    struct Coordinator {
        var dispatcher: Dispatcher?
        var life = 0
        var journal: [JournalEvent] = []
        var isStopping = false
    }

    mutating func startCoordinator() {
        guard coordinator.dispatcher == nil else { return }
        var history = Dispatcher.History(trials: Cast.keys(options.trials))
        do {
            for event in coordinator.journal { try history.replay(event) }
        } catch {
            auditor.violation = "The journal cannot be replayed: \(error)"
            return
        }
        coordinator.isStopping = false
        coordinator.dispatcher = Dispatcher(
            document: Cast.document, history: history, limits: options.limits, numericsVersion: 1,
            numericClass: "cpu", at: now)
        tell(.tick)
    }

    mutating func tickCoordinator(_ life: Int) {
        guard life == coordinator.life, let deadline = coordinator.dispatcher?.nextDeadline,
            deadline <= now
        else { return }
        tell(.tick)
    }

    /// Hands the event to the Dispatcher, and performs its commands, or crashes among them.
    mutating func tell(_ event: Dispatcher.Event) {
        guard coordinator.dispatcher != nil else { return }
        let commands = coordinator.dispatcher!.handle(event, at: now)
        if let broken = coordinator.dispatcher!.brokenInvariant { auditor.violation = broken }
        for command in commands {
            if faultsAreOn, random.chance(options.crash) { return crashCoordinator() }
            perform(command)
            if isOver { return }
        }
        guard let dispatcher = coordinator.dispatcher else { return }
        if random.chance(0.02) { compareWithJournal(dispatcher) }
        if let deadline = dispatcher.nextDeadline {
            schedule(.tickCoordinator(life: coordinator.life), after: max(0, deadline - now))
        }
    }

    private mutating func perform(_ command: Dispatcher.Command) {
        if showsSteps { print("    coordinator: \(command)") }
        switch command {
        case .record(let event):
            coordinator.journal.append(event)
            auditor.record(event)
        case .send(let message, let connection):
            let worker = connections[connection].map { WorkerID(workers[$0.worker].name($0.life)) }
            auditor.check(message, to: worker)
            send(message, on: connection)
        case .note: break
        case .finished:
            if coordinator.isStopping { crashCoordinator() } else { isOver = true }
        }
    }

    private mutating func compareWithJournal(_ dispatcher: Dispatcher) {
        var replayed = Dispatcher.History(trials: Cast.keys(options.trials))
        do {
            for event in coordinator.journal { try replayed.replay(event) }
        } catch {
            auditor.violation = "The journal cannot be replayed: \(error)"
        }
        if replayed != dispatcher.history {
            auditor.violation = "The replayed journal is not the live state."
        }
    }

    mutating func crashCoordinator() {
        guard coordinator.dispatcher != nil else { return }
        coordinator.dispatcher = nil
        coordinator.life += 1
        for worker in workers.indices {
            guard let connection = workers[worker].connection else { continue }
            connections[connection]?.isOpen = false
            schedule(.noticeCut(connection), after: random.unit())
        }
        let isShort = random.chance(0.7)
        schedule(.startCoordinator, after: isShort ? random.between(0, 5) : random.between(5, 90))
    }
}

/// The network.
extension ClusterSimulation {
    /// A connection of one life of a worker.
    struct Connection {
        let worker: Int
        let life: Int
        var isOpen = true
        /// When the last message arrives in each direction, to keep the order.
        var lastToCoordinator = Instant(seconds: 0)
        var lastToWorker = Instant(seconds: 0)
    }

    mutating func send(_ message: CoordinatorMessage, on connection: ConnectionID) {
        guard let line = connections[connection], line.isOpen else {
            if random.chance(0.7) {
                schedule(.unreachable(connection, life: coordinator.life), after: random.unit())
            }
            return
        }
        for arrival in arrivals(isCut: workers[line.worker].cutToWorker > now) {
            let ordered = options.reorders ? arrival : max(arrival, line.lastToWorker)
            connections[connection]!.lastToWorker = max(ordered, line.lastToWorker)
            schedule(.deliverToWorker(message, connection), after: ordered - now)
        }
    }

    mutating func send(_ message: WorkerMessage, from worker: Int) {
        guard let connection = workers[worker].connection, let line = connections[connection],
            line.isOpen
        else { return }
        for arrival in arrivals(isCut: workers[worker].cutToCoordinator > now) {
            let ordered = options.reorders ? arrival : max(arrival, line.lastToCoordinator)
            connections[connection]!.lastToCoordinator = max(ordered, line.lastToCoordinator)
            schedule(.deliverToCoordinator(message, connection), after: ordered - now)
        }
    }

    /// When a message arrives: not at all, once or twice.
    private mutating func arrivals(isCut: Bool) -> [Instant] {
        if isCut || faultsAreOn && random.chance(options.drop) { return [] }
        let times = random.chance(options.double) ? 2 : 1
        return (0..<times).map { _ in now + random.unit() * options.delaySeconds }
    }

    mutating func connect(_ worker: Int, _ life: Int) {
        guard workers[worker].life == life, workers[worker].session != nil,
            workers[worker].connection == nil
        else { return }
        let isCut = max(workers[worker].cutToWorker, workers[worker].cutToCoordinator) > now
        guard coordinator.dispatcher != nil, !isCut else {
            return schedule(.connect(worker, life: life), after: random.between(0.2, 1))
        }
        appointments += 1
        let connection = ConnectionID(bytes: Array("\(worker).\(life).\(appointments)".utf8))
        connections[connection] = Connection(worker: worker, life: life)
        workers[worker].connection = connection
        tell(worker, .connected)
    }

    /// The transport of a worker notices that its connection is dead.
    mutating func noticeCut(_ connection: ConnectionID) {
        guard let line = connections[connection], workers[line.worker].connection == connection
        else { return }
        close(line.worker)
        tell(line.worker, .disconnected)
        schedule(.connect(line.worker, life: line.life), after: random.between(0.2, 1))
    }

    mutating func close(_ worker: Int) {
        guard let connection = workers[worker].connection else { return }
        connections[connection]?.isOpen = false
        workers[worker].connection = nil
    }
}
