import Kernels
import Testing

@testable import Preparing

/// Broken files get the line, the column, what was expected and what to do.
@Suite struct TableFaultTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let text: String
        let line: Int?
        let column: Int?
        let words: [String]

        init(_ name: String, _ text: String, _ line: Int?, _ column: Int?, _ words: String...) {
            (self.name, self.text, self.line, self.column) = (name, text, line, column)
            self.words = words
        }

        var testDescription: String { name }
    }

    private static let head = "name;frameTime;F0;F1\n'a';0.0;1;2\n"

    static let cases = [
        Case("empty", "", nil, nil, "empty"),
        Case("blank lines only", "\n\r\n\n", nil, nil, "empty"),
        Case("a header alone", "name;frameTime;F0\n", nil, nil, "no row"),
        Case("cut off in a row", head + "'a';0.1;3", 3, nil, "3 of 4 fields", "cut off"),
        Case("cut off in a name", head + "'a", 3, nil, "1 of 4 fields", "cut off"),
        Case("a short row", head + "'a';0.1;3\n'a';0.2;3;4\n", 3, nil, "3 fields where 4"),
        Case("a long row", head + "'a';0.1;3;4;5\n", 3, nil, "5 fields where 4"),
        Case("another separator", head + "'a',0.1,3,4\n", 3, nil, "1 fields where 4", ";"),
        Case("a decimal comma", head + "'a';0.1;3,5;4\n", 3, 3, "F0", "`3,5`", "decimal comma"),
        Case("a comma in the time", head + "'a';0,1;3;4\n", 3, 2, "frameTime", "`0,1`"),
        Case("a word", head + "'a';0.1;3;high\n", 3, 4, "F1", "expected a number", "`high`"),
        Case("too large in LibSVM", "x 1:0.5\nx 1:1e300\n", 2, 2, "`1e300`", "float32"),
        Case("infinity", head + "'a';0.1;inf;4\n", 3, 3, "F0", "`inf`", "float32"),
        Case("too large", head + "'a';0.1;3;1e39\n", 3, 4, "`1e39`", "float32"),
        Case("no time", head + "'a';NaN;3;4\n", 3, 2, "expected a time"),
        Case("a time twice", head + "'a';0.0;3;4\n", 3, nil, "two lines"),
        Case("unordered times", head + "'a';0.2;3;4\n'a';0.1;3;4\n", 4, nil, "follows", "Sort"),
        Case(
            "a name in two places", head + "'b';0.0;3;4\n'a';0.1;3;4\n", 4, nil, "two places"),
        Case("a name of two columns", "name;frameTime;F0;F0\n", 1, 4, "second column"),
        Case("names alone", "name;frameTime\n'a';0.0\n", 1, nil, "no column holds features"),
        Case("UTF-16", "\u{0}n\u{0}a\n", 1, nil, "UTF-16", "iconv"),
        Case("ARFF without data", "@relation x\n@attribute a numeric\n", 2, nil, "@data"),
        Case("ARFF with a wrong word", "@relation x\n@atribute a numeric\n", 2, nil, "@atribute"),
        Case("ARFF without a type", "@attribute a\n", 1, nil, "name and a type"),
        Case(
            "a sparse ARFF row", "@attribute a numeric\n@attribute b numeric\n@data\n{0 1}\n", 4,
            1, "expected a number", "`{0 1}`"),
        Case("LibSVM with falling indices", "x 1:2 2:3\nx 2:1 1:1\n", 2, 3, "larger index"),
        Case("LibSVM without a value", "x 1:2\nx 3:\n", 2, 2, "expected a number"),
    ]

    @Test("Each broken file says where, what and what to do", arguments: cases)
    func broken(_ broken: Case) throws {
        for pieces in [Int.max, 1, 5] {
            let error = try #require(fault(broken.text, pieces: pieces), "\(broken.name)")
            #expect(error.line == broken.line && error.column == broken.column, "\(error)")
            for word in broken.words { #expect("\(error)".contains(word), "\(error)") }
        }
    }

    @Test("A file in UTF-16 with its mark is told so, in either order of bytes")
    func wide() throws {
        let text = "name;frameTime;F0\n'a';0.0;1\n"
        for (mark, swap) in [([0xFF, 0xFE] as [UInt8], false), ([0xFE, 0xFF], true)] {
            let bytes = mark + text.utf16.flatMap { unit -> [UInt8] in
                let pair = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
                return swap ? pair.reversed() : pair
            }
            #expect(throws: TableError.self) { try table(bytes: bytes) }
            do {
                _ = try table(bytes: bytes)
            } catch {
                #expect(error.description.contains("UTF-16"), "\(error)")
            }
        }
    }

    @Test("A line without end is refused before it fills the memory")
    func gigantic() throws {
        var parser = TableParser(TableFormat())
        let piece = [UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20)
        var pushed = 0
        #expect(throws: TableError.self) {
            for _ in 0..<100 {
                try piece.withUnsafeBytes { try parser.push($0) }
                pushed += 1
            }
        }
        #expect(pushed == 16)
    }

    @Test("A missing column is named with the nearest one")
    func missing() throws {
        var format = TableFormat()
        format.columns = ["F00"]
        #expect(try #require(fault(Self.head, format)).problem.contains("`F0`"))
        format.columns = ["compare-ldl"]
        #expect(try #require(fault(Self.head, format)).problem.contains("`compare-lld`"))
        format.columns = []
        format.timeColumn = "frametime"
        #expect(try #require(fault(Self.head, format)).problem.contains("`frameTime`"))
    }

    @Test("What a message shows is short and harmless")
    func shown() {
        #expect(TableError.shown("a\u{1B}[2Jb\n") == "a\u{FFFD}[2Jb\u{FFFD}")
        #expect(TableError.shown(String(repeating: "x", count: 99)).count == 41)
    }

    // MARK: Fuzzing

    private static let seeds = [
        head + "'a';0.1;3;4\n'b';0.0;1e-3;NaN\n",
        "@relation x\n@attribute name string\n@attribute t numeric\n@data\n'a',1\n'a',?\n",
        "x 1:0.5 3:2\nx 2:1\nx\n",
        "frame, timestamp, confidence, success, AU01_r\n1, 0.0, 1, 1, 2\n",
        "file,start,end,F0\na.wav,0 days 00:00:00,0 days 00:00:01,1\n", "1 2 3\n4 5 6\n",
    ]

    @Test("Whatever is done to a file, it gives a table or an error, whole or in pieces alike")
    func fuzz() throws {
        for seed in 0..<6_000 as Range<UInt64> {
            var random = RandomStream(seed: seed)
            var bytes = Array(random.pick(Self.seeds).utf8)
            for _ in 0...random.below(6) { TableFaultTests.hurt(&bytes, &random) }
            var formats = [TableFormat(), .openFace, .muse]
            formats[0].columns = random.below(4) == 0 ? ["*"] : []
            formats[1].columns = []
            let format = random.pick(formats)
            func result(_ pieces: Int) -> (values: [UInt32]?, error: TableError?) {
                do {
                    let read = try table(bytes: bytes, format, pieces: pieces)
                    let rows = read.instances.map(\.rows)
                    #expect(read.values.count == read.rows * read.columns.count)
                    #expect(read.times == nil || read.times?.count == read.rows)
                    #expect(
                        zip(rows, rows.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
                    #expect(read.values.allSatisfy { !$0.isInfinite })
                    return (read.values.map(\.bitPattern), nil)
                } catch {
                    return (nil, error)
                }
            }
            let whole = result(.max)
            let parts = result(1 + random.below(9))
            #expect(whole.values == parts.values && whole.error == parts.error, "seed \(seed)")
        }
    }

    static func hurt(_ bytes: inout [UInt8], _ random: inout RandomStream) {
        guard !bytes.isEmpty else { return bytes.append(UInt8(random.below(256))) }
        let place = random.below(bytes.count)
        switch random.below(6) {
        case 0: bytes[place] = UInt8(random.below(256))
        case 1: bytes[place] = random.pick(Array(";,\t '\"\r\n@%?{}:-+.e0\0".utf8))
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(random.pick(Array(";, '\"\r\n@:-.e9".utf8)), at: place)
        case 4: bytes.removeLast(bytes.count - place)
        default:
            let end = min(bytes.count, place + random.below(20))
            bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count))
        }
    }
}
