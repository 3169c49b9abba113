import Foundation
import Testing

/// A sweep of seconds: two cultures of four dyads, short recordings, small networks.
struct TinySweep {
    let folder: URL
    var spec: String { folder.appending(path: "sweep.yaml").path }

    /// Writes corpus and sweep into `folder`.
    ///
    /// - Parameters:
    ///   - epochs: More make every trial longer, so that there is something to kill.
    ///   - models: The lines of the models.
    init(
        in folder: URL, epochs: Int = 3, seeds: Int = 1, models: [String] = TinySweep.models
    ) throws {
        self.folder = folder
        let made = try Command.run(
            "data", "synthesize", "--output", folder.path, "--cultures", "DE,HU", "--dyads", "4",
            "--shortest", "60", "--longest", "90", in: folder)
        try #require(made.status == 0, "\(made.errors)")
        try write(epochs: epochs, seeds: seeds, models: models)
    }

    /// Writes the sweep again, with other numbers.
    ///
    /// - Parameters:
    ///   - models: The lines of the models.
    ///   - limits: What stands under `limits`.
    func write(
        epochs: Int, seeds: Int, name: String = "tiny", models: [String] = TinySweep.models,
        limits: String? = nil
    ) throws {
        try """
        sweep: \(name)
        corpora: [corpus.yaml]
        targets: [arousal, valence]
        features: {av: {audio: [audio], video: [video]}}
        models:
          \(models.joined(separator: "\n  "))
        schemes:
          - {scheme: within-culture, folds: 2, group: dyad}
          - {scheme: cross-culture}
        validation: {fraction: 0.3, group: dyad}
        training: {epochs: \(epochs), patience: \(epochs), batch: 4, chunk: 50, hop: 25}
        seeds: \(seeds)
        \(limits.map { "limits: {\($0)}" } ?? "")
        """.write(toFile: spec, atomically: true, encoding: .utf8)
    }

    static let models = [
        "baseline: {network: baseline, hidden: [8, 4]}",
        "eaf: {network: eaf, hidden: 6, layers: 2}",
    ]

    /// The models, each only for workers with the tag that is given for it, if one is.
    static func models(needing tags: String?...) -> [String] {
        zip(models, tags).map { model, tag in
            tag.map { model.replacing("}", with: ", needs: [\($0)]}") } ?? model
        }
    }

    /// Models of a sweep that does not end, however long a test takes, before a worker comes that
    /// was started with ``last``.
    static let gated = models(needing: "last", nil)

    /// The options of a worker, or of all those of `run`, without which ``gated`` does not end.
    static let last = ["--tag", "last"]

    /// Runs the sweep to its end.
    func run(
        store: String, workers: Int = 2, also options: [String] = []
    ) throws -> Command.Result {
        try start(store: store, workers: workers, also: options).wait()
    }

    /// Starts the sweep and leaves it running.
    func start(
        store: String, workers: Int = 2, also options: [String] = []
    ) throws -> Command.Running {
        try Command.Running(
            ["run", spec, "--store", store, "--workers", "\(workers)"] + options, in: folder)
    }

    /// The bytes of every file of the store's CSV and JSON reports, by name.
    func report(of store: String) throws -> [String: Data] {
        let output = folder.appending(path: "report-\(store)")
        let written = try Command.run(
            "report", store, "--format", "csv,json,html,markdown", "--output", output.path,
            in: folder)
        try #require(written.status == 0, "\(written.errors)")
        var files: [String: Data] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: output.path)
        where !name.hasPrefix("provenance") {
            files[name] = try Data(contentsOf: output.appending(path: name))
        }
        try #require(files.keys.contains("trials.csv") && files.keys.contains("report.json"))
        return files
    }

    /// How many trials the store holds as finished.
    func finished(in store: String) -> Int {
        guard
            let status = try? Command.run("status", store, "--json", in: folder),
            let object = try? JSONSerialization.jsonObject(with: Data(status.output.utf8)),
            let fields = object as? [String: Any]
        else { return 0 }
        return fields["finished"] as? Int ?? 0
    }
}
