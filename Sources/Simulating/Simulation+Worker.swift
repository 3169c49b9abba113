import Kernels
import Leasing
import Planning

extension Simulation {
    /// A worker's shell: what survives it is the spool.
    struct SimulatedWorker {
        let index: Int
        /// Counts its processes; each names itself anew where its folder was lost.
        var life = 0
        var identity = 0
        var session: Session?
        var connection: ConnectionID?
        var isPrepared = false
        var spool = SimulatedSpool()
        /// The states of trials in its folder, with the leases that they are of.
        var checkpoints: [TrialKey: Checkpoint] = [:]
        var trainers: [SimulatedTrainer?] = []
        /// Until then every trial fails on it, whichever it is.
        var sickUntil = Instant(seconds: 0)
        var generation = 0
        /// Until when its process is stopped, and what waits for it meanwhile.
        var sleepsUntil = Instant(seconds: 0)
        var pending: [Session.Event] = []
        /// Whether its trainers sleep too: the machine does.
        var machineSleepsUntil = Instant(seconds: 0)
        /// Until when messages are lost in each direction.
        var cutToCoordinator = Instant(seconds: 0)
        var cutToWorker = Instant(seconds: 0)

        init(index: Int) { self.index = index }

        struct Checkpoint {
            let lease: LeaseID
            let state: TrialCheckpoint
        }

        var name: WorkerID { WorkerID("w\(index).\(identity)") }
    }

    func startWorker(_ worker: Int) {
        guard workers[worker].session == nil, !isOver else { return }
        workers[worker].isPrepared = false
        workers[worker].trainers = Array(repeating: nil, count: weather.slots)
        let name = workers[worker].name
        say("worker \(name) starts")
        let left =
            weather.ends && faultsAreOn ? demandRandom.between(2, 90) : nil
        workers[worker].session = Session(
            identity: WorkerMessage.Hello(
                worker: name, name: "\(name):\(workers[worker].life)", slots: weather.slots,
                protocolVersion: WorkerMessage.protocolVersion, numericsVersion: 1,
                numericClass: "cpu", sweep: nil, leases: [],
                resources: weather.resources(of: worker, name: name, secondsLeft: nil)),
            spool: workers[worker].spool.kept(checksDigests: breaking != .spoolNotChecked),
            checkpoints: workers[worker].checkpoints.values
                .sorted { $0.lease.key < $1.lease.key }.map { ($0.lease, $0.state) },
            orphanSeconds: worker == 0 ? 20 : nil, endsAt: left.map { now + $0 }, at: now)
        if let left {
            schedule(.endWorker(worker, life: workers[worker].life), after: left)
        }
        schedule(.connect(worker, life: workers[worker].life), after: random.uniform())
    }

    func tickWorker(_ worker: Int, _ life: Int) {
        guard workers[worker].life == life, let deadline = workers[worker].session?.nextDeadline,
            deadline <= now, workers[worker].sleepsUntil <= now
        else { return }
        tell(worker, .tick)
    }

    /// Hands the event to the Session and performs its commands, or is killed among them. A worker
    /// that is stopped finds the event when it goes on.
    func tell(_ worker: Int, _ event: Session.Event) {
        guard workers[worker].session != nil else { return }
        guard workers[worker].sleepsUntil <= now else {
            return workers[worker].pending.append(event)
        }
        let life = workers[worker].life
        say("worker \(workers[worker].name) ← \(event)")
        let commands = broken(workers[worker].session!.handle(event, at: now), of: worker)
        if let broken = workers[worker].session!.brokenInvariant {
            auditor.complain(.consistent, broken)
        }
        for command in commands {
            if strikes(weather.kill) { return killWorker(worker, "it was killed") }
            say("    → \(command)")
            perform(command, worker)
            if workers[worker].life != life { return }
        }
        if let deadline = workers[worker].session?.nextDeadline {
            schedule(.tickWorker(worker, life: life), at: deadline)
        }
    }

    private func perform(_ command: Session.Command, _ worker: Int) {
        switch command {
        case .send(let message):
            if case .finished(let lease, _) = message, !workers[worker].spool.holds(lease) {
                auditor.complain(.kept, "\(lease) is said to be finished and is not in the spool")
            }
            send(message, from: worker)
        case .start(let lease, let terms, let slot): startTrainer(lease, terms, worker, slot)
        case .save(let slot): askTrainer(worker, slot)
        case .keep(let lease, let checkpoint):
            workers[worker].checkpoints[lease.key] = .init(lease: lease, state: checkpoint)
        case .discard(let key): workers[worker].checkpoints[key] = nil
        case .end(let slot): workers[worker].trainers[slot] = nil
        case .spool(let spooled):
            if !workers[worker].spool.keep(spooled) {
                count("spool full")
                killWorker(worker, "its disk is full")
            }
        case .unspool(let key):
            auditor.checkUnspool(key)
            workers[worker].spool.forget(key)
        case .reconnect:
            close(worker)
            schedule(.connect(worker, life: workers[worker].life), after: random.uniform())
        case .prepare: workers[worker].isPrepared = true
        case .leave(let exit):
            if case .refused(let reason) = exit {
                auditor.complain(.consistent, "a worker is refused: \(reason)")
            }
            killWorker(worker, "it leaves: \(exit)")
        }
    }

    /// A worker that was stopped goes on with what came meanwhile.
    func wakeWorker(_ worker: Int, _ life: Int) {
        guard workers[worker].life == life, workers[worker].sleepsUntil <= now else { return }
        let pending = workers[worker].pending
        workers[worker].pending = []
        for event in pending where workers[worker].life == life { tell(worker, event) }
        tickWorker(worker, life)
    }

    /// The worker and its trainers die; it is started again later.
    func killWorker(_ worker: Int, _ reason: String, losesPower: Bool = false) {
        guard workers[worker].session != nil else { return }
        say("worker \(workers[worker].name) ends: \(reason)")
        count("worker ended")
        close(worker)
        workers[worker].session = nil
        workers[worker].trainers = []
        workers[worker].pending = []
        workers[worker].sleepsUntil = now
        workers[worker].machineSleepsUntil = now
        workers[worker].life += 1
        if losesPower {
            if random.chance(0.5) { workers[worker].checkpoints = [:] }
            workers[worker].spool.losePower(&random)
        } else {
            workers[worker].spool.settle()
        }
        let isQuick = weather.restartsQuickly
        if !isQuick, random.chance(0.3) { workers[worker].identity += 1 }
        schedule(.startWorker(worker), after: random.between(0, isQuick ? 3 : 15))
    }
}
