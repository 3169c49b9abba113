import Foundation
import Testing

/// The benches of the scheduler run every trial, and say so; how fast is not tested here.
@Suite struct SchedulerBenchTests {
    private func figures(_ arguments: String...) throws -> Any {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }
        let folder = (bundle?.bundleURL ?? URL(filePath: CommandLine.arguments[0]))
            .deletingLastPathComponent()
        let process = Process()
        process.executableURL = folder.appending(path: "concord-bench")
        process.arguments = arguments + ["--json"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return try JSONSerialization.jsonObject(with: bytes)
    }

    @Test("Trials pass the Dispatcher, sockets, store, spools and trainers, each once")
    func scheduler() throws {
        let found = try figures(
            "scheduler", "--workers", "2", "--trials", "400", "--trainer-trials", "60")
        let fields = try #require(found as? [String: Any])
        #expect(fields["trials"] as? Int == 400 && fields["workers"] as? Int == 2)
        for name in [
            "trialsPerSecond", "dispatcherTrialsPerSecond", "trainersTrialsPerSecond",
            "leaseGapMedianSeconds",
        ] {
            #expect((fields[name] as? Double ?? 0) > 0, "\(name)")
        }
        // Group commit: the outcomes of many leases are on disk after one wait for it.
        let turns = try #require(fields["turns"] as? Int)
        #expect((1..<400).contains(turns))
    }

    @Test("The Dispatcher is measured at three sizes")
    func dispatcher() throws {
        let found = try figures("dispatcher", "--trials", "3000", "--workers", "20")
        let rows = try #require(found as? [[String: Any]])
        #expect(rows.map { $0["trials"] as? Int } == [30, 300, 3000])
        #expect(rows.allSatisfy { ($0["eventsPerSecond"] as? Double ?? 0) > 0 })
    }

    @Test("A store of many finished trials resumes with all of them")
    func store() throws {
        let fields = try #require(try figures("store", "--trials", "500") as? [String: Any])
        #expect(fields["trials"] as? Int == 500)
        #expect((fields["resumeSeconds"] as? Double ?? 0) > 0)
    }
}
