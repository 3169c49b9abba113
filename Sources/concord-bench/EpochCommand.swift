import ArgumentParser
import Foundation
import Kernels
import Networks

/// `concord-bench epoch`: the time of one epoch of training on random data.
struct EpochCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "epoch",
        abstract: "Measure an epoch: forward, loss, backward, clip and Adam on one thread.")

    enum NetworkName: String, CaseIterable, ExpressibleByArgument {
        case baseline, eaf, aed, emafn, tcn, transformer
    }
    enum GateName: String, CaseIterable, ExpressibleByArgument { case none, feature, modality }

    @Option(help: "The network.") var network = NetworkName.eaf
    @Option(help: "Recordings.") var recordings = EpochCommand.paper.recordings
    @Option(help: "Frames of a recording.") var frames = EpochCommand.paper.frames
    @Option(help: "Sequences in a step.") var batch = EpochCommand.paper.batch
    @Option(help: "Frames of a training chunk; whole recordings where it is not given.")
    var chunk: Int?
    @Option(help: "Hidden units; the baseline's second layer has half as many.")
    var hidden = EpochCommand.paper.hidden
    @Option(help: "Layers of EAF and the transformer (default: 2).") var layers: Int?
    @Option(help: "The gate of EAF (default: feature).") var gate: GateName?
    @Option(help: "Attention units of decoders and of the modality gate (default: 64).")
    var attention: Int?
    @Option(
        help: """
            What a decoder is fed: previous, encoder or none (default: previous; encoder where \
            EMAFN joins models).
            """)
    var feed: NetworkRecipe.Feed?
    @Option(help: "Frames to either side that a decoder or the transformer looks at; all without.")
    var window: Int?
    @Option(help: "Where EMAFN joins the modalities: early or model (default: early).")
    var fusion: NetworkRecipe.Fusion?
    @Option(help: "Attention heads of the transformer (default: 4).") var heads: Int?
    @Option(help: "Taps of the TCN, whose channels are --hidden (default: 3).") var kernel: Int?
    @Option(
        help: "Dilations of the TCN, block by block (default: 1,2,4,8,16).",
        transform: EpochCommand.list)
    var dilations: [Int]?
    @Option(help: "Width of the audio features.") var audio = EpochCommand.paper.audio
    @Option(help: "Width of the video features.") var video = EpochCommand.paper.video
    @Option(help: "Epochs to run, at least 3; the fastest counts.") var repeats = 3
    @Flag(help: "Print JSON.") var json = false
    @Flag(
        help: """
            Measure all networks in the paper's shape, each in a process of its own, and print a \
            table. It goes with --json and --peer alone.
            """)
    var all = false
    @Option(
        help: ArgumentHelp(
            "With --all: a program that trains the same networks, run in turns with ours.",
            discussion: """
                It is called with NETWORK FRAMES BATCH STEPS THREADS REPEATS MODE and prints a \
                line of JSON: the fastest epoch's seconds, min_s, and its peak memory in MB, \
                peak_rss_mb.
                """, valueName: "command"))
    var peer: String?

    /// The paper's shape, which is the default, and what `--all` measures.
    private static let paper = (
        recordings: 34, frames: 1768, batch: 34, hidden: 64, audio: 386, video: 153
    )

    /// Numbers between commas.
    private static func list(_ text: String) throws -> [Int] {
        try text.split(separator: ",").map {
            guard let number = Int($0) else { throw ValidationError("`\($0)` is no number.") }
            return number
        }
    }

    func validate() throws {
        let sizes = [
            ("recordings", recordings), ("frames", frames), ("batch", batch), ("chunk", chunk ?? 1),
            ("audio", audio), ("video", video),
        ]
        for (name, size) in sizes where size < 1 {
            throw ValidationError("--\(name) is \(size); it must be at least 1.")
        }
        if peer != nil, !all { throw ValidationError("--peer needs --all.") }
        if peer?.split(separator: " ").isEmpty == true {
            throw ValidationError("--peer names no program.")
        }
        if repeats < 3 { throw ValidationError("--repeats is \(repeats); it must be at least 3.") }
        try refuseUselessOptions()
    }

    /// Refuses what would change nothing of what is measured.
    private func refuseUselessOptions() throws {
        let ofNetworks: [(name: String, isGiven: Bool, networks: [NetworkName])] = [
            ("layers", layers != nil, [.eaf, .transformer]), ("gate", gate != nil, [.eaf]),
            ("attention", attention != nil, gate == .modality ? [.eaf] : [.aed, .emafn]),
            ("feed", feed != nil, [.aed, .emafn]), ("fusion", fusion != nil, [.emafn]),
            ("window", window != nil, [.aed, .emafn, .transformer]),
            ("heads", heads != nil, [.transformer]), ("kernel", kernel != nil, [.tcn]),
            ("dilations", dilations != nil, [.tcn]),
        ]
        let paper = EpochCommand.paper
        let ofShape = [
            ("network", network != .eaf), ("recordings", recordings != paper.recordings),
            ("frames", frames != paper.frames), ("batch", batch != paper.batch),
            ("chunk", chunk != nil), ("hidden", hidden != paper.hidden),
            ("audio", audio != paper.audio), ("video", video != paper.video),
            ("repeats", repeats != 3),
        ]
        let all = ofShape + ofNetworks.map { ($0.name, $0.isGiven) }
        if self.all, let (name, _) = all.first(where: { $0.1 }) {
            throw ValidationError("--all measures one form of each network; leave --\(name) out.")
        }
        for (name, isGiven, networks) in ofNetworks
        where isGiven && !networks.contains(network) {
            throw ValidationError(
                "--\(name) changes nothing for --network \(network.rawValue); leave it out.")
        }
    }

    func run() throws {
        if all { return try table() }
        let network = try recipe.makeNetwork(widths: [audio, video], outputs: 3)
        var epoch = Epoch(recipe, network: network, steps: steps)
        var seconds: [Double] = []
        for _ in 0..<repeats {
            let start = ContinuousClock.now
            epoch.run()
            let parts = (ContinuousClock.now - start).components
            seconds.append(Double(parts.seconds) + Double(parts.attoseconds) * 1e-18)
        }
        let best = seconds.min() ?? 0
        try Measurement(
            network: self.network.rawValue, recordings: recordings, frames: frames, batch: batch,
            chunk: chunk, hidden: hidden, threads: 1,
            instructionSet: InstructionSet.current.name, loss: epoch.loss,
            secondsPerEpoch: best, secondsOfEpochs: seconds,
            gigaflopsPerSecond: epoch.operations / best * 1e-9, gigaflops: epoch.operations * 1e-9,
            peakBytes: peakBytes()
        ).print(json: json)
    }

    private func table() throws {
        let table = EpochTable(
            peer: peer.map { Peer(command: $0.split(separator: " ").map(String.init)) })
        // Written at once, into a pipe too: a row takes minutes.
        func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
        if !json { show(EpochTable.Row.heading) }
        let rows = try table.run { if !json { show($0.line) } }
        guard json else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        print(String(decoding: try encoder.encode(rows), as: UTF8.self))
    }

    private var recipe: NetworkRecipe {
        let (layers, attention) = (layers ?? 2, attention ?? 64)
        let (fusion, feed) = (fusion ?? .early, feed ?? (fusion == .model ? .encoder : .previous))
        return switch (network, gate ?? .feature) {
        case (.baseline, _): .baseline(hidden: [hidden, max(1, hidden / 2)])
        case (.tcn, _):
            .tcn(
                channels: hidden, taps: kernel ?? 3, dilations: dilations ?? [1, 2, 4, 8, 16])
        case (.transformer, _):
            .transformer(
                TransformerRecipe(
                    hidden: hidden, heads: heads ?? 4, layers: layers, window: window))
        case (.eaf, .none): .eaf(hidden: hidden, layers: layers, gate: .none)
        case (.eaf, .feature): .eaf(hidden: hidden, layers: layers, gate: .feature(scaled: true))
        case (.eaf, .modality):
            .eaf(
                hidden: hidden, layers: layers, gate: .modality(attention: attention, scaled: true))
        case (.aed, _): .aed(hidden: hidden, attention: attention, feed: feed, window: window)
        case (.emafn, _):
            .emafn(
                hidden: hidden, attention: attention, fusion: fusion, feed: feed, window: window,
                gateScaled: true)
        }
    }

    /// The batches of an epoch: chunks of all recordings, the longest first.
    private var steps: [SequenceBatch] {
        let length = min(chunk ?? frames, frames)
        var lengths: [Int] = []
        for _ in 0..<recordings {
            lengths += Array(repeating: length, count: frames / length)
            if frames % length > 0 { lengths.append(frames % length) }
        }
        lengths.sort(by: >)
        return stride(from: 0, to: lengths.count, by: batch).map {
            SequenceBatch(lengths: Array(lengths[$0..<min($0 + batch, lengths.count)]))
        }
    }

    /// The most memory that this process has held.
    private func peakBytes() -> Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss * 1024
    }
}

/// What a measurement prints.
struct Measurement: Codable {
    let network: String
    let recordings: Int, frames: Int, batch: Int
    let chunk: Int?
    let hidden: Int, threads: Int
    let instructionSet: String
    let loss: Double
    let secondsPerEpoch: Double
    let secondsOfEpochs: [Double]
    let gigaflopsPerSecond: Double
    let gigaflops: Double
    let peakBytes: Int

    func print(json: Bool) throws {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            Swift.print(String(decoding: try encoder.encode(self), as: UTF8.self))
            return
        }
        func digits(_ number: Double) -> String { String(format: "%.3f", number) }
        let shape = "\(recordings) × \(frames) frames, batch \(batch)"
        Swift.print("\(network), \(shape)\(chunk.map { ", chunks of \($0)" } ?? "")")
        Swift.print("  \(digits(secondsPerEpoch)) s an epoch, the best of \(secondsOfEpochs.count)")
        Swift.print("  \(digits(gigaflopsPerSecond)) GFLOP/s with \(instructionSet), one thread")
        Swift.print("  \(peakBytes / 1_000_000) MB at the peak")
    }
}

extension NetworkRecipe.Feed: ExpressibleByArgument {}
extension NetworkRecipe.Fusion: ExpressibleByArgument {}
