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
            #expect(models.count == 2 * 7 && models.allSatisfy { $0.pathExtension == "model" })
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
                    python, [
                        ModelTests.script.path, "model.h5", "corpus.h5", "out/predictions.h5",
                    ], in: folder)
                let worst = words.split(separator: " ").compactMap { Double($0) }.last
                #expect(worst ?? 1 < 1e-4, "\(words)")
                #expect(words.hasPrefix("16 recordings"), "\(words)")
            }
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
            let model = try #require(try kept(in: folder).first)
            let none = try Command.run(
                "predict", "none.model", "--manifest", "corpus.yaml", "--output", "out",
                in: folder)
            #expect(none.status != 0 && none.errors.contains("--keep-models leaves them"))
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

    static func run(_ tool: String, _ arguments: [String], in folder: URL) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: tool)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
