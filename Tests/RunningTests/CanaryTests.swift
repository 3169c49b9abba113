import Foundation
import Testing

@testable import Planning
@testable import Running

/// `concord run --canary`: leaks are planted, and labels are shuffled.
@Suite struct CanaryTests {
    @Test("Canaries of a sound sweep are quiet, and the sweep's own store is not touched")
    func quiet() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let own = try Command.run("run", sweep.spec, "--store", "store", in: folder)
            try #require(own.status == 0, "\(own.errors)")
            func bytes() throws -> [String: Data] {
                var files: [String: Data] = [:]
                let store = folder.appending(path: "store")
                for name in try FileManager.default.subpathsOfDirectory(atPath: store.path) {
                    files[name] = FileManager.default.contents(
                        atPath: store.appending(path: name).path)
                }
                return files
            }
            let before = try bytes()
            let canary = try Command.run(
                "run", sweep.spec, "--store", "store", "--canary", "--workers", "2", in: folder)
            #expect(canary.status == 0, "\(canary.errors)\n\(canary.output)")
            #expect(canary.errors.contains("the canaries are quiet"))
            for thing in ["a recording", "the same dyad", "the same subject", "the same audio"] {
                let line = canary.output.split(separator: "\n").first { $0.hasPrefix(thing) }
                #expect(line?.hasSuffix("refused") == true, "\(canary.output)")
            }
            #expect(!canary.output.contains("PASSED"))
            #expect(try bytes() == before)
            // The labels are shuffled the same way again, so that nothing is trained twice.
            let again = try Command.run(
                "run", sweep.spec, "--store", "store", "--canary", in: folder)
            #expect(again.output == canary.output && again.status == 0)
        }
    }

    @Test("A choice on the test side of many candidates makes the canary sing")
    func sings() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try """
            sweep: chosen
            corpora: [corpus.yaml]
            targets: [arousal, valence]
            models:
              ridge: {network: ridge, penalty: [1, 100, 10000], post-processing: [centre, scale]}
            schemes:
              - {scheme: leave-one-recording-out, train: all, selection: test}
            training: {lag-seconds: [0, 0.5, 1, 1.5, 2, 2.5, 3], lag-choice: per-target}
            seeds: 1
            """.write(toFile: sweep.spec, atomically: true, encoding: .utf8)
            let canary = try Command.run("run", sweep.spec, "--canary", in: folder)
            #expect(canary.status == 7, "\(canary.errors)\n\(canary.output)")
            #expect(canary.errors.contains("the canary sings"))
            #expect(canary.output.contains("SINGS leave-one-recording-out"))
        }
    }

    @Test("Canaries that test a single group say nothing, which is not taken for silence")
    func nothingTested() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try """
            sweep: few
            corpora: [corpus.yaml]
            targets: [arousal]
            models: {ridge: {network: ridge}}
            schemes: [{scheme: partition, train: culture}]
            seeds: 1
            """.write(toFile: sweep.spec, atomically: true, encoding: .utf8)
            let canary = try Command.run("run", sweep.spec, "--canary", in: folder)
            #expect(canary.status == 1, "\(canary.errors)\n\(canary.output)")
            #expect(canary.errors.contains("no score of shuffled labels (4) has an interval"))
            #expect(!canary.errors.contains("quiet"))
        }
    }

    @Test("A trainer refuses a leak that came past the plan, before it reads any data")
    func trainerRefuses() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let loaded = try LoadedSweep(spec: sweep.spec, dataRoot: "/nowhere")
            for thing in loaded.plan.plantable {
                let planted = loaded.with(loaded.plan.planting(thing))
                let bench = TrainerBench(sweep: planted, cache: nil)
                do {
                    _ = try bench.data(of: loaded.plan.trials[0])
                    Issue.record("The trainer passed \(thing).")
                } catch let error as PlanError {
                    guard case .leak(_, _, let leak) = error else { throw error }
                    #expect(leak.thing == thing)
                }
            }
        }
    }
}
