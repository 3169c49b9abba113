import Corpora
import Glibc
import Kernels
import Testing

@testable import Features

/// The corpus beside the repository, where it is.
private let realdata =
    #filePath.split(separator: "/").dropLast(4)
    .reduce(into: "") { $0 += "/" + $1 } + "/shared/realdata"

@Suite(
    "A real corpus",
    .enabled(if: access(realdata + "/forrest_DE.h5", R_OK) == 0, "no ../shared/realdata"))
struct RealCorpusTests {
    @Test("All recordings of both cultures are read: shapes, attributes, equal stimuli")
    func forrest() throws {
        let set = FeatureSet(
            name: "audio", modality: "audio", width: 29, hopSeconds: 0.1,
            location: MatrixLocation(file: "forrest_{culture}.h5", dataset: "{clip}/audio"))
        var recordings: [Recording] = []
        for culture in ["DE", "IT"] {
            let file = try HDF5File(path: "\(realdata)/forrest_\(culture).h5")
            #expect(try file.attributes("/")["rate_hz"] == .number(10))
            let clips = try file.groups()
            #expect(clips.count == 44 && clips.first == "clip_01" && clips.last == "clip_44")
            for clip in clips {
                let attributes = try file.attributes(clip)
                guard case .number(let frames) = attributes["n_frames"] else {
                    Issue.record("\(culture) \(clip): \(attributes)")
                    continue
                }
                recordings.append(
                    Recording(
                        id: "\(culture)_\(clip)", culture: culture, frames: Int(frames),
                        columns: ["clip": clip, "run": "\(attributes["run"] ?? .text(""))"],
                        digests: [:]))
            }
        }
        #expect(Set(recordings.map(\.columns["run"])) == Set((1...8).map { "\($0)" }))
        let corpus = Corpus(
            name: "forrest", hopSeconds: 0.1, dataRoot: realdata, targets: ["arousal", "valence"],
            gold: MatrixLocation(file: "forrest_{culture}.h5", dataset: "{clip}/labels"),
            featureSets: [set], groups: ["run"], recordings: recordings)
        let reader = CorpusReader(corpus: corpus, dataRoot: realdata)
        var digests: [[Digest]] = [[], []]
        for recording in recordings {
            let gold = try reader.gold(recording)
            #expect(gold.values.allSatisfy { abs($0) <= 1 })
            let audio = try reader.features(recording, set)
            digests[recording.culture == "DE" ? 0 : 1].append(Digest(of: audio))
        }
        #expect(recordings.reduce(0) { $0 + $1.frames } == 2 * 70856)
        #expect(digests[0] == digests[1], "both cultures saw the same film")
        #expect(Set(digests[0]).count == 44)
    }

    @Test(
        "A digest is the SHA-256 that Python computes from the same dataset",
        .enabled(if: Python.hasH5py, Python.absence))
    func digest() throws {
        try withFolder { folder in
            let path = realdata + "/forrest_IT.h5"
            try Python.run(
                folder,
                """
                x = h5py.File("\(path)", "r")["clip_07/video"][()]
                h = hashlib.sha256(struct.pack('<QQ', *x.shape) + x.astype('<f4').tobytes('C'))
                open('digest', 'w').write(h.hexdigest())
                """)
            let expected = String(decoding: try bytes(of: folder + "/digest"), as: UTF8.self)
            let matrix = try HDF5File(path: path).readMatrix("clip_07/video")
            #expect(Digest(of: matrix).description == expected)
        }
    }
}
