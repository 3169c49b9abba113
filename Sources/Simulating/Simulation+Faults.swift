import Kernels
import Leasing

extension Simulation {
    /// What can befall a cluster.
    enum Fault: String, CaseIterable {
        case coordinatorDies, workerDies, bothDie, powerFails
        case cutBothWays, cutOneWay, zombie, halfOpen
        case coordinatorStops, workerStops, machineSleeps
        case drain, preempt, stop, takeOver
        case askedToDrain, askedToCancel, askedToRetry, checkpointsRot
        case diskFull, spoolFull, spoolRots, wallClockJumps
        case trainerCrashes, trainerHangs, workerSickens

        /// It spends a trial's budget, rightly.
        var isOfTrainer: Bool {
            self == .trainerCrashes || self == .trainerHangs || self == .workerSickens
        }
    }

    /// The names by which ``Verdict/happened`` counts faults.
    package static var faultNames: [String] { Fault.allCases.map(\.rawValue) }

    private static let machineFaults = Fault.allCases.filter { !$0.isOfTrainer }

    /// One fault, and an appointment for the next.
    func injectFault() {
        guard faultsAreOn else { return }
        schedule(.fault, after: random.between(0, 15))
        let faults = weather.trainersFail ? Fault.allCases : Self.machineFaults
        let fault = faults[random.below(faults.count)]
        let worker = random.below(workers.count)
        say("fault: \(fault) (worker \(workers[worker].name))")
        count(fault.rawValue)
        switch fault {
        case .coordinatorDies: killCoordinator()
        case .workerDies: killWorker(worker, "it was killed")
        case .bothDie:
            killCoordinator()
            killWorker(worker, "it was killed")
        case .powerFails:
            killWorker(worker, "its machine lost power", losesPower: true)
        case .cutBothWays: cut(worker, both: true, seconds: random.between(0.5, 40))
        case .cutOneWay: cut(worker, both: false, seconds: random.between(0.5, 40))
        case .zombie: cut(worker, both: true, seconds: random.between(20, 90))
        case .halfOpen: cut(worker, both: true, seconds: 90, isNoticed: false)
        case .coordinatorStops: stopCoordinator()
        case .workerStops: stopWorker(worker, machine: false)
        case .machineSleeps: stopWorker(worker, machine: true)
        case .askedToDrain:
            ask(.drain(worker: workers[worker].name.description, atOnce: random.chance(0.5)))
        case .askedToCancel: ask(.cancel([sweep.keys[random.below(sweep.keys.count)]]))
        case .askedToRetry: ask(.retry(sweep.keys.filter { !isPoisoned($0) }))
        case .checkpointsRot:
            // Their digests show it: they are as good as lost.
            let key = sweep.keys[random.below(sweep.keys.count)]
            checkpoints[key] = nil
            workers[worker].checkpoints = [:]
        case .drain: tell(worker, .drain)
        case .preempt: tell(worker, .preempt)
        case .stop: askToStop()
        case .takeOver: takeOver()
        case .diskFull:
            disk.isFull = true
            schedule(.freeDisk, after: random.between(1, 30))
        case .spoolFull:
            workers[worker].spool.isFull = true
            schedule(.freeSpool(worker), after: random.between(1, 30))
        case .spoolRots: workers[worker].spool.rot(&random)
        case .wallClockJumps: if jumpsWallClock { wallOffset += wallRandom.between(-3600, 3600) }
        case .trainerCrashes: strikeTrainer(worker) { failTrainer(worker, $0, .crash) }
        case .trainerHangs: strikeTrainer(worker) { stallTrainer(worker, $0) }
        case .workerSickens:
            let end = min(now.seconds + random.between(30, 180), weather.faultsEnd)
            workers[worker].sickUntil = Instant(seconds: end)
        }
    }

    private func killCoordinator() {
        if let epoch = current { endCoordinator(epoch, "it was killed") }
    }

    private func stopCoordinator() {
        guard let epoch = current else { return }
        coordinators[epoch]!.sleepsUntil = now + random.between(1, 60)
        schedule(.turn(epoch: epoch), at: coordinators[epoch]!.sleepsUntil)
    }

    /// A person asks the coordinator by a command of its own.
    private func ask(_ request: Request) {
        guard let epoch = current else { return }
        let person = ConnectionID(bytes: Array("person".utf8))
        coordinators[epoch]!.inbox.append(.asked(request, from: person))
        schedule(.turn(epoch: epoch), after: 0)
    }

    private func askToStop() {
        guard let epoch = current else { return }
        coordinators[epoch]!.isStopping = true
        coordinators[epoch]!.inbox.append(.stop)
        schedule(.turn(epoch: epoch), after: 0)
    }

    /// Somebody starts a second coordinator while the first hangs, which wakes and does not know.
    /// Its workers find the new one sooner or later.
    private func takeOver() {
        guard let old = current else { return }
        coordinators[old]!.sleepsUntil = now + random.between(0, 30)
        schedule(.turn(epoch: old), at: coordinators[old]!.sleepsUntil)
        schedule(.endCoordinator(epoch: old), after: 60)
        for connection in workers.compactMap(\.connection) {
            schedule(.noticeCut(connection), after: random.between(0, 20))
        }
        startCoordinator(takesOver: true)
    }

    private func stopWorker(_ worker: Int, machine: Bool) {
        guard workers[worker].session != nil else { return }
        let end = max(now + random.between(1, 90), workers[worker].sleepsUntil)
        workers[worker].sleepsUntil = end
        if machine { workers[worker].machineSleepsUntil = end }
        schedule(.wakeWorker(worker, life: workers[worker].life), at: end)
    }

    private func cut(_ worker: Int, both: Bool, seconds: Double, isNoticed: Bool = true) {
        let end = now + seconds
        let first = random.chance(0.5)
        if both || first { workers[worker].cutToCoordinator = end }
        if both || !first { workers[worker].cutToWorker = end }
        // The transport's own heartbeats notice after a while, if the cut lasts.
        if let connection = workers[worker].connection, isNoticed, seconds > 6 {
            schedule(.noticeCut(connection), after: random.between(4, 8))
        }
    }

    private func strikeTrainer(_ worker: Int, _ strike: (Int) -> Void) {
        let slot = workers[worker].trainers.indices.first { workers[worker].trainers[$0] != nil }
        if let slot { strike(slot) }
    }
}
