import Foundation
import Testing

/// Gold traces from raters' files, by the real binary.
@Suite struct GoldCommandTests {
    private func write(_ rows: [String], to file: URL) throws {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let text = (["name;timestamp;arousal"] + rows).joined(separator: "\n") + "\n"
        try Data(text.utf8).write(to: file)
    }

    private func rows(_ values: [Double]) -> [String] {
        values.enumerated().map { "'a';\(Double($0) / 10);\($1)" }
    }

    @Test("Delays are taken off, the gold trace can be scored, and agreement is shown")
    func aligned() throws {
        try withFolder { folder in
            let truth = (0..<200).map { (Double(($0 * $0) % 89) / 89 * 1000).rounded() / 1000 }
            for (rater, delay) in [("anna", 3), ("ben", 5), ("cora", 9)] {
                for id in ["Devel_DE_01", "Devel_DE_12"] {
                    try write(
                        rows((20..<180).map { truth[$0 - delay] }),
                        to: folder.appending(path: "raters/\(rater)/\(id).csv"))
                }
            }
            let made = try Command.run(
                "data", "gold", "raters", "--output", "gold", "--lag-seconds", "1", in: folder)
            try #require(made.status == 0, "\(made.errors)")
            #expect(
                made.errors.contains(
                    "note: Devel_DE_01 arousal: later by anna -0.20 s, cora +0.40 s"))
            #expect(made.output.contains("Krippendorff's alpha"))
            let lines = made.output.split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.hasPrefix("arousal  all ") })
            // Rows 0 to 3 and the last ones hold edge values; the rest is Ben's trace.
            let gold = try String(
                contentsOf: folder.appending(path: "gold/Devel_DE_01.csv"), encoding: .utf8
            ).split(separator: "\n").dropFirst().map { Double($0.split(separator: ";")[2])! }
            #expect(gold.count == 160)
            for t in 10..<150 { #expect(abs(gold[t] - truth[t + 15]) < 1e-5) }
            let scored = try Command.run(
                "score", "--gold", "gold", "--predicted", "raters/ben", in: folder)
            #expect(scored.status == 0, "\(scored.errors)")
        }
    }

    @Test("A rater's pause blocks nothing, and a corpus is described with its raters' files")
    func pauses() throws {
        try withFolder { folder in
            _ = try TinySweep(in: folder)
            let text = try String(
                contentsOf: folder.appending(path: "corpus.yaml"), encoding: .utf8)
            let id = try #require(text.firstMatch(of: /id: (\S+?),/)?.1)
            for (rater, scale) in [("anna", 1.0), ("ben", 0.5), ("cora", 0.8)] {
                var rows = "timestamp;valence;arousal;liking\n"
                for t in 0..<40 {
                    let value = "\(scale * Double(t * t % 17) / 17)"
                    let arousal = t == 7 || rater == "ben" && t < 5 ? "NaN" : value
                    rows += "\(Double(t) / 10);\(value);\(arousal);\(value)\n"
                }
                let file = folder.appending(path: "raters/\(rater)/\(id).csv")
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(rows.utf8).write(to: file)
            }
            let made = try Command.run("data", "gold", "raters", "--output", "gold", in: folder)
            try #require(made.status == 0, "\(made.errors)")
            #expect(made.errors.contains("arousal: frames that nobody rated, which are gaps: 1"))
            let gold = try String(
                contentsOf: folder.appending(path: "gold/\(id).csv"), encoding: .utf8
            ).split(separator: "\n")
            #expect(gold[8].contains(";NaN;") && !gold[1].contains("NaN"))
            let described = try Command.run(
                "data", "describe", "corpus.yaml", "--raters", "raters", "--output", "page",
                in: folder)
            try #require(described.status == 0, "\(described.errors)")
            let page = try String(
                contentsOf: folder.appending(path: "page/corpus.md"), encoding: .utf8)
            #expect(page.contains("Agreement of raters") && page.contains("| arousal | 3 | 1 |"))
        }
    }

    @Test("What cannot be fused is named")
    func refusals() throws {
        try withFolder { folder in
            let none = try Command.run("data", "gold", ".", "--output", "gold", in: folder)
            #expect(none.status == 1 && none.errors.contains("holds no rater"))
            try write(rows([1, 2]), to: folder.appending(path: "r/a/x.csv"))
            try write(
                rows([Double](repeating: 1, count: 40)), to: folder.appending(path: "r/b/x.csv"))
            let long = try Command.run("data", "gold", "r", "--output", "gold", in: folder)
            #expect(long.errors.contains("r/b/x.csv has 40 rows, another rater's 2"))
            try Data("name;timestamp;valence\nx;0;1\n".utf8)
                .write(to: folder.appending(path: "r/b/x.csv"))
            let other = try Command.run("data", "gold", "r", "--output", "gold", in: folder)
            #expect(other.errors.contains("has the targets valence, that of a arousal"))
            try write(["x;0;1", "x;0.1;y"], to: folder.appending(path: "r/b/x.csv"))
            let word = try Command.run("data", "gold", "r", "--output", "gold", in: folder)
            #expect(word.errors.contains("r/b/x.csv:3: column 3: `y` is no number"))
        }
    }
}
