import Foundation
import Testing

/// The engine against golden numbers that somebody else computed, through the real binary.
@Suite struct FixtureTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let golden = root.deletingLastPathComponent().appending(path: "shared/golden")

    /// The fixtures of the networks that exist.
    static let fixtures: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: golden.path)) ?? []
        let kinds = ["baseline_", "eaf_", "grl_"]
        return names.sorted().filter { name in
            name.hasSuffix(".h5") && kinds.contains { name.hasPrefix($0) }
        }
    }()

    static let python =
        ProcessInfo.processInfo.environment["CONCORD_PYTHON"] ?? "/usr/bin/python3"

    static let canCompare: Bool =
        !fixtures.isEmpty
        && ((try? run(python, ["-c", "import h5py, numpy"]))?.status == 0)

    private static func run(
        _ program: String, _ arguments: [String]
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        while process.isRunning { usleep(10_000) }
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    private static var bench: String {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        return (bundle?.bundleURL ?? URL(filePath: CommandLine.arguments[0]))
            .deletingLastPathComponent().appending(path: "concord-bench").path
    }

    @Test(
        "Predictions, losses, gradients and Adam steps equal the golden ones",
        .enabled(if: canCompare, "needs ../shared/golden and a python3 with h5py and numpy"),
        arguments: fixtures)
    func fixture(name: String) throws {
        let output = FileManager.default.temporaryDirectory
            .appending(path: "\(UUID().uuidString).h5")
        defer { try? FileManager.default.removeItem(at: output) }
        let fixture = Self.golden.appending(path: name).path
        let made = try Self.run(Self.bench, ["fixture", fixture, "--output", output.path])
        try #require(made.status == 0, "\(made.output)")
        let compared = try Self.run(
            Self.python,
            [
                Self.golden.appending(path: "compare_fixture.py").path, fixture, output.path,
                "--quiet",
            ])
        #expect(compared.status == 0, "\(compared.output)")
    }
}
