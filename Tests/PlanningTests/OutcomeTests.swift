import Corpora
import Kernels
import Testing

@testable import Planning

@Suite("Outcomes") struct OutcomeTests {
    /// A plan of four recordings, and what its first trial could have found.
    private func planned() throws -> (plan: Plan, trial: Trial, outcome: Outcome) {
        let recordings = (0..<6).map {
            recording("\($0)", "DE", frames: 3 + $0, ["dyad": "\($0 / 2)"])
        }
        let plan = try Plan(
            sweep: sweep(.withinCulture(folds: 3, group: nil)), corpora: [corpus(recordings)])
        let trial = plan.trials[0]
        let tested = plan.splits[trial.split].test.map { plan.recordings[$0].recording }
        return (plan, trial, outcome(trial.key, tested))
    }

    private func outcome(_ key: TrialKey, _ tested: [Recording]) -> Outcome {
        Outcome(
            key: key, targets: ["arousal", "valence"],
            epochs: [
                Outcome.Epoch(loss: 0.75, validation: [0.25, nil]),
                Outcome.Epoch(loss: 0.5, validation: [nil, -0.125]),
            ],
            bestEpoch: 2,
            recordings: tested.map { recording in
                let values = (0..<recording.frames * 2).map { Float($0) / 8 }
                return Outcome.Prediction(
                    gold: recording.digests["targets"] ?? digest("none"), frames: recording.frames,
                    values: values,
                    moments: (0..<2).map { target in
                        let predicted = (0..<recording.frames).map {
                            Double(values[2 * $0 + target])
                        }
                        return Moments(gold: predicted.map { 1 - $0 }, predicted: predicted)
                    })
            })
    }

    @Test("The bytes read back as the same outcome")
    func roundTrip() throws {
        let outcome = try planned().outcome
        let bytes = outcome.encoded()
        #expect(try Outcome(decoding: bytes) == outcome)
        #expect(outcome.digest == Digest(of: bytes))
        let empty = Outcome(
            key: outcome.key, targets: [], epochs: [], bestEpoch: 0, recordings: [])
        #expect(try Outcome(decoding: empty.encoded()) == empty)
        #expect(empty.encoded().count == 8 + 8 + 32 + 8 + 8 + 8 + 8)
        var odd = outcome
        odd.targets = ["é→\u{0}", ""]
        odd.recordings[0].values[1] = .nan
        odd.epochs[0].loss = -.infinity
        odd.recordings[0].moments[0] = Moments()
        #expect(try Outcome(decoding: odd.encoded()).encoded() == odd.encoded())
    }

