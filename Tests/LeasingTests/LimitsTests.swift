import Testing

@testable import Leasing

@Suite("Limits")
struct LimitsTests {
    @Test("The defaults can be kept, and are told on one line")
    func defaults() throws {
        #expect(try Limits().validated() == Limits())
        #expect(
            "\(Limits())" == """
                heartbeat 2.5 s, lost after 3 (7.5 s); step limit 120.0 s, trial limit none; \
                checkpoint every 60.0 s, 10.0 s for the last; second copies after 30.0 s; \
                quarantine after 3 faults on one worker, 2 on different workers, or more than 8 \
                losses, cordon after 3 trials; orphans wait 60.0 s; messages up to \
                67108864 bytes, 20000 a second; up to 4096 connections, 512 of strangers; up to \
                1024 slots a worker
                """)
    }

    @Test(
        "A limit out of range is named with its value and its range",
        arguments: [
            ("heartbeatSeconds", 0, "heartbeatSeconds is 0, but must lie between 0.05 and 600."),
            ("heartbeatSeconds", Double.nan, "heartbeatSeconds is nan, but must"),
            ("heartbeatSeconds", .infinity, "heartbeatSeconds is inf, but must"),
            ("liveness", 1, "liveness is 1, but must lie between 2 and 100."),
            ("stepLimitSeconds", 2, "stepLimitSeconds is 2.0, less than heartbeatSeconds (2.5)"),
            ("stepLimitSeconds", -1, "stepLimitSeconds is -1, but must lie between 0.05 and"),
            ("attemptsMax", 0, "attemptsMax is 0, but must lie between 1 and 1000."),
            ("lossesMax", -1, "lossesMax is -1, but must lie between 0 and 1000000."),
            ("orphanSeconds", -5, "orphanSeconds is -5, but must lie between 0 and 1000000000."),
            ("wallLimitSeconds", 0, "wallLimitSeconds is 0, but must lie between 0.05 and"),
            ("checkpointSeconds", 0, "checkpointSeconds is 0, but must lie between 0.05 and"),
            ("graceSeconds", -1, "graceSeconds is -1, but must lie between 0 and 3600."),
            ("tailSeconds", .nan, "tailSeconds is nan, but must lie between 0 and"),
            ("cordonTrials", 1, "cordonTrials is 1, but must lie between 2 and 1000000."),
            ("messageBytesMax", 100, "messageBytesMax is 100, but must lie between 65536 and"),
        ])
    func outOfRange(name: String, value: Double, sentence: String) {
        var limits = Limits()
        switch name {
        case "heartbeatSeconds": limits.heartbeatSeconds = value
        case "liveness": limits.liveness = Int(value)
        case "stepLimitSeconds": limits.stepLimitSeconds = value
        case "attemptsMax": limits.attemptsMax = Int(value)
        case "lossesMax": limits.lossesMax = Int(value)
        case "orphanSeconds": limits.orphanSeconds = value
        case "wallLimitSeconds": limits.wallLimitSeconds = value
        case "checkpointSeconds": limits.checkpointSeconds = value
        case "graceSeconds": limits.graceSeconds = value
        case "tailSeconds": limits.tailSeconds = value
        case "cordonTrials": limits.cordonTrials = Int(value)
        default: limits.messageBytesMax = Int(value)
        }
        let error = #expect(throws: LimitsError.self) { try limits.validated() }
        #expect(error?.name == name)
        #expect(error?.description.hasPrefix(sentence) == true, "\(error?.description ?? "")")
    }
}
