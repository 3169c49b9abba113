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
        let kinds = [
            "baseline_", "eaf_", "grl_", "aed_", "emafn_", "tcn_", "transformer_",
        ]
        return names.sorted().filter { name in
            name.hasSuffix(".h5") && kinds.contains { name.hasPrefix($0) }
        }
    }()

    static let python =
        ProcessInfo.processInfo.environment["CONCORD_PYTHON"] ?? "/usr/bin/python3"

    static let canCompare: Bool =
        !fixtures.isEmpty
        && ((try? Tool.run(python, ["-c", "import h5py, numpy"]))?.status == 0)

    @Test(
        "Predictions, losses, gradients and Adam steps equal the golden ones",
        .enabled(if: canCompare, "needs ../shared/golden and a python3 with h5py and numpy"),
        arguments: fixtures)
    func fixture(name: String) throws {
        let output = FileManager.default.temporaryDirectory
            .appending(path: "\(UUID().uuidString).h5")
        defer { try? FileManager.default.removeItem(at: output) }
        let fixture = Self.golden.appending(path: name).path
        let made = try Tool.run(Tool.bench, ["fixture", fixture, "--output", output.path])
        try #require(made.status == 0, "\(made.output)")
        let compared = try Tool.run(
            Self.python,
            [
                Self.golden.appending(path: "compare_fixture.py").path, fixture, output.path,
                "--quiet",
            ])
        #expect(compared.status == 0, "\(compared.output)")
    }
}
