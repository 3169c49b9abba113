import Preparing
import Testing

/// AVEC's label and prediction files, whole and broken.
@Suite struct TraceFileTests {
    private func parse(_ text: String) throws -> TraceFile {
        try TraceFile(bytes: Array(text.utf8), file: "a.csv")
    }

    @Test("A header names the targets, in any order and beside any time column")
    func header() throws {
        let file = try parse(
            "name;timestamp;valence;arousal\r\n'a';0.0; 1;-2e-1\r\n'a';0.1;3;4\n\n")
        #expect(file.targets == ["valence", "arousal"])
        #expect(file.times == [0, 0.1])
        #expect(file.trace("arousal") == [-0.2, 4] && file.trace("liking") == nil)
        #expect(file.frames == 2)
        let bare = try parse("arousal\n1\n2\n3")
        #expect(bare.times == nil && bare.traces == [[1, 2, 3]])
    }

    @Test("Without a header the columns are AVEC 2018's")
    func noHeader() throws {
        let file = try parse("'a',0.0,1,2,3\n'a',0.1,4,5,6")
        #expect(file.targets == ["arousal", "valence", "liking"])
        #expect(file.traces == [[1, 4], [2, 5], [3, 6]])
    }

    @Test("Errors carry line and column")
    func places() throws {
        let error = try #require(throws: TraceFileError.self) {
            _ = try parse("name;timestamp;arousal\na;0;1\na;0.1;0x1\n")
        }
        #expect(error.line == 3 && error.column == 3)
        #expect(error.description.hasPrefix("a.csv:3: column 3: `0x1` is no number for `arousal`"))
        let broken = [
            "", "\n\n", "name;timestamp\na;0\n", "a;b;b\n1;2;3", "inf", "name;x\na;1e999",
        ]
        for text in broken {
            #expect(throws: TraceFileError.self, "\(text)") { try parse(text) }
        }
    }

    @Test("No bytes crash the parser")
    func fuzz() {
        let alphabet = Array("name;,.\n\r'\"0123456789-eE \u{FEFF}ä\0".utf8)
        var state: UInt64 = 1
        var parsed = 0
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<40 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            if let file = try? TraceFile(bytes: bytes, file: "f") {
                parsed += 1
                #expect(file.traces.allSatisfy { $0.count == file.frames && file.frames > 0 })
            }
        }
        #expect(parsed > 0)
    }
}
