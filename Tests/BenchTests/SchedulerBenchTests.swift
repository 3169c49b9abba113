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

    @Test("What encryption costs is measured on sweeps that train every trial")
    func encryption() throws {
        let found = try figures(
            "scheduler", "--workers", "1", "--slots", "2", "--trials", "100", "--trainer-trials",
            "20", "--curve", "--rounds", "2")
        let fields = try #require((found as? [String: Any])?["curve"] as? [String: Any])
        #expect(fields["secondTrials"] as? Int == 4)
        for name in ["plainSeconds", "curveSeconds"] {
            #expect((fields[name] as? Double ?? 0) >= 2, "\(name)")
        }
    }

    @Test("Workers join a coordinator together, encrypted, and beat until the measure is taken")
    func connections() throws {
        let found = try figures("connections", "--count", "20", "--seconds", "1")
        let fields = try #require(found as? [String: Any])
        #expect(fields["connections"] as? Int == 20)
        for name in ["joinSeconds", "coreShare", "memoryBytes"] {
            #expect((fields[name] as? Double ?? 0) > 0, "\(name)")
        }
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
