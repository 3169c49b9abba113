import Corpora
import Testing

@testable import Preparing

@Suite("Files that cannot be indexed")
struct CorpusIndexErrorTests {
    @Test("No file, and a file without recordings, are refused")
    func nothing() {
        expectRefused("Name one or more HDF5 files") { files, _ in files = [] }
        expectRefused("forrest_IT.h5: no group") { files, _ in files[1].groups = [] }
        expectRefused("forrest_DE.h5: no group") { files, _ in
            files[0].groups[0].datasets = []
            files[0].groups[1].datasets = []
        }
    }

    @Test("A culture that nothing says is refused with the attributes that there are")
    func culture() {
        expectRefused(
            "forrest_DE.h5: clip_01: no attribute `nation`", "corpus", "film_start_s", "--culture"
        ) { _, options in options.cultureAttribute = "nation" }
        expectRefused("no attributes at all") { files, options in
            options.targetNames = ["x", "y"]
            options.hopSeconds = 0.1
            files[0].attributes = [:]
            files[0].groups[0].attributes = [:]
        }
        expectRefused("no attribute `corpus`") { files, _ in
            files[0].attributes["corpus"] = ["DE", "AT"]
        }
    }

    @Test("Two recordings with one id are refused")
    func ids() {
        expectRefused("forrest_IT.h5: clip_01: its id would be DE_clip_01", "`id`") { files, _ in
            files[1].attributes["corpus"] = ["DE"]
        }
    }

    @Test("Gold traces that are missing, misshapen or nameless are refused")
    func gold() {
        expectRefused("forrest_IT.h5: clip_02:", "`labels`", "audio, raters, video", "--gold") {
            files, _ in files[1].groups[1].datasets.remove(at: 1)
        }
        expectRefused("forrest_DE.h5: clip_01:", "`mine`", "--gold") { _, options in
            options.goldNames = ["mine"]
        }
        expectRefused("clip_02: the gold traces `labels`", "(102)", "(frames, targets)") {
            files, _ in files[0].groups[1].datasets[1].shape = [102]
        }
        expectRefused("(0, 2)") { files, _ in files[0].groups[0].datasets[1].shape = [0, 2] }
        expectRefused("label_names", "`labels`", "--targets") { files, _ in
            files[0].attributes["label_names"] = nil
        }
        expectRefused("has 2 columns", "arousal, valence, liking") { _, options in
            options.targetNames = ["arousal", "valence", "liking"]
        }
        expectRefused("has 2 columns", "x, x") { _, options in options.targetNames = ["x", "x"] }
        expectRefused("forrest_IT.h5: clip_01: its targets are valence, arousal") { files, _ in
            files[1].attributes["label_names"] = ["valence", "arousal"]
        }
    }

    @Test("A hop that is missing, malformed or not one is refused")
    func hop() {
        expectRefused("forrest_DE.h5: clip_01: neither", "`rate_hz`", "--hop-seconds") {
            files, _ in files[0].attributes["rate_hz"] = nil
        }
        for value in ["ten", "0", "-1", "inf"] {
            expectRefused("`rate_hz` is `\(value)`", "above 0") { files, _ in
                files[0].attributes["rate_hz"] = [value]
            }
        }
        expectRefused("forrest_IT.h5: clip_02: its hop is 0.04 s", "0.1 s") { files, _ in
            files[1].groups[1].attributes["rate_hz"] = ["25"]
        }
        expectRefused("clip_01: the attribute `n_frames` says 7", "have 101") { files, _ in
            files[0].groups[0].attributes["n_frames"] = ["7"]
        }
    }

    @Test("A chosen dataset that cannot be a feature set is refused, and so is none at all")
    func features() {
        expectRefused("no recording has a dataset `vidio`", "nearest is `video`") { _, options in
            options.features = ["vidio"]
        }
        expectRefused("`emotions` is in 2 of 4 recordings only") { _, options in
            options.features = ["emotions"]
        }
        expectRefused("forrest_DE.h5: clip_01: `raters`", "(101, 9, 2)", "101 frames") {
            files, options in
            files[1] = files[0]
            files[1].attributes["corpus"] = ["IT"]
            options.features = ["raters"]
        }
        expectRefused("forrest_IT.h5: clip_02: `audio`", "(99, 3)", "102 frames") {
            files, options in
            files[1].groups[1].datasets[0].shape = [99, 3]
            options.features = ["audio"]
        }
        expectRefused("forrest_IT.h5: clip_01: `audio` has 4 columns, and 3") { files, options in
            files[1].groups[0].datasets[0].shape = [101, 4]
            options.features = ["audio"]
        }
        expectRefused("no dataset of the files can be a feature set", "emotions", "raters") {
            files, _ in
            for f in files.indices {
                for g in files[f].groups.indices {
                    files[f].groups[g].datasets.removeAll { ["audio", "video"].contains($0.name) }
                }
            }
        }
    }

    @Test("A group that is no attribute is refused with the nearest column")
    func groups() {
        expectRefused("DE_clip_01: there is no attribute `runn`", "`run`") { _, options in
            options.groups = ["runn"]
        }
        expectRefused("IT_clip_02: there is no attribute `run`") { files, _ in
            files[1].groups[1].attributes["run"] = nil
        }
    }

    private func expectRefused(
        _ words: String..., sourceLocation: SourceLocation = #_sourceLocation,
        _ change: (inout [FileDescription], inout IndexOptions) -> Void
    ) {
        var files = forrestLike()
        var options = forrestOptions()
        change(&files, &options)
        do throws(PreparingError) {
            _ = try CorpusIndex(of: files, options: options)
            Issue.record("accepted", sourceLocation: sourceLocation)
        } catch {
            for word in words {
                #expect(error.description.contains(word), sourceLocation: sourceLocation)
            }
        }
    }
}
