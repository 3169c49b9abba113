import Corpora
import Foundation
import Glibc
import Kernels
import Leasing
import Messaging

/// The process that holds leases and runs a trainer in each slot: a loop around the ``Session``.
///
/// A turn waits for the coordinator, the trainers and the session's deadline, and performs what the
/// session commands. An outcome is in the spool on disk before the coordinator hears of it.
public final class Worker {
    private let address: Address
    private let credential: Credential?
    private let dataRoot: String?
    private let context = MessagingContext()
    private let spool: Spool
    let cache: String
    let data: DataFetch
    var isFetching = false
    private var terms: [LeaseTerms]
    /// Leases whose trials lacked data and have not begun: why, and how often they said so.
    var lacks: [LeaseID: (reason: String, count: Int)] = [:]
    private let checkpoints: CheckpointFolder
    private let reactor: Reactor
    private var socket: DealerSocket
    private var session: Session
    private var trainers: [TrainerProcess?]
    var leases: [LeaseID?]
    private var caps: [MemoryCap?]
    private let memoryBytes: Int?
    private let machineBytes: Int
    private let tags: [String]
    private var memorySeenAt = -Double.infinity
    private var document: SweepDocument?
    private var sequence: UInt64 = 0
    private var exit: Session.Exit?
    private var heard = (interrupts: 0, others: 0)
    /// Handshakes in a row that the other side ended.
    private var brokenHandshakes = 0
    /// An outcome could not be spooled: the worker ends when it has handed over what it has.
    private var isSpoolBroken = false
    /// When to say that nobody answers; nil once somebody did, or it is said.
    private var saysSilenceAt: Double? = Clock.monotonicSeconds + Worker.silenceSeconds

    /// A worker of the coordinator at `address`.
    ///
    /// - Parameters:
    ///   - credential: Its key, and the coordinator's; nil does without encryption.
    ///   - spool: The folder for outcomes that are not recorded yet.
    ///   - dataRoot: The folder of the corpora's files; nil takes the manifests' own.
    ///   - slots: Trials at a time; nil takes one a core, where there is memory for so many.
    ///   - options: What else it is told.
    ///   - orphanSeconds: How long to wait for a coordinator that is away; nil waits for ever.
    /// - Throws: an error when the address is none, or another worker uses the spool.
    public init(
        address: String, credential: Credential?, slots: Int?, spool folder: String,
        dataRoot: String?, options: WorkerOptions = WorkerOptions(), orphanSeconds: Double?
    ) throws {
        func bytes(_ gibibytes: Double) -> Int { Int(gibibytes * Double(1 << 30)) }
        var resources = Machine.resources(memoryBytes: options.memoryTotal.map(bytes))
        resources.tags = Set(options.tags)
        self.tags = resources.tags.sorted()
        machineBytes = resources.memoryBytes
        let slots = slots ?? Machine.slots(memoryBytes: machineBytes)
        let secondsLeft = try WorkerEnd.seconds(options.until).map { $0 - Clock.wallSeconds }
        if let secondsLeft, secondsLeft <= 0 {
            throw RunningError("this worker's end lies in the past. Give it a later one.")
        }
        self.address = try Address(address)
        self.credential = credential
        self.dataRoot = LoadedSweep.dataRoot(dataRoot)
        spool = try Spool(folder: folder)
        checkpoints = CheckpointFolder(folder: folder)
        socket = try DealerSocket(connecting: self.address, in: context, as: credential)
        reactor = try Reactor(socket: socket)
        cache = options.cache ?? NodeCache.defaultFolder
        data = DataFetch(
            cache: NodeCache(folder: cache, bytesMax: bytes(options.cacheGib ?? 20)),
            waker: reactor.waker)
        terms = Array(repeating: LeaseTerms(), count: slots)
        trainers = Array(repeating: nil, count: slots)
        leases = Array(repeating: nil, count: slots)
        caps = Array(repeating: nil, count: slots)
        memoryBytes = options.memory.map(bytes)
        session = Session(
            identity: WorkerMessage.Hello(
                worker: spool.worker,
                name: "\(ProcessInfo.processInfo.hostName):\(getpid())", slots: slots,
                protocolVersion: WorkerMessage.protocolVersion,
                numericsVersion: Numerics.version, numericClass: Numerics.numericClass,
                sweep: nil, leases: [], resources: resources),
            spool: spool.kept().map { Session.Spooled(lease: $0, delivery: $1) },
            checkpoints: checkpoints.all(), orphanSeconds: orphanSeconds,
            endsAt: secondsLeft.map { Worker.now + $0 }, at: Worker.now)
        StopSignal.watch(waking: reactor.waker)
    }

    /// How tags are given on to a process of this program.
    public static func arguments(tags: [String]) -> [String] { tags.flatMap { ["--tag", $0] } }

    /// Seconds between two looks at the memory of trainers.
    private static let memorySeconds = 0.25
    /// Seconds without any answer at the start after which people are told.
    private static let silenceSeconds = 10.0

    static var now: Instant { Instant(seconds: Clock.monotonicSeconds) }

