import Corpora
import Glibc
import Kernels
import Testing

@testable import Features

/// A corpus of two recordings, a file per culture, written anew for each test.
struct ToyCorpus {
    var audio = FeatureSet(
        name: "audio", modality: "audio", width: 3, hopSeconds: 0.1,
        location: MatrixLocation(file: "{culture}.h5", dataset: "{clip}/audio"))
    var columns = ["clip": "c1", "run": "7"]
    var frames = 4
    var digests: [String: Digest] = [:]
    var goldFile = "{culture}.h5"

    var recording: Recording {
        Recording(
            id: "DE_c1", culture: "DE", frames: frames, columns: columns, digests: digests)
    }

    var corpus: Corpus {
        Corpus(
            name: "toy", hopSeconds: 0.1, dataRoot: "data", targets: ["arousal", "valence"],
            gold: MatrixLocation(file: goldFile, dataset: "{clip}/targets"),
            featureSets: [audio], groups: ["run"], recordings: [recording])
    }

    /// The features, row-major.
    var values: [Float] = (0..<12).map { Float($0) / 4 }
    /// The gold traces, row-major.
    let gold: [Float] = [0, 1, 0.5, -1, 0.25, 0.75, 1, 0]

    func write(_ folder: String, also: (HDF5Writer) throws -> Void = { _ in }) throws {
        try FeaturesTests.write(folder + "/DE.h5") { writer in
            try writer.write("c1/audio", shape: [values.count / 3, 3], floats: values)
            try writer.write("c1/targets", shape: [4, 2], floats: gold)
            try also(writer)
        }
    }

    func reader(_ folder: String, verify: Bool = true) -> CorpusReader {
        CorpusReader(corpus: corpus, dataRoot: folder, verify: verify)
    }
}

@Suite("Corpus reader")
struct CorpusReaderTests {
    @Test("Features and gold traces are found by the manifest's patterns, read once and shared")
    func reads() throws {
        try withFolder { folder in
            let toy = ToyCorpus()
            try toy.write(folder)
            for root in [folder, folder + "/"] {
                let reader = toy.reader(root)
                let audio = try reader.features(toy.recording, toy.audio)
                #expect(audio.rows == 4 && audio.columns == 3)
                #expect(values(audio) == toy.values)
                let gold = try reader.gold(toy.recording)
                #expect(gold.rows == 4 && gold.columns == 2)
                #expect(values(gold) == toy.gold)
                #expect(try reader.features(toy.recording, toy.audio) === audio)
                #expect(try reader.gold(toy.recording) === gold)
                #expect(try reader.mask(toy.recording, toy.audio) == nil)
                #expect(try reader.goldMask(toy.recording) == nil)
            }
        }
    }

