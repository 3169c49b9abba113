import Kernels
import Networks
import Planning
import Testing

@testable import Training

@Suite("Late fusion")
struct LateFusionTests {
    /// `count` values of each of `series` independent series.
    private func series(_ series: Int, _ count: Int, seed: Int) -> [[Double]] {
        var random = RandomStream(state: (UInt64(seed), 19, 23, 29))
        return (0..<series).map { _ in (0..<count).map { _ in random.normal() } }
    }

    private func sum(_ shares: [Double], _ series: [[Double]]) -> [Double] {
        series[0].indices.map { i in zip(shares, series).reduce(0) { $0 + $1.0 * $1.1[i] } }
    }

    @Test("A sum of shares on the grid is found again, also at its edges")
    func recovers() {
        for shares in [[0.3, 0.7], [1, 0], [0, 1], [0.2, 0.5, 0.3], [0, 0.05, 0.95], [1]] {
            let predicted = series(shares.count, 300, seed: shares.count)
            let found = FusionWeights(gold: sum(shares, predicted), predicted: predicted)
            #expect(found.shares == shares)
        }
    }

    @Test("No shares on the grid are better, and none sum to another number than 1")
    func best() {
        for seed in 0..<10 {
            let predicted = series(3, 60, seed: seed).map { $0.map { $0 + 0.2 } }
            let noise = series(1, 60, seed: 100 + seed)[0]
            let gold = zip(sum([0.5, 0.4, -0.3], predicted), noise).map { $0 + 0.5 * $1 }
            let found = FusionWeights(gold: gold, predicted: predicted).shares
            #expect(abs(found.reduce(0, +) - 1) < 1e-12 && found.allSatisfy { $0 >= 0 })
            func score(_ shares: [Double]) -> Double {
                Moments(gold: gold, predicted: sum(shares, predicted)).concordance!
            }
            let best = score(found)
            for a in 0...20 {
                for b in 0...20 - a {
                    let other = score([a, b, 20 - a - b].map { Double($0) / 20 })
                    #expect(other <= best + 1e-12)
                }
            }
        }
    }

    @Test("Equal shares stand where nothing is better or defined")
    func equal() {
        let flat = [Double](repeating: 1, count: 5)
        #expect(FusionWeights(gold: flat, predicted: [flat, flat]).shares == [0.5, 0.5])
        #expect(FusionWeights(gold: [], predicted: [[], []]).shares == [0.5, 0.5])
        let one = series(1, 20, seed: 1)[0]
        #expect(
            FusionWeights(gold: flat + flat + flat + flat, predicted: [one, one]).shares
                == [0.5, 0.5])
    }

    private static let network = NetworkRecipe.eaf(hidden: 4, layers: 1, gate: .none)

    private func outcome(
        _ data: TrialData, features: FeatureChoice = Synthetic.features, key: TrialKey = key(),
        isLateFused: Bool = true
    ) throws -> Outcome {
        let recipe = Recipe(
            name: "late", network: LateFusionTests.network,
            training: quickRecipe {
                ($0.epochs, $0.patience, $0.learningRate, $0.inputDropout) = (9, 3, 0.05, 0.1)
            }, isLateFused: isLateFused)
        if isLateFused {
            let fusion = try TrialTraining(
                key: key, recipe: recipe, features: features, targets: Synthetic.targets,
                hopSeconds: 0.1, data: data)
            var last = 0
            return try fusion.run { done, epochs in
                #expect(
                    epochs == recipe.epochsMax(of: features, targets: 2) && (last...epochs) ~= done)
                last = done
            }
        }
        var trainer = try Trainer(
            key: key, recipe: recipe, features: features, targets: Synthetic.targets,
            hopSeconds: 0.1, data: data)
        return try trainer.run { _, _ in }
    }

    /// The data of one feature set alone.
    private func only(_ set: Int, _ data: TrialData) -> TrialData {
        func one(_ recordings: [RecordingData]) -> [RecordingData] {
            recordings.map { recording in
                var copy = recording
                (copy.features, copy.masks) = ([recording.features[set]], [recording.masks[set]])
                return copy
            }
        }
        return TrialData(
            train: one(data.train), validation: one(data.validation), test: one(data.test))
    }

    @Test("It is the best weighted sum of networks that saw one modality each")
    func parts() throws {
        let data = Synthetic(masked: true).data
        let fused = try outcome(data)
        let parts = try (0..<2).map { index in
            try outcome(
                only(index, data),
                features: FeatureChoice(
                    name: "one", modalities: [Synthetic.features.modalities[index]]),
                key: key().part("modality \(index)"), isLateFused: false)
        }
        let curves = parts.flatMap(\.epochs)
        #expect(Array(fused.epochs.dropLast()) == curves)
        #expect(fused.bestEpoch == fused.epochs.count && fused.bestEpoch <= 19)
        let chosen = parts.map { $0.epochs[$0.bestEpoch - 1] }
        #expect(fused.epochs.last?.loss == (chosen[0].loss + chosen[1].loss) / 2)
        for target in 0..<2 {
            let score = try #require(fused.epochs.last?.validation[target])
            for part in chosen { #expect(score >= part.validation[target]! - 1e-6) }
            // One pair of shares explains all predictions.
            let values = (0..<48).map { t in
                (
                    fused.recordings[0].values[2 * t + target],
                    parts.map { $0.recordings[0].values[2 * t + target] }
                )
            }
            #expect(
                (0...20).contains { count in
                    values.allSatisfy { sum, parts in
                        let share = Double(count) / 20
                        let expected = share * Double(parts[0]) + (1 - share) * Double(parts[1])
                        return abs(expected - Double(sum)) < 1e-6
                    }
                })
        }
    }

    @Test("With one modality it is that modality's network")
    func single() throws {
        let data = only(1, Synthetic().data)
        let features = FeatureChoice(
            name: "one", modalities: [Synthetic.features.modalities[1]])
        let fused = try outcome(data, features: features)
        let alone = try outcome(
            data, features: features, key: key().part("modality 0"), isLateFused: false)
        #expect(fused.recordings == alone.recordings)
        #expect(fused.epochs.last == alone.epochs[alone.bestEpoch - 1])
    }

    @Test("It beats each modality alone where both carry a part")
    func gains() throws {
        var synthetic = Synthetic(seed: 3)
        synthetic.frames = synthetic.frames.map { 4 * $0 }
        let found = try outcome(synthetic.data)
        let scores = found.epochs.dropLast().map { $0.validation[1]! }
        #expect(found.epochs.last!.validation[1]! > scores.max()!)
    }

    @Test("Twice the same bytes; another key, other networks")
    func deterministic() throws {
        let data = Synthetic().data
        let first = try outcome(data)
        _ = try outcome(Synthetic(seed: 8).data)
        #expect(try outcome(data) == first)
        #expect(try outcome(data, key: key("other")).recordings != first.recordings)
    }

    @Test("Data that do not fit are refused before any network is made")
    func refusals() throws {
        var data = Synthetic().data
        data.test[0].features.removeLast()
        #expect {
            try outcome(data)
        } throws: { error in
            "\(error)".contains("test recording 0") && "\(error)".contains("1 feature sets; 2")
        }
    }
}
