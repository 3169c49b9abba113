import Corpora
import Foundation
import Leasing
import Planning

/// A sweep with its manifests and its plan, as a user's files or a coordinator's document give
/// them.
public struct LoadedSweep {
    /// The texts that determine the plan.
    public let document: SweepDocument
    /// All trials.
    public private(set) var plan: Plan
    /// The folder that replaces the manifests' own data roots, where the user names one.
    public let dataRoot: String?

    /// The store that a sweep without `--store` uses: beside the user, named by the sweep.
    public var defaultStore: String { plan.sweep.name + ".store" }

    /// Reads the sweep in the file `spec` and the manifests that it names.
    ///
    /// - Throws: an error that says which file, which line, and what to do.
    public init(spec: String, dataRoot: String?) throws {
        let text = try LoadedSweep.read(spec, what: "sweep")
        let sweep = try Sweep(yaml: text, file: spec)
        let folder = LoadedSweep.folder(of: spec)
        var manifests: [String] = []
        var folders: [String] = []
        for corpus in sweep.corpora {
            let path = corpus.hasPrefix("/") ? corpus : folder + "/" + corpus
            manifests.append(try LoadedSweep.read(path, what: "manifest"))
            folders.append(LoadedSweep.folder(of: path))
        }
        try self.init(
            document: SweepDocument(spec: text, manifests: manifests, folders: folders),
            sweep: sweep, dataRoot: dataRoot)
    }

    /// Makes the plan of a document that came over the wire or out of a store.
    ///
    /// - Throws: the errors of the sweep, a manifest or the plan.
    public init(document: SweepDocument, dataRoot: String?) throws {
        try self.init(
            document: document, sweep: try Sweep(yaml: document.spec, file: "the sweep"),
            dataRoot: dataRoot)
    }

    private init(document: SweepDocument, sweep: Sweep, dataRoot: String?) throws {
        let corpora = try zip(sweep.corpora, document.manifests).map { name, text in
            try Manifest.parse(text, file: name)
        }
        self.document = document
        plan = try Plan(sweep: sweep, corpora: corpora)
        self.dataRoot = LoadedSweep.dataRoot(dataRoot)
    }

    /// The same sweep with another plan, which its texts do not give: to plant faults in it.
    func with(_ plan: Plan) -> LoadedSweep {
        var sweep = self
        sweep.plan = plan
        return sweep
    }

    /// The defaults, changed by what the sweep's `limits` say.
    var limits: Limits {
        let said = plan.sweep.limits
        var limits = Limits()
        if let seconds = said.stepSeconds { limits.stepLimitSeconds = seconds }
        // Progress is told with the heartbeat, which a short step limit therefore shortens.
        limits.heartbeatSeconds = min(limits.heartbeatSeconds, limits.stepLimitSeconds)
        limits.wallLimitSeconds = said.trialSeconds
        if let seconds = said.checkpointSeconds { limits.checkpointSeconds = seconds }
        if let seconds = said.copySeconds { limits.tailSeconds = seconds }
        if let attempts = said.attempts { limits.attemptsMax = attempts }
        return limits
    }

    /// The folder that the files of corpus `index` lie in.
    func dataFolder(ofCorpus index: Int) -> String {
        plan.corpora[index].dataRoot(
            manifestFolder: document.folders[index], override: dataRoot)
    }

    /// The data root that the user names: by an option, or else by `CONCORD_DATA_ROOT`.
    static func dataRoot(_ option: String?) -> String? {
        option ?? ProcessInfo.processInfo.environment["CONCORD_DATA_ROOT"]
    }

    /// The folder of a file, absolute, so that a worker started elsewhere finds it too.
    static func folder(of path: String) -> String {
        URL(filePath: path).standardizedFileURL.deletingLastPathComponent().path
    }

    /// The text of a file that people write.
    static func read(_ path: String, what: String) throws -> String {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            let exists = FileManager.default.fileExists(atPath: path)
            throw RunningError(
                "\(path): the \(what) \(exists ? "cannot be read" : "does not exist"). "
                    + "Check the path.")
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw RunningError("\(path): the \(what) is not UTF-8 text. Save it as UTF-8.")
        }
        return text
    }
}
