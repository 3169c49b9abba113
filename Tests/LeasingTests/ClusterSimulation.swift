import Planning

@testable import Leasing

/// A whole cluster in one process, in virtual time, from one seed: a coordinator that crashes and
/// replays its journal, workers with trainers that are killed and hang, and a network that drops,
/// delays, doubles, reorders and cuts off. The Dispatcher and the Session are the real ones.
///
/// Faults end after a while; then the sweep must end too, with every trial finished, or abandoned
/// where its trainers failed. ``Auditor`` says what is wrong meanwhile.
///
/// The same seed gives the same run. To look at one: `CONCORD_SEED=17`, which prints every step.
struct ClusterSimulation {
    let seed: Int
    let options: Options
    let showsSteps: Bool
    var random: SplitMix
    var now = Instant(seconds: 0)
    var agenda = Heap<Appointment>()
    var appointments = 0
    var steps = 0

    var auditor: Auditor
    var coordinator: Coordinator
    var workers: [SimulatedWorker]
    var connections: [ConnectionID: Connection] = [:]
    var isOver = false
    /// Trainers that failed or hang.
    var trainerFaults = 0

    init(seed: Int, showsSteps: Bool = false) {
        self.seed = seed
        self.showsSteps = showsSteps
        random = SplitMix(seed: seed)
        options = Options(&random)
        auditor = Auditor(options.limits)
        coordinator = Coordinator()
        workers = (0..<options.workers).map { SimulatedWorker(index: $0) }
    }

    /// Runs until the sweep ends; what went wrong, or nil.
    mutating func run() -> String? {
        schedule(.startCoordinator, after: 0)
        for worker in workers.indices { schedule(.startWorker(worker), after: random.unit()) }
        if options.hasFaults { schedule(.fault, after: random.between(0, 20)) }
        while !isOver {
            guard let next = agenda.popFirst() else { return "Nothing more happens." }
            now = next.at
            steps += 1
            if now.seconds > options.faultsEnd + 3_000 { return "The sweep does not end." }
            perform(next.action)
            if let violation = auditor.violation {
                return "\(violation), at \(now.seconds) s, step \(steps)"
            }
        }
        return complaint
    }

    /// What is wrong at the end: a trial is open, or abandoned though only machines failed, or was
    /// leased again in calm weather.
    private var complaint: String? {
        let keys = Cast.keys(options.trials)
        let ended = auditor.finished.union(auditor.abandoned)
        if let key = keys.first(where: { !ended.contains($0) }) {
            return "complete: \(key) is open"
        }
        if auditor.failures > trainerFaults {
            return "budgets: \(auditor.failures) faults of \(trainerFaults) trainers"
        }
        if !options.trainersFail, auditor.abandoned.count > options.poisoned {
            return "budgets: \(auditor.abandoned.count) trials are abandoned"
        }
        guard keys[..<options.poisoned].allSatisfy(auditor.abandoned.contains) else {
            return "complete: a poisoned trial is finished"
        }
        let again = keys[options.poisoned...].first { auditor.attempts[$0] != 1 }
        return options.hasFaults || again == nil
            ? nil : "calm: \(again!) is leased again though nothing happened"
    }

    mutating func schedule(_ action: Action, after seconds: Double) {
        appointments += 1
        agenda.insert(Appointment(at: now + seconds, number: appointments, action: action))
    }

    private mutating func perform(_ action: Action) {
        if showsSteps { print(now.seconds, action) }
        switch action {
        case .startCoordinator: startCoordinator()
        case .tickCoordinator(let life): tickCoordinator(life)
        case .deliverToCoordinator(let message, let connection):
            guard let line = connections[connection], line.isOpen else { return }
            tell(.received(message, from: connection))
        case .deliverToWorker(let message, let connection):
            guard let line = connections[connection], line.isOpen,
                workers[line.worker].life == line.life
            else { return }
            tell(line.worker, .received(message))
        case .unreachable(let connection, let life):
            if life == coordinator.life { tell(.unreachable(connection)) }
        case .startWorker(let worker): startWorker(worker)
        case .tickWorker(let worker, let life): tickWorker(worker, life)
        case .connect(let worker, let life): connect(worker, life)
        case .noticeCut(let connection): noticeCut(connection)
        case .train(let worker, let life, let slot, let generation):
            train(worker, life, slot, generation)
        case .fault: injectFault()
        }
    }

    var faultsAreOn: Bool { options.hasFaults && now.seconds < options.faultsEnd }

    /// What will happen.
    enum Action: Sendable {
        case startCoordinator
        case tickCoordinator(life: Int)
        case deliverToCoordinator(WorkerMessage, ConnectionID)
        case deliverToWorker(CoordinatorMessage, ConnectionID)
        case unreachable(ConnectionID, life: Int)
        case startWorker(Int)
        case tickWorker(Int, life: Int)
        case connect(Int, life: Int)
        case noticeCut(ConnectionID)
        case train(Int, life: Int, slot: Int, generation: Int)
        case fault
    }

    struct Appointment: Comparable, Sendable {
        let at: Instant
        let number: Int
        let action: Action

        static func < (a: Self, b: Self) -> Bool { (a.at, a.number) < (b.at, b.number) }
        static func == (a: Self, b: Self) -> Bool { a.number == b.number }
    }
}

extension ClusterSimulation {
    /// The size of the cluster and the weather, drawn from the seed.
    struct Options {
        let trials: Int
        let workers: Int
        let slots: Int
        let epochs: Int
        let epochSeconds: Double
        /// Trials below this number fail on every worker.
        let poisoned: Int
        let hasFaults: Bool
        let faultsEnd: Double
        let delaySeconds: Double
        let reorders: Bool
        let drop: Double
        let double: Double
        /// The chance of a crash before any one command.
        let crash: Double
        /// Faults of trainers, which spend the budget of a trial.
        let trainersFail: Bool
        let limits: Limits

        init(_ random: inout SplitMix) {
            trials = 1 + random.below(30)
            workers = 1 + random.below(4)
            slots = 1 + random.below(2)
            epochs = 1 + random.below(4)
            epochSeconds = random.between(0.1, 6)
            poisoned = random.chance(0.2) ? 1 : 0
            hasFaults = random.chance(0.8)
            faultsEnd = hasFaults ? random.between(30, 200) : 0
            delaySeconds = random.chance(0.5) ? 0.001 : random.between(0.01, 2)
            reorders = random.chance(0.5)
            drop = random.chance(0.5) ? 0 : random.between(0, 0.2)
            double = random.chance(0.5) ? 0 : random.between(0, 0.2)
            crash = random.chance(0.5) ? 0 : random.between(0, 0.02)
            trainersFail = random.chance(0.3)
            var limits = Limits()
            limits.stepLimitSeconds = 10
            limits.lossesMax = 1_000
            self.limits = limits
        }
    }
}
