import Foundation
import Testing

@testable import Corpora

@Suite("The shipped manifest of the forrest corpus")
struct ForrestManifestTests {
    let text: String
    let corpus: Corpus

    init() throws {
        let root = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        text = try String(
            contentsOf: root.appending(path: "data-manifests/forrest.yaml"), encoding: .utf8)
        corpus = try Manifest.parse(text, file: "data-manifests/forrest.yaml")
    }

    @Test("It lists 44 clips of two cultures, in eight runs, 70,856 frames each")
    func content() throws {
        for culture in ["DE", "IT"] {
            let own = corpus.recordings.filter { $0.culture == culture }
            #expect(own.count == 44)
            #expect(own.first?.id == "\(culture)_clip_01")
            #expect(own.last?.id == "\(culture)_clip_44")
            #expect(own.reduce(0) { $0 + $1.frames } == 70_856)
            #expect(Set(own.map { $0.columns["run"]! }) == Set((1...8).map { "\($0)" }))
            let place = try corpus.featureSets[1].location.resolve(for: own[0])
            #expect(place == ("forrest_\(culture).h5", "clip_01/video"))
        }
        #expect(corpus.targets == ["arousal", "valence"])
        #expect(corpus.featureSets.map(\.width) == [29, 176])
        #expect(corpus.groups == ["run"])
    }

    @Test("The cultures share the film, so features are equal clip by clip and traces are not")
    func sharedFilm() {
        for (german, italian) in zip(corpus.recordings, corpus.recordings.dropFirst(44)) {
            #expect(german.columns == italian.columns)
            #expect(german.digests["audio"] == italian.digests["audio"])
            #expect(german.digests["video"] == italian.digests["video"])
            #expect(german.digests["targets"] != italian.digests["targets"])
        }
    }

    @Test("It is as the index writes it, byte for byte")
    func canonical() throws {
        #expect(try Manifest.render(corpus) == text)
    }

    @Test("Without the group the equal features are refused")
    func groupNeeded() throws {
        var ungrouped = corpus
        ungrouped.groups = []
        let error = try #require(throws: CorpusError.self) {
            try Manifest.check(ungrouped, file: "forrest.yaml")
        }
        #expect(error.recording == "IT_clip_01")
        #expect(error.problem.contains("DE_clip_01"))
    }
}
