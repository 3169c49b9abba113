import Kernels
import Testing

@testable import Corpora

@Suite("Locations, data root, digests and the check of a corpus built in code")
struct CorpusTests {
    static func recording(_ columns: [String: String] = [:]) -> Recording {
        Recording(id: "DE_1", culture: "DE", frames: 2, columns: columns, digests: [:])
    }

    @Test("A pattern is filled from id, culture and columns")
    func resolves() throws {
        let location = MatrixLocation(file: "a/{culture}_{run}.h5", dataset: "/{id}/{run}/x")
        let place = try location.resolve(for: Self.recording(["run": "3"]))
        #expect(place.file == "a/DE_3.h5")
        #expect(place.dataset == "/DE_1/3/x")
        #expect(try location.columns == ["culture", "run", "id"])
        #expect(try MatrixLocation(file: "a", dataset: "b").columns.isEmpty)
    }

    @Test("A value is not a pattern: braces in it stay as they are")
    func valuesAreNotPatterns() throws {
        let location = MatrixLocation(file: "{run}.h5", dataset: "d")
        #expect(try location.resolve(for: Self.recording(["run": "{id}"])).file == "{id}.h5")
    }

    @Test(
        "A file outside the data root is refused, whatever put it there",
        arguments: [
            ("{run}", "/etc/x.h5"), ("{run}", "../x.h5"), ("a/{run}/x.h5", ".."), ("/{run}", "x"),
            ("../{run}", "x"), ("a/../../{run}", "x"), ("{run}/..", "x"), ("{run}", ".."),
        ])
    func climbing(_ example: (String, String)) throws {
        let location = MatrixLocation(file: example.0, dataset: "d")
        let error = try #require(throws: CorpusError.self) {
            try location.resolve(for: Self.recording(["run": example.1]))
        }
        #expect(error.recording == "DE_1")
        #expect(error.problem.contains("outside the data root"))
    }

    @Test("Dots within a name do not climb")
    func dots() throws {
        let location = MatrixLocation(file: "a..b/{run}...h5", dataset: "..")
        #expect(try location.resolve(for: Self.recording(["run": ".."])).file == "a..b/.....h5")
    }

    @Test("An unknown column is named with those that exist; an empty pattern is refused")
    func unknownColumn() throws {
        let location = MatrixLocation(file: "f", dataset: "{clop}")
        let error = try #require(throws: CorpusError.self) {
            try location.resolve(for: Self.recording(["run": "1", "clip": "2"]))
        }
        #expect(error.problem.contains("`clop`"))
        #expect(error.problem.contains("id, culture, clip, run"))
        let empty = try #require(throws: CorpusError.self) {
            try MatrixLocation(file: "f", dataset: "").resolve(for: Self.recording())
        }
        #expect(empty.problem.contains("pattern is empty"))
    }

    @Test("The data root is the override, else relative to the manifest")
    func dataRoot() throws {
        var corpus = try Example.parse()
        #expect(corpus.dataRoot(manifestFolder: "/m/n", override: nil) == "/m/n/../data")
        #expect(corpus.dataRoot(manifestFolder: "m/", override: "") == "m/../data")
        #expect(corpus.dataRoot(manifestFolder: "", override: nil) == "../data")
        #expect(corpus.dataRoot(manifestFolder: "/m", override: "here") == "here")
        corpus.dataRoot = "/abs"
        #expect(corpus.dataRoot(manifestFolder: "/m", override: nil) == "/abs")
    }

    @Test("A digest is that of rows, columns and little-endian values")
    func digest() {
        let matrix = Matrix(rows: 2, columns: 3, values: [0, 1, -2, 0.5, 3, 1e-3])
        // hashlib.sha256(struct.pack("<QQ", 2, 3) + numpy.array(…, "<f4").tobytes())
        #expect(
            "\(Digest(of: matrix))"
                == "69d12619baea302b816f458b4104c539f5b798d7dc2d2de3dfe4d25f6dd527e5")
        let tall = Matrix(rows: 3, columns: 2, values: [0, 1, -2, 0.5, 3, 1e-3])
        #expect(Digest(of: tall) != Digest(of: matrix))
        #expect(
            Digest(of: Matrix(rows: 1, columns: 1, values: [-0.0]))
                != Digest(of: Matrix(rows: 1, columns: 1, values: [0])))
    }

    @Test("A corpus built in code is checked like one read: what no YAML can say is refused too")
    func builtInCode() throws {
        try Manifest.check(Example.parse(), file: "x")
        expectRefused("no targets") { $0.targets = [] }
        expectRefused("no features") { $0.featureSets = [] }
        expectRefused("no recordings") { $0.recordings = [] }
        expectRefused("recording DE_1: `culture` is empty") { $0.recordings[0].culture = "" }
        expectRefused("`clip` holds a control") { $0.recordings[0].columns["clip"] = "a\nb" }
        expectRefused("`run` is empty") { $0.recordings[1].columns["run"] = "" }
        expectRefused("inf") { $0.hopSeconds = .infinity }
        expectRefused("used twice, first.") { $0.recordings[1].id = "DE_1" }
    }

    private func expectRefused(
        _ words: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout Corpus) -> Void
    ) {
        #expect(sourceLocation: sourceLocation) {
            var corpus = try Example.parse()
            change(&corpus)
            try Manifest.check(corpus, file: "built")
        } throws: { error in
            "\(error)".hasPrefix("built: ") && "\(error)".contains(words)
        }
    }
}
