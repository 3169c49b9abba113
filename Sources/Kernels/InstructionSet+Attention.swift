import CKernels

/// Additive attention of one query over some frames of a sequence.
///
/// e_j = Σ_k v_k tanh(a_k + u_jk);  w = softmax(e) over `frames`;  context = Σ_j w_j h_j.
/// Bahdanau, Cho, Bengio 2015.   Letters: T frames, A units, Ap units in whole fours, W values of a
/// state h.
///
/// With queries e^2a and keys e^2u, tanh(a + u) = 1 − 2r where r = 1 / (1 + query · key), and
/// 1 − tanh² = 4r(1 − r): the inner loops divide, and know no exponential. The constant Σ v_k is
/// left out, for a softmax does not see it; what remains has the factors −2v.
public struct Attention {
    fileprivate var parts: attention

    /// An attention over the frames of one sequence.
    ///
    /// - Parameters:
    ///   - frames: the frames that are looked at, at least one.
    ///   - units: A.
    ///   - width: W.
    ///   - factors: −2v (Ap), zeros behind A.
    ///   - query: e^2a (Ap), as `attentionQueries` makes it.
    ///   - keys: e^2u, as `attentionKeys` makes it.
    ///   - states: h (T, W), a row every `stateStep(width:)` values and zeros between, in memory
    ///     for whole panels of frames.
    public init(
        frames: Range<Int>, units: Int, width: Int, factors: UnsafePointer<Float>,
        query: UnsafePointer<Float>, keys: UnsafePointer<Float>, states: UnsafePointer<Float>
    ) {
        precondition(!frames.isEmpty && frames.lowerBound >= 0)
        parts = attention(
            units: Attention.padded(units), first: frames.lowerBound, end: frames.upperBound,
            width: width, state_step: Packing.padded(width), factors: factors, query: query,
            keys: keys, states: states)
    }

    /// Units in whole fours, which share a division: Ap.
    public static func padded(_ units: Int) -> Int { (units + 3) / 4 * 4 }

    /// The number of float32 of the keys of a sequence: whole panels of 16 frames.
    public static func keyCount(frames: Int, units: Int) -> Int {
        Packing.padded(frames) * padded(units)
    }

    /// The number of float32 that `attentionBackward` works in, for sequences of up to `frames`.
    public static func scratch(units: Int, width: Int, frames: Int) -> Int {
        attention_scratch(padded(units), width, frames)
    }

    /// Where in `weights` the weight of frame 0 would be: weights begin with the panel of the first
    /// frame that is looked at.
    public static func firstWeight(of frames: Range<Int>) -> Int {
        frames.lowerBound / Packing.lanes * Packing.lanes
    }
}

extension InstructionSet {
    /// q = e^2q in place, for rows of `units` values; 0 from there to whole fours.
    public func attentionQueries(rows: Int, units: Int, _ q: Rows) {
        table.pointee.attention_queries(rows, units, q.base, q.step)
    }

    /// The keys of a sequence from u (`frames`, `units`).
    public func attentionKeys(
        frames: Int, units: Int, _ u: Rows, into keys: UnsafeMutablePointer<Float>
    ) {
        table.pointee.attention_keys(frames, units, u.base, u.step, keys)
    }

    /// The context (W); `softmax` keeps the largest energy and the factor of the weights.
    ///
    /// `weights` has room for whole panels of the frames; e^(energy − largest) of each frame is
    /// left there, which times that factor is its weight.
    public func attentionForward(
        _ attention: Attention, weights: UnsafeMutablePointer<Float>,
        into context: UnsafeMutablePointer<Float>, softmax: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: attention.parts) {
            table.pointee.attention_forward($0, weights, context, softmax)
        }
    }

    /// The same backwards, with everything of frames × frames computed again.
    ///
    /// `dContext` (W) → the `weights` of the frames' panels, 0 outside of the frames; adds to
    /// `dKeys`, which `attentionKeysBackward` finishes; overwrites `dQuery` (Ap), the gradient of
    /// a, and `dFactors` (Ap). `dQuery` may be the query.
    public func attentionBackward(
        _ attention: Attention, softmax: UnsafePointer<Float>, context: UnsafePointer<Float>,
        dContext: UnsafePointer<Float>, weights: UnsafeMutablePointer<Float>,
        dKeys: UnsafeMutablePointer<Float>, dQuery: UnsafeMutablePointer<Float>,
        dFactors: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: attention.parts) {
            table.pointee.attention_backward(
                $0, softmax, context, dContext, weights, dKeys, dQuery, dFactors, scratch)
        }
    }

    /// The gradient of u (`frames`, `units`) from the sums in `dKeys`.
    public func attentionKeysBackward(
        frames: Int, units: Int, factors: UnsafePointer<Float>, dKeys: UnsafePointer<Float>,
        into du: Rows
    ) {
        table.pointee.attention_keys_backward(
            frames, units, factors, dKeys, du.base, du.step)
    }
}
