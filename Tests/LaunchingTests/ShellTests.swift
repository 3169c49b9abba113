import Foundation
import Testing

@testable import Launching

/// Words reach a shell as they are.
@Suite struct ShellTests {
    static let words = [
        "", "plain", "two words", "it's", "'", "''", "a'b'c", "$HOME", "`id`", "$(id)", "\\", "\"",
        "*", "~", "~/x", "a;b", "a&b", "a|b", "a>b", "#x", "!x", "line\nbreak", "tab\there",
        "ümläut", "-n", "=ls", "{a,b}", "[x]", "a\\'b", "\u{7f}", "100%",
    ]

    @Test("A shell gives back every word as it was, also one that is quoted twice")
    func roundTrip() throws {
        for word in Self.words {
            #expect(try heard(by: "printf %s " + Shell.quoted(word)) == word)
            let inner = "printf %s " + Shell.quoted(word)
            #expect(try heard(by: "exec sh -c " + Shell.quoted(inner)) == word)
        }
        let line = Shell.line(["printf", "<%s>"] + Self.words)
        #expect(try heard(by: line) == Self.words.map { "<\($0)>" }.joined())
    }

    @Test("Plain words stay readable")
    func plain() {
        #expect(
            Shell.line(["work", "tcp://10.0.0.1:5555", "--slots", "2", "/a b"])
                == "work tcp://10.0.0.1:5555 --slots 2 '/a b'")
    }

    private func heard(by command: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
