import Foundation
import Testing

@testable import Reporting

/// The split certificate of a real report, checked by `concord certificate check` and by the
/// independent checker in the documentation, and damaged in each way.
@Suite struct CertificateTests {
    private static let checker = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/concord/Documentation.docc/check_certificate.py").path
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// A finished sweep's report, in `report` of the folder.
    private func withReport(
        schemes: String = """
              - {scheme: k-fold, folds: 2, repeats: 2}
              - {scheme: cross-culture}
              - {scheme: partition, selection: test}
              - {scheme: few-shot, shots: [1], mode: fine-tune}
            """, _ body: (URL) throws -> Void
    ) throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try """
            sweep: certified
            corpora: [corpus.yaml]
            models: {ridge: {network: ridge}}
            schemes:
            \(schemes)
            seeds: 1
            """.write(toFile: sweep.spec, atomically: true, encoding: .utf8)
            try #require(try sweep.run(store: "store").status == 0)
            let written = try Command.run(
                "report", "store", "--format", "csv,json,html", "--output", "report", in: folder)
            try #require(written.status == 0, "\(written.errors)")
            try body(folder)
        }
    }

    /// What both checkers say, which must be the same.
    private func check(_ folder: URL, _ arguments: [String] = []) throws -> [String] {
        let own = try Command.run(
            ["certificate", "check", "report"] + arguments, in: folder)
        #expect(own.status == 0 || own.status == 1)
        let problems = own.errors.split(separator: "\n").map(String.init)
        #expect(problems.isEmpty == (own.status == 0))
        if Self.python != nil {
            let other = try python(["report"] + arguments, in: folder)
            #expect(other.status == own.status, "\(arguments), \(own.errors), \(other.errors)")
        }
        return problems
    }

    /// What the independent checker says; as much as nothing where there is no Python.
    private func python(
        _ arguments: [String], in folder: URL
    ) throws -> (status: Int32, output: String, errors: String) {
        guard let python = Self.python else { return (0, "", "") }
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = [Self.checker] + arguments
        process.currentDirectoryURL = folder
        let files = try ["python.out", "python.err"].map { name in
            let url = folder.appending(path: name)
            _ = FileManager.default.createFile(atPath: url.path, contents: nil)
            return (url, try FileHandle(forWritingTo: url))
        }
        (process.standardOutput, process.standardError) = (files[0].1, files[1].1)
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { try String(contentsOf: $0.0, encoding: .utf8) }
        return (process.terminationStatus, texts[0], texts[1])
    }

    private func certificate(_ folder: URL) throws -> Certificate {
        let data = try Data(contentsOf: folder.appending(path: "report/certificate.json"))
        return try JSONDecoder().decode(Certificate.self, from: data)
    }

    /// Writes a certificate that is sound in itself but for what `change` did.
    private func forge(
        _ folder: URL, _ change: (inout Certificate) -> Void
    ) throws {
        var forged = try certificate(folder)
        change(&forged)
        forged.data = forged.dataDigest
        let lines = forged.recordings.map(\.line)
        for index in forged.splits.indices {
            forged.splits[index].digests = forged.splits[index].sides.map {
                Certificate.digest(of: $0.filter(lines.indices.contains), lines)
            }
        }
        forged.digest = forged.ownDigest
        try forged.text.write(
            to: folder.appending(path: "report/certificate.json"), atomically: true,
            encoding: .utf8)
    }

    @Test("A real report's certificate holds, against its manifest too, and is the same again")
    func holds() throws {
        try withReport { folder in
            #expect(try check(folder).isEmpty)
            #expect(try check(folder, ["--manifest", "corpus.yaml"]).isEmpty)
            let certificate = try certificate(folder)
            #expect(certificate.recordings.count == 16)
            #expect(certificate.cells.map(\.count) == [4, 1, 1, 1, 1, 1])
            let tuned = certificate.splits.map { $0.tuned?.count }
            #expect(tuned == Array(repeating: nil, count: 7) + [2, 2])
            #expect(certificate.cells[3].selection == "test")
            let html = try String(
                contentsOf: folder.appending(path: "report/report.html"), encoding: .utf8)
            #expect(html.contains("chosen on the test side"))
        }
    }

    @Test("Whatever is damaged in a certificate or its report, both checkers find it")
    func damages() throws {
        try withReport { folder in
            let report = folder.appending(path: "report")
            let sound = folder.appending(path: "sound")
            try FileManager.default.copyItem(at: report, to: sound)
            func damage(
                _ name: String, _ sentence: String, _ arguments: [String] = [],
                _ change: () throws -> Void
            ) throws {
                try FileManager.default.removeItem(at: report)
                try FileManager.default.copyItem(at: sound, to: report)
                try change()
                let problems = try check(folder, arguments)
                #expect(problems.contains { $0.contains(sentence) }, "\(name): \(problems)")
            }
            func edit(_ file: String, _ old: String, _ new: String) throws {
                let url = report.appending(path: file)
                let text = try String(contentsOf: url, encoding: .utf8)
                try #require(text.contains(old), "\(file) has no \(old)")
                let range = text.range(of: old)!
                try text.replacingCharacters(in: range, with: new)
                    .write(to: url, atomically: true, encoding: .utf8)
            }
            let json = "certificate.json"
            try damage("blank", "not written as") { try edit(json, ",", ", ") }
            try damage("end", "not written as") { try edit(json, "}\n", "}\n\n") }
            try damage("cut", "is no certificate") { try edit(json, "]}", "") }
            try damage("format", "of format 2") {
                try edit(json, "\"certificate\":1", "\"certificate\":2")
            }
            try damage("name", "own digest") { try edit(json, "certified", "certifiee") }
            try damage("culture", "digest of the data") {
                try edit(json, "\"culture\":\"DE\"", "\"culture\":\"DK\"")
            }
            try damage("group", "digest of the train list") {
                try edit(json, "\"dyad\":\"DE_S001\"", "\"dyad\":\"DE_S009\"")
            }
            try damage("list", "digest of the test list") {
                try edit(json, "\"test\":[0,", "\"test\":[")
            }
            try damage("data", "report.json is of another certificate") {
                try forge(folder) { $0.recordings[0].frames += 1 }
            }
            try damage("order", "no list of recordings") {
                try forge(folder) { $0.splits[0].train.reverse() }
            }
            try damage("nowhere", "no list of recordings") {
                try forge(folder) { $0.splits[0].train.append(-1) }
            }
            try damage("empty", "no list of recordings") {
                try forge(folder) { $0.splits[0].validation = [] }
            }
            try damage("splits", "splits that are not there") {
                try forge(folder) { $0.cells[5].first += 1 }
            }
            try damage("fold", "it should be 2") {
                try forge(folder) { $0.splits[1].fold = 3 }
            }
            try damage("leak", "stands on the train and the test side") {
                try forge(folder) {
                    $0.splits[0].train = ($0.splits[0].train + [$0.splits[0].test[0]]).sorted()
                }
            }
            for column in ["dyad", "subject", "session"] {
                try damage(column, "have the same `\(column)`") {
                    try forge(folder) {
                        let (one, two) = ($0.splits[0].train[0], $0.splits[0].test[0])
                        $0.recordings[one].groups[column] = $0.recordings[two].groups[column]
                    }
                }
            }
            try damage("columns that are not kept apart", "`dyad` is not kept apart") {
                try forge(folder) { forged in
                    for index in forged.cells.indices {
                        (forged.cells[index].apart, forged.cells[index].apartWithin) = ([], [])
                    }
                }
            }
            try damage("columns within", "`session` is not kept apart") {
                try forge(folder) { $0.cells[1].apartWithin = ["subject", "dyad"] }
            }
            try damage("the tested person", "no scheme learns from who is tested") {
                try forge(folder) { $0.cells[1].shared = ["subject"] }
            }
            try damage("nobody", "has another dyad in the manifest", ["--manifest", "corpus.yaml"])
            {
                try forge(folder) { forged in
                    for index in forged.cells.indices {
                        (forged.cells[index].apart, forged.cells[index].apartWithin) = ([], [])
                    }
                    for index in forged.recordings.indices {
                        forged.recordings[index].groups = [:]
                    }
                }
            }
            try damage("groups", "`wave` is not kept apart", ["--manifest", "grouped.yaml"]) {
                let text = try String(
                    contentsOf: folder.appending(path: "corpus.yaml"), encoding: .utf8)
                try text.replacing("recordings:\n", with: "groups: [wave]\nrecordings:\n")
                    .replacing("culture: ", with: "wave: \"1\", culture: ").write(
                        to: folder.appending(path: "grouped.yaml"), atomically: true,
                        encoding: .utf8)
            }
            for matrix in ["targets", "audio", "video"] {
                try damage(matrix, "the same content in `\(matrix)`") {
                    try forge(folder) {
                        let (one, two) = ($0.splits[0].validation[0], $0.splits[0].test[0])
                        $0.recordings[one].digests[matrix] = $0.recordings[two].digests[matrix]
                    }
                }
            }
            try damage("tuned elsewhere", "the tuned list of split 7 is no part") {
                try forge(folder) { $0.splits[7].tuned = [$0.splits[7].test[0]] }
            }
            try damage("tuned on all", "the tuned list of split 8 is no part") {
                try forge(folder) { $0.splits[8].tuned = $0.splits[8].train }
            }
            try damage("tuned on nothing", "the tuned list of split 8 is no part") {
                try forge(folder) { $0.splits[8].tuned = [] }
            }
            try damage("hidden selection", "stands on the validation and the test side") {
                try forge(folder) { $0.cells[3].selection = "validation" }
            }
            try damage("twice", "is tested twice") {
                try forge(folder) { $0.splits[2].repetition = 0 }
            }
            try damage("trial", "no cell has the fold of trial") {
                try edit("trials.csv", ",k-fold,", ",k-folds,")
            }
            try damage("fold of a trial", "tests other recordings than its split") {
                try FileManager.default.removeItem(at: report.appending(path: "report.json"))
                try forge(folder) {
                    $0.splits.swapAt(0, 1)
                    ($0.splits[0].fold, $0.splits[1].fold) = (1, 2)
                }
            }
            try damage("recording", "of another culture") {
                try edit("recordings.csv", "DE_S001_P001,DE", "DE_S001_P001,HU")
            }
            try damage("manifest", "has another audio in the manifest", ["--manifest", "new.yaml"])
            {
                let text = try String(
                    contentsOf: folder.appending(path: "corpus.yaml"), encoding: .utf8)
                let digest = /audio: [0-9a-f]{8}/
                try text.replacing(digest, with: "audio: 00000000", maxReplacements: 1)
                    .write(
                        to: folder.appending(path: "new.yaml"), atomically: true, encoding: .utf8)
            }
        }
    }

    @Test("Partners that are learnt from are told by report, certificate and both checkers")
    func partners() throws {
        let schemes = "  - {scheme: leave-one-recording-out, partner: keep}"
        try withReport(schemes: schemes) { folder in
            #expect(try check(folder, ["--manifest", "corpus.yaml"]).isEmpty)
            let certificate = try certificate(folder)
            #expect(certificate.cells.map(\.shared) == [["session", "dyad"], ["session", "dyad"]])
            #expect(certificate.recordings.allSatisfy { $0.groups["dyad"] != nil })
            let said = "partners are learnt from: both sides may have the same `session` or `dyad`"
            let own = try Command.run("certificate", "check", "report", in: folder).output
            let other = Self.python == nil ? own : try python(["report"], in: folder).output
            for words in [own, other] {
                #expect(words.components(separatedBy: said).count == 3, "\(words)")
            }
            func text(_ name: String) throws -> String {
                try String(
                    contentsOf: folder.appending(path: "report/report.\(name)"), encoding: .utf8)
            }
            #expect(try text("json").contains("\"partner\":\"keep\""))
            let html = try text("html")
            #expect(html.contains("are learnt from (partner: keep), so scores may be too good"))
            #expect(html.contains("Learnt from partners too (partner: keep), hence perhaps"))
            let plan = try Command.run("plan", "sweep.yaml", in: folder)
            #expect(plan.output.contains("are learnt from (partner: keep), so its scores"))
            try forge(folder) { $0.cells[0].shared = nil }
            let problems = try check(folder)
            #expect(problems.contains { $0.contains("`session` is not kept apart") })
            try forge(folder) { $0.cells[0].shared = ["session"] }
            #expect(try check(folder).last?.contains("concord: 1 problem in the") == true)
        }
    }

    @Test("A folder without a certificate is an error that says how to get one")
    func missing() throws {
        try withFolder { folder in
            let none = try Command.run("certificate", "check", "report", in: folder)
            #expect(none.status == 1 && none.errors.contains("writes it beside the report"))
            let (status, _, errors) = try python(["report"], in: folder)
            guard Self.python != nil else { return }
            #expect(status == 1 && errors.hasPrefix("report/certificate.json: No such file"))
            #expect(!errors.contains("Traceback"))
        }
    }
}
