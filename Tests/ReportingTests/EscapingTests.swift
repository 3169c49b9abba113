import Foundation
import Reporting
import Scoring
import Testing

@Suite struct EscapingTests {
    /// Names that would end a text, a field, a cell or an attribute, or steer a terminal.
    private static let hostile = "<b>\"x\" & 'y', | *z*_\\`\u{1B}[31m\nend"

    private func report() throws -> Report {
        var study = Study()
        study.name = Self.hostile
        study.models = [Self.hostile]
        study.targets = ["a,b", "t\"2"]
        study.features = ["<i>|"]
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 10)
    }

    @Test("HTML stays well-formed and holds no tag or attribute out of a name")
    func html() throws {
        let html = try report().html
        #expect(!html.contains("<b>") && !html.contains("<i>") && !html.contains("\u{1B}"))
        #expect(html.contains("&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;"))
        try Self.checkTags(html)
    }

    @Test("Every page is well-formed: each tag is closed, in order")
    func wellFormed() throws {
        let study = Study()
        let plan = try study.plan()
        let report = try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 10)
        try Self.checkTags(report.html)
        #expect(!report.html.contains("http:") && !report.html.contains("https:"))
        #expect(!report.html.contains("<script") && !report.html.contains("url("))
    }

    private static func checkTags(_ html: String) throws {
        let tag = try Regex("<(/?)([a-z0-9]+)(?:\\s[^<>]*?)?(/?)>")
        var open: [String] = []
        var count = 0
        for match in html.matches(of: tag) {
            let name = String(match.output[2].substring ?? "")
            count += 1
            if match.output[3].substring == "/" || name == "meta" { continue }
            if match.output[1].substring == "/" {
                #expect(open.popLast() == name)
            } else {
                open.append(name)
            }
        }
        #expect(open.isEmpty && count > 100)
        let outside = html.replacing(tag, with: "").replacing("<!doctype html>", with: "")
        #expect(!outside.contains("<"))
    }

    @Test("Identifiers of the images are unique, and what names them is there")
    func identifiers() throws {
        let html = try report().html
        let ids = html.matches(of: try Regex(" id=\"([^\"]+)\"")).map {
            String($0.output[1].substring ?? "")
        }
        #expect(ids.count > 4 && Set(ids).count == ids.count)
        for match in html.matches(of: try Regex("aria-labelledby=\"([^\"]+)\"")) {
            let names = (match.output[1].substring ?? "").split(separator: " ")
            #expect(names.allSatisfy { ids.contains(String($0)) })
        }
    }

    @Test("CSV quotes what must be quoted, and reads back field by field")
    func csv() throws {
        let report = try report()
        for file in report.csvFiles {
            let rows = Self.parse(file.text)
            #expect(Set(rows.map(\.count)).count == 1)
        }
        let rows = Self.parse(report.csvFiles[1].text)
        #expect(rows[1][0] == Self.hostile && rows[1][5] == Self.hostile)
        #expect(rows[1][6] == "<i>|" && rows[1][9] == "a,b")
        #expect(rows.contains { $0[9] == "t\"2" })
    }

    /// Reads RFC 4180.
    private static func parse(_ text: String) -> [[String]] {
        var rows: [[String]] = [[]]
        var field = ""
        var quoted = false
        var iterator = Array(text.unicodeScalars)[...]
        while let scalar = iterator.popFirst() {
            switch (scalar, quoted) {
            case ("\"", true) where iterator.first == "\"":
                iterator.removeFirst()
                field.append("\"")
            case ("\"", _): quoted.toggle()
            case (",", false):
                rows[rows.count - 1].append(field)
                field = ""
            case ("\n", false):
                rows[rows.count - 1].append(field)
                field = ""
                rows.append([])
            default: field.unicodeScalars.append(scalar)
            }
        }
        return rows.dropLast()
    }

    @Test("JSON reads back with the same names")
    func json() throws {
        let report = try report()
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
        #expect(object["sweep"] as? String == Self.hostile)
        #expect(object["schema"] as? Int == 3)
        #expect(object["targets"] as? [String] == ["a,b", "t\"2"])
        let summary = try #require(object["summary"] as? [[String: Any]])
        #expect(summary.count == report.scores.summary(report.conventions).count)
        #expect(summary.allSatisfy { Set($0.keys) == Set(SummaryRow.columns) })
        let trials = try #require(object["trials"] as? [[String: Any]])
        #expect(trials.allSatisfy { Set($0.keys) == Set(TrialRow.columns) })
        #expect(trials[0]["model"] as? String == Self.hostile)
        let gaps = try #require(object["gaps"] as? [[String: Any]])
        #expect(gaps.count == 4)
        #expect((object["missing"] as? [Any])?.isEmpty == true)
    }

    @Test("Markdown tables keep their columns, and names are not taken for markup")
    func markdown() throws {
        let markdown = try report().markdown
        #expect(markdown.contains("\\<b\\>\"x\" \\& 'y', \\| \\*z\\*\\_\\\\\\`"))
        #expect(!markdown.contains("\u{1B}"))
        var columns = 0
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("| ") else {
                columns = 0
                continue
            }
            let bars = line.replacing("\\|", with: "").filter { $0 == "|" }.count
            if columns > 0 { #expect(bars == columns, "\(line)") }
            columns = bars
        }
    }

    @Test("The terminal's text holds no control character but line ends")
    func text() throws {
        let text = try report().text()
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
        #expect(text.contains("\u{FFFD}[31m\u{FFFD}end"))
    }
}
