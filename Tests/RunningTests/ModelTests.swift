import Foundation
import Testing

/// `--keep-models`, `concord predict` and `concord model export`.
@Suite struct ModelTests {
    /// A Python that has torch and h5py; nil says so.
    static let python: String? = {
        let candidates = [
            ProcessInfo.processInfo.environment["CONCORD_TORCH_PYTHON"], "/usr/bin/python3",
        ]
        let found = candidates.compactMap { $0 }.first { path in
            let process = Process()
            process.executableURL = URL(filePath: path)
            process.arguments = ["-c", "import torch, h5py"]
            process.standardError = FileHandle.nullDevice
            guard (try? process.run()) != nil else { return false }
            process.waitUntilExit()
            return process.terminationStatus == 0
        }
        if found == nil { print("skipped: no Python with torch; CONCORD_TORCH_PYTHON names one") }
        return found
    }()

    static let script = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/concord/Documentation.docc/load_model.py")

    private static let models = """
          baseline: {network: baseline, hidden: [8, 4]}
          feature: {network: eaf, hidden: 6, layers: 2, lag-seconds: 0.5}
          modality: {network: eaf, hidden: 6, layers: 1, gate: modality, attention: 5}
          late: {network: eaf, hidden: 5, layers: 1, gate: none, fusion: late}
          everything: {network: eaf, hidden: 5, layers: 1, lag-seconds: [0, 0.5], \
        lag-choice: per-target, target-models: per-target, lag-edges: zero, \
        post-processing: [median, centre, scale]}
          epochs: {network: baseline, hidden: [6, 5], epoch-choice: per-target}
          aed: {network: aed, hidden: 5, attention: 4, feed: previous, window: none}
          emafn: {network: emafn, hidden: 4, attention: 4, fusion: early, window: 0}
          tcn: {network: tcn, channels: 6, dilations: [1, 3]}
          transformer: {network: transformer, hidden: 6, heads: 2, window: 9}
          projected: {network: eaf, hidden: 5, layers: 1, projection: 6, projection-above: 20}
          ridge: {network: ridge, penalty: [1, 100]}
        """

    /// A sweep of one fold of every kind of model, run to its end with its models kept.
    private func kept(in folder: URL) throws -> [URL] {
        _ = try TinySweep(in: folder)
        try """
        sweep: kept
        corpora: [corpus.yaml]
        targets: [arousal, valence]
        features: {av: {audio: [audio], video: [video]}}
        models:
        \(ModelTests.models)
        schemes: [{scheme: cross-culture}]
        validation: {fraction: 0.3, group: dyad}
        training: {epochs: 3, patience: 3, batch: 4, chunk: 50, hop: 25}
        seeds: 1
        """.write(to: folder.appending(path: "kept.yaml"), atomically: true, encoding: .utf8)
        let run = try Command.run(
            "run", "kept.yaml", "--store", "store", "--workers", "2", "--keep-models", in: folder)
        try #require(run.status == 0, "\(run.errors)")
        let models = folder.appending(path: "store/models")
        return try FileManager.default.contentsOfDirectory(
            at: models, includingPropertiesForKeys: nil
        ).sorted { $0.path < $1.path }
    }

    @Test("Every trial's model is kept, predicts, and is exported to PyTorch, which agrees")
    func wholeWay() throws {
        try withFolder { folder in
            let models = try kept(in: folder)
            #expect(models.count == 2 * 12 && models.allSatisfy { $0.pathExtension == "model" })
            for model in models {
                let predicted = try Command.run(
                    "predict", model.path, "--manifest", "corpus.yaml", "--output", "out",
                    in: folder)
                #expect(predicted.status == 0, "\(predicted.errors)")
                let exported = try Command.run(
                    "model", "export", model.path, "--output", "model.h5", in: folder)
                #expect(exported.status == 0, "\(exported.errors)")
                guard let python = ModelTests.python else { continue }
                let words = try Self.run(
                    python, [ModelTests.script.path, "model.h5", "out/predictions.h5"],
                    in: folder)
                let worst = words.split(separator: " ").compactMap { Double($0) }.last
                #expect(worst ?? 1 < 1e-4, "\(words)")
                #expect(words.hasPrefix("16 recordings"), "\(words)")
            }
        }
    }

    /// Takes the corpus apart: a file for each culture, and features under other names than those
    /// of the manifest.
    private func scatter(in folder: URL, _ python: String) throws {
        let script = """
            import h5py
            with h5py.File("corpus.h5") as corpus:
                for name in corpus:
                    with h5py.File(f"{name[:2]}.h5", "a") as part:
                        for matrix in corpus[name]:
                            corpus.copy(f"{name}/{matrix}", part, f"of {name}/low {matrix}")
            """
        _ = try Self.run(python, ["-c", script], in: folder)
        try FileManager.default.removeItem(at: folder.appending(path: "corpus.h5"))
        let manifest = folder.appending(path: "corpus.yaml")
        try String(contentsOf: manifest, encoding: .utf8)
            .replacing("file: corpus.h5", with: "file: \"{culture}.h5\"")
            .replacing("dataset: \"{id}/", with: "dataset: \"of {id}/low ")
            .write(to: manifest, atomically: true, encoding: .utf8)
    }

