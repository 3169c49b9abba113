import Corpora
import Kernels
import Testing

@testable import Preparing

@Suite("Check of a corpus against its files")
struct CorpusCheckTests {
    let made: SynthesizedCorpus

    init() throws {
        made = try Synthesizer(
            small {
                $0.dyads = 1
                $0.cultures = ["DE", "HU"]
            }
        ).corpus()
    }

    /// What a reader finds when all is well.
    private func findings() -> [MatrixFinding] {
        zip(made.corpus.recordings, made.matrices).flatMap { recording, matrices in
            matrices.sorted { $0.key < $1.key }.map { name, matrix in
                MatrixFinding(
                    recording: recording.id, matrix: name,
                    content: .read(MatrixSummary(of: matrix, hopSeconds: 0.1)))
            }
        }
    }

    @Test("All is well with the files that were written")
    func intact() {
        let check = CorpusCheck(of: made.corpus, findings: findings())
        #expect(check.problems.isEmpty)
        #expect(check.notes.isEmpty)
        #expect(
            check.rows.map(\.matrix) == ["audio", "audio", "video", "video", "targets", "targets"])
        #expect(check.rows.map(\.culture) == ["DE", "HU", "DE", "HU", "DE", "HU"])
    }

    @Test("The table counts recordings, frames, ranges, NaN and digests")
    func table() throws {
        let digest = Digest(of: [1])
        func summary(_ range: ClosedRange<Float>?, _ digest: Digest) -> MatrixFinding.Content {
            .read(
                MatrixSummary(
                    of: Matrix(rows: 2, columns: 2, values: [1, 2, 3, 4]), hopSeconds: nil
                ).with(range: range, digest: digest))
        }
        let location = MatrixLocation(file: "f", dataset: "{id}")
        let corpus = Corpus(
            name: "c", hopSeconds: 0.1, dataRoot: ".", targets: ["x", "y"], gold: location,
            featureSets: [
                FeatureSet(
                    name: "audio", modality: "audio", width: 2, hopSeconds: 0.1, location: location)
            ], groups: [],
            recordings: [("a", "DE"), ("b", "DE"), ("c", "HU")].map {
                Recording(
                    id: $0, culture: $1, frames: 2, columns: [:],
                    digests: ["audio": digest, "targets": digest])
            })
        let check = CorpusCheck(
            of: corpus,
            findings: [
                .init(recording: "a", matrix: "audio", content: summary(-0.5...12345.6, digest)),
                .init(recording: "b", matrix: "audio", content: summary(-1.23456...0, digest)),
                .init(recording: "a", matrix: "targets", content: summary(-1...0.25, digest)),
                .init(
                    recording: "b", matrix: "targets",
                    content: summary(0...1.5, Digest(of: [2]))),
                .init(recording: "c", matrix: "targets", content: summary(nil, digest)),
            ])
        #expect(
            check.table == """
                matrix   culture  recordings  frames  columns   least  greatest  NaN  digests
                audio    DE              2/2       4        2  -1.235     12346    0  2 ok
                audio    HU              0/1       0        -       -         -    0  0 ok
                targets  DE              2/2       4        2  -1.000     1.500    0  1 ok, \
                1 differs
                targets  HU              1/1       2        2       -         -    0  1 ok

                """)
        #expect(check.notes.count == 2 && check.notes[0].contains("names no subject"))
        #expect(check.notes[1].contains("DE lie in -1.0...1.5"))
        #expect(check.problems.count == 2)
        #expect(check.problems[0] == "c: `audio` was not read.")
        #expect(check.problems[1].hasPrefix("b: `targets` has other content"))
    }

    @Test(
        "Numbers are written in four digits",
        arguments: [
            (0, "0"), (0.5, "0.5000"), (-0.5, "-0.5000"), (9.9999, "10.000"), (12.345, "12.35"),
            (99.5, "99.50"), (12345, "12345"), (1e6, "1000000.0"), (1e-5, "1e-05"),
            (123.4, "123.4"),
        ] as [(Float, String)])
    func numbers(_ example: (Float, String)) {
        #expect(CorpusCheck.short(example.0) == example.1)
    }

    @Test("Each difference from the manifest is a sentence with recording, matrix and numbers")
    func problems() throws {
        var wrong = findings()
        func change(_ recording: Int, _ matrix: String, _ content: MatrixFinding.Content) throws {
            let id = made.corpus.recordings[recording].id
            let i = try #require(
                wrong.firstIndex { $0.recording == id && $0.matrix == matrix })
            wrong[i].content = content
        }
        let short = Matrix(rows: 2, columns: 5, values: [1, .nan, 3, 4, .infinity, 1, 2, 3, 4, 5])
        try change(0, "audio", .read(MatrixSummary(of: short, hopSeconds: 0.2)))
        try change(1, "video", .unreadable("embedded.h5 does not exist. Look at the data root."))
        let problems = CorpusCheck(of: made.corpus, findings: wrong).problems
        let frames = made.corpus.recordings[0].frames
        let expected = [
            "DE_S001_P001: `audio` has 2 frames, the manifest says \(frames)",
            "DE_S001_P001: `audio` has 5 columns, the manifest says 4",
            "DE_S001_P001: `audio` has a hop of 0.2 s, the manifest says 0.1 s",
            "DE_S001_P001: `audio` has NaN or infinite values, 2 of 10.",
            "DE_S001_P001: `audio` has other content than the manifest: digest ",
            "DE_S001_P002: `video`: embedded.h5 does not exist",
        ]
        #expect(problems.count == expected.count)
        for (problem, start) in zip(problems, expected) { #expect(problem.hasPrefix(start)) }
    }

    @Test("A summary counts and measures values, finite and not")
    func summary() {
        let matrix = Matrix(rows: 2, columns: 3, values: [.nan, -2, 7, -.infinity, 0, .infinity])
        let summary = MatrixSummary(of: matrix)
        #expect(summary.rows == 2)
        #expect(summary.columns == 3)
        #expect(summary.nonFinite == 3)
        #expect(summary.range == -2...7)
        #expect(summary.hopSeconds == nil)
        #expect(summary.digest == Digest(of: matrix))
        #expect(MatrixSummary(of: Matrix(rows: 1, columns: 1, values: [.nan])).range == nil)
        #expect(MatrixSummary(of: Matrix(rows: 0, columns: 1, values: [])).range == nil)
    }
}

extension MatrixSummary {
    /// The same summary with another range and digest.
    fileprivate func with(range: ClosedRange<Float>?, digest: Digest) -> MatrixSummary {
        var copy = self
        copy.range = range
        copy.digest = digest
        return copy
    }
}
