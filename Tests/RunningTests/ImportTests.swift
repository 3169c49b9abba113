import Corpora
import Features
import Foundation
import Kernels
import Testing

/// `concord data import`, on files as the tools write them.
@Suite struct ImportTests {
    /// A folder in AVEC 2019's layout: four recordings of 3 s, two feature sets.
    struct Source {
        let folder: URL
        static let ids = ["Train_DE_01", "Train_DE_24", "Devel_HU_01", "Devel_HU_14"]

        init(in folder: URL) throws {
            self.folder = folder
            for (number, id) in Self.ids.enumerated() {
                var labels = "name;timestamp;arousal;valence;liking\n"
                var bags = ""
                for frame in 0..<30 + number {
                    let time = Double(frame) / 10
                    labels += "'\(id)';\(time);\(Double(frame % 7) / 10);0.000000;-0.25\n"
                    bags += "'\(id)';\(time);\(frame);\(number)\n"
                }
                var audio = "name;frameTime;F0;Loudness\n"
                for row in 0..<300 where !(100..<150).contains(row) {
                    let time = Double(row) / 100
                    audio += "'\(id)';\(time);\(Double(row + number) / 8);1.5e+00\n"
                }
                try write(labels, "labels/\(id).csv")
                try write(bags, "visual_features_xbow/\(id).csv")
                try write(audio, "audio_features_egemaps/\(id).csv")
            }
        }

        func write(_ text: String, _ path: String) throws {
            let file = folder.appending(path: "avec/\(path)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
    }

    private func corpus(_ folder: URL, _ path: String = "out/corpus.yaml") throws -> Corpus {
        let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
        return try Manifest.parse(text, file: path)
    }

    @Test("AVEC's folder becomes a checked corpus with dyads, gaps and a source for each matrix")
    func avec() throws {
        try withFolder { folder in
            _ = try Source(in: folder)
            let made = try Command.run(
                "data", "import", "avec2019", "avec", "--output", "out", in: folder)
            try #require(made.status == 0, "\(made.errors)")
            let corpus = try corpus(folder)
            #expect(corpus.targets == ["arousal", "valence", "liking"] && corpus.hopSeconds == 0.1)
            #expect(
                corpus.featureSets.map { "\($0.name) \($0.modality) \($0.width)" } == [
                    "audio_features_egemaps audio 2", "visual_features_xbow video 2",
                ])
            let first = try #require(corpus.recordings.first { $0.id == "Train_DE_24" })
            #expect(first.culture == "DE" && first.dyad == "C3_S083" && first.frames == 31)
            #expect(first.partition == "train")

            let reader = CorpusReader(corpus: corpus, dataRoot: folder.path + "/out")
            let audio = try reader.features(first, corpus.featureSets[0])
            let mask = try #require(try reader.mask(first, corpus.featureSets[0]))
            // Rows 100 to 149 are missing: frame 10 has none but those of 0.95 s to 1.00 s.
            #expect(mask.indices.filter { mask[$0] == 0 } == [11, 12, 13, 14])
            #expect(audio[0, 0] == 0.375)  // The mean of rows 0 to 4: 1/8 … 5/8.
            #expect(try reader.mask(first, corpus.featureSets[1]) == nil)
            #expect(try reader.gold(first)[3, 0] == 0.3)

            let file = try HDF5File(
                path: folder.path + "/out/audio_features_egemaps/Train_DE_24.h5")
            let attributes = try file.attributes("Train_DE_24/audio_features_egemaps")
            let source = try Data(
                contentsOf: folder.appending(path: "avec/audio_features_egemaps/Train_DE_24.csv"))
            #expect(attributes["source_sha256"] == .text("\(Digest(of: source))"))
            #expect(attributes["importer"]?.description.hasPrefix("concord ") == true)
            #expect(attributes["columns"] == .texts(["F0", "Loudness"]))

            let checked = try Command.run("data", "check", "out/corpus.yaml", in: folder)
            #expect(checked.status == 0, "\(checked.errors)")
        }
    }

    @Test("What is finished is not imported again; an edited source is, and the bytes are the same")
    func resume() throws {
        try withFolder { folder in
            let source = try Source(in: folder)
            let arguments = ["data", "import", "avec2019", "avec", "--output"]
            let first = try Command.run(arguments + ["out"], in: folder)
            try #require(first.status == 0, "\(first.errors)")
            let path = folder.appending(path: "out/visual_features_xbow/Train_DE_01.h5")
            let other = folder.appending(path: "out/visual_features_xbow/Devel_HU_01.h5")
            let bytes = try Data(contentsOf: path)
            let again = try Command.run(arguments + ["out"], in: folder)
            #expect(again.status == 0)
            #expect(again.errors.contains("0 recordings, 4 were there"), "\(again.errors)")
            #expect(try Data(contentsOf: path) == bytes)

            // A killed import leaves a part of a file, and the next one begins there.
            try FileManager.default.removeItem(at: other)
            try Data([1, 2]).write(to: URL(filePath: path.path + ".partial-1"))
            try source.write(
                "'Train_DE_01';0.0;7;8\n'Train_DE_01';2.9;7;8\n",
                "visual_features_xbow/Train_DE_01.csv")
            let third = try Command.run(arguments + ["out"], in: folder)
            #expect(third.errors.contains("2 recordings, 2 were there"), "\(third.errors)")
            #expect(try Data(contentsOf: path) != bytes)
            #expect(!FileManager.default.fileExists(atPath: path.path + ".partial-1"))

            let elsewhere = try Command.run(arguments + ["two", "--jobs", "1"], in: folder)
            #expect(elsewhere.status == 0)
            let twin = folder.appending(path: "two/visual_features_xbow/Train_DE_01.h5")
            #expect(try Data(contentsOf: path) == Data(contentsOf: twin))
        }
    }

