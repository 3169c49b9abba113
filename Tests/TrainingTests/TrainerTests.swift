import Kernels
import Planning
import Testing

@testable import Training

@Suite("Trainer")
struct TrainerTests {
    @Test("Learns a linear relation", arguments: [UInt64(1), 2, 3])
    func learns(seed: UInt64) throws {
        let found = try outcome(Synthetic(seed: seed).data)
        for target in 0..<2 {
            let ccc = try #require(found.recordings[0].moments[target].concordance)
            #expect(ccc > 0.95, "\(Synthetic.targets[target]) \(ccc)")
        }
    }

    @Test("Learns on whole recordings, with dropout and with gaps too")
    func learnsOtherwise() throws {
        let data = Synthetic(masked: true).data
        for recipe in [
            quickRecipe { ($0.chunkFrames, $0.batch, $0.epochs) = (nil, 2, 40) },
            quickRecipe { ($0.inputDropout, $0.epochs) = (0.2, 30) },
        ] {
            let found = try outcome(data, recipe)
            #expect(found.recordings[0].moments.allSatisfy { $0.concordance! > 0.8 })
        }
    }

    @Test("The outcome describes what was predicted")
    func description() throws {
        let data = Synthetic().data
        let found = try outcome(data)
        #expect(found.key == key() && found.targets == Synthetic.targets)
        #expect(found.recordings.map(\.gold) == data.test.map(\.goldDigest))
        #expect(found.recordings.map(\.frames) == [48])
        #expect(found.recordings[0].values.count == 96)
        for (target, column) in data.test[0].targetColumns.enumerated() {
            let moments = Moments(
                gold: (0..<48).map { Double(data.test[0].gold[$0, column]) },
                predicted: (0..<48).map { Double(found.recordings[0].values[2 * $0 + target]) })
            #expect(found.recordings[0].moments[target] == moments)
        }
    }

    @Test("The best epoch has the highest validation score, and its weights predict")
    func bestEpoch() throws {
        for seed in 1..<6 {
            let data = Synthetic(seed: UInt64(seed), noise: 3).data
            let found = try outcome(
                data, quickRecipe { ($0.learningRate, $0.patience, $0.epochs) = (0.1, 4, 40) })
            let scores = found.epochs.map { $0.validation.reduce(0) { $0 + ($1 ?? 0) } / 2 }
            let best = try #require(scores.max())
            #expect(found.bestEpoch == scores.firstIndex(of: best)! + 1)
            #expect(found.epochs.count == min(40, found.bestEpoch + 4))
            // One that had stopped there would have predicted the same.
            let stopped = try outcome(
                data,
                quickRecipe {
                    ($0.learningRate, $0.patience, $0.epochs) = (0.1, 4, found.bestEpoch)
                })
            #expect(stopped.recordings == found.recordings)
            #expect(stopped.epochs == Array(found.epochs.prefix(found.bestEpoch)))
        }
    }

    @Test("Averaged weights are the running average of the steps, and change no step")
    func weightAveraging() throws {
        func recipe(_ decay: Double) -> TrainingRecipe {
            quickRecipe { ($0.batch, $0.patience, $0.weightAveraging) = (1000, 100, decay) }
        }
        let data = Synthetic().data
        var plain = try linearTrainer(data, recipe(0))
        var averaging = try linearTrainer(data, recipe(0.8))
        var expected = Array(plain.weights.values)
        for step in 1...12 {
            try plain.epoch { _, _ in }
            try averaging.epoch { _, _ in }
            #expect(Array(averaging.weights.values) == Array(plain.weights.values))
            let decay = min(0.8, Double(step) / Double(step + 9))
            for (i, weight) in plain.weights.values.enumerated() {
                expected[i] += Float(1 - decay) * (weight - expected[i])
            }
            #expect(Array(averaging.averaged.values) == expected)
        }
        #expect(averaging.epochs.map(\.loss) == plain.epochs.map(\.loss))
        #expect(averaging.epochs.map(\.validation) != plain.epochs.map(\.validation))
    }

    @Test("The same key, recipe and data give the same outcome, whatever ran before")
    func deterministic() throws {
        let recipe = quickRecipe { $0.inputDropout = 0.3 }
        let first = try outcome(Synthetic().data, recipe)
        _ = try outcome(Synthetic(seed: 9).data, quickRecipe { $0.epochs = 3 }, key: key("b"))
        #expect(try outcome(Synthetic().data, recipe) == first)
    }

    @Test("Another key gives other weights, another order and other numbers")
    func keyMatters() throws {
        let a = try outcome(Synthetic().data)
        let b = try outcome(Synthetic().data, key: key("another"))
        #expect(a.recordings != b.recordings && a.epochs != b.epochs)
    }

    @Test("Test recordings influence neither training nor each other's predictions")
    func testSideIsUnseen() throws {
        let data = Synthetic().data
        var more = data
        more.test = [Synthetic(seed: 5).recording(2)] + data.test
        let a = try outcome(data)
        let b = try outcome(more)
        #expect(a.epochs == b.epochs && a.recordings[0] == b.recordings[1])
    }

    @Test("Validation recordings choose the epoch and change nothing else")
    func validationSideOnlyChooses() throws {
        let data = Synthetic().data
        var other = data
        other.validation = [Synthetic(seed: 6).recording(1), Synthetic(seed: 7).recording(2)]
        let a = try outcome(data)
        let b = try outcome(other)
        #expect(a.epochs.map(\.loss) == b.epochs.map(\.loss))
        #expect(a.epochs.map(\.validation) != b.epochs.map(\.validation))
    }