    /// Works until the sweep has ended, the coordinator is gone for too long, or a signal ends it.
    ///
    /// - Returns: ``ExitStatus/done`` where nobody need start it again: the sweep has ended, its
    ///   own end has come, Slurm's is near (SIGUSR1), or a person drained it (Ctrl-C too);
    ///   ``ExitStatus/interrupted`` after SIGTERM or SIGHUP.
    /// - Throws: an error when the spool cannot be written or no trainer can be started.
    public func run() throws -> ExitStatus {
        Terminal.complain("concord: worker \(spool.worker) connects to \(address)")
        defer { trainers.forEach { $0?.end() } }
        while exit == nil { try turn() }
        return farewell()
    }

    // MARK: In

    private func turn() throws {
        let due = [session.nextDeadline, data.nextDeadline].compactMap { $0 }.min()
            .map { $0 - Worker.now } ?? 1
        let sources = try reactor.wait(seconds: max(0, min(due, Worker.memorySeconds)))
        try hearSignals()
        try watchMemory()
        tellSilence()
        if sources.contains(.link) { try hearLink() }
        while let frames = socket.receive() {
            do {
                let message = try WireCodec.decodeCoordinator(frames).message
                try handle(.received(message))
                try hearData(message)
            } catch let error as WireError {
                Terminal.complain("concord: the coordinator said what is no message: \(error)")
            }
        }
        for slot in trainers.indices {
            guard let trainer = trainers[slot], sources.contains(.descriptor(trainer.output))
            else { continue }
            try hear(trainer, slot: slot)
        }
        try take(data.tick(at: Worker.now))
        if let deadline = session.nextDeadline, deadline <= Worker.now { try handle(.tick) }
        if isSpoolBroken { try handle(.drain) }
    }

    /// A wrong name, or port, looks like a coordinator that is yet to be started.
    private func tellSilence() {
        guard let due = saysSilenceAt, due <= Clock.monotonicSeconds else { return }
        saysSilenceAt = nil
        Terminal.complain(
            """
            concord: nobody answers at \(address). Check host and port, and whether a coordinator \
            runs there. Trying on.
            """)
    }

    /// Ctrl-C ends when what runs is done, a second one at once; SIGTERM and SIGUSR1 give back at
    /// once.
    private func hearSignals() throws {
        let now = (
            StopSignal.interruptCount, StopSignal.terminationCount + StopSignal.warningCount
        )
        defer { heard = now }
        if now.1 > heard.others || now.0 > max(1, heard.interrupts) {
            try handle(.preempt)
        } else if now.0 > heard.interrupts {
            Terminal.complain("concord: leaves when what runs is done; Ctrl-C again: at once")
            try handle(.drain)
        }
    }

    /// Ends trainers that use more memory than their cap.
    private func watchMemory() throws {
        guard Clock.monotonicSeconds >= memorySeenAt + Worker.memorySeconds else { return }
        memorySeenAt = Clock.monotonicSeconds
        for slot in trainers.indices {
            guard let lease = leases[slot], let cap = caps[slot],
                let bytes = trainers[slot]?.ownBytes, bytes > cap.bytes
            else { continue }
            let message = "The trainer used \(Memory.spelled(bytes)) of memory and was ended."
            try handle(.trainerFailed(lease, outOfMemory(message, cap)))
        }
    }

    private func outOfMemory(_ message: String, _ cap: MemoryCap) -> Failure {
        let most = Memory.spelled(cap.bytes)
        return cap.isWhole
            ? Failure(
                cause: .memory,
                message: "\(message) Its machine has \(most); use a larger one, or smaller batches."
            )
            : Failure(cause: .cap, message: "\(message) Its cap was \(most); it is given more.")
    }

    private func hearLink() throws {
        for event in socket.linkEvents() {
            if event != .disconnected { saysSilenceAt = nil }
            switch event {
            case .connected:
                brokenHandshakes = 0
                try handle(.connected)
            case .disconnected:
                try stopFetching()
                try handle(.disconnected)
            case .incompatible:
                Terminal.complain(
                    """
                    concord: what listens at \(address) is no coordinator, or one of a version of \
                    concord that does not encrypt
                    """)
                try handle(.disconnected)
            case .refused:
                let name = credential?.name ?? "that it has not"
                let reason = """
                    the coordinator at \(address) does not admit the key \(name): it was revoked, \
                    or is of another store. Ask whoever owns the store for a new one.
                    """
                try handle(.received(.refused(reason)))
            case .broken: hearBrokenHandshake()
            }
        }
    }

    /// Once may be chance, such as a coordinator that is just ending.
    private func hearBrokenHandshake() {
        brokenHandshakes += 1
        guard brokenHandshakes == 3 else { return }
        Terminal.complain(
            """
            concord: what listens at \(address) breaks every handshake off. It has not the key \
            that this worker expects of its coordinator, or is none, or is flooded. Trying on.
            """)
    }

