import Planning

/// By how many frames the annotation follows the signal, and what stands at the edge.
///
/// The network reads the features of frame t and says what the gold trace holds L frames later.
/// With T = 6 frames and L = 2:
///
///     frame                  0    1    2    3    4    5
///     features               x0   x1   x2   x3   x4   x5
///     learns, edges hold     g2   g3   g4   g5   –    –      x4 and x5 have no partner
///     learns, edges zero     g2   g3   g4   g5   0    0      as AVEC 2019 did
///     network's output       o0   o1   o2   o3   o4   o5
///     predicted, hold        o0   o0   o0   o1   o2   o3     o0 held over the edge
///     predicted, zero        0    0    o0   o1   o2   o3
///
/// `–` is a frame that counts in no loss; its features still are context for the others. Zeros are
/// zero in the gold traces' units.
public struct Lag: Hashable, Sendable {
    /// The lag in frames, L.
    public let frames: Int
    /// What stands in the frames that have no partner.
    public let edges: TrainingRecipe.LagEdges

    /// The lag of `seconds`, rounded to the nearest frame (a half goes up).
    ///
    /// - Precondition: `seconds >= 0`, `hopSeconds > 0`.
    public init(seconds: Double, hopSeconds: Double, edges: TrainingRecipe.LagEdges) {
        precondition(seconds >= 0 && hopSeconds > 0)
        frames = Int((seconds / hopSeconds).rounded())
        self.edges = edges
    }

    /// What the network learns to say at a frame.
    enum Partner: Hashable {
        /// The gold trace's value in this frame.
        case gold(Int)
        /// Zero in the gold trace's units.
        case zero
        /// Nothing: the frame counts in no loss.
        case none
    }

    /// What the output of frame `t` is compared with, in a recording of `count` frames.
    func partner(of t: Int, count: Int) -> Partner {
        if t + frames < count { return .gold(t + frames) }
        return edges == .hold ? .none : .zero
    }

    /// The frame whose output is the prediction for frame `t`; nil predicts zero.
    func source(of t: Int) -> Int? {
        if t >= frames { return t - frames }
        return edges == .hold ? 0 : nil
    }
}
