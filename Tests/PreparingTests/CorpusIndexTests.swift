import Corpora
import Kernels
import Testing

@testable import Preparing

/// Two files like those of the forrest corpus, of two clips each.
func forrestLike() -> [FileDescription] {
    [("DE", "German"), ("IT", "Italian")].map { culture, word in
        FileDescription(
            path: "forrest_\(culture).h5",
            attributes: [
                "corpus": [culture], "rate_hz": ["10"], "label_names": ["arousal valence"],
                "audio_names": ["a b c"], "licence": ["same in both"],
            ],
            groups: (1...2).map { clip in
                FileDescription.Group(
                    path: "clip_0\(clip)",
                    attributes: [
                        "culture": [word], "run": ["\(clip + 4)"], "n_frames": ["\(100 + clip)"],
                        "film_start_s": ["0.5"],
                    ],
                    datasets: [
                        .init(name: "audio", shape: [100 + clip, 3]),
                        .init(name: "labels", shape: [100 + clip, 2]),
                        .init(name: "raters", shape: [100 + clip, 9, 2]),
                        .init(name: "video", shape: [100 + clip, 5]),
                    ] + (culture == "IT" ? [.init(name: "emotions", shape: [100 + clip, 6])] : []))
            })
    }
}

func forrestOptions() -> IndexOptions {
    var options = IndexOptions()
    options.name = "forrest"
    options.dataRoot = "../data"
    options.cultureAttribute = "corpus"
    options.groups = ["run"]
    return options
}

