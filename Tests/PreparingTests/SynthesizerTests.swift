import Corpora
import Kernels
import Testing

@testable import Preparing

/// Parameters of a corpus that is quickly made.
func small(_ change: (inout SynthesisParameters) -> Void = { _ in }) -> SynthesisParameters {
    var parameters = SynthesisParameters()
    parameters.dyads = 2
    parameters.framesMin = 30
    parameters.framesMax = 60
    parameters.audioWidth = 4
    parameters.videoWidth = 3
    change(&parameters)
    return parameters
}

@Suite("The embedded corpus")
struct SynthesizerTests {
    @Test("It holds two recordings a dyad, of one length, with ids as in SEWA")
    func layout() throws {
        let made = try Synthesizer(small()).corpus(file: "toy.h5", dataRoot: "data")
        let corpus = made.corpus
        try Manifest.check(corpus, file: "made")
        #expect(corpus.recordings.count == 3 * 2 * 2)
        #expect(
            corpus.recordings.prefix(4).map(\.id)
                == ["DE_S001_P001", "DE_S001_P002", "DE_S002_P003", "DE_S002_P004"])
        #expect(corpus.recordings.last?.id == "CN_S002_P004")
        #expect(corpus.targets == ["arousal", "valence", "liking"])
        #expect(corpus.featureSets.map(\.name) == ["audio", "video"])
        #expect(corpus.dataRoot == "data")
        let first = corpus.recordings[0]
        #expect(
            first.columns == [
                "subject": "DE_P001", "session": "DE_S001", "dyad": "DE_S001", "partition": "train",
            ])
        let place = try corpus.gold.resolve(for: first)
        #expect(place == ("toy.h5", "DE_S001_P001/targets"))
        for (recording, matrices) in zip(corpus.recordings, made.matrices) {
            #expect(matrices.keys.sorted() == ["audio", "targets", "video"])
            #expect(matrices["audio"]!.columns == 4)
            #expect(matrices["video"]!.columns == 3)
            #expect(matrices["targets"]!.columns == 3)
            for (name, matrix) in matrices {
                #expect(matrix.rows == recording.frames)
                #expect(recording.digests[name] == Digest(of: matrix))
                #expect(matrix.values.allSatisfy { $0.isFinite })
            }
            #expect(matrices["targets"]!.values.allSatisfy { $0 >= -1 && $0 <= 1 })
            #expect((30...60).contains(recording.frames))
            let partner = corpus.recordings.filter { $0.dyad == recording.dyad }
            #expect(partner.count == 2 && Set(partner.map(\.frames)).count == 1)
        }
        #expect(Set(corpus.recordings.map(\.frames)).count > 2)
        #expect(Set(corpus.recordings.map(\.subject)).count == 12)
    }

    @Test("Partitions hold half, a quarter and a quarter of the dyads")
    func partitions() throws {
        let made = try Synthesizer(
            small {
                $0.dyads = 4
                $0.cultures = ["A"]
            }
        ).corpus()
        #expect(
            made.corpus.recordings.map { $0.partition! }
                == ["train", "train", "train", "train", "devel", "devel", "test", "test"])
    }

    @Test("Columns have names")
    func columnNames() throws {
        let made = try Synthesizer(small { $0.audioWidth = 10 }).corpus()
        #expect(made.columnNames("audio").first == "audio_01")
        #expect(made.columnNames("audio").last == "audio_10")
        #expect(made.columnNames("video") == ["video_1", "video_2", "video_3"])
        #expect(made.columnNames("targets") == Synthesizer.targets)
    }

    @Test("The manifest of the corpus reads back as the corpus")
    func manifest() throws {
        let corpus = try Synthesizer(small()).corpus().corpus
        let text = try Manifest.render(corpus)
        #expect(try Manifest.parse(text, file: "m.yaml") == corpus)
    }

    @Test("The same seed gives the same bytes, another seed others")
    func seeds() throws {
        let one = try Synthesizer(small()).corpus().corpus
        let again = try Synthesizer(small()).corpus().corpus
        #expect(again == one)
        let two = try Synthesizer(small { $0.seed = 2 }).corpus().corpus
        for (a, b) in zip(one.recordings, two.recordings) {
            for name in ["audio", "video", "targets"] {
                #expect(a.digests[name] != b.digests[name])
            }
        }
    }

    @Test("The bytes are these on every machine")
    func golden() throws {
        let corpus = try Synthesizer(small()).corpus().corpus
        let all = corpus.recordings.flatMap { $0.digests.sorted { $0.key < $1.key }.map(\.value) }
        #expect(
            "\(Digest(of: all.flatMap(\.bytes)))"
                == "08c07606e8d1bf51dd0e29c972fed4f0b2d51334d452323ac964f040a06fe362")
    }

    @Test("More cultures and dyads leave those that were there as they are")
    func growth() throws {
        let few = try Synthesizer(small()).corpus().corpus
        let many = try Synthesizer(
            small {
                $0.dyads = 3
                $0.cultures = ["CN", "HU", "XX", "DE"]
            }
        )
        .corpus().corpus
        for recording in few.recordings {
            let same = try #require(many.recordings.first { $0.id == recording.id })
            #expect(same.digests == recording.digests)
        }
    }

    @Test("The shift moves features and nothing else")
    func shiftTouchesFeaturesOnly() throws {
        let near = try Synthesizer(small { $0.cultureShift = 0 }).corpus().corpus
        let far = try Synthesizer(small { $0.cultureShift = 1 }).corpus().corpus
        for (a, b) in zip(near.recordings, far.recordings) {
            #expect(a.digests["targets"] == b.digests["targets"])
            #expect(a.digests["audio"] != b.digests["audio"])
        }
    }

    @Test("One frame, one feature, no lag and no noise are possible")
    func extremes() throws {
        let made = try Synthesizer(
            small {
                $0.framesMin = 1
                $0.framesMax = 1
                $0.audioWidth = 1
                $0.videoWidth = 1
                $0.lagSeconds = 0
                $0.featureNoise = 0
                $0.nuisance = 0
                $0.raterNoise = 0
                $0.partnerCorrelation = 1
                $0.dyads = 1
                $0.cultures = ["A"]
            }
        ).corpus()
        #expect(made.corpus.recordings.map(\.frames) == [1, 1])
        // Partners who correlate fully, seen without noise, show one trace.
        #expect(
            Array(made.matrices[0]["targets"]!.values) == Array(made.matrices[1]["targets"]!.values)
        )
    }

    @Test("A parameter out of range is refused with name, value and range")
    func refusals() {
        expectRefused("cultures", "an empty list") { $0.cultures = [] }
        expectRefused("cultures", "DE twice") { $0.cultures = ["DE", "HU", "DE"] }
        expectRefused("cultures", "\"A/B\"") { $0.cultures = ["A/B"] }
        expectRefused("cultures", "\"..\"") { $0.cultures = [".."] }
        expectRefused("cultures", "\"\"") { $0.cultures = [""] }
        expectRefused("dyads 0", "1 to 999") { $0.dyads = 0 }
        expectRefused("dyads 1000", "1 to 999") { $0.dyads = 1000 }
        expectRefused("framesMin 0", "1 or more") { $0.framesMin = 0 }
        expectRefused("framesMax 29", "(30)") { $0.framesMax = 29 }
        expectRefused("audioWidth 0", "1 to 9999") { $0.audioWidth = 0 }
        expectRefused("videoWidth -1", "1 to 9999") { $0.videoWidth = -1 }
        expectRefused("hopSeconds 0.0", "0.001 to 100") { $0.hopSeconds = 0 }
        expectRefused("hopSeconds nan", "0.001 to 100") { $0.hopSeconds = .nan }
        expectRefused("emotionSeconds inf", "0.001 to 100") { $0.emotionSeconds = .infinity }
        expectRefused("lagSeconds -1.0", "0 to 60") { $0.lagSeconds = -1 }
        expectRefused("cultureShift 1.5", "0 to 1") { $0.cultureShift = 1.5 }
        expectRefused("partnerCorrelation -0.1", "0 to 1") { $0.partnerCorrelation = -0.1 }
        expectRefused("featureNoise nan", "0 to 1000") { $0.featureNoise = .nan }
        expectRefused("nuisance -1.0", "0 to 1000") { $0.nuisance = -1 }
        expectRefused("raterNoise inf", "0 to 1000") { $0.raterNoise = .infinity }
    }

    private func expectRefused(
        _ words: String..., sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout SynthesisParameters) -> Void
    ) {
        do throws(PreparingError) {
            _ = try Synthesizer(small(change))
            Issue.record("accepted", sourceLocation: sourceLocation)
        } catch {
            for word in words {
                #expect(error.description.contains(word), sourceLocation: sourceLocation)
            }
        }
    }
}
