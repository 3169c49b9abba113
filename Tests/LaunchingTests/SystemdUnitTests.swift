import Foundation
import Testing

/// The units of `cluster/systemd`, as systemd itself reads them.
@Suite(
    .enabled(
        if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze"),
        "systemd-analyze is not installed."))
struct SystemdUnitTests {
    private static let units = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../cluster/systemd").standardizedFileURL

    @Test(
        "systemd has nothing to say of the units",
        arguments: ["concord-coordinator@.service", "concord-worker.service"])
    func clean(_ name: String) throws {
        let text = try String(
            contentsOf: Self.units.appending(path: name), encoding: .utf8)
        #expect(try complaints(of: name, text) == "")
        let mistyped = text.replacingOccurrences(of: "NoNewPrivileges", with: "NoNewPrivilege")
        #expect(try complaints(of: name, mistyped).contains("NoNewPrivilege"))
    }

    private func complaints(of name: String, _ text: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "concord-units-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: name)
        // The program need not be installed for that.
        try text.replacingOccurrences(of: "=/opt/concord/concord ", with: "=/bin/true ")
            .write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/systemd-analyze")
        process.arguments = ["verify", "--man=no", file.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self)
    }
}
