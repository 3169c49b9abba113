import Foundation
import Planning
import Scoring
import Testing

@testable import Reporting

@Suite struct LaTeXTests {
    private func report(
        _ study: Study = Study(), _ options: ReportOptions = ReportOptions()
    ) throws -> Report {
        let plan = try study.plan()
        return try Report(
            plan: plan, outcomes: study.outcomes(plan), quarantined: [:], resamples: 100,
            options: options)
    }

    /// The lines of the first table whose caption holds `text`.
    private func table(_ latex: String, _ text: String) throws -> [String] {
        let parts = latex.components(separatedBy: "\\begin{table}")
        let part = try #require(parts.first { $0.contains("\\caption{\(text)") })
        return part.split(separator: "\n").map(String.init)
    }

    @Test("Targets are blocks, cultures are rows, models are columns, and the best is bold")
    func tableOne() throws {
        let latex = try report().document.latex
        let lines = try table(latex, "within-culture")
        #expect(lines.contains("Trained on & Tested on & lstm & eaf \\\\"))
        let arousal = try #require(lines.firstIndex { $0.contains("\\textit{arousal}") })
        let valence = try #require(lines.firstIndex { $0.contains("\\textit{valence}") })
        #expect(valence == arousal + 3)
        #expect(lines[arousal + 1].hasPrefix("DE & DE & 0."))
        #expect(lines[arousal + 1].contains("\\textbf{0."))
        #expect(lines[arousal + 1].contains("{\\scriptsize $\\pm$ 0."))
        #expect(lines[arousal + 1].hasSuffix(" \\\\"))
        // One training side for all rows stands in the caption.
        let pooled = try table(latex, "pooled")
        #expect(pooled.contains("Culture & lstm & eaf \\\\"))
        #expect(pooled.contains { $0.contains("trained on DE+HU") })
        #expect(pooled.contains { $0.hasPrefix("all & ") })
    }

    @Test("Beside a mean stand standard deviations, intervals or nothing")
    func spread() throws {
        var options = ReportOptions()
        options.spread = .interval
        let intervals = try report(Study(), options)
        let row = try table(intervals.document.latex, "within-culture")
        #expect(row.contains { $0.contains("{\\scriptsize [0.") })
        #expect(intervals.markdown.contains("mean over seeds, 95 % interval"))
        options.spread = .none
        let none = try table(try report(Study(), options).document.latex, "within-culture")
        #expect(!none.contains { $0.contains("\\scriptsize") })
    }

    @Test("Quoted columns are marked, never bold, and stand beside what they are of alone")
    func quoted() throws {
        var options = ReportOptions()
        options.quotesTableOne = true
        var study = Study()
        study.schemes.append(
            Scheme(.partition(from: "train", to: "devel", validation: nil, train: .all)))
        let report = try report(study, options)
        let pooled = try table(report.document.latex, "partition")
        #expect(pooled.contains { $0.contains("\\textit{Chen [45]}\\,$\\dagger$") })
        let rows = pooled.filter { $0.hasPrefix("DE & ") }
        #expect(rows[0].contains("\\textit{0.629} & \\textit{0.789} & \\textit{0.791}"))
        #expect(rows[1].hasSuffix("\\textit{0.659} & \\textit{0.676} \\\\"))
        let all = try #require(pooled.first { $0.hasPrefix("all & ") })
        #expect(all.contains("\\textit{0.614}"))
        // The paper tested the development partition, not folds.
        for other in ["within-culture", "pooled"] {
            let lines = try table(report.document.latex, other)
            #expect(!lines.contains { $0.contains("dagger") })
        }
        #expect(report.markdown.contains("CCC in the avec convention; not run here"))
        #expect(report.html.contains("Zhao [46] †"))
    }

