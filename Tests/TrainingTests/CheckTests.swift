import Corpora
import Kernels
import Planning
import Testing

@testable import Training

@Suite("What data are refused")
struct CheckTests {
    private func check(_ change: (inout TrialData) -> Void) -> TrainingError? {
        var data = Synthetic(masked: true).data
        change(&data)
        do throws(TrainingError) {
            try data.check(
                featureSets: Synthetic.features.featureSets, targets: Synthetic.targets)
            return nil
        } catch { return error }
    }

    private func name(_ side: TrialData.Side, _ index: Int) -> TrainingError.RecordingName {
        let data = Synthetic().data
        return .init(side: side, index: index, gold: data[side][index].goldDigest)
    }

    private func zeros(_ rows: Int, _ columns: Int) -> Matrix {
        Matrix(rows: rows, columns: columns, values: .init(repeating: 0, count: rows * columns))
    }

    @Test("Good data pass")
    func good() { #expect(check { _ in } == nil) }

    @Test("An empty side is named")
    func emptySides() {
        #expect(check { $0.train = [] } == .noFrames(.train))
        #expect(check { $0.validation = [] } == .noFrames(.validation))
        #expect(check { $0.test = [] } == .noFrames(.test))
        #expect(
            check { $0.test[0].goldMask = .init(repeating: 0, count: 48) } == .noFrames(.test))
    }

    @Test("Features, masks and gold traces have one number of frames")
    func frames() {
        #expect(
            check { $0.train[2].features[1] = zeros(62, 2) }
                == .frames(name(.train, 2), matrix: "pose", frames: 62, gold: 63))
        #expect(
            check { $0.test[0].masks[1] = [1, 1] }
                == .frames(name(.test, 0), matrix: "pose.mask", frames: 2, gold: 48))
        #expect(
            check { $0.test[0].goldMask = [1] }
                == .frames(name(.test, 0), matrix: "targets.mask", frames: 1, gold: 48))
        #expect(
            check {
                $0.validation[0].gold = zeros(0, 2)
                $0.validation[0].features = [zeros(0, 3), zeros(0, 2)]
            } == .count(name(.validation, 0), what: "frames", count: 0, expected: 1))
    }

    @Test("A feature set has one width in all recordings")
    func widths() {
        #expect(
            check { $0.validation[0].features[0] = zeros(55, 4) }
                == .width(name(.validation, 0), matrix: "mfcc", width: 4, expected: 3))
    }

    @Test("Feature sets, masks and targets are counted")
    func counts() {
        #expect(
            check { $0.train[1].features.removeLast() }
                == .count(name(.train, 1), what: "feature sets", count: 1, expected: 2))
        #expect(
            check { $0.train[1].masks.removeLast() }
                == .count(name(.train, 1), what: "masks", count: 1, expected: 2))
        #expect(
            check { $0.test[0].targetColumns = [0] }
                == .count(name(.test, 0), what: "targets", count: 1, expected: 2))
        #expect(
            check { $0.test[0].targetColumns = [0, 2] }
                == .count(
                    name(.test, 0), what: "columns of gold traces, too few for valence",
                    count: 2, expected: 3))
    }

    @Test("A value that is not finite is found, in features and gold, on every side")
    func notFinite() {
        for (value, at) in [(Float.nan, 0), (.infinity, 31), (-.infinity, 95)] {
            #expect(
                check {
                    $0.test[0].gold = $0.test[0].gold.edited { $0[at] = value }
                }
                    == .notFiniteValue(
                        name(.test, 0), matrix: "targets", frame: at / 2, column: at % 2))
            #expect(
                check {
                    $0.train[3].features[0] = $0.train[3].features[0].edited { $0[at] = value }
                }
                    == .notFiniteValue(
                        name(.train, 3), matrix: "mfcc", frame: at / 3, column: at % 3))
        }
        var long = [Float](repeating: 1, count: 10_000)
        #expect(firstNotFinite(long, long.count) == nil)
        long[9_999] = .nan
        #expect(firstNotFinite(long, long.count) == 9_999)
    }

    @Test("Every error is a sentence that names recording, place and number")
    func sentences() {
        let recording = name(.train, 3)
        let errors = [
            TrainingError.frames(recording, matrix: "pose", frames: 62, gold: 63),
            .width(recording, matrix: "pose", width: 62, expected: 63),
            .count(recording, what: "targets", count: 62, expected: 63),
            .notFiniteValue(recording, matrix: "pose", frame: 62, column: 63),
        ]
        func id(_ gold: Digest) -> String? { gold == recording.gold ? "DE_clip_03" : nil }
        for error in errors {
            let sentence = error.description
            #expect(sentence.hasPrefix("train recording 3 (gold "))
            #expect(sentence.contains("62") && sentence.contains("63"))
            let named = error.description(naming: id)
            #expect(named.hasPrefix("train recording DE_clip_03: ") && named.contains("62"))
        }
        let other = name(.train, 1).gold
        let step = TrainingError.notFinite(
            epoch: 4, step: 17, tensor: "lstm.weight_ih_l0",
            recordings: [recording.gold, other, recording.gold])
        let digests = [recording.gold, other].map { $0.description.prefix(12) }
        #expect(
            step.description == "lstm.weight_ih_l0 is not finite in epoch 4, step 17, on gold "
                + "\(digests[0])…, gold \(digests[1])…. Lower the learning rate or clip the "
                + "gradient.")
        #expect(
            step.description(naming: id).contains(" on DE_clip_03, gold \(digests[1])…. Lower"))
        #expect(TrainingError.noFrames(.train).description.contains("train side"))
    }

    @Test("Settings that no training can follow are refused with their value")
    func settings() {
        func refused(_ change: (inout TrainingRecipe) -> Void) -> String? {
            do throws(TrainingError) { try quickRecipe(change).check() } catch {
                return error.description
            }
            return nil
        }
        #expect(refused { _ in } == nil)
        #expect(refused { $0.chunkFrames = nil } == nil)
        #expect(refused { $0.epochs = 0 }?.contains("epochs is 0") == true)
        #expect(refused { $0.patience = 0 }?.contains("patience is 0") == true)
        #expect(refused { $0.batch = 0 }?.contains("batch is 0") == true)
        #expect(refused { $0.chunkFrames = 0 }?.contains("chunk is 0") == true)
        #expect(refused { $0.hopFrames = 21 }?.contains("hop is 21") == true)
        #expect(refused { $0.hopFrames = 0 }?.contains("hop is 0") == true)
        #expect(refused { $0.lagSeconds = -1 }?.contains("lag-seconds is -1.0") == true)
        #expect(refused { $0.lagSeconds = .nan }?.contains("lag-seconds is nan") == true)
        #expect(refused { $0.learningRate = 0 }?.contains("learning-rate is 0.0") == true)
        #expect(refused { $0.clip = 0 }?.contains("clip is 0.0") == true)
        #expect(refused { $0.inputDropout = 1 }?.contains("input-dropout is 1.0") == true)
    }

    @Test("A lag longer than every recording leaves nothing to train on")
    func lagTooLong() {
        #expect(throws: TrainingError.noFrames(.train)) {
            _ = try linearTrainer(Synthetic().data, quickRecipe { $0.lagSeconds = 6.3 }).key
        }
        #expect(throws: Never.self) {
            _ = try linearTrainer(Synthetic().data, quickRecipe { $0.lagSeconds = 6.2 }).key
        }
    }
}
