import Foundation
import Testing

/// Models that no single network stands behind, through the whole program.
@Suite(.serialized) struct FloorTests {
    private func models(_ lines: String, in sweep: TinySweep) throws {
        let text = try String(contentsOfFile: sweep.spec, encoding: .utf8)
        let start = try #require(text.firstRange(of: "  baseline:"))
        let end = try #require(text.firstRange(of: "schemes:"))
        try text.replacingCharacters(
            in: start.lowerBound..<end.lowerBound, with: lines + "\n"
        ).write(toFile: sweep.spec, atomically: true, encoding: .utf8)
    }

    @Test("Ridge, SVR and late fusion run, score, and give one report on another instruction set")
    func endToEnd() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder, seeds: 2)
            try models(
                """
                  ridge: {network: ridge, lag-seconds: 2}
                  svr: {network: svr, complexity: [0.001, 0.1], lag-seconds: 2}
                  late: {network: eaf, hidden: 4, layers: 1, fusion: late}
                """, in: sweep)
            let planned = try Command.run("plan", sweep.spec, in: folder)
            // Six splits; both seeds of ridge are one trial.
            #expect(planned.output.contains("36 trials, 30 of them to be trained"))
            #expect(try sweep.run(store: "store").status == 0)
            #expect(sweep.finished(in: "store") == 30)
            let report = try sweep.report(of: "store")
            let markdown = String(decoding: try #require(report["report.md"]), as: UTF8.self)
            for words in [
                "ridge: penalty 1, 10", "linear SVR: complexity 0.001, 0.1",
                "one network a modality, fused late", "weights of late fusion",
            ] { #expect(markdown.contains(words), "\(words)") }
            // Within a culture the synthetic traces are linear in the features but for noise.
            let summary = String(decoding: try #require(report["summary.csv"]), as: UTF8.self)
            for model in ["ridge", "svr"] {
                let row = try #require(
                    summary.split(separator: "\n").first {
                        $0.hasPrefix("within-culture,DE,DE,\(model),av,arousal,population")
                    })
                let ccc = try #require(Double(row.split(separator: ",")[7]))
                #expect(ccc > 0.3, "\(row)")
            }
            let scalar = try Command.run(
                "run", sweep.spec, "--store", "scalar", "--workers", "1", in: folder,
                environment: ["CONCORD_ISA": "scalar"])
            #expect(scalar.status == 0, "\(scalar.errors)")
            #expect(try sweep.report(of: "scalar") == report)
        }
    }

    @Test("More epochs in `training` leave what is solved as it is, and train the rest")
    func trainingIsNotPartOfRidge() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            let lines = "  ridge: {network: ridge}\n  baseline: {network: baseline, hidden: [4, 2]}"
            func keys() throws -> Set<String> {
                try models(lines, in: sweep)
                let plan = try Command.run("plan", sweep.spec, "--json", in: folder)
                let object = try JSONSerialization.jsonObject(with: Data(plan.output.utf8))
                let trials = try #require((object as? [String: Any])?["trials"] as? [[String: Any]])
                return Set(trials.compactMap { $0["key"] as? String })
            }
            let before = try keys()
            try sweep.write(epochs: 4, seeds: 1)
            let after = try keys()
            #expect(before.count == 12 && after.count == 12)
            #expect(before.intersection(after).count == 6)
        }
    }
}