    @Test("The layout is what it was: a store that was written once can be read for ever")
    func layout() throws {
        let one = recording("x", "DE", frames: 1)
        let bytes = outcome(TrialKey(digest: digest("key")), [one]).encoded()
        #expect(bytes.starts(with: Array("CONCORDO".utf8) + [1, 0, 0, 0, 0, 0, 0, 0]))
        #expect(Array(bytes[16..<48]) == digest("key").bytes)
        #expect(bytes[48..<64].elementsEqual([2, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]))
        #expect(
            Digest(of: bytes).description
                == "7fad61824745fe900d1955479c1f7306af7fabe65e6336c853905cdc6f7d3738")
    }

    /// The outcome with choices of every kind.
    private func choosing(_ outcome: Outcome) -> Outcome {
        var choosing = outcome
        choosing.choices = [
            .init(
                sources: [.init(epoch: 1, share: 0.25), .init(epoch: 2, share: 0.75)],
                lagSeconds: 2.5,
                postProcessing: [
                    .median(frames: 9), .centre(shift: -0.5), .scale(mean: 0.125, factor: 3),
                ]),
            .init(sources: [.init(epoch: 2, share: 1)], lagSeconds: 0),
        ]
        return choosing
    }

    @Test("Choices stand in the second layout, which reads back, cut anywhere or not")
    func choices() throws {
        let (plan, trial, plain) = try planned()
        let outcome = choosing(plain)
        try outcome.check(against: plan, trial: trial)
        let bytes = outcome.encoded()
        #expect(bytes[8] == 2 && plain.encoded()[8] == 1)
        #expect(try Outcome(decoding: bytes) == outcome)
        for count in bytes.indices {
            #expect(throws: OutcomeError.self) { try Outcome(decoding: Array(bytes[..<count])) }
        }
        // Without a choice it is written in the first layout, and read in no other.
        var empty = plain.encoded()
        empty[8] = 2
        // Two targets, two epochs with a score and a gap each, the best epoch.
        let place = 48 + 8 + 2 * 15 + 8 + 2 * 26 + 8
        empty.insert(contentsOf: [UInt8](repeating: 0, count: 8), at: place)
        #expect(throws: OutcomeError.malformed("it chose for no target", offset: place)) {
            try Outcome(decoding: empty)
        }
    }

    @Test("Bytes that are cut anywhere, or go on, are refused")
    func cut() throws {
        let bytes = try planned().outcome.encoded()
        for count in bytes.indices {
            #expect(throws: OutcomeError.self) { try Outcome(decoding: Array(bytes[..<count])) }
        }
        #expect(throws: OutcomeError.trailing(bytes: 1)) { try Outcome(decoding: bytes + [0]) }
        #expect(throws: OutcomeError.truncated(bytes: bytes.count - 1)) {
            try Outcome(decoding: bytes.dropLast())
        }
        #expect(throws: OutcomeError.notAnOutcome) { try Outcome(decoding: []) }
        #expect(throws: OutcomeError.notAnOutcome) { try Outcome(decoding: [0] + bytes) }
        var later = bytes
        later[8] = 4
        #expect(throws: OutcomeError.unknownVersion(4)) { try Outcome(decoding: later) }
    }

    @Test("No bytes at all make it trap, and whatever it reads it would write the same way")
    func fuzz() throws {
        let plain = try planned().outcome
        let good = plain.encoded()
        let chose = choosing(plain).encoded()
        var random = stream(1)
        var read = 0
        for round in 0..<20_000 {
            var bytes = round % 2 == 0 ? good : chose
            for _ in 0...random.below(3) {
                let place = random.below(bytes.count)
                bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(random.below(256))][random.below(6)]
            }
            if random.below(4) == 0 { bytes.removeLast(random.below(bytes.count)) }
            guard let outcome = try? Outcome(decoding: bytes) else { continue }
            read += 1
            #expect(outcome.encoded() == bytes)
        }
        #expect(read > 1000)
        for _ in 0..<2000 {
            let noise = (0..<random.below(200)).map { _ in UInt8(random.below(256)) }
            #expect((try? Outcome(decoding: Array(good.prefix(16)) + noise)) == nil)
        }
    }

    @Test("A count that the bytes cannot hold is refused before anything is allocated")
    func counts() throws {
        let good = try planned().outcome.encoded()
        for count: UInt64 in [3, 1 << 20, 1 << 40, 1 << 62, 1 << 63, .max] {
            var bytes = good
            withUnsafeBytes(of: count.littleEndian) { bytes.replaceSubrange(48..<56, with: $0) }
            #expect(throws: OutcomeError.self) { try Outcome(decoding: bytes) }
        }
    }

    @Test("Flags, texts and ranges are checked")
    func malformed() throws {
        let good = try planned().outcome.encoded()
        func expectMalformed(_ place: Int, _ byte: UInt8, _ words: String) {
            var bytes = good
            bytes[place] = byte
            do {
                _ = try Outcome(decoding: bytes)
                Issue.record("\(words) was read")
            } catch {
                #expect(error.description.contains(words), "\(error)")
            }
        }
        expectMalformed(64, 0xFF, "a text is not UTF-8, at byte 56")
        // Two targets of 7 letters, then the count of epochs, loss, count of scores, a flag.
        expectMalformed(56 + 2 * 15 + 8 + 8 + 8, 2, "a flag is 2, at byte 110")
        // The end of the last range of the last moments: its lower bound made huge.
        expectMalformed(good.count - 9, 0x7F, "a range from")
    }

    @Test("An outcome of its trial passes the check")
    func passes() throws {
        let (plan, trial, outcome) = try planned()
        try outcome.check(against: plan, trial: trial)
        try Outcome(decoding: outcome.encoded()).check(against: plan, trial: trial)
    }

    @Test("An outcome that does not fit its trial is refused, saying why")
    func unfit() throws {
        let (plan, trial, good) = try planned()
        for (words, change) in unfitChanges {
            var outcome = good
            change(&outcome)
            do {
                try outcome.check(against: plan, trial: trial)
                Issue.record("\(words): passed")
            } catch {
                #expect(error.description.contains(words), "\(error)")
                #expect(error.description.contains(trial.key.description.prefix(8)))
            }
        }
    }
}

