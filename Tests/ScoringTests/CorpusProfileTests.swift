import Corpora
import Kernels
import Scoring
import Testing

/// What a corpus's page is written from, on values that can be counted by hand.
@Suite struct CorpusProfileTests {
    private let location = MatrixLocation(file: "f.h5", dataset: "{id}/x")

    private func corpus(_ recordings: [Recording]) -> Corpus {
        Corpus(
            name: "toy", hopSeconds: 0.1, dataRoot: ".", targets: ["arousal", "valence"],
            gold: location,
            featureSets: [
                FeatureSet(
                    name: "audio", modality: "audio", width: 2, hopSeconds: 0.1, location: location)
            ], groups: [], recordings: recordings)
    }

    private func recording(
        _ id: String, _ culture: String, dyad: String? = nil, audio: String? = nil
    ) -> Recording {
        Recording(
            id: id, culture: culture, frames: 4, columns: dyad.map { ["dyad": $0] } ?? [:],
            digests: [
                "audio": Digest(of: (audio ?? id).utf8), "targets": Digest(of: (id + "g").utf8),
            ])
    }

    @Test("A distribution has mean, deviation, quartiles and bins")
    func distribution() throws {
        let found = try #require(
            TraceDistribution(of: [-1, -0.5, 0, 0.5, 1, 3], range: -1...1, bins: 4))
        #expect(found.count == 6 && found.mean == 0.5)
        #expect(found.bins == [1, 1, 1, 3])
        #expect(found.quartiles == [-1, -0.375, 0.25, 0.875, 3])
        // Squares about 0.5: 2.25, 1, 0.25, 0, 0.25, 6.25.
        #expect(abs(found.deviation - (10.0 / 6).squareRoot()) < 1e-15)
        #expect(TraceDistribution(of: [], range: -1...1, bins: 4) == nil)
    }

    @Test("Gaps count neither in traces nor in features, and are counted")
    func gaps() throws {
        var profile = CorpusProfile(of: corpus([recording("a", "DE")]))
        let gold = Matrix(rows: 4, columns: 2, values: [0.5, 9, 0, 0, 0.25, 0, 0.75, 0])
        profile.add(gold: gold, mask: [1, 0, 1, 1], ofRecording: 0)
        profile.add(
            Matrix(rows: 4, columns: 2, values: [1, 5, 2, 5, 99, 99, 3, 5]), mask: [1, 1, 0, 1],
            set: 0, ofRecording: 0)
        let arousal = try #require(profile.distribution("DE", target: 0))
        #expect(arousal.mean == 0.5 && arousal.count == 3)
        #expect(profile.goldGaps == ["DE": 1])
        #expect(profile.goldRange == -1...9)
        let audio = profile.features[0][0]
        #expect(audio.frames == 4 && audio.gaps == 1)
        #expect(audio.range == 1...5 && audio.constants == 1)
        let farthest = try #require(audio.farthest)
        // 1, 2, 3: the ends are 1 from the mean, at a deviation of √(2/3).
        #expect(farthest.feature == 0)
        #expect(abs(farthest.deviations - 1.5.squareRoot()) < 1e-12)
    }

    @Test("Partners and strangers are told apart within a culture")
    func partners() throws {
        let people = [
            recording("a", "DE", dyad: "1"), recording("b", "DE", dyad: "1"),
            recording("c", "DE", dyad: "2"), recording("d", "HU", dyad: "3"),
        ]
        var profile = CorpusProfile(of: corpus(people))
        let traces: [[Float]] = [[0, 1, 2, 3], [0, 2, 4, 6, 9], [3, 2, 1, 0], [1, 2, 3, 4]]
        for (index, trace) in traces.enumerated() {
            profile.add(
                gold: Matrix(
                    rows: trace.count, columns: 2, values: trace.flatMap { [$0, 1] as [Float] }),
                mask: nil, ofRecording: index)
        }
        #expect(profile.partnerColumn == "dyad")
        let arousal = profile.partners("DE", target: 0)
        #expect(arousal.together.count == 1 && abs(arousal.together.mean! - 1) < 1e-12)
        #expect(arousal.apart.count == 2 && abs(arousal.apart.mean! + 1) < 1e-12)
        // Constant traces have no correlation; that of a lone recording has no pair.
        #expect(profile.partners("DE", target: 1).together.mean == nil)
        #expect(profile.partners("HU", target: 0).apart.count == 0)
        #expect(CorpusProfile(of: corpus([recording("a", "DE")])).partnerColumn == nil)
    }

    @Test("Equal content is found by digest, in the manifest's order")
    func duplicates() {
        let profile = CorpusProfile(
            of: corpus([
                recording("a", "DE"), recording("b", "HU", audio: "film"),
                recording("c", "DE", audio: "film"), recording("d", "HU", audio: "film"),
            ]))
        #expect(profile.cultures == ["DE", "HU"])
        #expect(profile.duplicates.map(\.matrices) == [["audio"]])
        #expect(profile.duplicates.map(\.recordings) == [["b", "c", "d"]])
    }

    @Test("Raters are pooled over a culture's recordings")
    func raters() throws {
        var profile = CorpusProfile(of: corpus([recording("a", "DE"), recording("b", "DE")]))
        for index in 0..<2 {
            profile.add(
                raters: [[[1, 2, 3, 4], [0, 0, 1, 1]], [[1, 2, 3, 4], [1, 1, 0, 0]]],
                ofRecording: index)
        }
        let agreements = try #require(profile.raters["DE"])
        #expect(agreements.map(\.frames) == [8, 8])
        #expect(agreements[0].alpha == 1 && agreements[1].meanConcordance() == -1)
    }
}
