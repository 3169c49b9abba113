import Leasing

extension Simulation {
    /// What will happen.
    enum Action: Sendable {
        case startCoordinator
        case turn(epoch: Int)
        case arrive(WorkerMessage, ConnectionID)
        case deliver(CoordinatorMessage, ConnectionID)
        case endCoordinator(epoch: Int)
        case startWorker(Int)
        case endWorker(Int, life: Int)
        case tickWorker(Int, life: Int)
        case connect(Int, life: Int)
        case noticeCut(ConnectionID)
        case wakeWorker(Int, life: Int)
        case train(Int, life: Int, slot: Int, generation: Int)
        case save(Int, life: Int, slot: Int, generation: Int)
        case freeDisk
        case freeSpool(Int)
        case fault
    }

    struct Appointment: Comparable, Sendable {
        let at: Instant
        let number: Int
        let action: Action

        static func < (a: Self, b: Self) -> Bool { (a.at, a.number) < (b.at, b.number) }
        static func == (a: Self, b: Self) -> Bool { a.number == b.number }
    }

    func schedule(_ action: Action, after seconds: Double) {
        schedule(action, at: now + seconds)
    }

    /// At this moment exactly, which `now + (moment - now)` may miss by a rounding; at once where
    /// it has passed.
    func schedule(_ action: Action, at moment: Instant) {
        appointments += 1
        agenda.insert(
            Appointment(at: max(now, moment), number: appointments, action: action))
    }

    func perform(_ action: Action) {
        switch action {
        case .startCoordinator: startCoordinator()
        case .turn(let epoch): turn(epoch)
        case .arrive(let message, let connection): arrive(message, on: connection)
        case .deliver(let message, let connection): deliver(message, on: connection)
        case .endCoordinator(let epoch): endCoordinator(epoch, "it was taken over")
        case .startWorker(let worker): startWorker(worker)
        case .endWorker(let worker, let life):
            if workers[worker].life == life { killWorker(worker, "its time is over") }
        case .tickWorker(let worker, let life): tickWorker(worker, life)
        case .connect(let worker, let life): connect(worker, life)
        case .noticeCut(let connection): noticeCut(connection)
        case .wakeWorker(let worker, let life): wakeWorker(worker, life)
        case .train(let worker, let life, let slot, let generation):
            train(worker, life, slot, generation)
        case .save(let worker, let life, let slot, let generation):
            sayState(worker, life, slot, generation)
        case .freeDisk: disk.isFull = false
        case .freeSpool(let worker): workers[worker].spool.isFull = false
        case .fault: injectFault()
        }
    }
}
