import Testing

@testable import Corpora

/// A small valid manifest, and ways to break it.
enum Example {
    static func digest(_ name: String) -> String { "\(Digest(of: name.utf8))" }

    static let text = """
        corpus: toy
        hop-seconds: 0.1
        data-root: ../data
        targets: {names: [arousal, valence], file: "toy_{culture}.h5", dataset: "{clip}/labels"}
        features:
          audio: {modality: audio, width: 3, file: "toy_{culture}.h5", dataset: "{clip}/audio"}
          video: {modality: video, width: 5, hop-seconds: 0.1, file: "v.h5", dataset: "{id}"}
        groups: [run]
        columns: [age]
        recordings:
          - {id: DE_1, culture: DE, clip: c1, run: 1, subject: 007, age: 41, frames: 20,
             digests: {audio: \(digest("a")), video: \(digest("v1")), targets: \(digest("t1"))}}
          - {id: IT_1, culture: IT, clip: c1, run: 1, subject: "8", frames: 20,
             digests: {audio: \(digest("a")), video: \(digest("v2")), targets: \(digest("t2")),
                       audio.mask: \(digest("m"))}}
        """

    /// The corpus of the manifest in which each first word is replaced by the second.
    static func parse(_ edits: String...) throws(CorpusError) -> Corpus {
        var text = text
        for i in stride(from: 0, to: edits.count, by: 2) {
            precondition(text.contains(edits[i]), "The example has no \(edits[i]).")
            text = text.replacing(edits[i], with: edits[i + 1], maxReplacements: 1)
        }
        return try Manifest.parse(text, file: "toy.yaml")
    }

    /// The description of the error that the manifest gives in which `old` is replaced by `new`.
    static func problem(_ old: String, _ new: String) -> String? {
        do {
            _ = try parse(old, new)
            return nil
        } catch {
            return error.description
        }
    }
}

@Suite("Manifest")
struct ManifestTests {
    @Test("A manifest gives the corpus that it describes")
    func parses() throws {
        let corpus = try Example.parse()
        #expect(corpus.name == "toy")
        #expect(corpus.hopSeconds == 0.1)
        #expect(corpus.dataRoot == "../data")
        #expect(corpus.targets == ["arousal", "valence"])
        #expect(corpus.gold == MatrixLocation(file: "toy_{culture}.h5", dataset: "{clip}/labels"))
        #expect(
            corpus.featureSets == [
                FeatureSet(
                    name: "audio", modality: "audio", width: 3, hopSeconds: 0.1,
                    location: MatrixLocation(file: "toy_{culture}.h5", dataset: "{clip}/audio")),
                FeatureSet(
                    name: "video", modality: "video", width: 5, hopSeconds: 0.1,
                    location: MatrixLocation(file: "v.h5", dataset: "{id}")),
            ])
        #expect(corpus.groups == ["run"])
        #expect(corpus.recordings.map(\.id) == ["DE_1", "IT_1"])
        let second = corpus.recordings[1]
        #expect(second.culture == "IT")
        #expect(second.frames == 20)
        #expect(second.columns == ["clip": "c1", "run": "1", "subject": "8"])
        #expect(second.digests["audio.mask"] == Digest(of: "m".utf8))
        #expect(second.digests["targets"] == Digest(of: "t2".utf8))
    }

    @Test("A column is the text as it is written, whether a number or not")
    func columnsAreText() throws {
        #expect(try Example.parse().recordings[0].subject == "007")
        for (written, value) in [
            ("0x1F", "0x1F"), ("yes", "yes"), ("1.50", "1.50"), ("\"~\"", "~"), ("'null'", "null"),
        ] {
            let corpus = try Example.parse("age: 41", "age: \(written)")
            #expect(corpus.recordings[0].columns["age"] == value)
        }
    }

    @Test("The data root is the manifest's own folder, and there are no groups, unless it says so")
    func defaults() throws {
        #expect(try Example.parse("data-root: ../data\n", "").dataRoot == ".")
        let other = try Example.parse(
            "groups: [run]\ncolumns: [age]", "columns: [age, run]\ngroups: [clip]")
        #expect(other.groups == ["clip"])
        let corpus = try Example.parse(
            "groups: [run]\ncolumns: [age]", "columns: [age, run]",
            "audio: \(Example.digest("a")), video: \(Example.digest("v2"))",
            "audio: \(Example.digest("b")), video: \(Example.digest("v2"))")
        #expect(corpus.groups.isEmpty)
    }

    @Test("Rendering gives a manifest of the same corpus, and the same text again")
    func roundTrip() throws {
        let corpus = try Example.parse()
        let text = try Manifest.render(corpus)
        #expect(try Manifest.parse(text, file: "again.yaml") == corpus)
        #expect(try Manifest.render(Manifest.parse(text, file: "again.yaml")) == text)
    }

    @Test("A rendered manifest is readable")
    func rendering() throws {
        var corpus = try Example.parse()
        corpus.recordings.removeLast()
        let expected = """
            corpus: toy
            hop-seconds: 0.1
            # Relative to this file; --data-root or CONCORD_DATA_ROOT override it.
            data-root: ../data
            targets: {names: [arousal, valence], file: "toy_{culture}.h5", dataset: "{clip}/labels"}
            features:
              audio: {modality: audio, width: 3, file: "toy_{culture}.h5", dataset: "{clip}/audio"}
              video: {modality: video, width: 5, file: v.h5, dataset: "{id}"}
            groups: [run]
            columns: [age]
            recordings:
              - {id: DE_1, culture: DE, subject: "007", run: "1", clip: c1, age: "41", frames: 20,
                 digests: {
                   audio: \(Example.digest("a")),
                   video: \(Example.digest("v1")),
                   targets: \(Example.digest("t1")),
                 }}

            """
        #expect(try Manifest.render(corpus) == expected)
    }

    @Test(
        "Any text survives as name, id, culture and column",
        arguments: [
            "plain", "no", "NULL", "~", "12", "1e3", "-1", "a b", "a: b", "a#b", " a", "#", "{x}",
            "[x", "it's", "say \"x\"", "back\\slash", "Ünïcode 文", "*a", "&a", "!t", "%", "@", "`",
            ".inf", "../x", "..", "-", "?", "a,b", "|", ">",
        ])
    func awkwardText(_ word: String) throws {
        var corpus = try Example.parse()
        corpus.name = word
        corpus.dataRoot = word
        corpus.targets = [word, "valence"]
        corpus.featureSets[0].modality = word
        corpus.recordings[0].columns["age"] = word
        corpus.recordings[0].columns["run"] = word
        corpus.recordings[1].columns["run"] = word
        corpus.recordings[1].id = "x" + word
        corpus.recordings[0].columns[word] = "own"
        corpus.featureSets[1].location.dataset = "v"
        corpus.recordings[1].digests["video"] = corpus.recordings[0].digests["video"]
        // An id that climbs is refused elsewhere; here no pattern names it.
        let text = try Manifest.render(corpus)
        #expect(try Manifest.parse(text, file: "again.yaml") == corpus)
    }
}
