import Planning

@testable import Leasing

extension ClusterSimulation {
    /// A worker's shell: what survives it is the spool.
    struct SimulatedWorker {
        let index: Int
        var life = 0
        var session: Session?
        var connection: ConnectionID?
        var isPrepared = false
        var spool: [Session.Spooled] = []
        var trainers: [Trainer?] = []
        var generation = 0
        /// Until when messages are lost in each direction.
        var cutToCoordinator = Instant(seconds: 0)
        var cutToWorker = Instant(seconds: 0)

        init(index: Int) { self.index = index }

        /// What this life of the worker is called; every life is a worker of its own.
        func name(_ life: Int) -> String { "w\(index).\(life)" }
    }

    /// A child process that trains one trial.
    struct Trainer {
        let lease: LeaseID
        let generation: Int
        var epoch = 0
        var hangs = false
    }

    mutating func startWorker(_ worker: Int) {
        guard workers[worker].session == nil else { return }
        workers[worker].isPrepared = false
        workers[worker].trainers = Array(repeating: nil, count: options.slots)
        let name = workers[worker].name(workers[worker].life)
        workers[worker].session = Session(
            identity: Cast.hello(name, slots: options.slots), spool: workers[worker].spool,
            orphanSeconds: worker == 0 ? 20 : nil, at: now)
        schedule(.connect(worker, life: workers[worker].life), after: random.unit())
    }

    mutating func tickWorker(_ worker: Int, _ life: Int) {
        guard workers[worker].life == life, let deadline = workers[worker].session?.nextDeadline,
            deadline <= now
        else { return }
        tell(worker, .tick)
    }

    /// Hands the event to the Session, and performs its commands, or crashes among them.
    mutating func tell(_ worker: Int, _ event: Session.Event) {
        guard workers[worker].session != nil else { return }
        let life = workers[worker].life
        let commands = workers[worker].session!.handle(event, at: now)
        if let broken = workers[worker].session!.brokenInvariant { auditor.violation = broken }
        for command in commands {
            if faultsAreOn, random.chance(options.crash) { return crashWorker(worker) }
            perform(command, worker)
            if workers[worker].life != life { return }
        }
        if let deadline = workers[worker].session?.nextDeadline {
            schedule(.tickWorker(worker, life: life), after: max(0, deadline - now))
        }
    }

    private mutating func perform(_ command: Session.Command, _ worker: Int) {
        if showsSteps { print("    \(workers[worker].name(workers[worker].life)): \(command)") }
        switch command {
        case .send(let message):
            if case .finished(let lease, _) = message,
                !workers[worker].spool.contains(where: { $0.lease == lease })
            {
                auditor.violation = "\(lease) is said to be finished before it is in the spool"
            }
            send(message, from: worker)
        case .start(let lease, let slot): start(lease, worker, slot)
        case .end(let slot): workers[worker].trainers[slot] = nil
        case .spool(let spooled):
            workers[worker].spool.removeAll { $0.lease.key == spooled.lease.key }
            workers[worker].spool.append(spooled)
        case .unspool(let key):
            auditor.checkUnspool(key)
            workers[worker].spool.removeAll { $0.lease.key == key }
        case .reconnect:
            close(worker)
            schedule(.connect(worker, life: workers[worker].life), after: random.unit())
        case .prepare: workers[worker].isPrepared = true
        case .leave(let exit):
            if case .refused(let reason) = exit { auditor.violation = "Refused: \(reason)" }
            crashWorker(worker)
        }
    }

    private mutating func start(_ lease: LeaseID, _ worker: Int, _ slot: Int) {
        if !workers[worker].isPrepared { auditor.violation = "\(lease) starts without a plan" }
        if workers[worker].trainers[slot] != nil { auditor.violation = "Slot \(slot) is not idle" }
        workers[worker].generation += 1
        let generation = workers[worker].generation
        workers[worker].trainers[slot] = Trainer(lease: lease, generation: generation)
        let life = workers[worker].life
        schedule(
            .train(worker, life: life, slot: slot, generation: generation),
            after: random.unit() * options.epochSeconds)
    }

    /// An epoch of a trainer has passed.
    mutating func train(_ worker: Int, _ life: Int, _ slot: Int, _ generation: Int) {
        guard workers[worker].life == life, var trainer = workers[worker].trainers[slot],
            trainer.generation == generation, !trainer.hangs
        else { return }
        trainer.epoch += 1
        workers[worker].trainers[slot] = trainer
        let lease = trainer.lease
        if trainer.epoch > options.epochs {
            workers[worker].trainers[slot] = nil
            return tell(worker, .outcome(lease, Cast.delivery(lease.key)))
        }
        if Cast.keys(options.poisoned).contains(lease.key) {
            return failTrainer(worker, slot, .training)
        }
        let progress = Progress(epoch: trainer.epoch, epochs: options.epochs)
        tell(worker, .progress(lease, progress))
        schedule(
            .train(worker, life: life, slot: slot, generation: generation),
            after: random.between(0.5, 1.5) * options.epochSeconds)
    }

    private mutating func failTrainer(_ worker: Int, _ slot: Int, _ cause: Failure.Cause) {
        guard let trainer = workers[worker].trainers[slot] else { return }
        workers[worker].trainers[slot] = nil
        trainerFaults += 1
        tell(worker, .trainerFailed(trainer.lease, Failure(cause: cause, message: "It failed.")))
    }

    /// The worker and its trainers die; it is started again later, as another worker.
    mutating func crashWorker(_ worker: Int) {
        close(worker)
        workers[worker].session = nil
        workers[worker].trainers = []
        workers[worker].life += 1
        schedule(.startWorker(worker), after: random.between(0, 15))
    }

    /// One fault, and an appointment for the next.
    mutating func injectFault() {
        guard faultsAreOn else { return }
        schedule(.fault, after: random.between(0, 20))
        let worker = random.below(workers.count)
        switch random.below(options.trainersFail ? 11 : 8) {
        case 0: crashCoordinator()
        case 1: crashWorker(worker)
        case 2:
            crashCoordinator()
            crashWorker(worker)
        case 3: cut(worker, both: true)
        case 4: cut(worker, both: false)
        case 5: tell(worker, .drain)
        case 6: tell(worker, .preempt)
        case 7:
            coordinator.isStopping = true
            tell(.stop)
        default: failSomeTrainer(worker)
        }
    }

    private mutating func cut(_ worker: Int, both: Bool) {
        let end = now + random.between(0.5, 40)
        let first = random.chance(0.5)
        if both || first { workers[worker].cutToCoordinator = end }
        if both || !first { workers[worker].cutToWorker = end }
        // The transport's own heartbeats notice after a while, if the cut lasts.
        if let connection = workers[worker].connection, end - now > 6 {
            schedule(.noticeCut(connection), after: random.between(4, 8))
        }
    }

    private mutating func failSomeTrainer(_ worker: Int) {
        let running = workers[worker].trainers.indices.filter {
            workers[worker].trainers[$0] != nil
        }
        guard let slot = running.first else { return }
        if random.chance(0.5) {
            failTrainer(worker, slot, .crash)
        } else {
            workers[worker].trainers[slot]!.hangs = true
            trainerFaults += 1
        }
    }
}
