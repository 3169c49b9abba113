import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("What an outcome says of attention") struct AttendedTests {
    private func outcome(
        _ network: NetworkRecipe, lateFused: Bool = false, projection: ProjectionRecipe? = nil,
        change: (inout TrainingRecipe) -> Void = { _ in }
    ) throws -> Outcome {
        try TrialTraining(
            key: key(),
            recipe: Recipe(
                name: "attending", network: network,
                training: quickRecipe {
                    ($0.epochs, $0.lagSeconds) = (3, 0.2)
                    change(&$0)
                }, isLateFused: lateFused, projection: projection),
            features: Synthetic.features, targets: Synthetic.targets, hopSeconds: 0.1,
            data: Synthetic(masked: true).data
        ).run { _, _ in }
    }

    private static let gated = NetworkRecipe.eaf(
        hidden: 4, layers: 1, gate: .feature(scaled: true))

    @Test("Gates weigh the features of each modality, and add up to 1")
    func gates() throws {
        let outcome = try outcome(Self.gated)
        #expect(outcome.attention.count == 1 && outcome.encoded()[8] == 3)
        let network = outcome.attention[0]
        #expect(network.epoch == outcome.bestEpoch && network.featureSets == 0..<2)
        let attended = try #require(network.recordings.first)
        #expect(network.recordings.count == 1 && attended.features.count == 5)
        #expect(abs(attended.features[..<3].reduce(0, +) - 1) < 1e-5)
        #expect(abs(attended.features[3...].reduce(0, +) - 1) < 1e-5)
        #expect(Set(attended.features).count == 5)
        #expect(attended.modalities.isEmpty && attended.lags.isEmpty && attended.spreads.isEmpty)
        #expect(try Outcome(decoding: outcome.encoded()) == outcome)
    }

    @Test("A decoder has a lag and a spread in every frame, within its window")
    func decoders() throws {
        let outcome = try outcome(.aed(hidden: 3, attention: 4, feed: .encoder, window: 6))
        let attended = try #require(outcome.attention.first?.recordings.first)
        let frames = outcome.recordings[0].frames
        #expect(attended.lags.count == frames && attended.spreads.count == frames)
        #expect(attended.lags.allSatisfy { abs($0) <= 6 })
        #expect(attended.spreads.allSatisfy { (0...6).contains($0) })
        #expect(attended.features.isEmpty && attended.modalities.isEmpty)
        let fused = try self.outcome(
            .emafn(
                hidden: 3, attention: 2, fusion: .model, feed: .encoder, window: 6,
                gateScaled: true))
        let all = try #require(fused.attention.first?.recordings.first)
        #expect(all.features.count == 5 && all.modalities.count == 2)
        #expect(all.lags.count == 2 * frames && all.spreads.count == 2 * frames)
    }

    @Test("Each network of late fusion, and each best epoch of a target, says it of itself")
    func severalNetworks() throws {
        let late = try outcome(Self.gated, lateFused: true)
        let used = Set(
            late.choices.flatMap(\.sources).filter { $0.share != 0 }.map(\.epoch))
        #expect(Set(late.attention.map(\.epoch)) == used)
        for network in late.attention {
            #expect([0..<1, 1..<2].contains(network.featureSets))
            let width = network.featureSets == 0..<1 ? 3 : 2
            #expect(network.recordings.allSatisfy { $0.features.count == width })
        }
        let models = try outcome(Self.gated) { $0.targetModels = .perTarget }
        #expect(models.attention.count == 2 && models.attention[0] != models.attention[1])
        let lags = try outcome(Self.gated) { ($0.lags, $0.lagChoice) = ([0, 0.3], .joint) }
        #expect(lags.attention.count == 1)
        #expect(lags.attention[0].epoch == lags.choices[0].sources[0].epoch)
    }

    @Test("Networks without gates and decoders say nothing, and their bytes are the old layout's")
    func nothing() throws {
        for network in [
            NetworkRecipe.baseline(hidden: [3, 2]), .eaf(hidden: 3, layers: 1, gate: .none),
            .tcn(channels: 3, taps: 3, dilations: [1]),
            .linear(.init(method: .ridge(penalties: [1]))),
        ] {
            let outcome = try outcome(network)
            #expect(outcome.attention.isEmpty && outcome.encoded()[8] == 2)
        }
        // Behind a projection the gate weighs its values.
        let projected = try outcome(Self.gated, projection: .init(width: 2, above: 2))
        #expect(projected.attention[0].recordings[0].features.count == 4)
    }
}