    @Test("Names and signs that LaTeX would take for its own are escaped")
    func escaping() {
        #expect(LaTeX.escaped("a_b & 50 % of $x {y}") == "a\\_b \\& 50 \\% of \\$x \\{y\\}")
        #expect(
            LaTeX.escaped("\\^~<|")
                == "\\textbackslash{}\\textasciicircum{}\\textasciitilde{}$<$$\\vert$")
        #expect(
            LaTeX.escaped("DE → HU · ± −1 × 2ⁿ")
                == "DE $\\to$ HU $\\cdot$ $\\pm$ $-$1 $\\times$ 2$^n$")
    }

    /// Names in letters of many kinds, as users have them.
    private var hostile: Study {
        var study = Study()
        study.name = "μελέτη → исследование 研究"
        study.models = ["γ≈½ «Ü» Łódź", "Ёж_щ #1 & 100 % {x}"]
        study.cultures = ["Ελλάς", "中国", "Đà Nẵng"]
        study.features = ["глаз👁️", "e\u{301}t"]
        return study
    }

    @Test("Letters that pdflatex lacks are declared, once each and in order, and no others are")
    func letters() throws {
        #expect(LaTeX.letters(of: "abc Łódź Ünï — “x” 5 €").isEmpty)
        #expect(!(try report().document.latex.contains("DeclareUnicodeCharacter")))
        let declared = LaTeX.letters(of: "αα≈ щ Щ 中 ą\u{301}").split(separator: "\n").filter {
            $0.hasPrefix("\\Declare")
        }
        #expect(
            declared == [
                "\\DeclareUnicodeCharacter{0105}{a}", "\\DeclareUnicodeCharacter{0301}{{}}",
                "\\DeclareUnicodeCharacter{03B1}{\\ensuremath{\\alpha}}",
                "\\DeclareUnicodeCharacter{0429}{Shch}", "\\DeclareUnicodeCharacter{0449}{shch}",
                "\\DeclareUnicodeCharacter{2248}{\\ensuremath{\\approx}}",
                "\\DeclareUnicodeCharacter{4E2D}{{[U+4E2D]}}",
            ])
    }

    @Test(
        "A report compiles, whatever letters its names have",
        .enabled(if: Engine.hasPDFLaTeX, "pdflatex is not installed"))
    func compiles() throws {
        var options = ReportOptions()
        options.quotesTableOne = true
        for study in [Study(), hostile] {
            var study = study
            study.schemes += [
                Scheme(.fewShot(shots: [0, 1], test: 0.5, repeats: 2)),
                Scheme(
                    .partition(from: "train", to: "devel", validation: nil, train: .all),
                    selection: .test),
            ]
            let log = try Engine.compile(try report(study, options).document.latex)
            #expect(log.contains("Output written on report.pdf"), "\(log.suffix(2000))")
            #expect(!log.contains("\n! "), "\(log.suffix(2000))")
        }
    }

    @Test(
        "Every letter that has a substitute, and every one that pdflatex is said to have, compiles",
        .enabled(if: Engine.hasPDFLaTeX, "pdflatex is not installed"))
    func everyLetter() throws {
        let scalars = (0xA0...0x17F).map { Unicode.Scalar(UInt16($0))! }
            + (0x370...0x45F).compactMap { Unicode.Scalar(UInt16($0)) }
            + (0x2010...0x22FF).compactMap { Unicode.Scalar(UInt16($0)) }
        let words = scalars.map { String($0) }.joined(separator: " ")
        let document = Document(title: "letters", sections: [Section("all", [.paragraph(words)])])
        let log = try Engine.compile(document.latex)
        #expect(log.contains("Output written on report.pdf"), "\(log.suffix(2000))")
        #expect(!log.contains("\n! "), "\(log.suffix(2000))")
    }

    @Test("Long tables go on in another one, each with its heading, and all braces are closed")
    func pieces() {
        let table = Table(
            caption: "c", columns: [.name("a"), .number("b")],
            rows: (0..<95).map { .row(["r\($0)", "-0.5"]) })
        let parts = LaTeX.tables(table)
        #expect(parts.count == 3)
        #expect(parts[2].contains("c (continued)") && parts[2].contains("r94 & $-$0.5 \\\\"))
        let hostile = Table(caption: "c", columns: [.name("a")], rows: [.row(["[45]"])])
        #expect(LaTeX.tables(hostile)[0].contains("\n{}[45] \\\\"))
        for part in parts {
            #expect(part.contains("a & b \\\\"))
            #expect(part.filter { $0 == "{" }.count == part.filter { $0 == "}" }.count)
        }
    }

    @Test("Wide tables go on in another one that repeats the names; long names are set in lines")
    func wide() {
        let columns: [Table.Column] = [.name("a"), .name("b")] + (0..<20).map { .number("n\($0)") }
        let long = String(repeating: "long ", count: 10)
        let table = Table(
            caption: "c", columns: columns,
            rows: [.banner("x"), .row(["k", .init(long)] + (0..<20).map { .init("\($0)") })])
        let parts = LaTeX.tables(table)
        #expect(parts.count == 2)
        #expect(parts[0].contains("a & b & n0 & ") && parts[0].contains("& n9 \\\\"))
        #expect(parts[1].contains("a & b & n10 & ") && parts[1].contains("& n19 \\\\"))
        #expect(parts.allSatisfy { $0.contains("\nk & \(long) & ") && $0.contains("\\textit{x}") })
        let wide = ">{\\raggedright\\arraybackslash}p{0.80\\linewidth}"
        #expect(parts[0].contains("{l\(wide)rrrrrrrrrr}"))
        #expect(parts.map { $0.contains("(continued)") } == [false, true])
    }

    @Test("A section of figures alone is left out")
    func figures() throws {
        let report = try report()
        #expect(report.html.contains("Recordings one by one"))
        for text in [report.document.latex, report.markdown] {
            #expect(!text.contains("Recordings one by one"))
        }
    }
}

/// The program that users compile reports with, where it is installed.
private enum Engine {
    private static let path = "/usr/bin/pdflatex"

    static var hasPDFLaTeX: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// What it says while it compiles a document.
    static func compile(_ latex: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "concord-latex-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(latex.utf8).write(to: folder.appending(path: "report.tex"))
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["-interaction=nonstopmode", "-no-shell-escape", "report.tex"]
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        // The log is broken into lines of 79 bytes, which may be within a letter.
        let log = try Data(contentsOf: folder.appending(path: "report.log"))
        return String(decoding: log, as: UTF8.self)
    }
}
