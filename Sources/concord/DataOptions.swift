import ArgumentParser
import Running

/// What the files of gold traces do not say themselves.
struct GoldOptions: ParsableArguments {
    @Option(help: "The targets' names with commas between, where the files do not say them.")
    var targets: String?

    @Option(help: "Seconds between two rows, where the files do not say it.")
    var hopSeconds: Double?

    func validate() throws {
        if let hopSeconds, !(hopSeconds > 0 && hopSeconds.isFinite) {
            throw ValidationError("--hop-seconds is \(hopSeconds); it must be more than 0.")
        }
    }

    /// The targets' names.
    var names: [String]? { targets?.words }
}

/// How much is done at once.
struct JobOptions: ParsableArguments {
    @Option(help: "Files that are taken at once (default: one a core).")
    var jobs: Int?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    }
}

/// The modalities of feature sets.
struct ModalityOptions: ParsableArguments {
    @Option(help: "audio, video or text; NAME=MODALITY for one feature set; repeatable.")
    var modality: [String] = []

    /// The modality of all feature sets, and those of single ones.
    func read() throws -> (all: String?, named: [String: String]) {
        var (all, named): (String?, [String: String]) = (nil, [:])
        for text in modality {
            let parts = text.split(separator: "=").map(String.init)
            guard let word = parts.last, ["audio", "video", "text"].contains(word),
                parts.count <= 2
            else {
                throw RunningError(
                    """
                    --modality is audio, video or text, or NAME=MODALITY such as egemaps=audio, \
                    not `\(text)`.
                    """)
            }
            if parts.count == 2 { named[parts[0]] = word } else { all = word }
        }
        return (all, named)
    }
}

extension String {
    /// The parts between commas.
    var words: [String] { split(separator: ",").map(String.init) }
}
