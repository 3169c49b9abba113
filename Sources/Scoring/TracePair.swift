import Corpora

/// A recording's gold and predicted traces, brought to one length as AVEC's evaluation does.
///
/// A prediction that is longer than the gold trace is cropped; one that is shorter repeats its last
/// value.   AVEC 2019, `evaluate_submission.py`.
public struct TracePair: Hashable, Sendable {
    /// The recording, with its culture and what groups it.
    public let recording: Recording
    /// (targets, frames).
    public let gold: [[Double]]
    /// (targets, frames).
    public let predicted: [[Double]]
    /// By how many frames the prediction was longer than the gold trace: those left out; negative
    /// where it was shorter: those filled with its last value.
    public let excess: Int

    /// The pair of `gold` (targets, T) and `predicted` (targets, any number of frames but none).
    ///
    /// - Precondition: Both have the same targets, and every trace of one has one length.
    public init(recording: Recording, gold: [[Double]], predicted: [[Double]]) {
        precondition(gold.count == predicted.count && !gold.isEmpty)
        precondition(predicted.allSatisfy { !$0.isEmpty && $0.count == predicted[0].count })
        let frames = gold[0].count
        precondition(gold.allSatisfy { $0.count == frames })
        self.recording = recording
        self.gold = gold
        excess = predicted[0].count - frames
        self.predicted = predicted.map { trace in
            trace.count >= frames
                ? Array(trace.prefix(frames))
                : trace + Array(repeating: trace[trace.count - 1], count: frames - trace.count)
        }
    }
}
