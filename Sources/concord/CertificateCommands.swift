import ArgumentParser
import Running

/// `concord certificate`: what a report's splits were.
struct CertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate", abstract: "Check which splits a report stands on.",
        subcommands: [CheckCertificateCommand.self])
}

/// `concord certificate check`: the splits of a report are disjoint and unchanged.
struct CheckCertificateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that a report's splits are disjoint and what its certificate says.",
        discussion: """
            Every report written into a folder has a certificate.json beside it: all recordings \
            with the digests of their data, and the three lists of each split. The check computes \
            all digests anew, looks for data on two sides of a split, and compares the report's \
            CSV and JSON files, and manifests, with it. check_certificate.py in the documentation \
            does the same without Concord.
            """)

    @Argument(help: "The folder of the report.")
    var report: String

    @Option(help: "A manifest whose data the report is said to stand on; may be given again.")
    var manifest: [String] = []

    func run() throws {
        try conclude { try CertificateCheck(report: report, manifests: manifest).run() }
    }
}
