import Corpora

/// Why a trial cannot be trained: bad data, or a not-a-number on the way.
///
/// A recording is named by its side, its index there and the digest of its gold traces. Names that
/// people know belong to whoever read the matrices, who gives them to ``description(naming:)``.
public enum TrainingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A setting of the recipe that no training can follow.
    case setting(String)
    /// A side of the split has nothing to learn from or to score.
    case noFrames(TrialData.Side)
    /// A feature set, or its mask, has another number of frames than the gold traces.
    case frames(RecordingName, matrix: String, frames: Int, gold: Int)
    /// A feature set has another width than in the first recording of the training side.
    case width(RecordingName, matrix: String, width: Int, expected: Int)
    /// A recording lacks frames, a feature set or a target, or has one too many.
    case count(RecordingName, what: String, count: Int, expected: Int)
    /// A value of the data is not a number or infinite.
    case notFiniteValue(RecordingName, matrix: String, frame: Int, column: Int)
    /// A tensor of the training is not a number or infinite; epoch and step count from 1.
    case notFinite(epoch: Int, step: Int, tensor: String, recordings: [Digest])

    /// A recording, as training knows it.
    public struct RecordingName: Hashable, Sendable, CustomStringConvertible {
        /// The list of the split that holds it.
        public var side: TrialData.Side
        /// Its index in that list, from 0.
        public var index: Int
        /// The digest of its gold traces.
        public var gold: Digest

        /// The name of a recording.
        public init(side: TrialData.Side, index: Int, gold: Digest) {
            self.side = side
            self.index = index
            self.gold = gold
        }

        /// Such as `train recording 3 (gold 0123456789ab…)`.
        public var description: String { description(naming: { _ in nil }) }

        /// Such as `train recording DE_clip_03`, where `id` knows the recording of a digest.
        func description(naming id: (Digest) -> String?) -> String {
            let name = id(gold) ?? "\(index) (gold \(gold.short))"
            return "\(side.rawValue) recording \(name)"
        }
    }

    /// A sentence: what, where, and what to do.
    public var description: String { description(naming: { _ in nil }) }

    /// The same sentence, in which a recording is called what `id` says of its gold traces' digest,
    /// where that is anything.
    public func description(naming id: (Digest) -> String?) -> String {
        func called(_ name: RecordingName) -> String { name.description(naming: id) }
        switch self {
        case .setting(let sentence):
            return sentence
        case .noFrames(let side):
            return "The \(side.rawValue) side has no frame that can be used; give it recordings "
                + "that are longer than the lag."
        case .frames(let name, let matrix, let frames, let gold):
            return "\(called(name)): \(matrix) has \(frames) frames, but the gold traces have "
                + "\(gold). Cut both to one length."
        case .width(let name, let matrix, let width, let expected):
            return "\(called(name)): \(matrix) is \(width) wide, but \(expected) in the first "
                + "recording of the training side. Extract all recordings with one configuration."
        case .count(let name, let what, let count, let expected):
            return "\(called(name)): \(count) \(what); \(expected) needed."
        case .notFiniteValue(let name, let matrix, let frame, let column):
            return "\(called(name)): \(matrix) is not a finite number in frame \(frame), "
                + "column \(column). Write a finite filler and mark the frame in a mask."
        case .notFinite(let epoch, let step, let tensor, let recordings):
            // Several chunks of a batch may be of one recording.
            var names: [String] = []
            for gold in recordings {
                let name = id(gold) ?? "gold \(gold.short)"
                if !names.contains(name) { names.append(name) }
            }
            return "\(tensor) is not finite in epoch \(epoch), step \(step), on "
                + "\(names.joined(separator: ", ")). Lower the learning rate or clip the gradient."
        }
    }
}

extension Digest {
    /// Its first digits, for people.
    fileprivate var short: String { description.prefix(12) + "…" }
}
