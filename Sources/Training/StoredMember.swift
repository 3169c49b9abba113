import Kernels
import Networks
import Planning

/// A network of a model as it is stored: without what follows from the recipe.
struct StoredMember {
    var featureSets: Range<Int>
    var targets: [Int], serves: [Int]
    var epoch: Int
    var lagSeconds: Double
    /// Of each feature set, then of the targets.
    var scalers: [Scaler]
    var weights: [Float]

    /// The member of a model, put together and checked.
    ///
    /// - Throws: ``ModelError/malformed(_:)``.
    func member(of recipe: NetworkRecipe, in model: ModelShape) throws -> Predictor.Member {
        let widths = scalers.dropLast().map(\.means.count)
        guard featureSets.lowerBound >= 0, featureSets.upperBound <= model.widths.count,
            widths == Array(model.widths[featureSets]), let gold = scalers.last,
            gold.means.count == targets.count, !targets.isEmpty,
            lagSeconds >= 0, lagSeconds.isFinite,
            scalers.allSatisfy({ $0.deviations.count == $0.means.count })
        else { throw ModelError.malformed("a network's scalers are not those of its features") }
        var sets = widths[...]
        let modalities = model.modalities(of: featureSets).map { count in
            let width = sets.prefix(count).reduce(0, +)
            sets = sets.dropFirst(count)
            return width
        }
        let network: any Network
        do {
            network = try recipe.makeNetwork(
                widths: modalities, outputs: targets.count, projection: model.projection)
        } catch {
            throw ModelError.malformed("\(error)")
        }
        guard weights.count == network.layout.count else {
            throw ModelError.malformed(
                "\(weights.count) weights where the network has \(network.layout.count)")
        }
        let arena = Arena(count: weights.count)
        _ = arena.values.update(fromContentsOf: weights)
        return Predictor.Member(
            network: network,
            standardiser: Standardiser(
                features: scalers.dropLast(), gold: gold,
                lag: Lag(
                    seconds: lagSeconds, hopSeconds: model.hopSeconds, edges: model.lagEdges)),
            weights: arena, featureSets: featureSets, targets: targets, serves: serves,
            epoch: epoch, lagSeconds: lagSeconds)
    }
}

/// What the members of a model have in common.
struct ModelShape {
    let features: FeatureChoice
    let widths: [Int]
    let projection: ProjectionRecipe?
    let hopSeconds: Double
    let lagEdges: TrainingRecipe.LagEdges

    /// The number of feature sets of each modality that has some among these.
    func modalities(of sets: Range<Int>) -> [Int] {
        var start = 0
        return features.modalities.compactMap { modality in
            let own = start..<start + modality.inputs.count
            start = own.upperBound
            let count = own.clamped(to: sets).count
            return count > 0 ? count : nil
        }
    }
}

extension CanonicalEncoder {
    /// Writes a member of a model: all but what follows from the recipe.
    mutating func member(_ member: Predictor.Member) {
        integer(member.featureSets.lowerBound)
        integer(member.featureSets.upperBound)
        list(member.targets) { $0.integer($1) }
        list(member.serves) { $0.integer($1) }
        integer(member.epoch)
        number(member.lagSeconds)
        list(member.standardiser.features + [member.standardiser.gold]) { encoder, scaler in
            encoder.list(scaler.means) { $0.number($1) }
            encoder.list(scaler.deviations) { $0.number($1) }
        }
        numbers(Array(member.weights.values.prefix(member.network.layout.count)))
    }
}

extension CanonicalDecoder {
    /// A member of a model.
    mutating func member() throws(OutcomeError) -> StoredMember {
        let start = offset
        let (first, end) = (try integer(), try integer())
        guard 0 <= first, first < end else {
            throw .malformed("feature sets from \(first) to \(end)", offset: start)
        }
        return StoredMember(
            featureSets: first..<end,
            targets: try list(itemBytes: 8) { d throws(OutcomeError) in try d.integer() },
            serves: try list(itemBytes: 8) { d throws(OutcomeError) in try d.integer() },
            epoch: try integer(), lagSeconds: try double(),
            scalers: try list(itemBytes: 16) { d throws(OutcomeError) in
                Scaler(
                    means: try d.list(itemBytes: 8) { d throws(OutcomeError) in try d.double() },
                    deviations: try d.list(itemBytes: 8) { d throws(OutcomeError) in
                        try d.double()
                    })
            }, weights: try numbers())
    }
}
