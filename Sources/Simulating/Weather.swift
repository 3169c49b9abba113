import Kernels
import Leasing

/// The size of a cluster and what befalls it, drawn from the seed.
struct Weather: Sendable {
    var trials: Int
    var workers: Int
    var slots: Int
    var epochs: Int
    var epochSeconds: Double
    /// What is wrong with the first trial, wherever it is trained.
    var poison: Poison?
    /// After how many epochs it shows.
    var poisonEpoch: Int
    /// Workers start again at once and under their own names, as a service manager has it.
    var restartsQuickly: Bool
    /// Seconds after which no more faults begin; 0 in calm weather.
    var faultsEnd: Double
    var delaySeconds: Double
    var reorders: Bool
    var drop: Double
    var double: Double
    /// The chance of a kill before and after any one record, and before any one message.
    var kill: Double
    /// The chance of an append that fails.
    var diskError: Double
    /// Faults of trainers, which spend the budget of a trial.
    var trainersFail: Bool
    /// The chance that a second outcome of a trial differs from the first.
    var flaw: Double
    /// What trials ask for, in turns.
    var shapes = [Demands.Shape()]
    /// The memory of each worker, or of those on one machine together; 0 when none says.
    var memoryBytes = 0
    /// How many machines there are on which workers share memory; 0 when each has its own.
    var machines = 0
    /// Workers have an end that they know, while faults are on.
    var ends = false
    /// The chance that a trainer needs more memory than was told.
    var outgrow = 0.0
    var limits: Limits

    /// A trial that cannot be trained.
    enum Poison: Sendable {
        /// Its training fails, such as by a not-a-number.
        case fails
        /// Its trainer makes no progress.
        case hangs
        /// Its trainer dies without a word.
        case crashes
        /// It takes the whole worker with it.
        case killsWorker
    }

    init(_ random: inout RandomStream) {
        trials = 1 + random.below(30)
        workers = 1 + random.below(4)
        slots = 1 + random.below(2)
        epochs = 1 + random.below(4)
        epochSeconds = random.between(0.1, 6)
        let poisons: [Poison] = [.fails, .hangs, .crashes, .killsWorker]
        poison = random.chance(0.25) ? poisons[random.below(4)] : nil
        poisonEpoch = random.below(2)
        restartsQuickly = random.chance(0.3)
        faultsEnd = random.chance(0.8) ? random.between(30, 200) : 0
        delaySeconds = random.chance(0.5) ? 0.001 : random.between(0.01, 2)
        reorders = random.chance(0.5)
        drop = random.chance(0.5) ? 0 : random.between(0, 0.2)
        double = random.chance(0.5) ? 0 : random.between(0, 0.2)
        kill = random.chance(0.5) ? 0 : random.between(0, 0.02)
        diskError = random.chance(0.7) ? 0 : random.between(0, 0.02)
        trainersFail = random.chance(0.3)
        flaw = random.chance(0.2) ? 0.5 : 0
        limits = Limits()
        // An epoch takes 9 s at most, and a sleep of two heartbeats may go unnoticed.
        limits.stepLimitSeconds = 15
        limits.checkpointSeconds = random.between(1, 20)
        limits.graceSeconds = random.between(0, 3)
        limits.tailSeconds = random.chance(0.5) ? random.between(1, 10) : 1e6
        // Only where a trial kills its workers, losses may quarantine it.
        limits.lossesMax = poison == .killsWorker ? 8 : 1_000
    }

    /// Adds memory, costs and ends, drawn from a stream of their own.
    mutating func addDemands(_ random: inout RandomStream) {
        guard random.chance(0.7) else { return }
        memoryBytes = 15_912_345_679
        machines = random.chance(0.4) ? 1 + random.below(2) : 0
        shapes = (0..<1 + random.below(6)).map { number in
            Demands.Shape(
                cell: number % 3, bytes: Int(random.between(0.02, 0.95) * Double(memoryBytes)),
                work: random.between(1, 100), steps: epochs, data: random.below(3))
        }
        ends = hasFaults && random.chance(0.4)
        outgrow = random.chance(0.3) ? 0.05 : 0
        guard random.chance(0.3) else { return }
        for place in shapes.indices where random.chance(0.5) { shapes[place].needs = ["x"] }
    }

    /// What a worker says that it has.
    func resources(of worker: Int, name: WorkerID, secondsLeft: Double?) -> Resources {
        let machine = machines > 0 ? "m\(worker % machines)" : "m\(worker)"
        return Resources(
            cores: slots, memoryBytes: memoryBytes, memoryPool: machines > 0 ? machine : "",
            machine: memoryBytes > 0 ? machine : "", instructionSet: "any",
            tags: worker % 3 == 0 ? ["x"] : [],
            secondsLeft: secondsLeft)
    }

    var hasFaults: Bool { faultsEnd > 0 }

    /// The same cluster, to which nothing happens.
    var calm: Weather {
        var calm = self
        calm.faultsEnd = 0
        calm.trainersFail = false
        calm.ends = false
        calm.outgrow = 0
        (calm.drop, calm.double, calm.kill, calm.diskError, calm.flaw) = (0, 0, 0, 0, 0)
        return calm
    }
}