    @Test(
        "PyTorch finds the features of any manifest, and that nothing is compared is an error",
        .enabled(if: ModelTests.python != nil))
    func anyManifest() throws {
        try withFolder { folder in
            let python = try #require(ModelTests.python)
            let models = try kept(in: folder)
            _ = try Command.run("model", "export", models[0].path, "--output", "m.h5", in: folder)
            _ = try Command.run("model", "export", models[1].path, "--output", "n.h5", in: folder)
            try scatter(in: folder, python)
            let predicted = try Command.run(
                "predict", models[0].path, "--manifest", "corpus.yaml", "--output", "out",
                in: folder)
            #expect(predicted.status == 0, "\(predicted.errors)")
            let script = [ModelTests.script.path]
            let words = try Self.run(
                python, script + ["m.h5", "out/predictions.h5"], in: folder)
            let worst = words.split(separator: " ").compactMap { Double($0) }.last
            #expect(worst ?? 1 < 1e-4 && words.hasPrefix("16 recordings"), "\(words)")
            let other = try Self.run(
                python, script + ["n.h5", "out/predictions.h5"], status: 1, in: folder)
            #expect(other.isEmpty)
            let emptying =
                "import h5py, sys; f = h5py.File(sys.argv[1], 'a'); "
                + "[f.pop(name) for name in list(f)]"
            _ = try Self.run(python, ["-c", emptying, "out/predictions.h5"], in: folder)
            _ = try Self.run(
                python, script + ["m.h5", "out/predictions.h5"], status: 1, in: folder)
        }
    }

    @Test("Models that a finished store lacks are counted, and an output that is none is named")
    func afterwards() throws {
        try withFolder { folder in
            let sweep = try TinySweep(in: folder)
            try sweep.write(epochs: 1, seeds: 1, models: ["ridge: {network: ridge}"])
            #expect(try sweep.run(store: "store").status == 0)
            func keep(_ store: String) throws -> Command.Result {
                try Command.run(
                    "run", sweep.spec, "--store", store, "--workers", "1", "--keep-models",
                    in: folder)
            }
            let lacking = try keep("store")
            #expect(lacking.status == 0)
            #expect(
                lacking.errors.contains("concord: 6 trials finished before without --keep-models"),
                "\(lacking.errors)")
            for _ in 0..<2 { #expect(try !keep("other").errors.contains("before without")) }
            let models = try FileManager.default.contentsOfDirectory(
                atPath: folder.appending(path: "other/models").path)
            #expect(models.count == 6)
            try Data().write(to: folder.appending(path: "file"))
            let refused = try Command.run(
                "predict", "other/models/\(models[0].prefix(12))", "--manifest", "corpus.yaml",
                "--output", "file/out", in: folder)
            #expect(refused.status == 1)
            #expect(refused.errors.contains("cannot make the folder file/out"), "\(refused.errors)")
            #expect(!refused.errors.contains("NSCocoaErrorDomain"))
        }
    }

    @Test("Predictions stand in AVEC's layout")
    func layout() throws {
        try withFolder { folder in
            let model = try #require(try kept(in: folder).first)
            _ = try Command.run(
                "predict", model.path, "--manifest", "corpus.yaml", "--output", "out", in: folder)
            let files = try FileManager.default.contentsOfDirectory(
                atPath: folder.appending(path: "out").path
            ).filter { $0.hasSuffix(".csv") }.sorted()
            #expect(files.count == 16)
            let text = try String(
                contentsOf: folder.appending(path: "out/\(files[0])"), encoding: .utf8)
            let lines = text.split(separator: "\n")
            #expect(lines[0] == "name;timestamp;arousal;valence")
            let name = files[0].dropLast(4)
            #expect(lines[1].hasPrefix("'\(name)';0.000000;"))
            #expect(lines[2].hasPrefix("'\(name)';0.100000;"))
            #expect((61...91).contains(lines.count))
            #expect(lines.dropFirst().allSatisfy { $0.split(separator: ";").count == 4 })
        }
    }

    @Test("What is no model, or a corpus that it does not fit, is a sentence")
    func refusals() throws {
        try withFolder { folder in
            let models = try kept(in: folder)
            let model = models[0]
            let none = try Command.run(
                "predict", "none.model", "--manifest", "corpus.yaml", "--output", "out",
                in: folder)
            #expect(none.status != 0 && none.errors.contains("--keep-models leaves them"))
            // Of so many keys two begin with one digit.
            let digits = Dictionary(grouping: models) { $0.lastPathComponent.prefix(1) }
            let shared = try #require(digits.first { $0.value.count > 1 })
            let several = try Command.run(
                "model", "export", "store/models/\(shared.key)", "--output", "x.h5", in: folder)
            #expect(
                several.errors.contains("\(shared.value.count) models begin so. Give more digits."))
            var bytes = try Data(contentsOf: model)
            bytes[100] ^= 1
            try bytes.write(to: folder.appending(path: "bad.model"))
            let bad = try Command.run(
                "model", "export", "bad.model", "--output", "x.h5", in: folder)
            #expect(bad.status != 0 && bad.errors.contains("checksum differs"))
            let manifest = folder.appending(path: "corpus.yaml")
            let text = try String(contentsOf: manifest, encoding: .utf8)
            try text.replacingOccurrences(of: "hop-seconds: 0.1", with: "hop-seconds: 0.2")
                .write(to: manifest, atomically: true, encoding: .utf8)
            let hop = try Command.run(
                "predict", model.path, "--manifest", "corpus.yaml", "--output", "out", in: folder)
            #expect(hop.status != 0 && hop.errors.contains("0.2 s apart, those of the model 0.1"))
        }
    }

    /// What the tool prints, which ends with this status.
    static func run(
        _ tool: String, _ arguments: [String], status: Int32 = 0, in folder: URL
    ) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == status, "\(arguments)")
        return String(decoding: data, as: UTF8.self)
    }
}
