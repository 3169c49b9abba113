import Corpora
import FoundationEssentials
import Leasing
import Planning

// The parts that several messages share. `Data` is the generated code's type for bytes.

extension Digest {
    var data: Data { Data(bytes) }

    init(data: Data) throws(WireError) {
        guard let digest = Digest(bytes: data) else {
            throw .malformed("a digest has 32 bytes, not \(data.count)")
        }
        self = digest
    }
}

extension WireLease {
    init(_ lease: LeaseID) {
        key = lease.key.digest.data
        attempt = UInt32(clamping: lease.attempt)
    }

    func value() throws(WireError) -> LeaseID {
        try WireCodec.check(attempt >= 1, "attempts count from 1")
        return LeaseID(key: TrialKey(digest: try Digest(data: key)), attempt: Int(attempt))
    }
}

extension WireLeases {
    init(_ leases: [LeaseID]) { self.leases = leases.map { WireLease($0) } }
}

extension [WireLease] {
    func values() throws(WireError) -> [LeaseID] {
        try WireCodec.check(
            count <= WireCodec.leasesMax,
            "it names \(count) leases; most is \(WireCodec.leasesMax)")
        var leases: [LeaseID] = []
        leases.reserveCapacity(count)
        for lease in self { leases.append(try lease.value()) }
        return leases
    }
}

extension WireProgress {
    init(_ lease: LeaseID, _ progress: Progress) {
        self.lease = WireLease(lease)
        epoch = UInt32(clamping: progress.epoch)
        epochs = UInt32(clamping: progress.epochs)
    }

    func value() throws(WireError) -> (LeaseID, Progress) {
        try WireCodec.check(epoch <= epochs, "epoch \(epoch) of \(epochs)")
        return (try lease.value(), Progress(epoch: Int(epoch), epochs: Int(epochs)))
    }
}

extension WireFailed {
    init(_ lease: LeaseID, _ failure: Failure) {
        self.lease = WireLease(lease)
        cause =
            switch failure.cause {
            case .training: .training
            case .crash: .crash
            case .stalled: .stalled
            case .memory: .memory
            case .data: .data
            case .cap: .cap
            case .wall: .wall
            case .cancelled: .cancelled
            }
        message = WireCodec.clipped(failure.message)
        if let digest = failure.matrix { matrix = digest.data }
    }

    func value() throws(WireError) -> (LeaseID, Failure) {
        let cause: Failure.Cause
        switch self.cause {
        case .training: cause = .training
        case .crash: cause = .crash
        case .stalled: cause = .stalled
        case .memory: cause = .memory
        case .data: cause = .data
        case .cap: cause = .cap
        case .wall: cause = .wall
        case .cancelled: cause = .cancelled
        case .unspecified, .UNRECOGNIZED: throw .malformed("a failure has no known cause")
        }
        let failure = Failure(
            cause: cause, message: try message.bounded(),
            matrix: hasMatrix ? try Digest(data: matrix) : nil)
        return (try lease.value(), failure)
    }
}

extension WireTrain {
    init(_ lease: LeaseID, _ terms: LeaseTerms, keepsModel: Bool = false) {
        self.lease = WireLease(lease)
        memoryRaises = UInt32(clamping: terms.memoryRaises)
        memoryBytes = UInt64(clamping: terms.memoryBytes)
        if let checkpoint = terms.checkpoint { epoch = UInt32(clamping: checkpoint.epoch) }
        self.keepsModel = keepsModel
    }
}

extension WireCheckpoint {
    init(_ lease: LeaseID, _ checkpoint: TrialCheckpoint) {
        self.lease = WireLease(lease)
        epoch = UInt32(clamping: checkpoint.epoch)
    }
}

extension LeaseTerms {
    /// The state to go on from as bulk.
    var frames: [[UInt8]] { checkpoint?.frames ?? [] }
}

extension TrialCheckpoint {
    /// Its bytes as bulk, in pieces.
    var frames: [[UInt8]] {
        stride(from: 0, to: bytes.count, by: WireCodec.pieceBytesMax).map {
            Array(bytes[$0..<min($0 + WireCodec.pieceBytesMax, bytes.count)])
        }
    }
}