/// What makes an outcome unfit, and words of the sentence that says so.
private let unfitChanges: [(String, @Sendable (inout Outcome) -> Void)] = [
    ("it has the key", { $0.key = TrialKey(digest: digest("other")) }),
    ("its targets are", { $0.targets.reverse() }),
    ("it has 0 epochs, not 1 to 100", { $0.epochs = [] }),
    ("it has 202 epochs", { $0.epochs = Array(repeating: $0.epochs[0], count: 202) }),
    ("its best epoch is 0 of 2", { $0.bestEpoch = 0 }),
    ("its best epoch is 3 of 2", { $0.bestEpoch = 3 }),
    ("the loss of epoch 2 is nan", { $0.epochs[1].loss = .nan }),
    ("epoch 1 has 1 validation scores", { $0.epochs[0].validation = [nil] }),
    ("a validation score of epoch 1", { $0.epochs[0].validation[0] = .infinity }),
    (
        "it chose for 1 targets",
        { $0.choices = [.init(sources: [.init(epoch: 1, share: 1)], lagSeconds: 0)] }
    ),
    (
        "what it chose for arousal cannot be",
        { $0.choices = $0.targets.map { _ in .init(sources: [], lagSeconds: 0) } }
    ),
    (
        "what it chose for valence cannot be",
        { outcome in
            outcome.choices = outcome.targets.indices.map {
                .init(sources: [.init(epoch: 1 + 2 * $0, share: 1)], lagSeconds: 0)
            }
        }
    ),
    (
        "what it chose for arousal cannot be",
        { outcome in
            outcome.choices = outcome.targets.map { _ in
                .init(
                    sources: [.init(epoch: 1, share: 1)], lagSeconds: 0,
                    postProcessing: [.median(frames: 4)])
            }
        }
    ),
    ("it predicts 1 recordings, not 2", { $0.recordings.removeLast() }),
    ("it predicts 3 recordings, not 2", { $0.recordings.append($0.recordings[0]) }),
    ("is expected here, but gold traces", { $0.recordings.reverse() }),
    ("frames, of which 9 were predicted", { $0.recordings[0].frames = 9 }),
    ("predicted values, not", { $0.recordings[1].values.removeLast() }),
    ("is predicted as nan in frame 1", { $0.recordings[0].values[3] = .nan }),
    ("is predicted as -inf in frame 0", { $0.recordings[0].values[0] = -.infinity }),
    ("has moments of 1 targets, not 2", { $0.recordings[0].moments.removeLast() }),
    (
        "has moments of 2 frames",
        {
            $0.recordings[0].moments[1] = Moments(gold: [0, 1], predicted: [0, 1])
        }
    ),
    (
        "has moments of target 2 that no traces have",
        { outcome in
            let frames = outcome.recordings[0].frames
            outcome.recordings[0].moments[1] = Moments(
                count: frames, goldMean: 0, predictedMean: 0, goldSquares: -1,
                predictedSquares: 0, products: 0, goldRange: 0...1, predictedRange: 0...1)
        }
    ),
    (
        "has moments of target 1 that no traces have",
        { outcome in
            let frames = outcome.recordings[0].frames
            outcome.recordings[0].moments[0] = Moments(
                count: frames, goldMean: 0, predictedMean: 0, goldSquares: 1,
                predictedSquares: 0, products: 0, goldRange: 0...1, predictedRange: nil)
        }
    ),
    (
        "has moments of target 1 that no traces have",
        { outcome in
            let frames = outcome.recordings[0].frames
            outcome.recordings[0].moments[0] = Moments(
                count: frames, goldMean: .nan, predictedMean: 0, goldSquares: 1,
                predictedSquares: 0, products: 0, goldRange: 0...1, predictedRange: 0...1)
        }
    ),
]
