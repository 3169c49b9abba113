import Corpora
import Features
import Foundation
import Kernels
import Testing

/// `concord data import` of what each tool writes, whole and broken, and with its options.
@Suite struct ToolImportTests {
    /// Two recordings, a and b, of 3 s, whose labels are imported.
    private struct Stage {
        let folder: URL
        static let frames = 30

        init(in folder: URL) throws {
            self.folder = folder
            for id in ["a", "b"] {
                let labels = "time;arousal\n" + rows { "\($0 % 5)" }
                try write(labels, "labels/\(id).csv")
            }
            try #require(try run("labels labels --culture DE").status == 0)
        }

        /// A row for each frame, with its time in front.
        func rows(
            _ between: String = ";", _ values: (Int) -> String
        ) -> String {
            (0..<Self.frames).map { "\(Double($0) / 10)\(between)\(values($0))\n" }.joined()
        }

        func write(_ text: String, _ path: String) throws { try write(Data(text.utf8), path) }

        func write(_ bytes: Data, _ path: String) throws {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try bytes.write(to: file)
        }

        func run(_ words: String) throws -> Command.Result {
            try Command.run(
                ["data", "import"] + words.split(separator: " ").map(String.init)
                    + ["--output", "out"], in: folder)
        }

        /// The matrix of recording a and the frames that are gaps.
        func matrix(_ set: String) throws -> (values: [Float], width: Int, gaps: [Int]) {
            let path = "out/corpus.yaml"
            let corpus = try Manifest.parse(
                String(contentsOf: folder.appending(path: path), encoding: .utf8), file: path)
            let reader = CorpusReader(corpus: corpus, dataRoot: folder.path + "/out")
            let features = try #require(corpus.featureSet(set))
            let matrix = try reader.features(corpus.recordings[0], features)
            let mask = try reader.mask(corpus.recordings[0], features) ?? []
            return withExtendedLifetime(matrix) {
                (Array(matrix.values), matrix.columns, mask.indices.filter { mask[$0] == 0 })
            }
        }
    }

