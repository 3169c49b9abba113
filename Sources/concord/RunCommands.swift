import ArgumentParser
import Launching
import Leasing
import Messaging
import Running

/// `concord run`: a sweep, with the workers that it starts.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a sweep, or go on with it, on this machine, over ssh or under Slurm.",
        discussion: """
            Starts a coordinator and workers, shows progress, and ends with the main table. Stop \
            it with Ctrl-C, or let it be killed: the same command goes on, and no outcome is lost \
            or counted twice.
            """)

    /// Where workers are started.
    enum Place: String, CaseIterable, ExpressibleByArgument {
        case local, ssh, slurm
    }

    @OptionGroup var sweep: SweepOptions

    @Option(help: "The folder that keeps journal and outcomes (default: <sweep's name>.store).")
    var store: String?

    @Option(help: "Where workers are started.")
    var on = Place.local

    @Option(help: "Worker processes to start (default: one a core); with --on slurm: jobs at most.")
    var workers: Int?

    @Option(help: "With --on slurm: trials at a time in a job, each on a core (default: 1).")
    var slots: Int?

    @Option(
        parsing: .unconditionalSingleValue,
        help: "With --on slurm: an option for sbatch, such as --partition=long; any number.")
    var sbatch: [String] = []

    @Option(help: "With --on ssh: the file that lists the machines.")
    var hosts: String?

    @Option(
        help: """
            Where other machines reach this one, such as tcp://login1:5555 (default with --on ssh: \
            through the ssh connections).
            """)
    var address: String?

    @Option(
        help: """
            Where to listen, such as tcp://0.0.0.0:5555, also for workers that are started by \
            hand; how is printed (default: what --address says, or this machine alone).
            """)
    var bind: String?

    @Flag(help: "Give quarantined trials new attempts.")
    var retry = false

    @Flag(help: "Take the store from a coordinator that hangs or was lost; its writes are refused.")
    var takeOver = false

    @Flag(help: "Keep the model of every trial that is trained, as STORE/models/KEY.model.")
    var keepModels = false

    @OptionGroup(title: "Options of all workers that are started") var worker: WorkerArguments

    @Flag(
        help: """
            Instead of the sweep run its canaries, in STORE.canary: plant leaks, which must be \
            refused, and train on shuffled labels, from which nothing must be learnt.
            """)
    var canary = false

    func validate() throws {
        if canary, retry || takeOver || keepModels || on != .local || bind != nil {
            throw ValidationError("--canary goes with --store and --workers only.")
        }
        if let workers, workers < (on == .local && bind != nil ? 0 : 1) {
            throw ValidationError("--workers must be at least 1, or 0 with --bind.")
        }
        if on == .ssh, workers != nil {
            throw ValidationError("--workers is not for --on ssh: the list of hosts says `slots`.")
        }
        guard (on == .ssh) == (hosts != nil) else {
            throw ValidationError("--on ssh and --hosts FILE go together.")
        }
        if let slots, slots < 1 { throw ValidationError("--slots must be at least 1.") }
        if on != .slurm, slots != nil || !sbatch.isEmpty {
            throw ValidationError(
                on == .ssh
                    ? "--slots and --sbatch are for --on slurm: the list of hosts says `slots`."
                    : "--slots and --sbatch are for --on slurm. --workers says how many here.")
        }
        if on == .slurm, workers == nil || address == nil {
            throw ValidationError(
                """
                --on slurm needs --workers, the most jobs at a time, and --address, where the \
                nodes reach this machine.
                """)
        }
        if on == .local, address != nil {
            throw ValidationError("--address is for workers elsewhere: --on ssh or --on slurm.")
        }
    }

    func run() throws {
        try conclude {
            let address = try reachable
            let loaded = try sweep.load()
            if canary {
                return try CanaryRun(
                    sweep: loaded, store: store ?? loaded.defaultStore, workers: workers
                ).run()
            }
            let run = SweepRun(
                sweep: loaded, store: store ?? loaded.defaultStore,
                bind: bind ?? address?.bindable,
                retry: retry, takeOver: takeOver, keepsModels: keepModels,
                options: worker.options)
            return try run.run { site in
                switch on {
                case .local: try LocalWorkers(count: workers, site: site)
                case .ssh: try SSHLauncher(hosts: hosts ?? "", address: address, site: site)
                case .slurm:
                    try SlurmLauncher(
                        jobs: workers ?? 1, slots: slots ?? 1, options: sbatch,
                        address: address ?? site.endpoint, site: site)
                }
            }
        }
    }

    /// The address that is told to workers; it has a port, which is the same when the run goes on.
    private var reachable: Address? {
        get throws {
            guard let address else { return nil }
            let said = try Address(address)
            guard said.port != nil else {
                throw RunningError("--address \(address) has no port; give one from 1 to 65535.")
            }
            return said
        }
    }
}