extension WireEnvelope {
    /// Its bulk is a trainer's state.
    var carriesCheckpoint: Bool {
        switch body {
        case .checkpoint, .saved: true
        case .train(let train), .trainHere(let train): train.hasEpoch
        default: false
        }
    }
}

extension WireDocument {
    init(_ document: SweepDocument, dataRoot: String? = nil, cache: String? = nil) {
        folders = document.folders
        if let dataRoot { self.dataRoot = dataRoot }
        if let cache { self.cache = cache }
    }
}

extension SweepDocument {
    /// Its texts as bulk: sweep, manifests.
    var frames: [[UInt8]] { [Array(spec.utf8)] + manifests.map { Array($0.utf8) } }
}

extension Delivery {
    /// Its bytes as bulk: outcome, provenance, and the model where there is one.
    var frames: [[UInt8]] { [outcome, provenance] + (model.map { [$0] } ?? []) }
}

extension Parcel {
    func hasNoBulk() throws(WireError) {
        try WireCodec.check(bulk.isEmpty, "it has \(bulk.count) frames after an envelope alone")
    }

    func delivery() throws(WireError) -> Delivery {
        try WireCodec.check(
            bulk.count == 2 || bulk.count == 3,
            "an outcome has 2 frames, or 3 with its model, not \(bulk.count)")
        let outcome = bulk[bulk.startIndex]
        try WireCodec.check(!outcome.isEmpty, "an outcome is empty")
        return Delivery(
            outcome: outcome, provenance: bulk[bulk.startIndex + 1],
            model: bulk.count == 3 ? bulk[bulk.startIndex + 2] : nil)
    }

    /// The trainer's state after `epoch` epochs, of which the frames are the pieces.
    func checkpoint(epoch: UInt32) throws(WireError) -> TrialCheckpoint {
        let count = bulk.reduce(0) { $0 + $1.count }
        try WireCodec.check(count > 0, "a checkpoint is empty")
        try WireCodec.check(
            count <= TrialCheckpoint.bytesMax, "a checkpoint has \(count) bytes")
        return TrialCheckpoint(epoch: Int(epoch), bytes: Array(bulk.joined()))
    }

    func terms(_ wire: WireTrain) throws(WireError) -> LeaseTerms {
        try WireCodec.check(
            wire.memoryRaises <= 64, "\(wire.memoryRaises) doublings of the memory's cap")
        if !wire.hasEpoch { try hasNoBulk() }
        return LeaseTerms(
            memoryRaises: Int(wire.memoryRaises), memoryBytes: Int(clamping: wire.memoryBytes),
            checkpoint: wire.hasEpoch ? try checkpoint(epoch: wire.epoch) : nil)
    }

    func document(_ wire: WireDocument) throws(WireError) -> SweepDocument {
        try WireCodec.check(!bulk.isEmpty, "a sweep has no text")
        try WireCodec.check(
            wire.folders.count == bulk.count - 1,
            "a sweep has \(bulk.count - 1) manifests and \(wire.folders.count) folders")
        for folder in wire.folders { _ = try folder.path() }
        var texts: [String] = []
        for frame in bulk {
            guard let text = String(validating: frame, as: UTF8.self) else {
                throw .malformed("a sweep's text is not UTF-8")
            }
            texts.append(text)
        }
        return SweepDocument(
            spec: texts[0], manifests: Array(texts.dropFirst()), folders: wire.folders)
    }
}

extension String {
    /// Itself when it is no longer than a text may be.
    func bounded() throws(WireError) -> String {
        try WireCodec.check(
            utf8.count <= WireCodec.textBytesMax, "a text of \(utf8.count) bytes is too long")
        return self
    }

    /// Itself when it can be a path.
    func path() throws(WireError) -> String {
        try WireCodec.check(
            utf8.count <= 4096 && !utf8.contains(0), "a path of \(utf8.count) bytes")
        return self
    }
}
