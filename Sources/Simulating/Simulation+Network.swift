import Kernels
import Leasing

extension Simulation {
    /// A connection of one life of a worker to one life of the coordinator.
    struct Connection {
        let worker: Int
        let life: Int
        let name: WorkerID
        let epoch: Int
        var isOpen = true
        /// When the last message arrives in each direction, to keep the order.
        var lastToCoordinator = Instant(seconds: 0)
        var lastToWorker = Instant(seconds: 0)
    }

    /// Who is at the other end, as the coordinator may know it.
    func name(_ connection: ConnectionID) -> WorkerID? { connections[connection]?.name }

    /// Says the coordinator's message; false where the transport knows that nobody hears it.
    func send(_ message: CoordinatorMessage, on connection: ConnectionID, from epoch: Int) -> Bool {
        guard let line = connections[connection], line.isOpen, line.epoch == epoch else {
            return random.chance(0.3)
        }
        auditor.check(message, to: line.name)
        for arrival in arrivals(isCut: workers[line.worker].cutToWorker > now) {
            let ordered = weather.reorders ? arrival : max(arrival, line.lastToWorker)
            connections[connection]!.lastToWorker = max(ordered, line.lastToWorker)
            schedule(.deliver(message, connection), at: ordered)
        }
        return true
    }

    /// Says the worker's message, for what it is worth.
    func send(_ message: WorkerMessage, from worker: Int) {
        guard let connection = workers[worker].connection, let line = connections[connection],
            line.isOpen
        else { return }
        for arrival in arrivals(isCut: workers[worker].cutToCoordinator > now) {
            let ordered = weather.reorders ? arrival : max(arrival, line.lastToCoordinator)
            connections[connection]!.lastToCoordinator = max(ordered, line.lastToCoordinator)
            schedule(.arrive(message, connection), at: ordered)
        }
    }

    /// When a message arrives: not at all, once or twice.
    private func arrivals(isCut: Bool) -> [Instant] {
        if isCut || strikes(weather.drop) {
            count("message lost")
            return []
        }
        let isDoubled = random.chance(weather.double)
        if isDoubled { count("message doubled") }
        return (0..<(isDoubled ? 2 : 1)).map { _ in now + random.uniform() * weather.delaySeconds }
    }

    /// A worker's message reaches the coordinator, which takes it in its next turn.
    func arrive(_ message: WorkerMessage, on connection: ConnectionID) {
        // What was said before the worker closed the connection comes all the same, mostly.
        guard let line = connections[connection], coordinators[line.epoch] != nil,
            line.isOpen || random.chance(0.7)
        else { return }
        let event = flawed(message, from: connection)
        if coordinators[line.epoch]!.inbox.isEmpty {
            schedule(.turn(epoch: line.epoch), after: random.uniform() * 0.01)
        }
        coordinators[line.epoch]!.inbox.append(event)
    }

    /// What a machine that is not deterministic makes of an outcome: another one, when the trial
    /// has one already, or bytes that are none.
    private func flawed(
        _ message: WorkerMessage, from connection: ConnectionID
    ) -> Dispatcher.Event {
        guard case .finished(let lease, let delivery) = message else {
            return .received(message, from: connection)
        }
        if delivery.outcome.isEmpty {
            return .refusedOutcome(lease, from: connection, reason: "it has no bytes")
        }
        guard auditor.finished.contains(lease.key), strikes(weather.flaw) else {
            return .received(message, from: connection)
        }
        count("outcome flawed")
        let other = sweep.delivery(lease.key, isRight: false)
        return .received(.finished(lease, other), from: connection)
    }

    func deliver(_ message: CoordinatorMessage, on connection: ConnectionID) {
        guard let line = connections[connection], line.isOpen,
            workers[line.worker].life == line.life
        else { return }
        tell(line.worker, .received(message))
    }

    func connect(_ worker: Int, _ life: Int) {
        guard workers[worker].life == life, workers[worker].session != nil,
            workers[worker].connection == nil
        else { return }
        let isCut = max(workers[worker].cutToWorker, workers[worker].cutToCoordinator) > now
        guard let epoch = current, !isCut else {
            return schedule(.connect(worker, life: life), after: random.between(0.2, 1))
        }
        appointments += 1
        let connection = ConnectionID(bytes: Array("\(worker).\(life).\(appointments)".utf8))
        connections[connection] = Connection(
            worker: worker, life: life, name: workers[worker].name, epoch: epoch)
        workers[worker].connection = connection
        tell(worker, .connected)
    }

    /// The transport of a worker notices that its connection is dead.
    func noticeCut(_ connection: ConnectionID) {
        guard let line = connections[connection], workers[line.worker].connection == connection
        else { return }
        close(line.worker)
        tell(line.worker, .disconnected)
        schedule(.connect(line.worker, life: line.life), after: random.between(0.2, 1))
    }

    func close(_ worker: Int) {
        guard let connection = workers[worker].connection else { return }
        connections[connection]?.isOpen = false
        workers[worker].connection = nil
    }
}
