import Foundation
import Kernels

/// `concord-bench epoch --all`: the speed of all networks, each in a process of its own so that its
/// peak memory is its own, and the paper's beside a peer where one is given.
///
/// Both sides have one form: 34 recordings × 1768 frames of 386 + 153 features, steps of 34
/// sequences, one thread, 64 units, attention of 64, EAF of 2 layers, EMAFN with early fusion,
/// decoders fed their own prediction, attention over all frames.
struct EpochTable {
    /// A program that measures the same epoch; see ``Peer``.
    let peer: Peer?

    /// A row of the table: a network on whole recordings or on chunks.
    struct Form {
        let network: String
        let chunk: Int?
        /// The peer's ways to do it, of which the fastest counts. Plain attention over whole
        /// recordings keeps every step's energies, which takes more memory than 24 GB.
        let modes: [String]
        /// Further arguments of ours.
        var options: [String] = []

        static let all = [
            Form(network: "baseline", chunk: nil, modes: ["eager"]),
            Form(network: "eaf", chunk: nil, modes: ["eager"]),
            Form(network: "aed", chunk: 300, modes: ["eager", "fused"]),
            Form(network: "emafn", chunk: 300, modes: ["eager", "fused"]),
            Form(network: "aed", chunk: nil, modes: ["fused"]),
            Form(network: "emafn", chunk: nil, modes: ["fused"]),
            Form(
                network: "emafn", chunk: nil, modes: [], options: ["--fusion", "model"]),
            Form(network: "tcn", chunk: nil, modes: []),
            Form(network: "transformer", chunk: nil, modes: []),
        ]

        /// Such as `eaf`, or `emafn model`.
        var name: String {
            ([network] + options.filter { !$0.hasPrefix("-") }).joined(separator: " ")
        }

        /// The arguments of ours.
        var arguments: [String] {
            ["epoch", "--network", network, "--json"] + options
                + (chunk.map { ["--chunk", "\($0)"] } ?? [])
        }
    }

    /// What was measured of a row.
    struct Row: Encodable {
        /// The network, with what distinguishes its form.
        let network: String
        let frames: Int, recordings: Int, batch: Int, threads: Int
        let chunk: Int?
        let instructionSet: String
        let secondsPerEpoch: Double
        let gigaflopsPerSecond: Double
        /// Of what the processor's fused multiply-adds between registers reach.
        let shareOfPeak: Double
        let peakBytes: Int
        /// The peer's fastest epoch, its memory, and its time over ours.
        let peerSecondsPerEpoch: Double?
        let peerPeakBytes: Int?
        let peerRatio: Double?
    }

    /// Measures all rows; `show` is given each as it comes.
    func run(_ show: (Row) -> Void) throws -> [Row] {
        try Form.all.map { form in
            let row = try measure(form)
            show(row)
            return row
        }
    }

    /// Ours before and after the peer, so that a machine that changes its pace shows; the faster
    /// counts, as for the peer.
    private func measure(_ form: Form) throws -> Row {
        var ours = [try ourOwn(form)]
        var theirs: [Peer.Measurement] = []
        if let peer, !form.modes.isEmpty {
            theirs = try form.modes.map { try peer.measure(form, mode: $0) }
            ours.append(try ourOwn(form))
        }
        let best = ours.min { $0.secondsPerEpoch < $1.secondsPerEpoch }!
        let other = theirs.min { $0.seconds < $1.seconds }
        let peak = (0..<3).map { _ in Stopwatch.secondsPerOperation(.current) }.min()!
        return Row(
            network: form.name, frames: best.frames, recordings: best.recordings,
            batch: best.batch, threads: best.threads, chunk: best.chunk,
            instructionSet: best.instructionSet, secondsPerEpoch: best.secondsPerEpoch,
            gigaflopsPerSecond: best.gigaflopsPerSecond,
            shareOfPeak: best.gigaflopsPerSecond * 1e9 * peak, peakBytes: best.peakBytes,
            peerSecondsPerEpoch: other?.seconds, peerPeakBytes: other?.peakBytes,
            peerRatio: other.map { $0.seconds / best.secondsPerEpoch })
    }

    private func ourOwn(_ form: Form) throws -> Measurement {
        let output = try Command(CommandLine.arguments[0], form.arguments).output()
        return try JSONDecoder().decode(Measurement.self, from: output)
    }
}

/// Another program that trains the same networks, such as PyTorch.
///
/// It is called with NETWORK FRAMES BATCH STEPS THREADS REPEATS MODE, trains STEPS batches of
/// BATCH sequences of FRAMES as an epoch, and prints a line of JSON with the fastest epoch's
/// seconds, `min_s`, and its peak memory in MB, `peak_rss_mb`.
struct Peer {
    /// The program and its first arguments.
    let command: [String]

    /// What it printed, with an epoch's seconds brought to our number of frames.
    struct Measurement {
        let seconds: Double
        let peakBytes: Int
    }

    private struct Line: Decodable {
        let min_s: Double
        let peak_rss_mb: Double
    }

    func measure(_ form: EpochTable.Form, mode: String) throws -> Measurement {
        let frames = 1768
        let length = form.chunk ?? frames
        let steps = (frames + length - 1) / length
        let output = try Command(
            command[0],
            command.dropFirst()
                + [form.network, "\(length)", "34", "\(steps)", "1", "3", mode]
        ).output()
        let line = try JSONDecoder().decode(Line.self, from: output)
        // Its last chunks are as long as the others, ours end with the recording.
        let share = Double(frames) / Double(steps * length)
        return Measurement(
            seconds: line.min_s * share, peakBytes: Int(line.peak_rss_mb * 1_048_576))
    }
}

/// A program that is run to its end.
private struct Command {
    let arguments: [String]

    init(_ program: String, _ arguments: [String]) { self.arguments = [program] + arguments }

    /// What it wrote to its standard output.
    func output() throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw FixtureError(
                description: "`\(arguments.joined(separator: " "))` ended with status "
                    + "\(process.terminationStatus).")
        }
        return output
    }
}

extension EpochTable.Row {
    static let heading =
        "network      sequences       s/epoch  GFLOP/s  of peak    memory"
        + "    peer s   memory   ratio"

    var line: String {
        let sequences = chunk.map { "chunks of \($0)" } ?? "whole, \(frames)"
        let own = String(
            format: "%8.2f %8.0f %7.0f%% %6.0f MB", secondsPerEpoch, gigaflopsPerSecond,
            100 * shareOfPeak, Double(peakBytes) / 1e6)
        let other = peerSecondsPerEpoch.map { seconds in
            String(
                format: "%9.2f %5.0f MB %6.2f×", seconds, Double(peerPeakBytes ?? 0) / 1e6,
                peerRatio ?? 0)
        }
        return network.padding(toLength: 13, withPad: " ", startingAt: 0)
            + sequences.padding(toLength: 14, withPad: " ", startingAt: 0) + own + (other ?? "")
    }
}