    @Test("What stands in a gap changes nothing")
    func gaps() throws {
        let data = Synthetic(masked: true).data
        func garbage(_ recordings: [RecordingData]) -> [RecordingData] {
            recordings.map { recording in
                var copy = recording
                copy.features[0] = recording.features[0].edited { values in
                    for t in 0..<recording.frames where recording.masks[0]![t] == 0 {
                        for d in 0..<3 { values[3 * t + d] = 1e20 }
                    }
                }
                return copy
            }
        }
        let other = TrialData(
            train: garbage(data.train), validation: garbage(data.validation),
            test: garbage(data.test))
        #expect(try outcome(other) == outcome(data))
        #expect(try outcome(Synthetic().data) != outcome(data), "Masks are read.")
    }

    @Test("Frames that nobody annotated are predicted, but neither learnt nor scored")
    func goldGaps() throws {
        func gaps(_ filler: Float) -> TrialData {
            func punched(_ recordings: [RecordingData]) -> [RecordingData] {
                recordings.map { recording in
                    var copy = recording
                    let mask = (0..<recording.frames).map { UInt8($0 % 5 == 3 ? 0 : 1) }
                    copy.goldMask = mask
                    copy.gold = recording.gold.edited { values in
                        for t in mask.indices where mask[t] == 0 {
                            (values[2 * t], values[2 * t + 1]) = (filler, -filler)
                        }
                    }
                    return copy
                }
            }
            let data = Synthetic().data
            return TrialData(
                train: punched(data.train), validation: punched(data.validation),
                test: punched(data.test))
        }
        let a = try outcome(gaps(0), quickRecipe { $0.lagSeconds = 0.1 })
        #expect(try outcome(gaps(50), quickRecipe { $0.lagSeconds = 0.1 }) == a)
        #expect(a.recordings[0].frames == 48 && a.recordings[0].values.count == 96)
        #expect(a.recordings[0].moments.map(\.count) == [39, 39])
    }

    @Test("A target that is constant on the training side is predicted as that constant")
    func constantTarget() throws {
        var data = Synthetic().data
        data.train = data.train.map { recording in
            var copy = recording
            copy.gold = recording.gold.edited { values in
                for t in 0..<recording.frames { values[2 * t] = 0.375 }
            }
            return copy
        }
        let found = try outcome(data)
        #expect((0..<48).allSatisfy { found.recordings[0].values[2 * $0 + 1] == 0.375 })
        #expect(found.recordings[0].moments[0].concordance! > 0.9)
    }

    @Test("Frames that the lag predicts from nothing hold the edge, or are zero")
    func edges() throws {
        let synthetic = Synthetic(lagFrames: 5)
        for edges in TrainingRecipe.LagEdges.allCases {
            let values = try outcome(
                synthetic.data, quickRecipe { ($0.lagSeconds, $0.lagEdges) = (0.5, edges) }
            ).recordings[0].values
            for t in 0..<5 {
                let expected = edges == .hold ? Array(values[10..<12]) : [0, 0]
                #expect(Array(values[2 * t..<2 * t + 2]) == expected)
            }
            #expect(values[10] != values[12])
        }
    }

    @Test("A not-a-number stops the trial and names epoch, step, tensor and recordings")
    func notANumber() throws {
        let data = Synthetic().data
        let overflows: [(LinearNetwork.Overflow?, String)] = [
            (.outputs, "predictions"), (.biasGradient, "gradient of out.bias"),
            (nil, "out.weight"),
        ]
        for (overflow, name) in overflows {
            do {
                var trainer = try linearTrainer(data, overflow: overflow)
                try trainer.epoch { _, _ in }
                if overflow == nil { trainer.weights.base[3] = .infinity }
                try trainer.epoch { _, _ in }
                Issue.record("It went on.")
            } catch let TrainingError.notFinite(epoch, step, tensor, recordings) {
                #expect(epoch == (overflow == nil ? 2 : 1) && step == 1 && tensor == name)
                #expect((1...4).contains(recordings.count))
                #expect(recordings.allSatisfy { data.train.map(\.goldDigest).contains($0) })
            }
        }
        let explosive = quickRecipe { ($0.learningRate, $0.clip) = (1e38, nil) }
        #expect(throws: TrainingError.self) { try outcome(data, explosive) }
    }

    @Test("Progress is told after every step and epoch, and can end the training")
    func progress() throws {
        let data = Synthetic().data
        var trainer = try linearTrainer(data, quickRecipe { $0.epochs = 3 })
        let steps = (trainer.chunks.count + 3) / 4
        var calls: [Int] = []
        _ = try trainer.run { done, epochs in
            calls.append(done)
            #expect(epochs == 3)
        }
        let expected = (0..<3).flatMap { Array(repeating: $0, count: steps) + [$0 + 1] }
        #expect(calls == expected)
        struct Stop: Error {}
        var stopped = try linearTrainer(data)
        #expect(throws: Stop.self) {
            try stopped.run { done, _ in if done == 2 { throw Stop() } }
        }
    }

    @Test("Steps share chunks evenly, each chunk once an epoch")
    func evenSteps() throws {
        for batch in 1...9 {
            let trainer = try linearTrainer(Synthetic().data, quickRecipe { $0.batch = batch })
            let count = trainer.chunks.count
            let steps = (count + batch - 1) / batch
            let sizes = (0..<steps).map { ($0 + 1) * count / steps - $0 * count / steps }
            #expect(sizes.reduce(0, +) == count)
            #expect(sizes.max()! <= batch && sizes.max()! - sizes.min()! <= 1)
        }
    }
}