    @Test("Converted matrices are kept within the memory allowed, and read again beyond it")
    func cache() throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            toy.audio.location.dataset = "{clip}/doubles"
            try toy.write(folder) { writer in
                try writer.write("c1/doubles", shape: [4, 3], doubles: toy.values.map(Double.init))
            }
            for (bytes, isKept) in [(48, true), (47, false)] {
                let reader = CorpusReader(
                    corpus: toy.corpus, dataRoot: folder, cacheBytes: bytes)
                let first = try reader.features(toy.recording, toy.audio)
                let second = try reader.features(toy.recording, toy.audio)
                #expect((first === second) == isKept)
                #expect(values(first) == toy.values && values(second) == toy.values)
                #expect(try reader.gold(toy.recording) === reader.gold(toy.recording))
            }
        }
    }

    @Test("Converted matrices of other recordings are let go, and read again when asked for")
    func letGo() throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            toy.audio.location.dataset = "{clip}/doubles"
            try toy.write(folder) { writer in
                try writer.write("c1/doubles", shape: [4, 3], doubles: toy.values.map(Double.init))
            }
            let reader = toy.reader(folder)
            let audio = try reader.features(toy.recording, toy.audio)
            let gold = try reader.gold(toy.recording)
            reader.keep(only: [toy.recording.id])
            #expect(reader.copiedBytes == 48)
            #expect(try reader.features(toy.recording, toy.audio) === audio)
            reader.keep(only: ["another"])
            #expect(reader.copiedBytes == 0)
            let again = try reader.features(toy.recording, toy.audio)
            #expect(again !== audio && values(again) == toy.values)
            #expect(try reader.gold(toy.recording) === gold)
        }
    }

    @Test("Digests are compared: equal passes, another or a missing one names both")
    func digests() throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            try toy.write(folder)
            let audio = Digest(of: Matrix(rows: 4, columns: 3, values: toy.values))
            let gold = Digest(of: Matrix(rows: 4, columns: 2, values: toy.gold))
            toy.digests = ["audio": audio, "targets": gold]
            _ = try toy.reader(folder).features(toy.recording, toy.audio)
            _ = try toy.reader(folder).gold(toy.recording)

            toy.digests = ["audio": gold]
            let error = failure { try toy.reader(folder).features(toy.recording, toy.audio) }
            #expect(error?.cause == .wrongDigest)
            #expect(
                error?.description == "\(folder)/DE.h5: dataset \"c1/audio\" of recording "
                    + "\"DE_c1\" has the digest \(audio), but the manifest has the digest "
                    + "\(gold). Run `concord data check` on the manifest; if the data changed on "
                    + "purpose, index them again with `concord data index`.")
            let missing = failure { try toy.reader(folder).gold(toy.recording) }
            #expect(missing?.cause == .wrongDigest)
            #expect(missing?.what.contains("no digest of it") == true)
            let trusting = toy.reader(folder, verify: false)
            #expect(values(try trusting.features(toy.recording, toy.audio)) == toy.values)
        }
    }

    @Test("A digest depends on shape and values, not on how they are stored")
    func storageIndependent() throws {
        try withFolder { folder in
            let toy = ToyCorpus()
            try toy.write(folder) { writer in
                try writer.write("c1/doubles", shape: [4, 3], doubles: toy.values.map(Double.init))
                try writer.write("c1/flat", shape: [12], floats: toy.values)
            }
            let file = try HDF5File(path: folder + "/DE.h5")
            let mapped = try file.readMatrix("c1/audio")
            let copied = try file.readMatrix("c1/doubles")
            #expect(file.maps(mapped) && !file.maps(copied))
            #expect(Digest(of: mapped) == Digest(of: copied))
            #expect(Digest(of: try file.readMatrix("c1/flat")) != Digest(of: mapped))
        }
    }

    @Test("Masks come with a matrix when they exist, checked and verified like it")
    func masks() throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            try toy.write(folder) { writer in
                try writer.write("c1/audio.mask", shape: [4], bytes: [1, 0, 1, 1])
                try writer.write("c1/targets.mask", shape: [3], bytes: [1, 0, 1])
            }
            #expect(try toy.reader(folder).mask(toy.recording, toy.audio) == [1, 0, 1, 1])
            let short = failure { try toy.reader(folder).goldMask(toy.recording) }
            #expect(short?.cause == .wrongShape)
            #expect(short?.dataset == "c1/targets.mask" && short?.recording == "DE_c1")

            let digest = Digest(of: Matrix(rows: 4, columns: 1, values: [1, 0, 1, 1]))
            toy.digests = ["audio.mask": digest]
            #expect(try toy.reader(folder).mask(toy.recording, toy.audio) == [1, 0, 1, 1])
            toy.digests = ["audio": digest]
            let unlisted = failure { try toy.reader(folder).mask(toy.recording, toy.audio) }
            #expect(unlisted?.cause == .wrongDigest)
            try toy.write(folder)
            toy.digests = ["audio.mask": digest]
            let lost = failure { try toy.reader(folder).mask(toy.recording, toy.audio) }
            #expect(lost?.cause == .noSuchDataset)
            #expect(lost?.recording == "DE_c1")
        }
    }

    @Test(
        "A value that is not finite is named by frame and column",
        arguments: [(Float.nan, 0, "nan"), (.infinity, 7, "inf"), (-.infinity, 11, "-inf")])
    func notFinite(_ example: (Float, Int, String)) throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            toy.values[example.1] = example.0
            try toy.write(folder)
            let error = failure { try toy.reader(folder).features(toy.recording, toy.audio) }
            #expect(error?.cause == .notFinite)
            #expect(error?.file == folder + "/DE.h5")
            #expect(error?.dataset == "c1/audio" && error?.recording == "DE_c1")
            #expect(
                error?.what == "holds \(example.2) at frame \(example.1 / 3), column "
                    + "\(example.1 % 3) (counted from 0)")
        }
    }

    @Test("A float64 beyond float32 counts as infinite")
    func tooLargeForFloat() throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            toy.audio.location.dataset = "huge"
            try toy.write(folder) { writer in
                try writer.write(
                    "huge", shape: [4, 3], doubles: [1e300] + [Double](repeating: 0, count: 11))
            }
            #expect(
                cause { try toy.reader(folder).features(toy.recording, toy.audio) } == .notFinite)
        }
    }

    @Test("Frames and width are those of the manifest; both are named where they differ")
    func shapes() throws {
        try withFolder { folder in
            let toy = ToyCorpus()
            try toy.write(folder)
            var wide = toy
            wide.audio.width = 5
            var long = toy
            long.frames = 5
            for wrong in [wide, long] {
                let reader = wrong.reader(folder)
                let error = failure { try reader.features(wrong.recording, wrong.audio) }
                #expect(error?.cause == .wrongShape)
                #expect(
                    error?.what == "is 4 × 3, but the manifest says "
                        + "\(wrong.frames) × \(wrong.audio.width) (frames × width)")
                #expect(error?.recording == "DE_c1")
            }
            #expect(cause { try long.reader(folder).gold(long.recording) } == .wrongShape)
        }
    }

    @Test("Features at another hop must last as long as the gold traces, to within a hop")
    func hops() throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            toy.audio.hopSeconds = 0.02  // The gold traces last 0.4 s: 20 frames, 15 to 25 pass.
            for (frames, passes) in [(14, false), (15, true), (20, true), (25, true), (26, false)] {
                toy.values = [Float](repeating: 1, count: 3 * frames)
                try toy.write(folder)
                let cause = cause { try toy.reader(folder).features(toy.recording, toy.audio) }
                #expect(cause == (passes ? nil : .wrongShape), "\(frames)")
            }
        }
    }

    @Test("A missing file or dataset names the recording")
    func missing() throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            let file = failure { try toy.reader(folder).features(toy.recording, toy.audio) }
            #expect(file?.cause == .missingFile && file?.recording == "DE_c1")
            try toy.write(folder)
            toy.columns["clip"] = "c2"
            let dataset = failure { try toy.reader(folder).features(toy.recording, toy.audio) }
            #expect(dataset?.cause == .noSuchDataset && dataset?.recording == "DE_c1")
            #expect(dataset?.advice.contains("\"c1/audio\"") == true)
        }
    }

    @Test("A file per recording does not exhaust the files that may be open")
    func manyFiles() throws {
        try withFolder { folder in
            var toy = ToyCorpus()
            toy.audio.location.file = "{clip}.h5"
            toy.audio.location.dataset = "m"
            let reader = toy.reader(folder)
            var kept: [Matrix] = []
            for index in 0..<150 {
                toy.columns["clip"] = "c\(index)"
                toy.values[0] = Float(index)
                try write("\(folder)/c\(index).h5") { writer in
                    try writer.write("m", shape: [4, 3], floats: toy.values)
                }
                let recording = Recording(
                    id: "r\(index)", culture: "DE", frames: 4, columns: toy.columns, digests: [:])
                kept.append(try reader.features(recording, toy.audio))
            }
            #expect(kept.indices.allSatisfy { kept[$0][0, 0] == Float($0) })
            #expect(try openFiles(in: folder) < 140)
        }
    }

    @Test("Many threads get one and the same matrix")
    func threads() async throws {
        let folder = "/tmp/concord-features-reader-\(getpid())"
        mkdir(folder, 0o700)
        defer {
            unlink(folder + "/DE.h5")
            rmdir(folder)
        }
        let toy = ToyCorpus()
        try toy.write(folder)
        let reader = toy.reader(folder)
        let matrices = await withTaskGroup(of: Matrix?.self) { group in
            for _ in 0..<32 {
                group.addTask { try? reader.features(toy.recording, toy.audio) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(matrices.count == 32)
        #expect(Set(matrices.map { $0.map { ObjectIdentifier($0) } }).count == 1)
        #expect(matrices.first.flatMap { $0 }.map(values) == toy.values)
    }
}
