import Corpora
import Kernels
import Planning

/// What a trial's training has come to after an epoch: the bytes that another process goes on from.
///
/// Whoever goes on ends with the same outcome, byte for byte, as one that never stopped. Layout,
/// numbers little-endian:
///
///     CONCORDC   version (8)   trial's key (32)   networks that are done   the one in training
///     SHA-256 of all bytes before (32)
struct Checkpoint: Hashable, Sendable {
    /// The trial that it is of.
    var key: TrialKey
    /// The networks of the trial whose training has ended, in their order.
    var trained: [Trainer.Trained]
    /// The network that is in training; nil between two.
    var current: Trainer.State?

    private static let magic = Array("CONCORDC".utf8)
    private static let version = 1

    /// The bytes.
    func encoded() -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.raw(Checkpoint.magic)
        encoder.integer(Checkpoint.version)
        encoder.digest(key.digest)
        encoder.list(trained) { encoder, trained in
            encoder.curves(trained.epochs)
            encoder.list(trained.best) { $0.numbers($1) }
        }
        encoder.optional(current) { $0.state($1) }
        encoder.digest(Digest(of: encoder.bytes))
        return encoder.bytes
    }

    /// The checkpoint of trial `key` that these bytes are. Any bytes at all are safe to give.
    ///
    /// - Throws: ``CheckpointError`` when they are of another program or trial, or damaged.
    init(decoding bytes: [UInt8], of key: TrialKey) throws(CheckpointError) {
        let sum = 32
        guard bytes.starts(with: Checkpoint.magic) else { throw .notACheckpoint }
        guard bytes.count >= Checkpoint.magic.count + 8 + 2 * sum else { throw .damaged }
        do {
            var decoder = CanonicalDecoder(bytes.dropLast(sum))
            _ = try decoder.raw(Checkpoint.magic.count)
            let version = try decoder.integer()
            guard version == Checkpoint.version else {
                throw CheckpointError.unknownVersion(version)
            }
            guard Digest(of: bytes.dropLast(sum)).bytes.elementsEqual(bytes.suffix(sum)) else {
                throw CheckpointError.damaged
            }
            self.key = TrialKey(digest: try decoder.digest())
            guard self.key == key else { throw CheckpointError.foreign(self.key, expected: key) }
            trained = try decoder.list(itemBytes: 16) { d throws(OutcomeError) in
                Trainer.Trained(epochs: try d.curves(), best: try d.best())
            }
            current = try decoder.optional { d throws(OutcomeError) in try d.state() }
            try decoder.end()
        } catch let error as CheckpointError {
            throw error
        } catch {
            throw .unfit("its parts do not end where they should")
        }
    }

    /// The checkpoint of these parts.
    init(key: TrialKey, trained: [Trainer.Trained], current: Trainer.State?) {
        self.key = key
        self.trained = trained
        self.current = current
    }
}

/// Why bytes are no checkpoint to go on from. The trial begins anew; nothing but time is lost.
public enum CheckpointError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes do not begin as a checkpoint does.
    case notACheckpoint
    /// Another version of the layout than this program reads.
    case unknownVersion(Int)
    /// The bytes are not those that were written: cut off, or changed.
    case damaged
    /// It is of another trial.
    case foreign(TrialKey, expected: TrialKey)
    /// The network of this trial cannot have come to it.
    case unfit(String)

    /// A sentence that says what is wrong, and what happens.
    public var description: String {
        let end = "the trial begins anew."
        return switch self {
        case .notACheckpoint: "These bytes are no checkpoint of Concord; \(end)"
        case .unknownVersion(let version):
            "The checkpoint has layout \(version), which this program does not read; \(end)"
        case .damaged: "The checkpoint is cut off or damaged, its checksum differs; \(end)"
        case .foreign(let key, let expected):
            "The checkpoint is of trial \(key.description.prefix(8)), not of "
                + "\(expected.description.prefix(8)); \(end)"
        case .unfit(let problem): "The checkpoint does not fit its trial: \(problem); \(end)"
        }
    }
}

extension CanonicalEncoder {
    fileprivate mutating func curves(_ epochs: [Outcome.Epoch]) {
        list(epochs) { encoder, epoch in
            encoder.number(epoch.loss)
            encoder.list(epoch.validation) { $0.optional($1) { $0.number($1) } }
        }
    }

    fileprivate mutating func state(_ state: Trainer.State) {
        curves(state.epochs)
        numbers(state.weights)
        optional(state.averaged) { $0.numbers($1) }
        list(state.best) { $0.numbers($1) }
        integer(state.steps)
        numbers(state.mean)
        numbers(state.variance)
        stream(state.order)
        stream(state.dropout)
    }

    private mutating func stream(_ stream: RandomStream) {
        let (a, b, c, d) = stream.state
        for word in [a, b, c, d] { integer(Int(truncatingIfNeeded: word)) }
    }
}

extension CanonicalDecoder {
    fileprivate mutating func curves() throws(OutcomeError) -> [Outcome.Epoch] {
        try list(itemBytes: 16) { d throws(OutcomeError) in
            Outcome.Epoch(
                loss: try d.double(),
                validation: try d.list(itemBytes: 1) { d throws(OutcomeError) in
                    try d.optional { d throws(OutcomeError) in try d.double() }
                })
        }
    }

    fileprivate mutating func best() throws(OutcomeError) -> [[Float]] {
        try list(itemBytes: 8) { d throws(OutcomeError) in try d.numbers() }
    }

    fileprivate mutating func state() throws(OutcomeError) -> Trainer.State {
        Trainer.State(
            epochs: try curves(), weights: try numbers(),
            averaged: try optional { d throws(OutcomeError) in try d.numbers() },
            best: try best(), steps: try integer(), mean: try numbers(),
            variance: try numbers(), order: try stream(), dropout: try stream())
    }

    private mutating func stream() throws(OutcomeError) -> RandomStream {
        func word() throws(OutcomeError) -> UInt64 { UInt64(bitPattern: Int64(try integer())) }
        return RandomStream(state: (try word(), try word(), try word(), try word()))
    }
}