@Suite("Index of HDF5 files")
struct CorpusIndexTests {
    @Test("Two files of the same clips give ids by culture, patterns, a group and notes")
    func forrest() throws {
        let index = try CorpusIndex(of: forrestLike(), options: forrestOptions())
        let corpus = index.corpus
        #expect(corpus.name == "forrest")
        #expect(corpus.dataRoot == "../data")
        #expect(corpus.hopSeconds == 0.1)
        #expect(corpus.targets == ["arousal", "valence"])
        #expect(corpus.groups == ["run"])
        #expect(
            corpus.gold == MatrixLocation(file: "forrest_{culture}.h5", dataset: "{clip}/labels"))
        #expect(corpus.featureSets.map(\.name) == ["audio", "video"])
        #expect(corpus.featureSets.map(\.modality) == ["audio", "video"])
        #expect(corpus.featureSets.map(\.width) == [3, 5])
        #expect(corpus.featureSets[1].location.dataset == "{clip}/video")
        #expect(
            corpus.recordings.map(\.id)
                == ["DE_clip_01", "DE_clip_02", "IT_clip_01", "IT_clip_02"])
        #expect(corpus.recordings.map(\.culture) == ["DE", "DE", "IT", "IT"])
        #expect(corpus.recordings.map(\.frames) == [101, 102, 101, 102])
        #expect(
            corpus.recordings[3].columns
                == ["run": "6", "clip": "clip_02", "film_start_s": "0.5"])
        let place = try corpus.gold.resolve(for: corpus.recordings[3])
        #expect(place == ("forrest_IT.h5", "clip_02/labels"))
        #expect(index.notes.count == 3)
        #expect(index.notes[0].contains("`culture` is no column"))
        #expect(index.notes.contains { $0.contains("`raters` has the shape (101, 9, 2)") })
        #expect(index.notes.contains { $0.contains("`emotions` is in 2 of 4 recordings only") })
    }

    @Test("What the synthesizer makes is indexed as the synthesizer describes it")
    func synthesized() throws {
        let made = try Synthesizer(small()).corpus(file: "toy.h5", dataRoot: "data")
        let file = FileDescription(
            path: "toy.h5",
            attributes: ["hop_seconds": ["0.1"], "target_names": Synthesizer.targets],
            groups: zip(made.corpus.recordings, made.matrices).map { recording, matrices in
                FileDescription.Group(
                    path: recording.id,
                    attributes: recording.columns.mapValues { [$0] }
                        .merging(["culture": [recording.culture]]) { a, _ in a },
                    datasets: matrices.sorted { $0.key < $1.key }.map {
                        .init(name: $0.key, shape: [$0.value.rows, $0.value.columns])
                    })
            })
        var options = IndexOptions()
        options.name = "embedded"
        options.dataRoot = "data"
        let index = try CorpusIndex(of: [file], options: options)
        var expected = made.corpus
        for i in expected.recordings.indices { expected.recordings[i].digests = [:] }
        #expect(index.corpus == expected)
        #expect(index.notes.isEmpty)
    }

    @Test("Groups may be nested; outer attributes hold for inner groups, inner ones go before")
    func nested() throws {
        let file = FileDescription(
            path: "all.h5", attributes: ["hop_seconds": ["0.04"]],
            groups: [
                .init(path: "DE", attributes: ["culture": ["de"], "room": ["1"]], datasets: []),
                recording("DE/x1", ["room": ["2"]]),
                recording("DE/x2", [:]),
                .init(path: "DE/late", attributes: ["room": ["4"]], datasets: []),
                recording("DE/late/x3", [:]),
                .init(path: "HU", attributes: ["culture": ["hu"], "room": ["3"]], datasets: []),
                recording("HU/x1", [:]),
            ])
        let corpus = try CorpusIndex(of: [file]).corpus
        #expect(corpus.recordings.map(\.id) == ["DE_x1", "DE_x2", "DE_late_x3", "HU_x1"])
        #expect(corpus.recordings.map(\.culture) == ["de", "de", "de", "hu"])
        #expect(corpus.recordings.map { $0.columns["room"] } == ["2", "1", "4", "3"])
        #expect(corpus.hopSeconds == 0.04)
        #expect(corpus.gold.file == "all.h5")
        let places = try corpus.recordings.map { try corpus.gold.resolve(for: $0).dataset }
        #expect(places == ["DE/x1/gold", "DE/x2/gold", "DE/late/x3/gold", "HU/x1/gold"])
    }

    @Test("Ids come from the attribute `id`, and what differs between files from a column")
    func ids() throws {
        let files = ["p/q1.h5", "p/zz.h5"].enumerated().map { i, path in
            FileDescription(
                path: path, attributes: ["hop_seconds": ["1"], "site": ["s\(i)"]],
                groups: [recording("data", ["id": ["r\(i)"], "culture": ["A"]])])
        }
        let corpus = try CorpusIndex(of: files).corpus
        #expect(corpus.recordings.map(\.id) == ["r0", "r1"])
        #expect(corpus.recordings.map { $0.columns["site"] } == ["s0", "s1"])
        #expect(corpus.gold == MatrixLocation(file: "p/{file}", dataset: "data/gold"))
        #expect(try corpus.gold.resolve(for: corpus.recordings[1]).file == "p/zz.h5")
    }

    @Test("Modality comes from option, attribute or name; features can be chosen")
    func features() throws {
        func group(_ name: String) -> FileDescription.Group {
            .init(
                path: name, attributes: ["culture": ["A"]],
                datasets: [
                    .init(name: "gold", shape: [9, 1], attributes: ["names": ["liking"]]),
                    .init(name: "egemaps", shape: [9, 23], attributes: ["modality": ["audio"]]),
                    .init(name: "fau", shape: [9, 17]), .init(name: "text", shape: [9, 2]),
                    .init(name: "audio.mask", shape: [9]),
                ])
        }
        let file = FileDescription(
            path: "f.h5", attributes: ["rate_hz": ["25"]], groups: [group("a"), group("b")])
        let plain = try CorpusIndex(of: [file])
        #expect(plain.corpus.featureSets.map(\.name) == ["egemaps", "text"])
        #expect(plain.corpus.featureSets.map(\.modality) == ["audio", "text"])
        #expect(plain.corpus.hopSeconds == 0.04)
        #expect(plain.notes.contains { $0.contains("`fau`") && $0.contains("--modality fau=") })
        #expect(plain.notes.contains { $0.contains("`audio.mask`") && $0.contains("(9)") })
        var options = IndexOptions()
        options.modalities = ["fau": "video"]
        options.features = ["fau", "egemaps"]
        let chosen = try CorpusIndex(of: [file], options: options).corpus
        #expect(chosen.featureSets.map(\.name) == ["fau", "egemaps"])
        #expect(chosen.featureSets.map(\.modality) == ["video", "audio"])
    }

    @Test("Attributes that are no short text are left out with a note")
    func awkwardAttributes() throws {
        let file = FileDescription(
            path: "f.h5", attributes: ["hop_seconds": ["1"]],
            groups: [
                recording(
                    "a",
                    [
                        "culture": ["A"], "list": ["1", "2"], "lines": ["a\nb"], "none": [""],
                        "brace": ["{x}"], "MATLAB_class": ["double"], "TITLE": ["x"], "age": ["9"],
                    ])
            ])
        let index = try CorpusIndex(of: [file])
        #expect(index.corpus.recordings[0].columns == ["age": "9"])
        #expect(index.notes.count == 4)
        for name in ["list", "lines", "none", "brace"] {
            #expect(index.notes.contains { $0.contains("`\(name)`") })
        }
    }

    private func recording(
        _ path: String, _ attributes: [String: [String]]
    ) -> FileDescription.Group {
        .init(
            path: path, attributes: attributes,
            datasets: [
                .init(name: "audio", shape: [9, 4]),
                .init(name: "gold", shape: [9, 2], attributes: ["target_names": ["x", "y"]]),
            ])
    }
}
