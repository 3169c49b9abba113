import Foundation
import Glibc
import Testing

/// Trials whose state is larger than one frame of a message may be.
@Suite(.enabled(if: Full.isAsked, Full.reason))
struct FaultLargeStateTests {
    @Test("A state of more than 64 MiB is kept, travels, and another ends with the same bytes")
    func travels() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            // Wide layers over a few frames.
            let made = try Command.run(
                "data", "synthesize", "--output", folder.path, "--cultures", "DE,HU", "--dyads",
                "4", "--shortest", "8", "--longest", "10", in: folder)
            #expect(made.status == 0, "\(made.errors)")
            try sweep.write(
                epochs: 4, seeds: 1,
                models: ["baseline: {network: baseline, hidden: [1100, 4]}"],
                limits: "checkpoint-seconds: 0.05")
            let text = try String(contentsOfFile: sweep.spec, encoding: .utf8)
            try text.split(separator: "\n").filter { !$0.contains("within-culture") }
                .joined(separator: "\n")
                .replacing("batch: 4, chunk: 50, hop: 25", with: "batch: 64, chunk: 50, hop: 50")
                .write(toFile: sweep.spec, atomically: true, encoding: .utf8)
            #expect(try sweep.run(store: "calm", workers: 1).status == 0)

            let cluster = try HandCluster(sweep)
            let first = try cluster.work("a")
            try #require(eventually(within: 120) { cluster.checkpoints(in: "a") == 1 })
            first.signal(SIGUSR1)
            #expect(first.wait().status == 0)
            try #require(eventually { cluster.checkpoints(in: "store/checkpoints") == 1 })
            let kept = folder.appending(path: "store/checkpoints")
            let bytes = try FileManager.default.contentsOfDirectory(
                at: kept, includingPropertiesForKeys: [.fileSizeKey]
            ).map { try $0.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0 }
            #expect(bytes.allSatisfy { $0 > 64 << 20 }, "\(bytes)")

            let second = try cluster.work("b")
            #expect(second.wait().status == 0)
            let ended = cluster.coordinator.wait()
            #expect(ended.status == 0 && !ended.errors.contains("failed on"), "\(ended.errors)")
            #expect(try sweep.report(of: "store") == sweep.report(of: "calm"))
            Full.say("a state of \(bytes.first ?? 0) bytes travels: same bytes")
        }
    }
}
