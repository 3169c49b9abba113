import Kernels
import Networks

/// The memory that steps and predictions work in, planned once for the largest shapes.
struct WorkSpace {
    /// Rows of standardised features (R, D).
    let inputs: Arena
    /// What the network says (R, O).
    let predictions: Arena
    /// What it learns to say (R, O).
    let gold: Arena
    /// The gradient of the loss by what it says (R, O).
    let dPredictions: Arena
    /// The network's own.
    let network: Arena
    /// One whole predicted trace (T, O).
    let trace: Arena
    /// 1 for each row that counts in the loss, else 0.
    let counted: Bytes
    /// What recurrent dropout leaves of the states; nil without steps.
    let stateMask: StateMask?

    /// Space for steps no larger than `training`, where there are any, and predictions of these
    /// batches.
    init(network: any Network, training: SequenceBatch?, prediction: [SequenceBatch]) {
        let width = network.widths.reduce(0, +)
        let steps = training?.rows ?? 0
        let rows = max(steps, prediction.map(\.rows).max() ?? 0)
        inputs = Arena(count: rows * width)
        predictions = Arena(count: rows * network.outputs)
        gold = Arena(count: steps * network.outputs)
        dPredictions = Arena(count: steps * network.outputs)
        self.network = Arena(
            count: prediction.map { network.workspaceCount(for: $0, training: false) }
                .reduce(
                    training.map { network.workspaceCount(for: $0, training: true) } ?? 0, max))
        trace = Arena(count: (prediction.map(\.frames).max() ?? 0) * network.outputs)
        counted = Bytes(steps)
        stateMask = training.map {
            StateMask(sequences: $0.sequences, units: network.layout.stateUnits)
        }
    }

    /// The bytes of such a space.
    static func bytes(
        network: any Network, training: SequenceBatch?, prediction: [SequenceBatch]
    ) -> Int {
        let steps = training?.rows ?? 0
        let rows = max(steps, prediction.map(\.rows).max() ?? 0)
        let frames = prediction.map(\.frames).max() ?? 0
        let spaces =
            prediction.map { network.workspaceCount(for: $0, training: false) }
            + [training.map { network.workspaceCount(for: $0, training: true) } ?? 0]
        let outputs = network.outputs
        let counts = [
            rows * network.widths.reduce(0, +), rows * outputs, steps * outputs, steps * outputs,
            spaces.max() ?? 0, frames * outputs,
            (training?.sequences ?? 0) * network.layout.stateUnits,
        ]
        return counts.reduce(steps) { $0 + Arena.bytes(count: $1) }
    }

    /// A block of bytes with one owner.
    final class Bytes {
        /// The first byte.
        let base: UnsafeMutablePointer<UInt8>
        /// The number of bytes.
        let count: Int

        /// A block of `count` zeros.
        init(_ count: Int) {
            self.count = count
            base = .allocate(capacity: max(1, count))
            base.initialize(repeating: 0, count: max(1, count))
        }

        deinit { base.deallocate() }
    }
}

/// Which recordings are predicted together: whole, longest first, a bounded number of values.
struct PredictionPlan: Sendable {
    /// Whole recordings, batch by batch.
    let groups: [[Chunk]]
    /// The shape of each group.
    let batches: [SequenceBatch]

    /// The most recordings in a group: enough for the recurrence to work on several rows.
    static let recordingsMax = 8
    /// The most input values in a group of more than one recording: 16 MiB.
    static let valuesMax = 1 << 22

    /// The plan for these recordings of `width` features.
    init(_ recordings: [RecordingData], width: Int) {
        self.init(frames: recordings.map(\.frames), width: width)
    }

    /// The plan for recordings of so many frames and `width` features.
    init(frames: [Int], width: Int) {
        var groups: [[Chunk]] = []
        var rows = 0
        let whole = frames.enumerated().map { index, frames in
            Chunk(recording: index, start: 0, frames: frames)
        }
        for chunk in whole.longestFirst() {
            let fits = (rows + chunk.frames) * width <= PredictionPlan.valuesMax
            if let last = groups.indices.last, fits,
                groups[last].count < PredictionPlan.recordingsMax
            {
                groups[last].append(chunk)
                rows += chunk.frames
            } else {
                groups.append([chunk])
                rows = chunk.frames
            }
        }
        self.groups = groups
        batches = groups.map { SequenceBatch(lengths: $0.map(\.frames)) }
    }
}

extension [Chunk] {
    /// The chunks from the longest to the shortest; equals keep their order.
    func longestFirst() -> [Chunk] {
        enumerated()
            .sorted { ($1.element.frames, $0.offset) < ($0.element.frames, $1.offset) }
            .map(\.element)
    }
}
