import Corpora
import Leasing
import Planning

extension WireCodec {
    /// The frames of what a worker says, as its message number `sequence`.
    public static func encode(_ message: WorkerMessage, sequence: UInt64) -> [[UInt8]] {
        switch message {
        case .hello(let hello): frames(.hello(WireHello(hello)), sequence)
        case .heartbeat: frames(.heartbeat(WireNothing()), sequence)
        case .progress(let lease, let progress):
            frames(.progress(WireProgress(lease, progress)), sequence)
        case .finished(let lease, let delivery):
            frames(.finished(WireLease(lease)), sequence, delivery.frames)
        case .failed(let lease, let failure): frames(.failed(WireFailed(lease, failure)), sequence)
        case .checkpoint(let lease, let checkpoint):
            frames(.checkpoint(WireCheckpoint(lease, checkpoint)), sequence, checkpoint.frames)
        case .returned(let leases): frames(.returned(WireLeases(leases)), sequence)
        case .goodbye: frames(.goodbye(WireNothing()), sequence)
        case .fetch(let request): frames(.fetch(WireFetch(request)), sequence)
        }
    }

    /// The worker's message that `frames` are, and its number.
    ///
    /// - Throws: ``WireError``.
    public static func decodeWorker(
        _ frames: [[UInt8]]
    ) throws(WireError) -> (message: WorkerMessage, sequence: UInt64) {
        let parcel = try open(frames, framesMax: workerFramesMax)
        return (try workerMessage(parcel), parcel.sequence)
    }

    static func workerMessage(_ parcel: Parcel) throws(WireError) -> WorkerMessage {
        if case .finished(let lease) = parcel.body {
            return .finished(try lease.value(), try parcel.delivery())
        }
        if case .checkpoint(let wire) = parcel.body {
            return .checkpoint(try wire.lease.value(), try parcel.checkpoint(epoch: wire.epoch))
        }
        try parcel.hasNoBulk()
        switch parcel.body {
        case .hello(let hello): return .hello(try hello.value())
        case .heartbeat: return .heartbeat
        case .progress(let progress):
            let (lease, progress) = try progress.value()
            return .progress(lease, progress)
        case .failed(let failed):
            let (lease, failure) = try failed.value()
            return .failed(lease, failure)
        case .returned(let leases): return .returned(try leases.leases.values())
        case .goodbye: return .goodbye
        case .fetch(let fetch): return .fetch(try fetch.value())
        default: throw .malformed("it is nothing that a worker says")
        }
    }
}

extension WireHello {
    init(_ hello: WorkerMessage.Hello) {
        worker = hello.worker.description
        name = hello.name
        slots = UInt32(clamping: hello.slots)
        protocolVersion = UInt32(clamping: hello.protocolVersion)
        numericsVersion = UInt32(clamping: hello.numericsVersion)
        numericClass = hello.numericClass
        if let digest = hello.sweep { sweep = digest.data }
        leases = hello.leases.map { WireLease($0) }
        cores = UInt32(clamping: hello.resources.cores)
        memoryBytes = UInt64(clamping: hello.resources.memoryBytes)
        memoryPool = hello.resources.memoryPool
        machine = hello.resources.machine
        instructionSet = hello.resources.instructionSet
        tags = hello.resources.tags.sorted()
        if let seconds = hello.resources.secondsLeft { secondsLeft = seconds }
    }

    func value() throws(WireError) -> WorkerMessage.Hello {
        try WireCodec.check(
            (1...64).contains(worker.utf8.count) && worker.utf8.allSatisfy(\.isNameByte),
            "a worker's id is 1 to 64 letters, digits, dots, dashes and underscores")
        try WireCodec.check((1...65_536).contains(slots), "a worker has 1 to 65536 slots")
        return WorkerMessage.Hello(
            worker: WorkerID(worker), name: try name.line("a worker's name"), slots: Int(slots),
            protocolVersion: Int(protocolVersion), numericsVersion: Int(numericsVersion),
            numericClass: try numericClass.line("a numeric class"),
            sweep: hasSweep ? try Digest(data: sweep) : nil, leases: try leases.values(),
            resources: try resources())
    }

    private func resources() throws(WireError) -> Resources {
        try WireCodec.check(
            memoryBytes <= 1 << 60, "a worker has \(memoryBytes) bytes of memory")
        try WireCodec.check(
            !hasSecondsLeft || secondsLeft >= 0 && secondsLeft <= 1e12,
            "a worker has \(secondsLeft) seconds left")
        try WireCodec.check(
            tags.count <= Tag.countMax && tags.allSatisfy(Tag.isValid),
            "a worker's \(tags.count) tags are no such words")
        return Resources(
            cores: Int(cores), memoryBytes: Int(memoryBytes),
            memoryPool: try memoryPool.word("the name of a memory"),
            machine: try machine.word("the name of a machine"),
            instructionSet: try instructionSet.word("the name of an instruction set"),
            tags: Set(tags),
            secondsLeft: hasSecondsLeft ? secondsLeft : nil)
    }
}

extension UInt8 {
    /// Whether it is a letter, a digit, a dot, a dash or an underscore.
    fileprivate var isNameByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension String {
    /// Itself when it is a line without blanks.
    fileprivate func word(_ what: String) throws(WireError) -> String {
        let line = try line(what)
        try WireCodec.check(!line.utf8.contains(0x20), "\(what) has no blanks")
        return line
    }

    /// Itself when it is one line of at most 256 bytes, fit for a terminal.
    fileprivate func line(_ what: String) throws(WireError) -> String {
        try WireCodec.check(
            utf8.count <= 256 && utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f },
            "\(what) is at most 256 bytes without control characters")
        return self
    }
}
