import Descriptors

extension Codebook {
    /// The codebook in a file of openXBOW's.
    ///
    /// - Throws: ``TableError`` with the line that is not as openXBOW writes it, or where the file
    ///   asks for what we do not do (several codebooks, idf, words of text).
    public init(text: String) throws(TableError) {
        var lines = Lines(text)
        var scale: Scale?
        var isLogarithmic = false
        while let words = lines.next() {
            switch words[0] {
            case "standardizeInput", "standardization":
                scale = Scale(
                    means: try lines.numbers("means"),
                    deviations: try lines.numbers("standard deviations"))
            case "log": isLogarithmic = true
            case "learnt": continue
            case "codebookNumeric":
                self = try Codebook(&lines, scale)
                self.isLogarithmic = isLogarithmic
                if lines.next() != nil {
                    throw lines.error("a second part follows. Give a codebook with one.")
                }
                return
            default:
                throw lines.error(
                    """
                    expected standardizeInput, log or codebookNumeric and found \
                    `\(TableError.shown(words[0]))`. Learn the codebook without other options.
                    """)
            }
        }
        throw lines.error("the codebook has no words. The file is cut off.")
    }

    /// The part after `codebookNumeric`: `words;features;assignments;gaussian;width`, or the first
    /// two of these, and then a line for each word.
    private init(_ lines: inout Lines, _ scale: Scale?) throws(TableError) {
        guard let head = lines.next(), head.count >= 2, let count = Int(head[0]),
            let width = Int(head[1]), (1...100_000).contains(count), (1...100_000).contains(width)
        else { throw lines.error("expected the number of words and of features, `100;23`.") }
        var words: [[Float]] = []
        for number in 1...count {
            let word = try lines.numbers("word \(number) of \(count)")
            guard word.count == width else {
                throw lines.error("the word has \(word.count) values where \(width) were expected.")
            }
            words.append(word)
        }
        if let scale, scale.means.count != width || scale.deviations.count != width {
            throw lines.error(
                """
                the words have \(width) features, and there are \(scale.means.count) means and \
                \(scale.deviations.count) standard deviations.
                """)
        }
        self.init(words: words, scale: scale)
        if head.count > 2 {
            guard let number = Int(head[2]), number >= 1 else {
                throw lines.error("`\(TableError.shown(head[2]))` is no number of assignments.")
            }
            assignments = number
        }
        if head.count > 4, let width = Float(head[4]), width > 0, width.isFinite {
            gaussianWidth = width
        }
    }

    /// The codebook as openXBOW writes it, which ``init(text:)`` reads back to the same; `note`
    /// stands in a first line that openXBOW passes over.
    public func text(note: String) -> String {
        func row(_ values: [Float]) -> String { values.map { "\($0)" }.joined(separator: ";") }
        var lines = ["learnt;\(note)"]
        if let scale { lines += ["standardizeInput", row(scale.means), row(scale.deviations)] }
        if isLogarithmic { lines.append("log") }
        let gaussian = gaussianWidth.map { "gaussian;\($0)" } ?? "gaussian;off"
        lines += ["codebookNumeric", "\(words.count);\(width);\(assignments);\(gaussian)"]
        return (lines + words.map(row)).joined(separator: "\n") + "\n"
    }

    /// The lines of a codebook, taken apart.
    private struct Lines {
        private let lines: [Substring]
        private(set) var number = 0

        init(_ text: String) {
            lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        }

        /// The words of the next line that is not blank.
        mutating func next() -> [String]? {
            while number < lines.count {
                number += 1
                let words = lines[number - 1].split(
                    separator: ";", omittingEmptySubsequences: false)
                if !lines[number - 1].isEmpty { return words.map(String.init) }
            }
            return nil
        }

        /// The next line as numbers.
        mutating func numbers(_ what: String) throws(TableError) -> [Float] {
            guard let words = next() else {
                throw error("expected \(what), and the file ends. It is cut off.")
            }
            var numbers: [Float] = []
            for (place, word) in words.enumerated() {
                guard let value = Float(word), value.isFinite else {
                    throw TableError(
                        line: number, column: place + 1,
                        problem: """
                            expected a number of \(what) and found `\(TableError.shown(word))`.
                            """)
                }
                numbers.append(value)
            }
            return numbers
        }

        func error(_ problem: String) -> TableError { TableError(line: number, problem: problem) }
    }
}
