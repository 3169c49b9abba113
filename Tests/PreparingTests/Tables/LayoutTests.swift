import Kernels
import Testing

@testable import Preparing

/// What names of files and recordings say.
@Suite struct LayoutTests {
    @Test("Names of AVEC and SEWA tell culture, partition, session, dyad and subject")
    func names() {
        #expect(
            RecordingName.columns(of: "Train_DE_24", isAVEC2019: true) == [
                "culture": "DE", "partition": "train", "dyad": "C3_S083", "session": "C3_S083",
                "subject": "C3_P165", "sewa": "C3_S083_P165",
            ])
        #expect(RecordingName.columns(of: "Test_HU_66") == ["culture": "HU", "partition": "test"])
        #expect(RecordingName.columns(of: "Devel_07") == ["culture": "DE", "partition": "devel"])
        #expect(
            RecordingName.columns(of: "C2_S014_P027_VC1") == [
                "culture": "HU", "session": "C2_S014", "dyad": "C2_S014", "subject": "C2_P027",
            ])
        for other in ["", "clip_01", "Train", "Train_DE", "C3_S_P1", "Train_DE_x", "C_S1_P1"] {
            #expect(RecordingName.columns(of: other).isEmpty, "\(other)")
        }
    }

    @Test("A file belongs to the longest recording that its name begins with")
    func match() {
        let ids = ["Train_DE_01", "Train_DE_0", "clip"]
        #expect(RecordingName.match("Train_DE_01", among: ids) == "Train_DE_01")
        #expect(RecordingName.match("Train_DE_01_res", among: ids) == "Train_DE_01")
        #expect(RecordingName.match("clip.openface", among: ids) == "clip")
        #expect(RecordingName.match("clip2", among: ids) == nil)
        #expect(RecordingName.match("Train_DE_012", among: ids) == nil)
    }

    @Test("No name leads out of a folder")
    func stems() {
        #expect(RecordingName.stem(of: "/a/b/Train_DE_01.csv") == "Train_DE_01")
        #expect(RecordingName.stem(of: "C:\\x\\a.b.wav") == "a.b")
        for bad in ["", "..", "a/..", "a/.hidden", "x\u{0}.csv", "{id}.csv", "a/"] {
            let stem = RecordingName.stem(of: bad)
            #expect(stem == nil || stem == "a", "\(bad)")
        }
        #expect(!RecordingName.isSafe("../x") && !RecordingName.isSafe("."))
    }

    @Test("AVEC's folders become gold traces and feature sets with modalities")
    func avec() throws {
        let layout = try FolderLayout(avec: [
            "labels/Train_DE_01.csv", "labels/Devel_HU_02.csv", "labels/readme.txt",
            "audio_features_egemaps_xbow/Train_DE_01.csv", "visual_features/Train_DE_01.csv",
            "visual_features_ResNet/Train_DE_01_res.txt",
            "linguistic_features_xbow/Train_DE_01.csv",
            "audio/Train_DE_01.wav", "scripts/run.csv", "deep/er/Train_DE_01.csv",
            "transcriptions/Train_DE_01.csv",
        ])
        #expect(layout.gold.map(\.files) == [
            ["Train_DE_01": "labels/Train_DE_01.csv", "Devel_HU_02": "labels/Devel_HU_02.csv"]
        ])
        #expect(
            layout.features.map { "\($0.name) \($0.modality) \($0.files.count)" } == [
                "audio_features_egemaps_xbow audio 1", "linguistic_features_xbow text 1",
                "visual_features video 1", "visual_features_ResNet video 1",
            ])
        #expect(
            layout.features[3].files == [
                "Train_DE_01": "visual_features_ResNet/Train_DE_01_res.txt"
            ])
        #expect(layout.notes.count == 2, "\(layout.notes)")
        #expect(layout.notes[0].hasSuffix("1 file labels/readme.txt."), "\(layout.notes)")
    }

    @Test("Two files of one recording are refused by name, and never left to chance")
    func twins() {
        for (first, second) in [
            ("visual_features/Train_DE_01_res.txt", "visual_features/Train_DE_01_vgg.txt"),
            ("visual_features/Train_DE_01.arff", "visual_features/Train_DE_01.csv"),
            ("labels/Train_DE_01.csv", "labels_old/Train_DE_01.csv"),
        ] {
            let error = #expect(throws: PreparingError.self) {
                try FolderLayout(avec: [second, first])
            }
            let problem = error?.problem ?? ""
            #expect(problem.contains(first) && problem.contains(second), "\(problem)")
        }
        #expect(throws: PreparingError.self) {
            try FolderLayout(muse: ["features/au/1.csv", "features/au/1.arff"], modalities: [:])
        }
    }

    @Test("Columns are chosen among features, and not among labels")
    func columns() throws {
        let layout = try FolderLayout(avec: [
            "labels/Train_DE_01.csv", "visual_features/Train_DE_01.csv",
        ])
        var format = TableFormat.avec
        format.columns = ["AU*_r"]
        let parts = layout.parts(in: "a", gold: "targets", format: format, targets: nil)
        #expect(parts.map(\.format.columns) == [[], ["AU*_r"]])
    }

    @Test("MuSe's folders have a file for each target")
    func muse() throws {
        let layout = try FolderLayout(
            muse: [
                "label_segments/arousal/1.csv", "label_segments/valence/1.csv",
                "label_segments/arousal/2.csv", "feature_segments/vggish/1.csv",
                "feature_segments/mine/1.csv", "feature_segments/odd/1.csv",
            ], modalities: ["mine": "text"])
        let parts = layout.parts(in: "m", gold: "targets", format: .muse, targets: nil)
        #expect(parts.map(\.name) == ["targets", "mine", "vggish"])
        #expect(parts[0].targets == ["arousal", "valence"])
        #expect(
            parts[0].files == [
                ImportPart.File(
                    id: "1",
                    paths: ["m/label_segments/arousal/1.csv", "m/label_segments/valence/1.csv"])
            ])
        #expect(layout.notes.count == 1 && layout.notes[0].contains("odd"))
    }

    @Test("A table of recordings, with the words of the field for its columns")
    func recordings() throws {
        let table = try RecordingTable(
            "Video;Culture;speaker;age\nclip_01;DE;anna;\nclip_02;HU;béla;30\n", file: "t.csv")
        #expect(
            table.columns == [
                "clip_01": ["culture": "DE", "subject": "anna"],
                "clip_02": ["culture": "HU", "subject": "béla", "age": "30"],
            ])
        for (text, word) in [
            ("a,b\n1,2\n", "`id`"), ("id,b\n1\n", "1 fields"), ("id,b\n1,2\n1,3\n", "second line"),
        ] {
            do {
                _ = try RecordingTable(text, file: "t.csv")
                Issue.record("\(text)")
            } catch {
                #expect("\(error)".contains(word) && "\(error)".contains("t.csv"), "\(error)")
            }
        }
    }

    @Test("Whatever is done to a table of recordings, it gives rows or an error with its line")
    func recordingsFuzz() {
        let text = "Video;Culture;speaker;age\r\nclip_01;DE;'anna';\nclip_02;HU;béla;30\n"
        for seed in 0..<5_000 as Range<UInt64> {
            var random = RandomStream(seed: seed)
            var bytes = Array(text.utf8)
            for _ in 0...random.below(5) { TableFaultTests.hurt(&bytes, &random) }
            do {
                let table = try RecordingTable(String(decoding: bytes, as: UTF8.self), file: "t")
                #expect(table.columns.count <= bytes.count)
                #expect(table.columns.values.joined().allSatisfy { !$0.value.isEmpty })
            } catch {
                #expect(error.file == "t" && error.line != nil, "seed \(seed)")
            }
        }
    }
}
