import Corpora
import Kernels
import Networks
import Testing

@testable import Planning

@Suite("Attention in outcomes") struct OutcomeAttentionTests {
    /// A plan of six recordings, and what its first trial found: predictions, and where a network
    /// of 40 gated features, two modalities and two decoders looked.
    private func planned() throws -> (plan: Plan, trial: Trial, outcome: Outcome) {
        let recordings = (0..<6).map {
            recording("\($0)", "DE", frames: 3 + $0, ["dyad": "\($0 / 2)"])
        }
        let plan = try Plan(
            sweep: sweep(.withinCulture(folds: 3, group: nil)), corpora: [corpus(recordings)])
        let trial = plan.trials[0]
        let tested = plan.splits[trial.split].test.map { plan.recordings[$0].recording }
        let outcome = Outcome(
            key: trial.key, targets: ["arousal", "valence"],
            epochs: [Outcome.Epoch(loss: 0.5, validation: [0.5, nil])], bestEpoch: 1,
            choices: (0..<2).map { _ in
                .init(sources: [.init(epoch: 1, share: 1)], lagSeconds: 0)
            },
            recordings: tested.map { recording in
                Outcome.Prediction(
                    gold: recording.digests["targets"] ?? digest("none"), frames: recording.frames,
                    values: Array(repeating: 0.5, count: 2 * recording.frames),
                    moments: (0..<2).map { _ in
                        let trace = (0..<recording.frames).map(Double.init)
                        return Moments(gold: trace, predicted: trace)
                    })
            },
            attention: [
                .init(
                    epoch: 1, featureSets: 0..<2,
                    recordings: tested.map { recording in
                        let steps = 2 * recording.frames
                        return Attended(
                            features: Array(repeating: 0.025, count: 40),
                            modalities: [0.25, 0.75],
                            lags: (0..<steps).map { Float($0) - 2 },
                            spreads: (0..<steps).map { Float($0) / 2 })
                    })
            ])
        return (plan, trial, outcome)
    }

    @Test("Attention stands in the third layout, which reads back, cut anywhere or not")
    func layout() throws {
        let (plan, trial, outcome) = try planned()
        try outcome.check(against: plan, trial: trial)
        let bytes = outcome.encoded()
        #expect(bytes[8] == 3)
        #expect(try Outcome(decoding: bytes) == outcome)
        for count in bytes.indices {
            #expect(throws: OutcomeError.self) { try Outcome(decoding: Array(bytes[..<count])) }
        }
        #expect(throws: OutcomeError.trailing(bytes: 1)) { try Outcome(decoding: bytes + [0]) }
        // Without attention it is the second layout, byte for byte.
        var plain = outcome
        plain.attention = []
        let short = plain.encoded()
        #expect(short[8] == 2 && Array(bytes[9..<short.count]) == Array(short[9...]))
        try plain.check(against: plan, trial: trial)
        // The third layout has some, or it would be the second.
        var empty = short + [UInt8](repeating: 0, count: 8)
        empty[8] = 3
        #expect(
            throws: OutcomeError.malformed("no network attended to anything", offset: short.count)
        ) { try Outcome(decoding: empty) }
        // Choices may be missing from it.
        plain.choices = []
        plain.attention = outcome.attention
        #expect(try Outcome(decoding: plain.encoded()) == plain)
    }

    @Test("What no network of the trial can have attended to is refused")
    func refusals() throws {
        let (plan, trial, outcome) = try planned()
        let changes: [(String, (inout Outcome.Attention) -> Void)] = [
            ("predicted nothing", { $0.epoch = 2 }),
            ("inputs", { $0.featureSets = 0..<3 }),
            ("inputs", { $0.featureSets = 4..<5 }),
            ("recordings", { $0.recordings.removeLast() }),
            ("cannot be", { $0.featureSets = 0..<1 }),
            ("cannot be", { $0.recordings[0].features.removeLast() }),
            ("cannot be", { $0.recordings[0].features[3] = -0.1 }),
            ("cannot be", { $0.recordings[0].features[3] = .nan }),
            ("cannot be", { $0.recordings[0].modalities[1] = 1.1 }),
            ("cannot be", { $0.recordings[0].modalities.append(0) }),
            ("cannot be", { $0.recordings[1].lags.removeLast() }),
            ("cannot be", { $0.recordings[1].lags[0] = .infinity }),
            ("cannot be", { $0.recordings[1].spreads[0] = -1 }),
            ("cannot be", { $0.recordings[1].spreads.removeAll() }),
        ]
        for (index, (words, change)) in changes.enumerated() {
            var changed = outcome
            change(&changed.attention[0])
            do {
                try changed.check(against: plan, trial: trial)
                Issue.record("change \(index) was taken")
            } catch {
                #expect("\(error)".contains(words), "change \(index): \(error)")
            }
        }
        // Any of the three may be missing.
        var few = outcome
        few.attention[0].recordings = few.attention[0].recordings.map {
            Attended(lags: $0.lags, spreads: $0.spreads)
        }
        try few.check(against: plan, trial: trial)
    }

    @Test("No bytes make it trap, and whatever it reads it would write the same way")
    func fuzz() throws {
        let good = try planned().outcome.encoded()
        var random = stream(3)
        var read = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...random.below(3) {
                // Mostly in the last part, where the attention stands.
                let place =
                    random.below(3) > 0
                    ? bytes.count - 1 - random.below(bytes.count / 2) : random.below(bytes.count)
                bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(random.below(256))][random.below(6)]
            }
            if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
            guard let outcome = try? Outcome(decoding: bytes) else { continue }
            read += 1
            #expect(outcome.encoded() == bytes)
        }
        #expect(read > 1000)
    }

    @Test("Gates weigh columns of feature sets, or values of a projection")
    func columns() throws {
        let plan = try planned().plan
        let plain = plan.cells[0].gatedModalities(in: plan.corpora[0])
        #expect(plain.map(\.name) == ["audio", "video"])
        #expect(plain.map(\.columns.count) == [23, 17])
        #expect(plain[1].columns[16] == .init(input: "faus", index: 16))
        let projected = sweep(.withinCulture(folds: 3, group: nil)) {
            $0.models = [recipe { $0.projection = ProjectionRecipe(width: 4, above: 20) }]
        }
        let other = try Plan(sweep: projected, corpora: plan.corpora)
        let modalities = other.cells[0].gatedModalities(in: other.corpora[0])
        #expect(modalities.map(\.columns.count) == [4, 17])
        #expect(modalities[0].columns[3] == .init(input: nil, index: 3))
        let choice = FeatureChoice(
            name: "x",
            modalities: [
                .init(name: "a", featureSets: ["1", "2"]), .init(name: "b", featureSets: ["3"]),
            ])
        #expect(choice.modalities(of: 0..<3) == 0..<2 && choice.modalities(of: 2..<3) == 1..<2)
        #expect(choice.modalities(of: 0..<1) == nil && choice.modalities(of: 1..<3) == nil)
        #expect(choice.modalities(of: 1..<1) == nil && choice.modalities(of: 2..<4) == nil)
    }
}
