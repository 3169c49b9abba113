import Corpora
import Kernels
import Networks
import Planning

/// Layout, numbers little-endian: `CONCORDM`, version (8), the trial's key (32), targets, hop,
/// features, in version 2 what is derived of them, network, projection, edges of the lag, members,
/// outputs, SHA-256 of all bytes before (32).
extension Model {
    private static let magic = Array("CONCORDM".utf8)
    /// Of models without derived features, and with.
    private static let versions = (plain: 1, derived: 2)

    /// The bytes that ``init(decoding:)`` reads back.
    public func encoded() throws -> [UInt8] {
        var encoder = CanonicalEncoder()
        encoder.raw(Model.magic)
        let isPlain = inputs.derivers.allSatisfy { $0 == nil }
        encoder.integer(isPlain ? Model.versions.plain : Model.versions.derived)
        encoder.digest(key.digest)
        encoder.list(targets) { $0.string($1) }
        encoder.number(hopSeconds)
        encoder.string(features.name)
        encoder.list(features.modalities) { encoder, modality in
            encoder.string(modality.name)
            encoder.list(modality.inputs) { $0.string($1.featureSet) }
        }
        if !isPlain {
            encoder.list(Array(zip(features.inputs, inputs.derivers))) { encoder, input in
                encoder.optional(input.0.derivation) { $0.derivation($1) }
                encoder.optional(input.1) { $0.deriver($1) }
            }
        }
        encoder.list(widths) { $0.integer($1) }
        encoder.string(try network.text())
        encoder.optional(projection) { encoder, projection in
            encoder.integer(projection.width)
            encoder.integer(projection.above)
        }
        encoder.string(lagEdges.rawValue)
        encoder.list(predictor.members) { $0.member($1) }
        encoder.list(predictor.outputs) { encoder, output in
            encoder.choice(
                Outcome.Choice(
                    sources: output.sources.map { .init(epoch: $0.member, share: $0.share) },
                    lagSeconds: 0, postProcessing: output.steps))
        }
        encoder.digest(Digest(of: encoder.bytes))
        return encoder.bytes
    }

    /// The model that these bytes are. Any bytes at all are safe to give.
    ///
    /// - Throws: ``ModelError``.
    public init(decoding bytes: [UInt8]) throws(ModelError) {
        guard bytes.starts(with: Model.magic) else { throw .notAModel }
        guard bytes.count >= Model.magic.count + 8 + 64 else { throw .damaged }
        var decoder = CanonicalDecoder(Array(bytes.dropLast(32)))
        do {
            _ = try decoder.raw(Model.magic.count)
            let version = try decoder.integer()
            guard [Model.versions.plain, Model.versions.derived].contains(version) else {
                throw ModelError.unknownVersion(version)
            }
            guard Digest(of: bytes.dropLast(32)).bytes.elementsEqual(bytes.suffix(32)) else {
                throw ModelError.damaged
            }
            try self.init(&decoder, hasDerived: version == Model.versions.derived)
        } catch let error as ModelError {
            throw error
        } catch {
            throw .malformed("they do not end where they should")
        }
    }

    private init(_ decoder: inout CanonicalDecoder, hasDerived: Bool) throws {
        key = TrialKey(digest: try decoder.digest())
        targets = try decoder.list(itemBytes: 8) { d throws(OutcomeError) in try d.string() }
        hopSeconds = try decoder.double()
        let plain = FeatureChoice(
            name: try decoder.string(),
            modalities: try decoder.list(itemBytes: 16) { d throws(OutcomeError) in
                FeatureChoice.Modality(
                    name: try d.string(),
                    featureSets: try d.list(itemBytes: 8) { d throws(OutcomeError) in
                        try d.string()
                    })
            })
        inputs = try TrialInputs(plain, &decoder, hasDerived: hasDerived)
        widths = try decoder.list(itemBytes: 8) { d throws(OutcomeError) in try d.integer() }
        let text = try decoder.string()
        guard let network = NetworkRecipe(text: text) else {
            throw ModelError.unknownNetwork(text)
        }
        self.network = network
        let projection = try decoder.optional { d throws(OutcomeError) in
            ProjectionRecipe(width: try d.integer(), above: try d.integer())
        }
        guard projection.map({ $0.width > 0 }) ?? true else {
            throw ModelError.malformed("it projects to no value")
        }
        self.projection = projection
        let edges = try decoder.string()
        guard let edges = TrainingRecipe.LagEdges(rawValue: edges), hopSeconds > 0,
            hopSeconds.isFinite,
            widths.count == inputs.features.featureSets.count, widths.allSatisfy({ $0 > 0 }),
            inputs.fit(widths, hopSeconds: hopSeconds)
        else { throw ModelError.malformed("lag, hop or feature sets cannot be") }
        lagEdges = edges
        let stored = try decoder.list(itemBytes: 64) { d throws(OutcomeError) in
            try d.member()
        }
        let choices = try decoder.list(itemBytes: 24) { d throws(OutcomeError) in
            try d.choice()
        }
        try decoder.end()
        var members: [Predictor.Member] = []
        let shape = ModelShape(
            features: inputs.features.flattened, widths: inputs.widths(of: widths),
            projection: projection, hopSeconds: hopSeconds, lagEdges: lagEdges)
        for member in stored { members.append(try member.member(of: network, in: shape)) }
        predictor = Predictor(
            members: members,
            outputs: choices.map { choice in
                .init(
                    sources: choice.sources.map { .init(member: $0.epoch, share: $0.share) },
                    steps: choice.postProcessing)
            })
        try checkOutputs()
    }

    /// Refuses outputs that no member makes.
    private func checkOutputs() throws(ModelError) {
        guard predictor.outputs.count == targets.count else {
            throw .malformed("it has \(predictor.outputs.count) outputs")
        }
        for (target, output) in predictor.outputs.enumerated() {
            let isMade = output.sources.allSatisfy { source in
                predictor.members.indices.contains(source.member)
                    && predictor.members[source.member].targets.contains(target)
            }
            guard isMade, !output.sources.isEmpty else {
                throw .malformed("no network predicts \(targets[target])")
            }
        }
    }
}