    @Test("A broken file is named with line and column, and all others are imported")
    func broken() throws {
        try withFolder { folder in
            let source = try Source(in: folder)
            try source.write(
                "'a';0.0;1;2\n'a';0.1;1,5;2\n", "visual_features_xbow/Train_DE_01.csv")
            let made = try Command.run(
                "data", "import", "avec2019", "avec", "--output", "out", in: folder)
            #expect(made.status == 1)
            for words in [
                "visual_features_xbow/Train_DE_01.csv: line 2, column 3", "decimal comma",
                "1 file could not be imported", "left out of the manifest", "Train_DE_01 has not",
            ] {
                #expect(made.errors.contains(words), "\(made.errors)")
            }
            #expect(try corpus(folder).featureSets.map(\.name) == ["audio_features_egemaps"])
            try source.write("'a';0.0;1;2\n'a';9.1;1;2\n", "visual_features_xbow/Train_DE_01.csv")
            let longer = try Command.run(
                "data", "import", "avec2019", "avec", "--output", "out", in: folder)
            #expect(longer.status == 1 && longer.errors.contains("--slack-seconds"))
        }
    }

    @Test("Tools' files of one's own recordings: labels, openSMILE, OpenFace, functionals, words")
    func tools() throws {
        try withFolder { folder in
            let source = try Source(in: folder)
            var table = "id,culture,subject,partition\n"
            for (number, id) in Source.ids.enumerated() {
                table += "\(id),C\(number / 2),s\(number),\(number < 2 ? "train" : "test")\n"
                var faces = "frame, timestamp, confidence, success, x_0, pose_Tx, AU01_r\n"
                for row in 0..<90 {
                    let time = Double(row) / 30
                    let success = row % 10 == 0 ? 0 : 1
                    faces += "\(row), \(time), 0.9, \(success), 9, \(row), \(number)\n"
                }
                try source.write(faces, "faces/\(id)_openface.csv")
            }
            try table.write(
                to: folder.appending(path: "table.csv"), atomically: true, encoding: .utf8)
            func run(_ words: String) throws -> Command.Result {
                try Command.run(
                    ["data", "import"] + words.split(separator: " ").map(String.init)
                        + ["--output", "out"], in: folder)
            }
            let early = try run("openface avec/faces")
            #expect(early.status == 1 && early.errors.contains("data import labels"))
            for words in [
                "labels avec/labels --table table.csv", "openface avec/faces",
                "opensmile avec/audio_features_egemaps --name egemaps",
                "opensmile avec/audio_features_egemaps --name functionals --reduce functionals",
                "opensmile avec/audio_features_egemaps --name words --reduce words --words 5",
            ] {
                let made = try run(words)
                #expect(made.status == 0, "\(words): \(made.errors)")
            }
            let corpus = try corpus(folder)
            #expect(
                corpus.featureSets.map { "\($0.name) \($0.modality) \($0.width)" } == [
                    "egemaps audio 2", "faces video 2", "functionals audio 4", "words audio 5",
                ])
            #expect(corpus.recordings.map(\.culture).sorted() == ["C0", "C0", "C1", "C1"])
            let checked = try Command.run("data", "check", "out/corpus.yaml", in: folder)
            #expect(checked.status == 0, "\(checked.errors)")

            // The words are those of the training partition, and a second run keeps them.
            let codebook = folder.appending(path: "out/words/codebook.txt")
            let text = try String(contentsOf: codebook, encoding: .utf8)
            #expect(text.contains("2 files") && text.contains("\n5;2;1;gaussian;off\n"))
            let again = try run(
                "opensmile avec/audio_features_egemaps --name words --reduce words --words 5")
            #expect(again.errors.contains("4 were there"), "\(again.errors)")
            #expect(try String(contentsOf: codebook, encoding: .utf8) == text)
        }
    }

