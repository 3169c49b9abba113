import Foundation
import Testing

/// The memory that `plan` tells beforehand.
@Suite(.serialized) struct MemoryTests {
    @Test(
        "A real trainer peaks within 20 % of what plan says",
        arguments: [
            "{network: baseline, hidden: [128, 64], chunk: whole}",
            "{network: eaf, hidden: 96, layers: 2, chunk: whole}",
            "{network: eaf, hidden: 64, layers: 1, gate: modality, batch: 4}",
            "{network: tcn, channels: 128, chunk: whole}",
            "{network: transformer, hidden: 96, chunk: whole}",
            "{network: eaf, hidden: 96, layers: 2, chunk: whole, fusion: late}",
            "{network: aed, hidden: 64, chunk: whole}",
            "{network: emafn, hidden: 48, window: none, chunk: 400, batch: 16}",
            "{network: eaf, hidden: 64, layers: 1, lag-seconds: [0, 1, 2]}",
            "{network: eaf, hidden: 64, layers: 1, projection: 8, projection-above: 20}",
            "{network: baseline, hidden: [8, 4], batch: 2}",
            "{network: ridge}", "{network: svr, every: 1, complexity: [0.001]}",
        ])
    func peak(model: String) throws { try compare(model) }

    @Test("So does one that derives features inside its fold")
    func derived() throws {
        try compare(
            "{network: baseline, hidden: [8, 4], batch: 2}",
            features: "features: {bags: {audio: [{words: audio, count: 500}], "
                + "video: [{functionals: video}]}}")
    }

    private func compare(_ model: String, features: String = "") throws {
        try withFolder { folder in
            let made = try Command.run(
                "data", "synthesize", "--output", folder.path, "--cultures", "DE", "--dyads", "6",
                "--shortest", "1500", "--longest", "1700", in: folder)
            try #require(made.status == 0, "\(made.errors)")
            let spec = folder.appending(path: "sweep.yaml").path
            try """
            sweep: memory
            corpora: [corpus.yaml]
            \(features)
            models: {one: \(model)}
            schemes: [{scheme: within-culture, folds: 3, group: dyad}]
            training: {epochs: 1, batch: 8}
            seeds: 1
            """.write(toFile: spec, atomically: true, encoding: .utf8)
            let ran = try Command.run(
                "run", spec, "--store", "store", "--workers", "1", in: folder)
            try #require(ran.status == 0, "\(ran.errors)")
            let planned = try Command.run("plan", spec, "--json", in: folder)
            let object = try JSONSerialization.jsonObject(with: Data(planned.output.utf8))
            let trials = try #require((object as? [String: Any])?["trials"] as? [[String: Any]])
            let predicted = try #require(trials.compactMap { $0["peakBytes"] as? Int }.max())
            _ = try Command.run("report", "store", "--format", "csv", "--output", "r", in: folder)
            let lines = try String(
                contentsOf: folder.appending(path: "r/provenance.csv"), encoding: .utf8
            ).split(separator: "\n").map { $0.split(separator: ",") }
            let column = try #require(lines[0].firstIndex(of: "peakBytes"))
            let measured = try #require(lines.dropFirst().compactMap { Int($0[column]) }.max())
            let ratio = Double(predicted) / Double(measured)
            print(
                "\(model): \(predicted / 1_000_000) MB predicted, \(measured / 1_000_000) measured")
            #expect((0.8...1.2).contains(ratio), "\(predicted) predicted, \(measured) measured")
        }
    }
}