/// `concord coordinate`: the coordinator alone.
struct CoordinateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinate",
        abstract: "Coordinate a sweep for workers that are started by hand.",
        discussion: """
            Start workers with `concord work`, as many and as late as you like; the exact command \
            is printed. All messages are encrypted, and workers are admitted by their keys: see \
            `concord keys`.
            """)

    @OptionGroup var sweep: SweepOptions

    @Option(
        help: """
            Where to listen, such as tcp://0.0.0.0:5555, or tcp://127.0.0.1:5555 for this machine \
            alone; port * takes a free one.
            """)
    var bind: String

    @Option(help: "The folder that keeps journal and outcomes (default: <sweep's name>.store).")
    var store: String?

    @Flag(help: "Give quarantined trials new attempts.")
    var retry = false

    @Flag(help: "Take the store from a coordinator that hangs or was lost; its writes are refused.")
    var takeOver = false

    @Flag(help: "Keep the model of every trial that is trained, as STORE/models/KEY.model.")
    var keepModels = false

    func run() throws {
        try conclude {
            let loaded = try sweep.load()
            return try Coordinator(
                sweep: loaded, store: store ?? loaded.defaultStore, address: bind, retry: retry,
                takeOver: takeOver, keepsModels: keepModels
            ).run()
        }
    }
}

/// `concord work`: one worker.
struct WorkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "work",
        abstract: "Train trials for a coordinator.",
        discussion: """
            Runs until the sweep has ended. When the coordinator is away, training goes on, and \
            outcomes wait in the spool until they are handed over. A worker shows its key: of the \
            file --key, or one that it makes itself and enrols with --token, once; the spool keeps \
            it.
            """)

    @Argument(help: "The coordinator's address, such as tcp://127.0.0.1:5555.")
    var address: String

    @Option(
        help: "Trials to train at a time, or auto: one a core, where there is memory for so many.")
    var slots = "auto"

    @Option(help: "The worker's key file, from `concord keys new`.")
    var key: String?

    @Option(help: "A join token, from `concord keys token`; - reads it from standard input.")
    var token: String?

    @Option(help: "The folder for outcomes that are not handed over yet (default: concord-spool).")
    var spool = "concord-spool"

    @Option(help: "The folder that the corpora's files lie in, instead of the manifests' own.")
    var dataRoot: String?

    @OptionGroup var worker: WorkerArguments

    @Option(help: "Seconds to wait for a coordinator that is away (default: for ever).")
    var orphanSeconds: Double?

    func validate() throws {
        if key != nil && token != nil { throw ValidationError("Give --key or --token, not both.") }
        if slots != "auto", (Int(slots) ?? 0) < 1 {
            throw ValidationError("--slots is auto, or a number of at least 1.")
        }
        if let orphanSeconds, !(orphanSeconds > 0) {
            throw ValidationError("--orphan-seconds must be positive.")
        }
    }

    func run() throws {
        try conclude {
            try Worker(
                address: address, credential: try credential(), slots: Int(slots), spool: spool,
                dataRoot: dataRoot, options: worker.options, orphanSeconds: orphanSeconds
            ).run()
        }
    }
}

extension WorkCommand {
    /// The key that the worker shows.
    private func credential() throws -> Credential {
        if let key { return try Enrolment.credential(file: key) }
        guard let token else { return try Enrolment.credential(spool: spool) }
        return try Enrolment.credential(
            token: token == "-" ? readLine() ?? "" : token, at: address, spool: spool,
            patience: orphanSeconds)
    }
}

/// `concord trainer`: what a worker starts in each slot; not for people.
struct TrainerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trainer", abstract: "Train what a worker asks for.", shouldDisplay: false)

    @Option(parsing: .unconditionalSingleValue) var tag: [String] = []

    func run() throws {
        try conclude { try TrainerLoop(tags: tag).run() }
    }
}
