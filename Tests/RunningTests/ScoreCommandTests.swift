import Foundation
import Testing

/// Others' predictions, scored by the real binary against numbers that NumPy found.
@Suite struct ScoreCommandTests {
    static let references = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "References/score")

    @Test(
        "All conventions give NumPy's numbers, per culture and together",
        arguments: ["avec", "population", "sample"])
    func conventions(_ convention: String) throws {
        let expected = try #require(
            try JSONSerialization.jsonObject(
                with: Data(contentsOf: Self.references.appending(path: "scores.json")))
                as? [String: [String: Double]])
        let found = try Self.json("--convention", convention)
        #expect(found["convention"] as? String == convention)
        let scores = try #require(found["scores"] as? [[String: Any]])
        #expect(scores.count == 9)
        for score in scores {
            let name = "\(convention) \(score["test"]!) \(score["target"]!)"
            let numbers = try #require(expected[name], "\(name)")
            for (figure, value) in numbers {
                let ours = try #require(score[figure] as? Double)
                #expect(abs(ours - value) < 1e-12, "\(name) \(figure): \(ours) against \(value)")
            }
            let low = try #require(score["ccc_low"] as? Double)
            let high = try #require(score["ccc_high"] as? Double)
            #expect(low <= numbers["ccc"]! && numbers["ccc"]! <= high && low < high)
            #expect(score["unit"] as? String == "dyad")
        }
        #expect(
            scores.map { $0["groups"] as? Int ?? 0 } == [2, 2, 2, 2, 2, 2, 4, 4, 4])
    }

    @Test("Lengths that differ are treated as AVEC treats them, and said")
    func lengths() throws {
        let result = try Self.run()
        let notes = result.errors.split(separator: "\n").map(String.init)
        #expect(
            notes == [
                "concord: note: Devel_DE_02: the prediction is 7 frames longer than the gold "
                    + "trace; it is cropped",
                "concord: note: Devel_DE_05: the prediction is 5 frames short; its last value is "
                    + "repeated, as AVEC does",
                "concord: note: Devel_HU_01: the prediction is 49 frames short; its last value is "
                    + "repeated, as AVEC does",
            ])
        #expect(result.output.contains("CCC (avec: covariance divided by n, variances by n − 1"))
        #expect(result.output.contains("2 dyads of DE, 2 dyads of HU, 4 dyads of all"))
        let lengths = try #require(try Self.json()["lengths"] as? [[String: Any]])
        #expect(lengths.compactMap { $0["filled"] as? Int } == [5, 49])
        #expect(lengths.compactMap { $0["cropped"] as? Int } == [7])
    }

    @Test("A folder for each target is the same prediction, and so is a file without a header")
    func otherLayouts() throws {
        try withFolder { folder in
            let files = FileManager.default
            let source = Self.references.appending(path: "predicted")
            for target in ["arousal", "valence", "liking"] {
                try files.copyItem(at: source, to: folder.appending(path: target))
            }
            let plain = folder.appending(path: "plain")
            try files.createDirectory(at: plain, withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: source.path) {
                let text = try String(contentsOf: source.appending(path: name), encoding: .utf8)
                let rows = text.split(separator: "\n").dropFirst().joined(separator: "\r\n")
                try Data(rows.utf8).write(to: plain.appending(path: name))
            }
            let expected = try Self.run().output
            #expect(try Self.run(predicted: folder.path).output == expected)
            #expect(try Self.run(predicted: plain.path).output == expected)
        }
    }

    @Test("A name that AVEC 2019 has not tells its culture, and then no name tells a dyad of 2019")
    func other() throws {
        try withFolder { folder in
            for name in ["Test_HU_01", "Test_HU_66", "C3_S014_P027_VC1"] {
                let text = "a;0.0;1;2;3\na;0.1;2;1;3\na;0.2;0;0.5;1\n"
                try Data(text.utf8).write(to: folder.appending(path: "\(name).csv"))
            }
            let result = try Self.run(gold: folder.path, predicted: folder.path)
            try #require(result.status == 0, "\(result.errors)")
            #expect(result.output.contains("HU") && result.output.contains("DE"))
            #expect(!result.output.contains("dyads of HU"), "\(result.output)")
            #expect(result.errors.isEmpty)
            // Cut off within its last number.
            try Data("a;0.0;1;2;3\na;0.1;2;1;3\na;0.2;0;0.5;1.2".utf8).write(
                to: folder.appending(path: "Test_HU_01.csv"))
            let open = try Self.run(gold: folder.path, predicted: folder.path)
            #expect(open.errors.contains("without a line break at the end"), "\(open.errors)")
        }
    }

    @Test("What cannot be scored is named with file, line and column")
    func badFiles() throws {
        let cases: [(text: String, says: String)] = [
            ("", ":1: the file is empty"),
            ("name;timestamp;arousal;valence;liking\n", ":1: no row follows the header"),
            ("name;timestamp;arousal\n'a';0.0;0.5\n", ":1: there is no column `valence`"),
            ("a;0.0;1;2;3\na;0.1;1;x;3\n", ":2: column 4: `x` is no number for `valence`"),
            ("a;0.0;1;2;3\na;0.1;1;nan;3\n", ":2: column 4: `nan` is no number"),
            ("a;0.0;1;2;3\na;0.1;0,5;2;3\n", ":2: column 3: `0,5` is no number for `arousal`"),
            ("a;0.0;1;2;3\na;0.1;1\n", ":2: the row is cut off: 3 columns instead of 5"),
            ("a,0.0,1,2,3\na,0.1,1,5,2,3\n", ":2: the row is too long: 6 columns"),
            ("a;0.0;1;2;3\na;0.1;1;;3\n", ":2: column 4: there is no value of `valence`"),
            ("\u{FEFF}a;0.0;1;2;3\n", ""),
        ]
        for (text, says) in cases {
            try withFolder { folder in
                let predicted = folder.appending(path: "svr")
                try FileManager.default.copyItem(
                    at: Self.references.appending(path: "predicted"), to: predicted)
                try Data(text.utf8).write(to: predicted.appending(path: "Devel_DE_05.csv"))
                let result = try Self.run(predicted: predicted.path)
                #expect(result.status == (says.isEmpty ? 0 : 1), "\(text): \(result.errors)")
                #expect(
                    says.isEmpty || result.errors.contains("Devel_DE_05.csv\(says)"),
                    "\(text): \(result.errors)")
            }
        }
        try withFolder { folder in
            let result = try Self.run(predicted: folder.path)
            #expect(result.status == 1)
            #expect(result.errors.contains("lacks the predictions of 7 of 7 recordings"))
            let none = try Self.run(gold: folder.path)
            #expect(none.errors.contains("holds no CSV file"))
            let wide = Data([0xFF, 0xFE] + Array("a\u{0};\u{0}".utf8))
            try wide.write(to: folder.appending(path: "Devel_DE_01.csv"))
            #expect(try Self.run(gold: folder.path).errors.contains("UTF-16"))
            try FileManager.default.moveItem(
                at: folder.appending(path: "Devel_DE_01.csv"),
                to: folder.appending(path: "clip_01.csv"))
            try Data("a;0;1;2;3".utf8).write(to: folder.appending(path: "clip_01.csv"))
            let unknown = try Self.run(gold: folder.path, predicted: folder.path)
            #expect(unknown.errors.contains("the culture of `clip_01` is not known"))
        }
    }

    private static func run(
        gold: String? = nil, predicted: String? = nil, _ options: String...
    ) throws -> Command.Result {
        try Command.run(
            [
                "score", "--gold", gold ?? references.appending(path: "gold").path,
                "--predicted", predicted ?? references.appending(path: "predicted").path,
            ] + options, in: FileManager.default.temporaryDirectory)
    }

    private static func json(_ options: String...) throws -> [String: Any] {
        let result = try Command.run(
            [
                "score", "--gold", references.appending(path: "gold").path, "--predicted",
                references.appending(path: "predicted").path, "--json",
            ] + options, in: FileManager.default.temporaryDirectory)
        let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
        return try #require(object as? [String: Any], "\(result.errors)")
    }
}
