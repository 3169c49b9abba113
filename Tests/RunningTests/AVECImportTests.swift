import Corpora
import Features
import Foundation
import Kernels
import Testing

/// The text of AVEC's challenges, with all that is odd about it, up to a plan.
@Suite struct AVECImportTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let ids = [
        "Train_DE_01", "Train_DE_24", "Train_HU_01", "Train_HU_05", "Devel_DE_01", "Devel_DE_12",
        "Devel_HU_01", "Devel_HU_14",
    ]
    private static let frames = 60

    private func write(_ text: String, _ path: String, in folder: URL) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
    }

    /// Rows of made-up numbers behind `front`, a row for each time.
    private func rows(
        _ count: Int, every hop: Double, width: Int, seed: Int, format: String = "%.6f",
        between separator: String = ";", front: (String) -> String
    ) -> String {
        // Of a few rows over and over: the deep ones are wide.
        let tails = (0..<7).map { row in
            (0..<width).map { column in
                String(format: format, Double((row * 31 + column * 17 + seed) % 97) / 97)
            }.joined(separator: separator)
        }
        return (0..<count).map { row in
            let time = String(format: "%.2f", Double(row) * hop)
            return front(time) + tails[row % tails.count] + "\n"
        }.joined()
    }

    /// All that a licence-holder has of one recording.
    private func writeRecording(_ id: String, seed: Int, labelled: Bool, in folder: URL) throws {
        let named = { (time: String) in "'\(id)';\(time);" }
        if labelled {
            var labels = "name;timestamp;arousal;valence;liking\n"
            for frame in 0..<Self.frames {
                labels += "'\(id)';" + String(format: "%.6f", Double(frame) / 10) + ";"
                labels += String(format: "%.6f", Double((frame + seed) % 13) / 13 - 0.4)
                labels += String(format: ";%.6f;0.000000\n", Double(frame * seed % 7) / 10)
            }
            try write(labels, "labels/\(id).csv", in: folder)
        }
        for (name, columns) in [
            ("mfcc", (0..<39).map { "pcm_fftMag_mfcc[\($0)]" }),
            ("egemaps", (0..<23).map { "egemaps_\($0)_sma3" }),
        ] {
            try write(
                "name;frameTime;" + columns.joined(separator: ";") + "\n"
                    + rows(
                        600, every: 0.01, width: columns.count, seed: seed, format: "%.6e",
                        front: named),
                "audio_features_\(name)/\(id).csv", in: folder)
        }
        // Without a header, and up to three rows longer than the labels.
        for (name, width) in [
            ("audio_features_mfcc_functionals", 78), ("audio_features_mfcc_xbow", 100),
            ("audio_features_egemaps_functionals", 46), ("audio_features_egemaps_xbow", 100),
            ("visual_features_functionals", 36), ("visual_features_xbow", 100),
        ] {
            try write(
                rows(
                    Self.frames + seed % 4, every: 0.1, width: width, seed: seed, front: named),
                "\(name)/\(id).csv", in: folder)
        }
        // At 50 Hz; from 1 s to 2 s nobody is seen.
        let units = ["01", "02", "04", "05", "06", "07", "09", "10", "12", "14", "15", "17", "20"]
            + ["23", "25", "26", "45"]
        try write(
            "name;frameTime;confidence;" + units.map { "AU\($0)_r" }.joined(separator: ";") + "\n"
                + rows(300, every: 0.02, width: 17, seed: seed, format: "%.3f") { time in
                    let isSeen = !(1..<2).contains(Double(time) ?? 0)
                    return "'\(id)';\(time);\(isSeen ? "0.975" : "0.000");"
                },
            "visual_features/\(id).csv", in: folder)
        // Windows of 4 s, named by their start, so that the last 4 s have none.
        for (name, width) in [
            ("VGG16", 4096), ("AlexNet", 4096), ("DenseNet121", 1024), ("DenseNet201", 1920),
        ] {
            let columns = (0..<width).map { "neuron_\($0)" }.joined(separator: ",")
            try write(
                "name,timeStamp,\(columns)\n"
                    + rows(
                        Self.frames - 40, every: 0.1, width: width, seed: seed, format: "%.4g",
                        between: ","
                    ) { "/data/wav/\(id).wav,\($0)," },
                "audio_features_DeepSpectrum_\(name)/\(id).csv", in: folder)
        }
        // Numbers alone.
        for (name, word, width) in [("VGG", "vgg", 4096), ("ResNet", "res", 2048)] {
            try write(
                rows(
                    Self.frames, every: 0.1, width: width, seed: seed, format: "%.4g", between: ","
                ) { _ in "" },
                "visual_features_\(name)/\(id)_\(word).txt", in: folder)
        }
    }

    @Test("AVEC 2019's text of all feature sets becomes what the outline says, and a preset's plan")
    func whole() throws {
        try withFolder { folder in
            let avec = folder.appending(path: "avec")
            for (number, id) in Self.ids.enumerated() {
                try writeRecording(id, seed: number + 1, labelled: true, in: avec)
            }
            try writeRecording("Test_CN_01", seed: 99, labelled: false, in: avec)
            let made = try Command.run(
                "data", "import", "avec2019", "avec", "--output", "out", in: folder)
            try #require(made.status == 0, "\(made.errors)")
            #expect(made.errors.contains("such as Test_CN_01, have no gold traces"))
            #expect(made.errors.contains("17 columns named in the first line, 72 of 480 frames"))

            let shipped = Self.root.appending(path: "data-manifests/avec2019.yaml")
            var outline = try Manifest.parse(
                String(contentsOf: shipped, encoding: .utf8), file: shipped.path, outlines: true)
            outline.recordings.removeAll { !Self.ids.contains($0.id) }
            try write(try Manifest.render(outline), "outline.yaml", in: folder)
            let checked = try Command.run(
                "data", "check", "outline.yaml", "--data-root", "out", "--output",
                "corpus.yaml", in: folder)
            try #require(checked.status == 0, "\(checked.errors)")

            let corpus = try Manifest.parse(
                String(contentsOf: folder.appending(path: "corpus.yaml"), encoding: .utf8),
                file: "corpus.yaml")
            #expect(corpus.recordings.map(\.id).sorted() == Self.ids.sorted())
            #expect(corpus.recordings.allSatisfy { $0.frames == Self.frames && $0.dyad != nil })
            let reader = CorpusReader(corpus: corpus, dataRoot: folder.path + "/out")
            let first = try #require(corpus.recordings.first { $0.id == "Train_DE_24" })
            func gaps(_ name: String) throws -> [Int] {
                let mask = try reader.mask(first, try #require(corpus.featureSet(name))) ?? []
                return mask.indices.filter { mask[$0] == 0 }
            }
            #expect(try gaps("visual_features") == Array(11..<20))
            #expect(try gaps("audio_features_DeepSpectrum_VGG16") == Array(20..<60))
            #expect(try gaps("audio_features_mfcc") == [])
            let bags = try reader.features(
                first, try #require(corpus.featureSet("visual_features_ResNet")))
            #expect(abs(bags[8, 3] - Float(1 * 31 + 3 * 17 + 2) / 97) < 1e-4)

            try FileManager.default.copyItem(
                at: Self.root.appending(path: "cluster/sweeps/avec2019-table1.yaml"),
                to: folder.appending(path: "sweep.yaml"))
            let planned = try Command.run("plan", "sweep.yaml", in: folder)
            #expect(planned.status == 0, "\(planned.errors)")
        }
    }

    @Test("AVEC 2018's labels have no header, AVEC 2017's names no culture, and no dyad is said")
    func earlier() throws {
        try withFolder { folder in
            for (year, ids) in [("2018", ["Train_DE_01", "Test_HU_50"]), ("2017", ["Train_07"])] {
                for (number, id) in ids.enumerated() {
                    let front = { (time: String) in "'\(id)';\(time);" }
                    try write(
                        rows(30, every: 0.1, width: 3, seed: 5 + number, front: front),
                        "\(year)/labels/\(id).csv", in: folder)
                    try write(
                        rows(30, every: 0.1, width: 4, seed: 9 + number, front: front),
                        "\(year)/linguistic_features_xbow/\(id).csv", in: folder)
                }
                let made = try Command.run(
                    "data", "import", "avec\(year)", year, "--output", "out\(year)", in: folder)
                try #require(made.status == 0, "\(made.errors)")
                #expect(made.errors.contains("neither dyad, session nor subject"))
                #expect(made.errors.contains("4 columns without a header"), "\(made.errors)")
                let path = "out\(year)/corpus.yaml"
                let corpus = try Manifest.parse(
                    String(contentsOf: folder.appending(path: path), encoding: .utf8), file: path)
                #expect(corpus.targets == ["arousal", "valence", "liking"])
                #expect(corpus.featureSets.map { "\($0.name) \($0.modality)" } == [
                    "linguistic_features_xbow text"
                ])
                #expect(
                    corpus.recordings.map { "\($0.culture) \($0.partition ?? "")" }
                        == (year == "2018" ? ["HU test", "DE train"] : ["DE train"]))
            }
        }
    }

    @Test("Labels without features are said to be no corpus yet")
    func labelsAlone() throws {
        try withFolder { folder in
            try write(
                "time;arousal\n" + rows(9, every: 0.1, width: 1, seed: 1) { $0 + ";" },
                "avec/labels/Train_DE_01.csv", in: folder)
            let made = try Command.run(
                "data", "import", "avec2019", "avec", "--output", "out", in: folder)
            #expect(made.status == 1 && made.errors.contains("There is no manifest yet"))
        }
    }
}
