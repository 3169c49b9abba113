import Foundation
import Testing

/// The law of the house, read off the source text.
@Suite struct TidyTests {
    @Test("Every module stands on a floor")
    func everyModuleHasAFloor() throws {
        let modules = Set(try SourceTree.swift(under: "Sources").map(\.module))
        #expect(modules.subtracting(House.floors.joined()).isEmpty)
        #expect(Set(House.floors.joined()).subtracting(modules).isEmpty)
    }

    @Test("A module imports lower floors only, or along an arrow on its own floor")
    func importsGoDownwards() throws {
        for file in try SourceTree.swift(under: "Sources") {
            for name in imports(of: file) where isOurs(name) {
                #expect(
                    House.mayImport(name, from: file.module), "\(file.path) imports \(name)")
            }
        }
    }

    @Test("A pure module imports nothing that reads files, clocks or sockets")
    func pureModulesArePure() throws {
        let banned = [
            "SystemRandomNumberGenerator", ".random(in:", "randomElement()", ".hashValue",
            "ContinuousClock", "DispatchQueue", " async ", "await ",
        ]
        for file in try SourceTree.swift(under: "Sources") where House.isPure(file.module) {
            for name in imports(of: file) where !isOurs(name) {
                let allowed = House.pureImports[file.module]?.contains(name) == true
                #expect(allowed, "\(file.path) imports \(name)")
            }
            for (number, line) in code(of: file) {
                for word in banned {
                    #expect(!line.contains(word), "\(file.path):\(number) uses \(word)")
                }
            }
        }
    }

    @Test("Above Kernels no function of the system's mathematics library is called")
    func elementaryFunctionsAreOurOwn() throws {
        let names = "exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|tanh|sinh|cosh|atan|erf"
        let call = try Regex("(^|[^.A-Za-z0-9_`])(\(names))f?\\(")
        for file in try SourceTree.swift(under: "Sources") where file.module != "Kernels" {
            for (number, line) in code(of: file) where !line.contains("func ") {
                #expect(!line.contains(call), "\(file.path):\(number): \(line)")
            }
        }
    }

    @Test("Every public declaration says what it is")
    func publicDeclarationsAreDocumented() throws {
        for file in try SourceTree.swift(under: "Sources") {
            for (index, line) in file.lines.enumerated() {
                let words = line.trimmingCharacters(in: .whitespaces)
                guard words.hasPrefix("public "), !words.hasPrefix("public extension") else {
                    continue
                }
                var above = index - 1
                while above >= 0, isAttribute(file.lines[above]) { above -= 1 }
                let documented =
                    above >= 0
                    && file.lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("///")
                #expect(documented, "\(file.path):\(index + 1): \(words)")
            }
        }
    }

    @Test("A file is a page, a line fits the screen, and nothing is left for later")
    func filesAreShort() throws {
        let later = try Regex("\\b(TO" + "DO|FIX" + "ME|XX" + "X|HA" + "CK)\\b")
        for folder in ["Sources", "Tests"] {
            for file in try SourceTree.files(under: folder, endings: [".swift", ".c", ".h"])
            where !file.isGenerated {
                #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
                for (index, line) in file.lines.enumerated() {
                    #expect(line.count <= 100, "\(file.path):\(index + 1) is \(line.count) wide")
                    #expect(!line.contains(later), "\(file.path):\(index + 1): \(line)")
                }
            }
        }
    }

    @Test("A function fits a screen")
    func functionsFitAScreen() throws {
        for file in try SourceTree.swift(under: "Sources") {
            for (start, count) in functions(of: file) {
                #expect(count <= 70, "\(file.path):\(start) is a function of \(count) lines")
            }
        }
    }

    @Test("The tests weigh as much as half of the code at least")
    func testsHaveWeight() throws {
        func weight(_ folder: String) throws -> Int {
            try SourceTree.swift(under: folder).reduce(0) { $0 + $1.lines.count }
        }
        #expect(try weight("Tests") * 2 >= weight("Sources"))
    }

    // MARK: Reading source text

    private func imports(of file: SourceTree.File) -> [String] {
        file.lines.compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            guard let position = words.firstIndex(of: "import"), position <= 1,
                position == 0 || words[0].hasPrefix("@") || words[0] == "public",
                words.count > position + 1
            else { return nil }
            return words[position + 1]
        }
    }

    private func isOurs(_ module: String) -> Bool {
        House.floor(of: module) != nil || House.libraries.values.contains(module)
    }

    /// Lines that are neither comments nor inside a literal of several lines, with their numbers.
    private func code(of file: SourceTree.File) -> [(Int, String)] {
        var isLiteral = false
        return file.lines.enumerated().compactMap { index, line in
            let quotes = line.components(separatedBy: "\"\"\"").count - 1
            defer { if quotes % 2 == 1 { isLiteral.toggle() } }
            let words = line.trimmingCharacters(in: .whitespaces)
            return isLiteral || words.hasPrefix("//") ? nil : (index + 1, line)
        }
    }

    private func isAttribute(_ line: String) -> Bool {
        line.trimmingCharacters(in: .whitespaces).hasPrefix("@")
    }

    /// The first line and the length of each function, by the indentation of its closing brace.
    private func functions(of file: SourceTree.File) -> [(Int, Int)] {
        var found: [(Int, Int)] = []
        for (start, line) in file.lines.enumerated() {
            let indent = line.prefix { $0 == " " }
            let words = line.dropFirst(indent.count)
            guard words.contains("func ") || words.hasPrefix("init(") || words.contains(" init("),
                !words.hasPrefix("//")
            else { continue }
            let closing = indent + "}"
            if let end = file.lines[start...].firstIndex(where: { $0 == closing }) {
                found.append((start + 1, end - start + 1))
            }
        }
        return found
    }
}
