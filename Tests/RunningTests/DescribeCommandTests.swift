import Foundation
import Testing

/// The page about a corpus, by the real binary.
@Suite struct DescribeCommandTests {
    @Test("The embedded corpus is described, twice in the same bytes")
    func embedded() throws {
        try withFolder { folder in
            _ = try TinySweep(in: folder)
            for name in ["a", "b"] {
                let made = try Command.run(
                    "data", "describe", "corpus.yaml", "--output", name, in: folder)
                try #require(made.status == 0, "\(made.errors)")
            }
            let html = try Data(contentsOf: folder.appending(path: "a/corpus.html"))
            #expect(try Data(contentsOf: folder.appending(path: "b/corpus.html")) == html)
            let markdown = try String(
                contentsOf: folder.appending(path: "a/corpus.md"), encoding: .utf8)
            #expect(markdown.contains("## Partners") && markdown.contains("| arousal | DE |"))
            #expect(markdown.contains("No two recordings have an equal matrix"))
        }
    }

    private static let forrest = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "data-manifests/forrest.yaml").path

    @Test(
        "forrest shows its raters, and that the cultures saw one film",
        .enabled(
            if: FileManager.default.fileExists(
                atPath: URL(filePath: #filePath).deletingLastPathComponent()
                    .deletingLastPathComponent().deletingLastPathComponent()
                    .deletingLastPathComponent().appending(path: "shared/realdata/forrest_DE.h5")
                    .path),
            "no ../shared/realdata"))
    func forrest() throws {
        try withFolder { folder in
            let made = try Command.run(
                "data", "describe", Self.forrest, "--output", "page", in: folder)
            try #require(made.status == 0, "\(made.errors)")
            let markdown = try String(
                contentsOf: folder.appending(path: "page/corpus.md"), encoding: .utf8)
            #expect(markdown.contains("| DE | arousal | 9 | 44 |"))
            #expect(markdown.contains("| audio, video | DE\\_clip\\_01, IT\\_clip\\_01 |"))
        }
    }

    @Test("What cannot be read is named")
    func missing() throws {
        try withFolder { folder in
            _ = try TinySweep(in: folder)
            try FileManager.default.removeItem(at: folder.appending(path: "corpus.h5"))
            let made = try Command.run(
                "data", "describe", "corpus.yaml", "--output", "page", in: folder)
            #expect(made.status == 1 && made.errors.contains("corpus.h5"))
        }
    }
}
