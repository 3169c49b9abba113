import Corpora
import Foundation
import Testing

/// The sweeps that ship for AVEC 2019, over its recordings.
@Suite struct PresetTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Writes a preset, and a manifest of all recordings and feature sets with made-up digests.
    private func stage(_ preset: String, in folder: URL) throws {
        let outline = Self.root.appending(path: "data-manifests/avec2019.yaml")
        var corpus = try Manifest.parse(
            String(contentsOf: outline, encoding: .utf8), file: outline.path, outlines: true)
        let names = corpus.featureSets.map(\.name) + [Recording.goldDigestName]
        for index in corpus.recordings.indices {
            let id = corpus.recordings[index].id
            corpus.recordings[index].frames = 1000 + index
            for name in names {
                corpus.recordings[index].digests[name] = Digest(of: "\(id) \(name)".utf8)
            }
        }
        try Manifest.render(corpus).write(
            to: folder.appending(path: "corpus.yaml"), atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(
            at: Self.root.appending(path: "cluster/sweeps/\(preset).yaml"),
            to: folder.appending(path: "sweep.yaml"))
    }

    @Test(
        "A preset trains on the official training recordings and tests those of development",
        arguments: [("avec2019-table1", 4), ("avec2019-clean", 5), ("avec2019-deep", 4)])
    func plan(_ preset: String, _ cells: Int) throws {
        try withFolder { folder in
            try stage(preset, in: folder)
            let planned = try Command.run("plan", "sweep.yaml", "--json", in: folder)
            try #require(planned.status == 0, "\(planned.errors)")
            let object = try JSONSerialization.jsonObject(with: Data(planned.output.utf8))
            let trials = try #require((object as? [String: Any])?["trials"] as? [[String: Any]])
            #expect(Set(trials.compactMap { $0["cell"] as? String }).count == cells)
            for trial in trials {
                let train = trial["train"] as? [String] ?? []
                let validation = trial["validation"] as? [String] ?? []
                let test = trial["test"] as? [String] ?? []
                #expect(test.count == 28 && test.allSatisfy { $0.hasPrefix("Devel_") })
                #expect(train.allSatisfy { $0.hasPrefix("Train_") })
                if preset == "avec2019-table1" {
                    #expect(train.count == 68)
                    #expect(validation.isEmpty || Set(validation) == Set(test))
                } else {
                    #expect(train.count + validation.count == 68 && validation.count >= 12)
                    #expect(validation.allSatisfy { $0.hasPrefix("Train_") })
                }
            }
        }
    }

    @Test(
        "The low-level presets run whole on a made-up corpus of AVEC's shape",
        .enabled(if: Full.isAsked, Full.reason))
    func lowLevel() throws {
        try withFolder { folder in
            try make("low-level", recordings: nil, in: folder)
            for (preset, models) in [("avec2019-table1", 4), ("avec2019-clean", 5)] {
                try shorten(preset, epochs: 2, in: folder)
                let result = try run(preset, in: folder)
                #expect(result.errors.contains("\(models) of \(models) trials finished"))
                let report = try Command.run(
                    "report", preset, "--format", "csv,html", "--output", "\(preset)-report",
                    in: folder)
                #expect(report.status == 0, "\(report.errors)")
                let summary = try String(
                    contentsOf: folder.appending(path: "\(preset)-report/summary.csv"),
                    encoding: .utf8)
                // Each model, three targets, German, Hungarian and both.
                let lines = summary.split(separator: "\n").filter { $0.contains(",avec,") }
                #expect(lines.count == models * 3 * 3)
            }
        }
    }

    @Test(
        "Deep features train for an epoch on a few recordings",
        .enabled(if: Full.isAsked, Full.reason))
    func deep() throws {
        try withFolder { folder in
            try make("deep", recordings: 2, in: folder)
            try shorten("avec2019-deep", epochs: 1, in: folder)
            let result = try run("avec2019-deep", in: folder)
            #expect(result.errors.contains("4 of 4 trials finished"))
        }
    }

    private func make(_ features: String, recordings: Int?, in folder: URL) throws {
        let began = Date()
        let made = try Command.run(
            ["data", "synthesize", "--shape", "avec2019", "--features", features, "--output", "."]
                + (recordings.map { ["--recordings", "\($0)"] } ?? []), in: folder)
        try #require(made.status == 0, "\(made.errors)")
        Full.say("AVEC 2019's shape, \(features): made in \(FaultStage.seconds(since: began)) s")
    }

    /// The preset with one seed and few epochs.
    private func shorten(_ preset: String, epochs: Int, in folder: URL) throws {
        let whole = try String(
            contentsOf: Self.root.appending(path: "cluster/sweeps/\(preset).yaml"),
            encoding: .utf8)
        let text = whole.replacing(/epochs: \d+/, with: "epochs: \(epochs)")
            .replacing(/patience: \d+/, with: "patience: \(epochs)")
            .replacing(/seeds: \d+/, with: "seeds: 1")
        try text.write(
            to: folder.appending(path: "sweep.yaml"), atomically: true, encoding: .utf8)
    }

    private func run(_ store: String, in folder: URL) throws -> Command.Result {
        let began = Date()
        let running = try Command.Running(
            ["run", "sweep.yaml", "--store", store, "--workers", "2"], in: folder)
        #expect(eventually(within: 600) { !running.isRunning })
        let result = running.wait()
        try #require(result.status == 0, "\(result.errors)")
        Full.say("\(store): ran in \(FaultStage.seconds(since: began)) s")
        return result
    }
}
