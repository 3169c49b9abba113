import Kernels

/// An LSTM that looks at all states of an encoder before every step.
/// h (R, E) → s (R, H), with E = 2H, the states of a bidirectional encoder.
///
/// s_{−1} = tanh(W_i hb_0 + b_i), where hb_0 is the backward half of h_0; c_{−1} = 0; then
/// e_tj = Σ_k v_k tanh(W_a s_{t−1} + U_j)_k with U_j = U_a h_j + b_a;  a_t = softmax of e_t over
/// the frames j of the sequence with |t − j| ≤ window;  ctx_t = Σ_j a_tj h_j;
/// s_t, c_t = LSTM([ctx_t ; feed_t], s_{t−1}, c_{t−1}).   Bahdanau, Cho, Bengio 2015.
///
/// Sequences do not meet in a decoder. It takes them in groups that are small enough for what a
/// step reads, all keys and states of each, to stay in cache, and nothing depends on the groups.
/// Of frames × frames nothing is kept: only the largest energy and the sum of each row.
struct AttentionDecoder: Sendable {
    let hidden: Int
    let attention: Int
    let feed: NetworkRecipe.Feed
    /// The frames to either side that are looked at; nil for all.
    let window: Int?
    /// W_i (H, H), b_i (H).
    let start: Dense
    /// W_a (A, H), v (A).
    let queryWeight: ParameterLayout.Entry, scores: ParameterLayout.Entry
    /// U_a (A, E), b_a (A).
    let keys: Dense
    let cell: LSTMCell

    /// The decoder whose tensors are `init…`, `Wa…`, `Ua…`, `va…`, `dec…` with `suffix`.
    init(
        _ layout: inout ParameterLayout, suffix: String, hidden: Int, attention: Int,
        feed: NetworkRecipe.Feed, window: Int?, outputs: Int
    ) {
        self.hidden = hidden
        self.attention = attention
        self.feed = feed
        self.window = window
        let fed =
            switch feed {
            case .previous: outputs
            case .encoder: 2 * hidden
            case .none: 0
            }
        start = Dense(&layout, "init\(suffix)", inputs: hidden, outputs: hidden)
        queryWeight = layout.reserve("Wa\(suffix).weight", attention, hidden)
        keys = Dense(&layout, "Ua\(suffix)", inputs: 2 * hidden, outputs: attention)
        scores = layout.reserve("va\(suffix)", attention)
        cell = LSTMCell(&layout, "dec\(suffix)", inputs: 2 * hidden + fed, hidden: hidden)
    }

    /// The values of an encoder's state, E.
    var width: Int { 2 * hidden }
    /// A in whole fours.
    var units: Int { Attention.padded(attention) }

    func initialise(_ parameters: UnsafeMutablePointer<Float>, from random: inout RandomStream) {
        start.initialise(parameters, from: &random)
        Initialisation.glorot(
            parameters + queryWeight.offset, rows: attention, columns: hidden, from: &random)
        keys.initialise(parameters, from: &random)
        Initialisation.glorot(
            parameters + scores.offset, rows: 1, columns: attention, from: &random)
        cell.initialise(parameters, from: &random)
    }

    /// The frames that step `t` of a sequence of this length looks at.
    func frames(at t: Int, of length: Int) -> Range<Int> {
        guard let window else { return 0..<length }
        return max(0, t - window)..<min(length, t + window + 1)
    }
}

/// Some sequences that a decoder takes together, step by step.
struct SequenceGroup {
    /// The sequences, neighbours in the batch.
    let sequences: Range<Int>
    private let batch: SequenceBatch

    init(_ batch: SequenceBatch, _ sequences: Range<Int>) {
        self.batch = batch
        self.sequences = sequences
    }

    /// The number of steps: the frames of the longest.
    var frames: Int { batch.lengths[sequences.lowerBound] }

    /// How many of the sequences have a frame `t`: the first ones.
    func active(_ t: Int) -> Int {
        guard t < frames else { return 0 }
        return min(batch.activeCounts[t], sequences.upperBound) - sequences.lowerBound
    }

    /// The row of frame `t` of the first sequence; those of the others follow.
    func row(_ t: Int) -> Int { batch.offsets[t] + sequences.lowerBound }

    /// The most sequences in a group: the rows of a register tile.
    static let sequencesMax = 6
    /// What the sequences of a group may touch in a step, in float32, so that it stays in cache.
    static let valuesMax = 5 << 16

    /// All sequences in groups, where a step touches so many values for a frame that it looks at,
    /// and looks at `window` frames to either side.
    static func all(of batch: SequenceBatch, valuesPerFrame: Int, window: Int?) -> [SequenceGroup] {
        var groups: [SequenceGroup] = []
        var first = 0
        while first < batch.sequences {
            let frames = min(batch.lengths[first], window.map { 2 * $0 + 1 } ?? .max)
            let count = max(1, min(sequencesMax, valuesMax / (frames * valuesPerFrame)))
            let end = min(batch.sequences, first + count)
            groups.append(SequenceGroup(batch, first..<end))
            first = end
        }
        return groups
    }
}