    @Test("What cannot be imported at all is refused with what to do")
    func refused() throws {
        try withFolder { folder in
            let source = try Source(in: folder)
            func fails(_ words: String, _ saying: String...) throws {
                let made = try Command.run(
                    ["data", "import"] + words.split(separator: " ").map(String.init)
                        + ["--output", "out"], in: folder)
                #expect(made.status > 0, "\(words)")
                for word in saying { #expect(made.errors.contains(word), "\(made.errors)") }
            }
            try fails("avec2019 nowhere", "nowhere", "does not exist")
            try fails("avec2019 avec/labels", "laid out")
            try source.write("name;time;x\n'clip';0;1\n'clip';1;2\n", "own/clip.csv")
            try fails("labels avec/own", "culture of clip", "--culture")
            let labels = try Command.run(
                "data", "import", "labels", "avec/labels", "--output", "out", in: folder)
            #expect(labels.status == 0, "\(labels.errors)")
            try fails("csv avec/own", "--modality")
            try fails("csv avec/own --modality sound", "sound")
            try fails("opensmile avec/own --columns F1", "nearest")
            try source.write("name;time;x\n'../clip';0;1\n'../..';1;2\n", "own/clip.csv")
            try fails("opensmile avec/own", "climbs out")
        }
    }

    @Test("Two files of one recording are named, whether their names or their rows say it")
    func twins() throws {
        try withFolder { folder in
            let source = try Source(in: folder)
            func run(_ words: String) throws -> Command.Result {
                try Command.run(
                    ["data", "import"] + words.split(separator: " ").map(String.init)
                        + ["--output", "out"], in: folder)
            }
            try #require(try run("labels avec/labels").status == 0)
            let rows = (0..<30).map { "\(Double($0) / 10);1\n" }.joined()
            for name in ["Train_DE_01", "Train_DE_01_b"] {
                try source.write("time;x\n" + rows, "two/\(name).csv")
            }
            let two = try run("csv avec/two --modality audio")
            #expect(two.status == 1, "\(two.errors)")
            #expect(two.errors.contains("two/Train_DE_01.csv and avec/two/Train_DE_01_b.csv"))
            let made = folder.path + "/out/two/Train_DE_01.h5"
            #expect(!FileManager.default.fileExists(atPath: made))
            let named = (0..<30).map { "Train_DE_01;\(Double($0) / 10);1\n" }.joined()
            for name in ["a", "b"] { try source.write("name;time;x\n" + named, "in/\(name).csv") }
            let inside = try run("csv avec/in --modality audio")
            #expect(inside.status == 1 && inside.errors.contains("it has rows of Train_DE_01"))
            let both = named + named.replacing("DE_01", with: "DE_01_x")
            try source.write("name;time;x\n" + both, "one/a.csv")
            let one = try run("csv avec/one --modality audio")
            #expect(one.errors.contains("a second name in it"), "\(one.errors)")
            try source.write("time;x\n" + rows, "labels/deeper/Train_DE_01.csv")
            #expect(try run("labels avec/labels").errors.contains("are both of Train_DE_01"))
        }
    }

    @Test("Thousands of columns keep their names")
    func wide() throws {
        try withFolder { folder in
            let source = try Source(in: folder)
            let names = (0..<5000).map { "neuron_\($0)" }
            for id in Source.ids {
                var text = "name,timeStamp," + names.joined(separator: ",") + "\n"
                for row in 0..<30 {
                    text += "\(id).wav,\(Double(row) / 10)" + String(repeating: ",1", count: 5000)
                    text += "\n"
                }
                try source.write(text, "deep/\(id).csv")
            }
            for words in ["labels avec/labels", "deepspectrum avec/deep"] {
                let made = try Command.run(
                    ["data", "import"] + words.split(separator: " ").map(String.init)
                        + ["--output", "out"], in: folder)
                #expect(made.status == 0, "\(made.errors)")
            }
            #expect(try corpus(folder).featureSets.map(\.width) == [5000])
            let file = try HDF5File(path: folder.path + "/out/deep/Train_DE_01.h5")
            let columns = try file.attributes("Train_DE_01/deep")["columns"]
            #expect(columns == .text(names.joined(separator: "\n")))
        }
    }

    @Test("MuSe's folders: a file for each target, milliseconds, partitions from a table")
    func muse() throws {
        try withFolder { folder in
            for id in 1...2 {
                for (target, sign) in [("arousal", 1.0), ("valence", -1.0)] {
                    let rows = "0,\(sign),1\n250,0,1\n500,\(sign * 0.5),1\n"
                    try write(
                        "timestamp,value,segment_id\n" + rows,
                        "label_segments/\(target)/\(id).csv", in: folder)
                }
                try write(
                    "timestamp,segment_id,0,1\n0,1,\(id),2\n250,1,3,4\n500,1,5,6\n",
                    "feature_segments/vggish/\(id).csv", in: folder)
            }
            try write("Id,Proposal\n1,train\n2,devel\n", "metadata/partition.csv", in: folder)
            let made = try Command.run(
                "data", "import", "muse", "muse", "--culture", "DE", "--output", "out", in: folder)
            try #require(made.status == 0, "\(made.errors)")
            let corpus = try corpus(folder)
            #expect(corpus.hopSeconds == 0.25 && corpus.targets == ["arousal", "valence"])
            #expect(corpus.recordings.map(\.partition) == ["train", "devel"])
            let reader = CorpusReader(corpus: corpus, dataRoot: folder.path + "/out")
            #expect(Array(try reader.gold(corpus.recordings[0]).values) == [1, -1, 0, 0, 0.5, -0.5])
        }
    }

    private func write(_ text: String, _ path: String, in folder: URL) throws {
        let file = folder.appending(path: "muse/\(path)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }
}
