import Corpora
import Kernels
import Leasing
import Planning

extension Simulation {
    /// A child process that trains one trial.
    struct SimulatedTrainer {
        let lease: LeaseID
        let generation: Int
        var epoch = 0
        var hangs = false
    }

    func startTrainer(_ lease: LeaseID, _ terms: LeaseTerms, _ worker: Int, _ slot: Int) {
        if let checkpoint = terms.checkpoint, checkpoint.bytes != lease.key.digest.bytes {
            auditor.complain(.consistent, "\(lease) goes on from another trial's state")
        }
        if !workers[worker].isPrepared {
            auditor.complain(.consistent, "\(lease) starts without a plan")
        }
        if workers[worker].trainers[slot] != nil {
            auditor.complain(.consistent, "slot \(slot) of \(workers[worker].name) is not idle")
        }
        let used = workers[worker].trainers.compactMap { $0 }
            .reduce(sweep.bytes(lease.key)) { $0 + sweep.bytes($1.lease.key) }
        // A worker that started again goes on with what it had before it hears that it may not.
        if !weather.reorders, weather.memoryBytes > 0, used > weather.memoryBytes {
            auditor.complain(.roomy, "\(workers[worker].name) trains more than its memory holds")
        }
        workers[worker].generation += 1
        let generation = workers[worker].generation
        workers[worker].trainers[slot] = SimulatedTrainer(
            lease: lease, generation: generation, epoch: terms.checkpoint?.epoch ?? 0)
        schedule(
            .train(worker, life: workers[worker].life, slot: slot, generation: generation),
            after: random.uniform() * weather.epochSeconds)
    }

    /// An epoch of a trainer has passed.
    func train(_ worker: Int, _ life: Int, _ slot: Int, _ generation: Int) {
        guard workers[worker].life == life, var trainer = workers[worker].trainers[slot],
            trainer.generation == generation
        else { return }
        let again = Action.train(worker, life: life, slot: slot, generation: generation)
        if workers[worker].machineSleepsUntil > now {
            return schedule(again, at: workers[worker].machineSleepsUntil)
        }
        guard !trainer.hangs else { return hang(worker, trainer, again) }
        if isPoisoned(trainer.lease.key), trainer.epoch >= weather.poisonEpoch {
            return suffer(worker, slot)
        }
        if workers[worker].sickUntil > now { return failTrainer(worker, slot, .crash) }
        trainer.epoch += 1
        workers[worker].trainers[slot] = trainer
        if trainer.epoch > weather.epochs { return finishTraining(worker, slot, trainer.lease) }
        tell(worker, .progress(trainer.lease, progress(trainer)))
        schedule(again, after: random.between(0.5, 1.5) * weather.epochSeconds)
    }

    /// A trainer says its state after its next step, if it still steps.
    func askTrainer(_ worker: Int, _ slot: Int) {
        guard let trainer = workers[worker].trainers[slot], !trainer.hangs else { return }
        let life = workers[worker].life
        schedule(
            .save(worker, life: life, slot: slot, generation: trainer.generation),
            after: random.uniform())
    }

    func sayState(_ worker: Int, _ life: Int, _ slot: Int, _ generation: Int) {
        guard workers[worker].life == life, let trainer = workers[worker].trainers[slot],
            trainer.generation == generation, !trainer.hangs
        else { return }
        let bytes = trainer.lease.key.digest.bytes
        count("checkpoint")
        tell(
            worker,
            .checkpoint(trainer.lease, TrialCheckpoint(epoch: trainer.epoch, bytes: bytes)))
    }

    private func progress(_ trainer: SimulatedTrainer) -> Progress {
        Progress(epoch: trainer.epoch, epochs: weather.epochs)
    }

    private func finishTraining(_ worker: Int, _ slot: Int, _ lease: LeaseID) {
        workers[worker].trainers[slot] = nil
        if faultsAreOn, demandRandom.chance(weather.outgrow) {
            let failure = Failure(cause: .cap, message: "It needs more memory.")
            return tell(worker, .trainerFailed(lease, failure))
        }
        guard weather.trainersFail, strikes(0.02) else {
            return tell(worker, .outcome(lease, sweep.delivery(lease.key)))
        }
        // Its bytes are no outcome, as the coordinator will find.
        auditor.trainerFaults += 1
        count("outcome garbled")
        tell(worker, .outcome(lease, Delivery(outcome: [], provenance: [])))
    }

    /// A trainer that hangs says nothing, unless something else beats for it.
    private func hang(_ worker: Int, _ trainer: SimulatedTrainer, _ again: Action) {
        guard breaking == .heartbeatRenews else { return }
        tell(worker, .progress(trainer.lease, progress(trainer)))
        schedule(again, after: 2)
    }

    /// The poisoned trial does what it does.
    private func suffer(_ worker: Int, _ slot: Int) {
        count("poison")
        switch weather.poison! {
        case .fails: failTrainer(worker, slot, .training)
        case .crashes: failTrainer(worker, slot, .crash)
        case .hangs: stallTrainer(worker, slot)
        case .killsWorker: killWorker(worker, "its trial took it down")
        }
    }

    func failTrainer(_ worker: Int, _ slot: Int, _ cause: Failure.Cause) {
        guard let trainer = workers[worker].trainers[slot] else { return }
        workers[worker].trainers[slot] = nil
        auditor.trainerFaults += 1
        tell(worker, .trainerFailed(trainer.lease, Failure(cause: cause, message: "It failed.")))
    }

    func stallTrainer(_ worker: Int, _ slot: Int) {
        guard var trainer = workers[worker].trainers[slot], !trainer.hangs else { return }
        trainer.hangs = true
        workers[worker].trainers[slot] = trainer
        auditor.trainerFaults += 1
        let again = Action.train(
            worker, life: workers[worker].life, slot: slot, generation: trainer.generation)
        schedule(again, after: 2)
    }
}
