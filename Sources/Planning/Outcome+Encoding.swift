import Corpora
import Kernels

/// The canonical bytes: the same outcome gives the same bytes, and only those are read back.
///
/// Layout, all numbers little-endian: `CONCORDO`, version (8 bytes), key (32), targets, epochs,
/// best epoch (8), choices, recordings, attention. An outcome without attention is written as
/// version 2, which lacks it, and one without choices too as version 1, which lacks both. A list is
/// its count (8) and its items; a text is its length in bytes (8) and UTF-8; an optional is a byte
/// 0, or 1 and the value.
extension Outcome {
    private static let magic = Array("CONCORDO".utf8)

    /// The canonical bytes.
    public func encoded() -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.raw(Outcome.magic)
        encoder.integer(version)
        encoder.digest(key.digest)
        encoder.list(targets) { $0.string($1) }
        encoder.list(epochs) { encoder, epoch in
            encoder.number(epoch.loss)
            encoder.list(epoch.validation) { $0.optional($1) { $0.number($1) } }
        }
        encoder.integer(bestEpoch)
        if version > 1 { encoder.list(choices) { $0.choice($1) } }
        encoder.list(recordings) { encoder, recording in
            encoder.digest(recording.gold)
            encoder.integer(recording.frames)
            encoder.list(recording.values) { $0.number($1) }
            encoder.list(recording.moments) { $0.moments($1) }
        }
        if version > 2 { encoder.list(attention) { $0.attention($1) } }
        return encoder.bytes
    }

    /// The least version that has room for all of it.
    private var version: Int { !attention.isEmpty ? 3 : choices.isEmpty ? 1 : 2 }

    /// The outcome that has these canonical bytes.
    ///
    /// Any bytes at all are safe to give; memory is bounded by their number. Whether the outcome
    /// fits its trial is for ``check(against:trial:)`` to say.
    public init(decoding bytes: [UInt8]) throws(OutcomeError) {
        var decoder = CanonicalDecoder(bytes)
        guard bytes.starts(with: Outcome.magic) else { throw .notAnOutcome }
        _ = try decoder.raw(Outcome.magic.count)
        let version = try decoder.integer()
        guard (1...3).contains(version) else { throw .unknownVersion(version) }
        self.init(
            key: TrialKey(digest: try decoder.digest()),
            targets: try decoder.list(itemBytes: 8) { d throws(OutcomeError) in try d.string() },
            epochs: try decoder.list(itemBytes: 16) { d throws(OutcomeError) in
                Epoch(
                    loss: try d.double(),
                    validation: try d.list(itemBytes: 1) { d throws(OutcomeError) in
                        try d.optional { d throws(OutcomeError) in try d.double() }
                    })
            },
            bestEpoch: try decoder.integer(),
            choices: version == 1 ? [] : try Outcome.choices(&decoder, version),
            recordings: try decoder.list(itemBytes: 56) { d throws(OutcomeError) in
                Prediction(
                    gold: try d.digest(), frames: try d.integer(),
                    values: try d.list(itemBytes: 4) { d throws(OutcomeError) in try d.float() },
                    moments: try d.list(itemBytes: 50) { d throws(OutcomeError) in
                        try d.moments()
                    })
            })
        if version == 3 {
            let start = decoder.offset
            attention = try decoder.list(itemBytes: 32) { d throws(OutcomeError) in
                try d.attention()
            }
            guard !attention.isEmpty else {
                throw .malformed("no network attended to anything", offset: start)
            }
        }
        try decoder.end()
    }

    /// The choices, of which version 2 has at least one.
    private static func choices(
        _ decoder: inout CanonicalDecoder, _ version: Int
    ) throws(OutcomeError) -> [Choice] {
        let start = decoder.offset
        let choices = try decoder.list(itemBytes: 24) { d throws(OutcomeError) in try d.choice() }
        guard !choices.isEmpty || version > 2 else {
            throw .malformed("it chose for no target", offset: start)
        }
        return choices
    }

    /// Names the outcome by its canonical bytes.
    public var digest: Digest { Digest(of: encoded()) }
}

extension CanonicalEncoder {
    /// Writes 8 bytes for the count, 8 for each sum, and the two ranges behind flags.
    fileprivate mutating func moments(_ moments: Moments) {
        integer(moments.count)
        for sum in [
            moments.goldMean, moments.predictedMean, moments.goldSquares,
            moments.predictedSquares, moments.products,
        ] { number(sum) }
        for range in [moments.goldRange, moments.predictedRange] {
            optional(range) { encoder, range in
                encoder.number(range.lowerBound)
                encoder.number(range.upperBound)
            }
        }
    }
}

extension CanonicalDecoder {
    fileprivate mutating func moments() throws(OutcomeError) -> Moments {
        Moments(
            count: try integer(), goldMean: try double(), predictedMean: try double(),
            goldSquares: try double(), predictedSquares: try double(), products: try double(),
            goldRange: try optional { d throws(OutcomeError) in try d.range() },
            predictedRange: try optional { d throws(OutcomeError) in try d.range() })
    }

    private mutating func range() throws(OutcomeError) -> ClosedRange<Double> {
        let start = offset
        let (low, high) = (try double(), try double())
        guard low <= high else {
            throw .malformed("a range from \(low) to \(high) is none", offset: start)
        }
        return low...high
    }
}
