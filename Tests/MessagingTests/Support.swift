import Corpora
import Leasing
import Messaging
import Planning

/// SplitMix64: the tests' own random numbers, so that a failing seed can be run again.
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: count, using: &self)).map { _ in
            UInt8.random(in: 0...255, using: &self)
        }
    }

    mutating func text(_ count: ClosedRange<Int>) -> String {
        let letters = Array("abc DEF 0129 äöü €😀\n\t\"")
        return String(
            (0..<Int.random(in: count, using: &self)).map { _ in
                letters.randomElement(using: &self)!
            })
    }

    mutating func digest() -> Digest { Digest(of: bytes(0...8)) }

    mutating func lease() -> LeaseID {
        LeaseID(
            key: TrialKey(digest: digest()),
            attempt: Int.random(in: 1...Int(UInt32.max), using: &self))
    }

    mutating func leases() -> [LeaseID] {
        (0..<Int.random(in: 0...5, using: &self)).map { _ in lease() }
    }

    mutating func progress() -> Progress {
        let epochs = Int.random(in: 0...1000, using: &self)
        return Progress(epoch: Int.random(in: 0...epochs, using: &self), epochs: epochs)
    }

    mutating func failure() -> Failure {
        Failure(cause: Failure.Cause.allCases.randomElement(using: &self)!, message: text(0...200))
    }

    mutating func delivery() -> Delivery {
        Delivery(
            outcome: bytes(1...300), provenance: bytes(0...100),
            model: Bool.random(using: &self) ? bytes(0...100) : nil)
    }

    mutating func checkpoint() -> TrialCheckpoint {
        TrialCheckpoint(epoch: Int.random(in: 0...1000, using: &self), bytes: bytes(1...300))
    }

    mutating func terms() -> LeaseTerms {
        LeaseTerms(
            memoryRaises: Int.random(in: 0...64, using: &self),
            memoryBytes: Int.random(in: 0...1 << 40, using: &self),
            checkpoint: Bool.random(using: &self) ? checkpoint() : nil)
    }

    /// One request of every case.
    mutating func personRequests() -> [Request] {
        let keys = leases().map(\.key)
        return [
            .retry(keys), .cancel(keys),
            .drain(worker: text(0...30), atOnce: Bool.random(using: &self)),
        ]
    }

    mutating func document() -> SweepDocument {
        let count = Int.random(in: 0...4, using: &self)
        return SweepDocument(
            spec: text(0...300), manifests: (0..<count).map { _ in text(0...300) },
            folders: (0..<count).map { _ in text(0...30) })
    }

    mutating func limits() -> Limits {
        var limits = Limits()
        limits.heartbeatSeconds = Double.random(in: 0.001...3600, using: &self)
        limits.liveness = Int.random(in: 1...10_000, using: &self)
        limits.stepLimitSeconds = Double.random(in: 0.001...1e6, using: &self)
        limits.attemptsMax = Int.random(in: 1...1000, using: &self)
        limits.lossesMax = Int.random(in: 0...1000, using: &self)
        limits.orphanSeconds = Double.random(in: 0...1e5, using: &self)
        limits.messageBytesMax = Int.random(in: 1 << 16...1 << 30, using: &self)
        limits.wallLimitSeconds =
            Bool.random(using: &self) ? nil : Double.random(in: 0.001...1e6, using: &self)
        limits.checkpointSeconds = Double.random(in: 0.001...1e6, using: &self)
        limits.graceSeconds = Double.random(in: 0...3600, using: &self)
        limits.tailSeconds = Double.random(in: 0...1e6, using: &self)
        limits.cordonTrials = Int.random(in: 1...1000, using: &self)
        limits.keepsModels = Bool.random(using: &self)
        return limits
    }

    mutating func hello() -> WorkerMessage.Hello {
        WorkerMessage.Hello(
            worker: WorkerID("worker-\(Int.random(in: 0...999, using: &self))"), name: "häst:77",
            slots: Int.random(in: 1...65_536, using: &self),
            protocolVersion: Int.random(in: 0...9, using: &self),
            numericsVersion: Int.random(in: 0...9, using: &self), numericClass: "fma-16",
            sweep: Bool.random(using: &self) ? digest() : nil, leases: leases(),
            resources: Resources(
                cores: Int.random(in: 0...999, using: &self),
                memoryBytes: Int.random(in: 0...1 << 40, using: &self), memoryPool: "m/slice",
                machine: "m", instructionSet: "avx2",
                tags: Bool.random(using: &self) ? [] : ["fast", "node-7.b_c"],
                secondsLeft: Bool.random(using: &self)
                    ? nil : Double.random(in: 0...1e6, using: &self)))
    }

    /// One message of every case.
    mutating func workerMessages() -> [WorkerMessage] {
        [
            .hello(hello()), .heartbeat, .progress(lease(), progress()),
            .finished(lease(), delivery()), .failed(lease(), failure()), .returned(leases()),
            .checkpoint(lease(), checkpoint()), .goodbye,
            .fetch(
                ChunkRequest(
                    digest: digest(), offset: Int.random(in: 0...1 << 40, using: &self),
                    count: Int.random(in: 0...ChunkRequest.bytesMax, using: &self),
                    received: Int.random(in: 0...1 << 40, using: &self))),
        ]
    }

    /// One message of every case.
    mutating func coordinatorMessages() -> [CoordinatorMessage] {
        [
            .welcome(sweep: digest(), limits: limits(), abandoned: leases()), .sweep(document()),
            .train(lease(), terms()), .drain(atOnce: Bool.random(using: &self)),
            .recorded(TrialKey(digest: digest())), .abandon(lease()), .done,
            .refused(text(0...200)), .sayHello, .unavailable(digest(), text(0...200)),
            .chunk(
                MatrixChunk(
                    digest: digest(), offset: Int.random(in: 0...1 << 40, using: &self),
                    total: Int.random(in: 0...1 << 40, using: &self), bytes: bytes(0...300))),
        ]
    }

    /// One request of every case.
    mutating func requests() -> [TrainerRequest] {
        [
            .prepare(
                document(), dataRoot: Bool.random(using: &self) ? text(0...20) : nil,
                cache: Bool.random(using: &self) ? text(0...20) : nil),
            .train(
                lease(), checkpoint: terms().checkpoint, keepsModel: Bool.random(using: &self)),
            .save,
        ]
    }

    /// One reply of every case.
    mutating func replies() -> [TrainerReply] {
        [
            .ready, .progress(lease(), progress()), .checkpoint(lease(), checkpoint()),
            .finished(lease(), delivery()),
            .failed(lease(), failure()),
            .lacking(lease(), [digest(), digest()], reason: text(0...9)),
        ]
    }
}
