import Kernels
import Testing

@testable import Descriptors
@testable import Preparing

/// Codebook files of openXBOW.
@Suite struct CodebookTextTests {
    private static let file = """
        standardizeInput
        0.5;-1.25
        1.0;2.0
        log
        codebookNumeric
        2;2;1;gaussian;off
        0.1;0.2
        -3.0;4.0E-4

        """

    @Test("A file of openXBOW is read")
    func read() throws {
        let codebook = try Codebook(text: Self.file)
        #expect(codebook.words == [[0.1, 0.2], [-3, 4e-4]])
        #expect(codebook.scale == Codebook.Scale(means: [0.5, -1.25], deviations: [1, 2]))
        #expect(codebook.isLogarithmic && codebook.assignments == 1)
        #expect(codebook.gaussianWidth == nil)
    }

    @Test("The older form has no assignments, and another word for standardising")
    func older() throws {
        let text = "standardization\n0;0\n1;1\ncodebookNumeric\n1;2\n5;6\n"
        let codebook = try Codebook(text: text)
        #expect(codebook.words == [[5, 6]] && codebook.scale != nil && !codebook.isLogarithmic)
    }

    @Test("What is written is read back the same")
    func roundTrip() throws {
        var learner = CodebookLearner()
        learner.words = 5
        var codebook = try learner.codebook(of: StageTests.rows(50, 3).values, width: 3)
        #expect(try Codebook(text: codebook.text(note: "a;b")) == codebook)
        codebook.assignments = 3
        codebook.gaussianWidth = 0.7
        codebook.isLogarithmic = false
        #expect(try Codebook(text: codebook.text(note: "")) == codebook)
    }

    @Test("Whatever is done to a file, it gives a codebook of one width or an error with its line")
    func fuzz() {
        for seed in 0..<5_000 as Range<UInt64> {
            var random = RandomStream(seed: seed)
            var bytes = Array(Self.file.utf8)
            for _ in 0...random.below(5) { TableFaultTests.hurt(&bytes, &random) }
            do {
                let codebook = try Codebook(text: String(decoding: bytes, as: UTF8.self))
                #expect(!codebook.words.isEmpty && codebook.assignments >= 1)
                #expect(codebook.words.allSatisfy { $0.count == codebook.width })
                #expect(codebook.words.joined().allSatisfy { $0.isFinite })
            } catch {
                #expect(error.line != nil && !error.problem.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test(
        "A broken file is refused with the line",
        arguments: [
            ("", "no words", 1), ("log\n", "no words", 2),
            ("codebookNumeric\n2;2\n1;2\n", "word 2 of 2", 4),
            ("codebookNumeric\n1;2\n1;2;3\n", "3 values where 2", 3),
            ("codebookNumeric\n1;2\n1;x\n", "`x`", 3),
            ("codebookNumeric\nx;2\n1;2\n", "number of words", 2),
            ("codebookNumeric\n1;1;0;gaussian;off\n1\n", "assignments", 3),
            ("standardizeInput\n1\n1\ncodebookNumeric\n1;2\n1;2\n", "1 means", 6),
            ("idf\n1;2\n", "`idf`", 1), ("codebookNumeric\n1;1\n1\ncodebookNumeric\n", "second", 4),
        ])
    func broken(_ text: String, _ words: String, _ line: Int) {
        do {
            _ = try Codebook(text: text)
            Issue.record("\(text)")
        } catch {
            #expect("\(error)".contains(words) && error.line == line, "\(error)")
        }
    }
}
