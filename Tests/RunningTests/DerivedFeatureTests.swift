import Foundation
import Testing

/// Bags of words and functionals inside folds, by the real binary.
@Suite struct DerivedFeatureTests {
    private func write(in folder: URL) throws {
        _ = try TinySweep(in: folder)
        try """
        sweep: derived
        corpora: [corpus.yaml]
        targets: [arousal, valence]
        features:
          bags:
            audio: [audio, {words: audio, count: 12, window-seconds: 2, assign: 2, gaussian: 2.5}]
            video: [video, {functionals: video, window-seconds: 1}]
        models:
          late: {network: eaf, hidden: 5, layers: 1, gate: none, fusion: late}
          eaf: {network: eaf, hidden: 5, layers: 1}
          aed: {network: aed, hidden: 5, attention: 4}
          emafn: {network: emafn, hidden: 4, attention: 4}
          baseline: {network: baseline, hidden: [6, 4]}
          ridge: {network: ridge, penalty: [1, 100]}
        schemes: [{scheme: within-culture, folds: 2, group: dyad}]
        validation: {fraction: 0.3, group: dyad}
        training: {epochs: 3, patience: 3, batch: 4, chunk: 50, hop: 25}
        seeds: 2
        """.write(to: folder.appending(path: "sweep.yaml"), atomically: true, encoding: .utf8)
    }

    private func run(_ store: String, workers: Int, in folder: URL) throws {
        let run = try Command.run(
            "run", "sweep.yaml", "--store", store, "--workers", "\(workers)", "--keep-models",
            in: folder)
        try #require(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("44 of 44 trials finished"), "\(run.errors)")
    }

    @Test("The same outcomes and models with any number of workers, in any order of trials")
    func sameBytes() throws {
        try withFolder { folder in
            try write(in: folder)
            try run("one", workers: 1, in: folder)
            try run("three", workers: 3, in: folder)
            let names = try FileManager.default.contentsOfDirectory(
                atPath: folder.appending(path: "one/models").path)
            #expect(names.count == 44)
            for name in names {
                #expect(
                    try Data(contentsOf: folder.appending(path: "one/models/\(name)"))
                        == Data(contentsOf: folder.appending(path: "three/models/\(name)")))
            }
            let report = try Command.run("report", "one", "--format", "markdown", in: folder)
            #expect(report.output.contains("words of audio (12, 2.0 s, 2 nearest, gaussian 2.5)"))
            let figures = try Command.run(
                "report", "one", "--format", "svg", "--output", "drawn", in: folder)
            #expect(figures.status == 0, "\(figures.errors)")
            let gates = try String(
                contentsOf: folder.appending(
                    path: "drawn/figures/gates-bags-eaf-within-culture.svg"), encoding: .utf8)
            #expect(gates.contains("functionals of video"), "\(gates)")
        }
    }

    @Test("A model predicts with its own codebook, is exported with it, and PyTorch agrees")
    func models() throws {
        try withFolder { folder in
            try write(in: folder)
            try run("store", workers: 2, in: folder)
            let models = try FileManager.default.contentsOfDirectory(
                atPath: folder.appending(path: "store/models").path
            ).sorted()
            for name in models {
                let model = "store/models/" + name
                let predicted = try Command.run(
                    "predict", model, "--manifest", "corpus.yaml", "--output", "out", in: folder)
                #expect(predicted.status == 0, "\(predicted.errors)")
                let exported = try Command.run(
                    "model", "export", model, "--output", "model.h5", in: folder)
                #expect(exported.status == 0, "\(exported.errors)")
                guard let python = ModelTests.python else { continue }
                let words = try ModelTests.run(
                    python,
                    [ModelTests.script.path, "model.h5", "out/predictions.h5"],
                    in: folder)
                let worst = words.split(separator: " ").compactMap { Double($0) }.last
                #expect(worst ?? 1 < 1e-4, "\(words)")
            }
        }
    }

    @Test("The plan tells the memory and the width of derived features")
    func plan() throws {
        try withFolder { folder in
            try write(in: folder)
            let planned = try Command.run("plan", "sweep.yaml", in: folder)
            #expect(planned.status == 0, "\(planned.errors)")
            #expect(planned.output.contains("wide, hold words of audio (12, 2.0 s"))
            let derived = try peaks(in: folder)
            let spec = folder.appending(path: "sweep.yaml")
            let text = try String(contentsOf: spec, encoding: .utf8)
            try text.replacing(/, \{words: audio[^}]*\}/, with: "")
                .replacing(/, \{functionals[^}]*\}/, with: "")
                .write(to: spec, atomically: true, encoding: .utf8)
            let plain = try peaks(in: folder)
            #expect(derived.count == plain.count && derived.count == 48)
            for (derived, plain) in zip(derived, plain) { #expect(derived > plain) }
        }
    }

    /// The bytes of memory that each trial of the plan needs.
    private func peaks(in folder: URL) throws -> [Int] {
        let planned = try Command.run("plan", "sweep.yaml", "--json", in: folder)
        let object = try JSONSerialization.jsonObject(with: Data(planned.output.utf8))
        let trials = (object as? [String: Any])?["trials"] as? [[String: Any]] ?? []
        return trials.compactMap { $0["peakBytes"] as? Int }
    }
}