    private func hear(_ trainer: TrainerProcess, slot: Int) throws {
        let (replies, isGone) = trainer.replies()
        for reply in replies {
            switch reply {
            case .ready: continue
            case .progress(let lease, let progress):
                if progress.epoch > 0 { try forgetData(of: lease) }
                try handle(.progress(lease, progress))
            case .checkpoint(let lease, let checkpoint): try handle(.checkpoint(lease, checkpoint))
            case .finished(let lease, let delivery):
                leases[slot] = nil
                try forgetData(of: lease)
                try handle(.outcome(lease, delivery))
            case .failed(let lease, let failure):
                leases[slot] = nil
                try forgetData(of: lease)
                try handle(.trainerFailed(lease, failure))
            case .lacking(let lease, let digests, let reason):
                try fetch(digests, for: lease, reason)
            }
        }
        guard isGone, trainers[slot] === trainer else { return }
        let ending = trainer.ending()
        let lease = leases[slot]
        let cap = caps[slot]
        let isOutOfMemory = trainer.isOutOfMemory
        dismiss(slot)
        guard let lease else { return }
        try forgetData(of: lease)
        if isOutOfMemory, let cap {
            let message = "The kernel ended the trainer for want of memory."
            return try handle(.trainerFailed(lease, outOfMemory(message, cap)))
        }
        let failure = Failure(
            cause: .crash,
            message: """
                the trainer ended by \(ending) in the middle of a trial; \
                what it said last stands in the worker's log
                """)
        try handle(.trainerFailed(lease, failure))
    }

    // MARK: Out

    func handle(_ event: Session.Event) throws {
        for command in session.handle(event, at: Worker.now) {
            switch command {
            // What is lost here is said again: outcomes are spooled, progress comes anew.
            case .send(let message): say(message)
            case .start(let lease, let terms, let slot): try start(lease, terms, slot: slot)
            case .save(let slot): trainers[slot]?.ask(.save)
            case .end(let slot):
                if let lease = leases[slot] { try forgetData(of: lease) }
                dismiss(slot)
            case .spool(let spooled): keep(spooled)
            case .unspool(let key): spool.forget(key)
            case .keep(let lease, let checkpoint): checkpoints.keep(lease, checkpoint)
            case .discard(let key): checkpoints.discard(key)
            case .reconnect: try reconnect()
            case .prepare(let document):
                self.document = document
                trainers.indices.forEach(dismiss)
            case .leave(let reason): exit = reason
            }
        }
    }

    /// Spools an outcome. A worker that cannot hands it over all the same, takes no more, and ends:
    /// what it would train could be lost.
    private func keep(_ spooled: Session.Spooled) {
        do {
            try spool.keep(spooled.lease, spooled.delivery)
        } catch {
            if !isSpoolBroken {
                Terminal.complain(
                    "concord: the spool cannot be written: \(error) This worker hands over what it "
                        + "has and ends; make room, then start it again.")
            }
            isSpoolBroken = true
        }
    }

    private func start(_ lease: LeaseID, _ terms: LeaseTerms, slot: Int) throws {
        let trainer: TrainerProcess
        if let running = trainers[slot] {
            trainer = running
        } else {
            trainer = try TrainerProcess(tags: tags)
            trainers[slot] = trainer
            reactor.watch(trainer.output)
            if let document {
                trainer.ask(.prepare(document, dataRoot: dataRoot, cache: cache))
            }
        }
        leases[slot] = lease
        self.terms[slot] = terms
        caps[slot] = MemoryCap(
            first: memoryBytes ?? machineBytes / trainers.count, raises: terms.memoryRaises,
            setAside: memoryBytes == nil ? terms.memoryBytes : 0, machine: machineBytes)
        train(lease, slot: slot)
    }

    func train(_ lease: LeaseID, slot: Int) {
        trainers[slot]?.ask(
            .train(
                lease, checkpoint: terms[slot].checkpoint,
                keepsModel: session.limits.keepsModels))
    }

    func say(_ message: WorkerMessage) {
        sequence += 1
        _ = socket.send(WireCodec.encode(message, sequence: sequence))
    }

    /// Ends the slot's trainer; the next lease starts another.
    private func dismiss(_ slot: Int) {
        guard let trainer = trainers[slot] else { return }
        reactor.unwatch(trainer.output)
        trainer.end()
        trainers[slot] = nil
        leases[slot] = nil
    }

    private func reconnect() throws {
        try stopFetching()
        socket = try DealerSocket(connecting: address, in: context, as: credential)
        reactor.socket = socket
    }

    private func farewell() -> ExitStatus {
        tellFetched()
        let waiting = session.summary.spooled
        if waiting > 0 {
            Terminal.complain(
                "concord: \(waiting) outcomes wait in the spool; start the worker again to hand "
                    + "them over")
        }
        switch exit {
        case .refused(let reason):
            Terminal.complain("concord: the coordinator refused this worker: \(reason)")
            return .refused
        case .orphaned:
            Terminal.complain("concord: no coordinator at \(address); this worker ends")
            return .failed
        // Its machine, or somebody there, wanted it gone: no word of the sweep's owner.
        case .preempted where StopSignal.terminationCount > 0: return .interrupted
        case .done, .drained, .preempted, nil: return isSpoolBroken ? .failed : .done
        }
    }
}