    @Test("openXBOW's CSV, ARFF and LibSVM and NumPy's arrays hold the same bags")
    func bags() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            func bag(_ frame: Int, _ id: String) -> [Int] {
                [frame % 3, 2, id == "a" ? 0 : frame % 2]
            }
            for id in ["a", "b"] {
                let bags = (0..<Stage.frames).map { bag($0, id) }
                try stage.write(
                    stage.rows { frame in
                        bags[frame].map { "\($0)" }.joined(separator: ";")
                    }.split(separator: "\n").map { "'\(id)';\($0)\n" }.joined(),
                    "text/\(id).csv")
                try stage.write(
                    "@relation 'openXBOW'\n@attribute name string\n@attribute time numeric\n"
                        + (1...3).map { "@attribute W(\($0)) numeric\n" }.joined() + "@data\n"
                        + stage.rows(",") { frame in
                            bags[frame].map { "\($0)" }.joined(separator: ",")
                        }.split(separator: "\n").map { "'\(id)',\($0)\n" }.joined(),
                    "arff/\(id).arff")
                // Zeros are left out, so that recording a seems to have two words.
                try stage.write(
                    bags.map { bag in
                        "?" + bag.enumerated().filter { $1 != 0 }.map { " \($0 + 1):\($1)" }
                            .joined() + "\n"
                    }.joined(), "sparse/\(id).libsvm")
                let values = bags.flatMap { $0.map(Float.init) }
                try stage.write(array(values, width: 3), "np/\(id).npy")
            }
            for words in [
                "openxbow text --modality audio", "openxbow arff --modality audio",
                "openxbow sparse --modality audio --width 3", "numpy np --modality audio",
                "numpy np --name chosen --modality audio --columns 3",
            ] {
                let made = try stage.run(words)
                #expect(made.status == 0, "\(words): \(made.errors)")
            }
            let text = try stage.matrix("text")
            #expect(text.values == (0..<Stage.frames).flatMap { bag($0, "a").map(Float.init) })
            for name in ["arff", "sparse", "np"] {
                #expect(try stage.matrix(name).values == text.values, "\(name)")
            }
            #expect(try stage.matrix("chosen").values == Array(repeating: 0, count: 30))
            let narrow = try stage.run("openxbow sparse --name narrow --modality audio")
            #expect(narrow.status == 1 && narrow.errors.contains("--width"), "\(narrow.errors)")
        }
    }

    /// A file of NumPy's.
    private func array(_ values: [Float], width: Int) -> Data {
        let shape = "(\(values.count / width), \(width))"
        let head = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape), }\n"
        var bytes = Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(head.utf8.count), 0])
        bytes += Data(head.utf8)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += Data($0) }
        }
        return bytes
    }

    @Test("A codebook of openXBOW's counts hard, by several words, and by a Gaussian")
    func codebook() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            for id in ["a", "b"] {
                try stage.write(
                    "time;x;y\n" + stage.rows { frame in
                        // Two recordings of one content are an error.
                        id == "b" && frame == 5 ? "NaN;NaN" : frame % 2 == 0 ? "0;0" : "9;10"
                    },
                    "low/\(id).csv")
            }
            try stage.write(
                "codebookNumeric\n3;2;1;gaussian;off\n0;1\n10;10\n50;50\n", "words.txt")
            let options = "csv low --modality audio --reduce words --window-seconds 0.05"
            for (name, more) in [
                ("hard", ""), ("two", "--assign 2"), ("soft", "--assign 2 --gaussian 1"),
            ] {
                let made = try stage.run("\(options) --codebook words.txt --name \(name) \(more)")
                #expect(made.status == 0, "\(made.errors)")
            }
            // Windows are shorter than a hop, so that each holds its own row.
            #expect(try stage.matrix("hard").values[..<6] == [1, 0, 0, 0, 1, 0])
            #expect(try stage.matrix("two").values[..<6] == [1, 1, 0, 1, 1, 0])
            let soft = try stage.matrix("soft").values
            #expect(soft[0] > 0.1 && soft[0] < 1 && soft[1] < 1e-6 && soft[2] == 0)

            let learnt = try stage.run("\(options) --name learnt --words 2 --iterate --raw")
            #expect(learnt.status == 0, "\(learnt.errors)")
            #expect(learnt.errors.contains("no recording is of the partition `train`"))
            let text = try String(
                contentsOf: folder.appending(path: "out/learnt/codebook.txt"), encoding: .utf8)
            #expect(!text.contains("standardizeInput") && text.contains("k-means, raw"))
            #expect(Set(text.split(separator: "\n").suffix(2)) == ["0.0;0.0", "9.0;10.0"])
            let wide = try stage.run("\(options) --codebook words.txt --name wide --columns x")
            #expect(wide.status == 1 && wide.errors.contains("words of 2 features"))
        }
    }

    @Test("Deep Spectrum's window starts are shifted to centres")
    func shift() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            for id in ["a", "b"] {
                let rows = stage.rows(",") { frame in "\(frame + (id == "a" ? 1 : 2))" }
                    .split(separator: "\n")
                try stage.write(
                    "name,timeStamp,neuron_0\n"
                        + rows.prefix(20).map { "/x/\(id).wav,\($0)\n" }.joined(),
                    "deep/\(id).csv")
            }
            let made = try stage.run("deepspectrum deep --shift-seconds 0.5")
            #expect(made.status == 0, "\(made.errors)")
            let deep = try stage.matrix("deep")
            #expect(deep.gaps == Array(0..<5) + Array(25..<30))
            #expect(deep.values[4..<7] == [0, 1, 2])
            let far = try stage.run("deepspectrum deep --shift-seconds 1e30 --slack-seconds 1e31")
            #expect(far.status == 1 && far.errors.contains("--shift-seconds"), "\(far.errors)")
            for words in ["--slack-seconds inf", "--shift-seconds nan"] {
                #expect(try stage.run("deepspectrum deep \(words)").status == 64)
            }
        }
    }

    @Test("Broken files of OpenFace, MuSe and Deep Spectrum are named with what to do")
    func broken() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            let face = "frame, timestamp, confidence, success, AU01_r\n"
            func faces(_ success: Int) -> String {
                stage.rows(", ") { _ in "0.9, \(success), 0.5" }.split(separator: "\n")
                    .map { "1, \($0)\n" }.joined()
            }
            let deep = "name,timeStamp,neuron_0,neuron_1\n"
            for (source, text, saying) in [
                ("openface", face + faces(0), "none of 30 rows was measured"),
                ("openface", face + faces(1) + "1, 2.9, 0.9, 1, 0.5\n", "one face a file"),
                ("openface", face + faces(1) + "1, 3.0, 0.9", "3 of 5 fields"),
                ("openface", (face + faces(1)).replacing("\n", with: "\r"), "tr '\\r' '\\n'"),
                ("deepspectrum", deep + "a,0.0,1,inf\n", "line 2, column 4 (neuron_1): `inf`"),
                ("deepspectrum", deep + "a,0.0,1\n", "3 fields where 4"),
                ("deepspectrum", deep + "a,0.0,1,2\na,0.1", "line 3: the row ends after 2 of 4"),
                ("csv --modality audio", "0,1\n5,6\n", "--header or --no-header"),
            ] {
                try stage.write(text, "broken/a.csv")
                let made = try stage.run("\(source) broken")
                #expect(made.status == 1, "\(text)")
                #expect(made.errors.contains("broken/a.csv: "), "\(made.errors)")
                #expect(made.errors.contains(saying), "\(saying): \(made.errors)")
            }
            for (labels, saying) in [
                ("timestamp,arousal\n0,1\n250,1\n", "no column `value`"),
                ("timestamp,value\n250,1\n0,1\n", "Sort the rows by time"),
                ("timestamp,value\n0,1\n250,0,5\n", "3 fields where 2"),
            ] {
                try stage.write(labels, "muse/label_segments/arousal/1.csv")
                try stage.write(
                    "timestamp,0\n0,1\n250,1\n", "muse/feature_segments/vggish/1.csv")
                let made = try Command.run(
                    "data", "import", "muse", "muse", "--culture", "DE", "--output", "muse-out",
                    in: folder)
                #expect(made.status == 1 && made.errors.contains(saying), "\(made.errors)")
            }
        }
    }

    @Test("What is imported, but not as it may seem, is said")
    func notes() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            for id in ["a", "b"] {
                let rows = stage.rows(",") { _ in id == "a" ? "0.5" : "0.25" }
                try stage.write("timestamp,AU01_r\n" + rows, "faces/\(id).csv")
                try stage.write(
                    "time;x\n"
                        + stage.rows { "\($0)\(id == "a" ? 1 : 2).4321" }.dropLast(6),
                    "cut/\(id).csv")
                try stage.write("Input: webcam\n", "faces/\(id)_of_details.txt")
                if id == "a" { try stage.write("time,x\n" + rows, "half/a.csv") }
            }
            let faces = try stage.run("openface faces")
            #expect(faces.status == 0)
            #expect(faces.errors.contains("2 files, such as faces/a.csv, without success"))
            #expect(faces.errors.contains("none of their rows is a gap"), "\(faces.errors)")
            #expect(faces.errors.contains("1 column named in the first line"))
            let cut = try stage.run("csv cut --modality audio")
            #expect(cut.status == 0 && cut.errors.contains("the last number may be cut off"))
            let half = try stage.run("csv half --modality audio")
            #expect(half.status == 1 && half.errors.contains("half is left out of the manifest"))
            // It was so before, and this import is whole.
            #expect(try stage.run("openface faces").status == 0)
        }
    }

    @Test("What another version imported is imported again")
    func version() throws {
        try withFolder { folder in
            let stage = try Stage(in: folder)
            for id in ["a", "b"] {
                let rows = stage.rows { "\($0)\(id == "a" ? 1 : 2)" }
                try stage.write("time;x\n" + rows, "x/\(id).csv")
            }
            try #require(try stage.run("csv x --modality audio").status == 0)
            let path = folder.path + "/out/x/a.h5"
            let file = try HDF5File(path: path)
            let (attributes, group) = (try file.attributes("a/x"), try file.attributes("a"))
            let matrix = try stage.matrix("x")
            let writer = try HDF5Writer(path: path)
            try writer.write("a/x", shape: [matrix.values.count, 1], floats: matrix.values)
            for (name, value) in attributes {
                try writer.setAttribute(
                    "a/x", name, name == "importer" ? .text("concord 0.0.1") : value)
            }
            for (name, value) in group { try writer.setAttribute("a", name, value) }
            try writer.close()
            let again = try stage.run("csv x --modality audio")
            #expect(again.errors.contains("x: 1 recording, 1 were there"), "\(again.errors)")
        }
    }
}
