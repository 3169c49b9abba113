import Corpora
import Foundation
import Reporting

/// `concord certificate check`: whether a report's splits are what its certificate says.
public struct CertificateCheck {
    private let folder: String
    private let manifests: [String]

    /// The check of the report in a folder, against these manifests too.
    public init(report folder: String, manifests: [String]) {
        self.folder = folder
        self.manifests = manifests
    }

    /// Shows what is wrong, or that nothing is.
    ///
    /// - Returns: ``ExitStatus/failed`` when anything is wrong.
    /// - Throws: an error when the folder has no certificate, or a manifest cannot be read.
    public func run() throws -> ExitStatus {
        let (certificate, problems) = try problems()
        for problem in problems.prefix(50) { Terminal.complain("concord: \(folder): \(problem)") }
        guard problems.isEmpty, let certificate else {
            Terminal.complain(
                "concord: \(problems.count) problem\(problems.count == 1 ? "" : "s") in the "
                    + "certificate of \(folder): its report is not to be trusted. Write it again "
                    + "from its store.")
            return .failed
        }
        Terminal.show(
            """
            \(folder): \(certificate.splits.count) splits of \(certificate.cells.count) cells \
            over \(certificate.recordings.count) recordings are disjoint and what they were\
            \(manifests.isEmpty ? "" : "; the data are the manifests'")
            """)
        for cell in certificate.cells {
            if cell.selection == "test" {
                Terminal.show("\(cell.cell): everything was chosen on the test side")
            }
            if let shared = cell.shared {
                Terminal.show(
                    "\(cell.cell): partners are learnt from: both sides may have the same "
                        + shared.map { "`\($0)`" }.joined(separator: " or "))
            }
        }
        return .done
    }

    private func problems() throws -> (Certificate?, [String]) {
        guard let text = file("certificate.json") else {
            throw RunningError(
                "\(folder)/certificate.json: there is no such file. `concord report STORE --output "
                    + "\(folder)` writes it beside the report.")
        }
        guard let certificate = try? JSONDecoder().decode(Certificate.self, from: text) else {
            return (nil, ["certificate.json is no certificate"])
        }
        var problems = certificate.problems
        if Data(certificate.text.utf8) != text {
            problems.append("certificate.json is not written as Concord writes it")
        }
        guard problems.isEmpty else { return (certificate, problems) }
        if let trials = file("trials.csv") {
            problems += certificate.problems(
                trials: String(decoding: trials, as: UTF8.self),
                recordings: file("recordings.csv").map { String(decoding: $0, as: UTF8.self) })
        }
        if let json = file("report.json") {
            let object = try? JSONSerialization.jsonObject(with: json) as? [String: Any]
            if object?["certificate"] as? String != certificate.digest {
                problems.append("report.json is of another certificate")
            }
        }
        let corpora = try manifests.map { path in
            try Manifest.parse(try LoadedSweep.read(path, what: "manifest"), file: path)
        }
        return (certificate, problems + certificate.problems(against: corpora))
    }

    private func file(_ name: String) -> Data? {
        FileManager.default.contents(atPath: "\(folder)/\(name)")
    }
}
