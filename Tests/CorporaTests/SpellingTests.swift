import Testing

@testable import Corpora

@Suite("Spelling")
struct SpellingTests {
    @Test(
        "An edit is one insertion, deletion, replacement or swap of neighbours",
        arguments: [
            ("", "", 0), ("", "hop", 3), ("file", "file", 0), ("fil", "file", 1),
            ("filee", "file", 1), ("fale", "file", 1), ("flie", "file", 1), ("FILE", "file", 0),
            ("modaltiy", "modality", 1), ("kitten", "sitting", 3), ("ca", "abc", 3),
        ])
    func distance(_ example: (String, String, Int)) {
        #expect(Spelling.distance(example.0, example.1) == example.2)
        #expect(Spelling.distance(example.1, example.0) == example.2)
    }

    @Test("The nearest of the known words is named, the first of those equally near")
    func nearest() {
        #expect(Spelling.nearest("modaltiy", in: ["file", "modality", "width"]) == "modality")
        #expect(Spelling.nearest("hop_seconds", in: ["corpus", "hop-seconds"]) == "hop-seconds")
        #expect(Spelling.nearest("x", in: ["b", "a"]) == "b")
        #expect(Spelling.nearest("x", in: [String]()) == nil)
    }
}
