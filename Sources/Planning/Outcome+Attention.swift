import Corpora
import Networks

extension Outcome {
    /// What one of the networks that predicted attended to.
    public struct Attention: Hashable, Sendable {
        /// Names it among the sources of the choices: its epoch among the outcome's.
        public var epoch: Int
        /// The inputs that it reads, feature sets and what is derived of them, by their places in
        /// the choice of features.
        public var featureSets: Range<Int>
        /// What it attended to, recording by recording of the test side.
        public var recordings: [Attended]

        /// The attention of a network.
        public init(epoch: Int, featureSets: Range<Int>, recordings: [Attended]) {
            self.epoch = epoch
            self.featureSets = featureSets
            self.recordings = recordings
        }
    }

    /// What is wrong with what networks attended to; nil where nothing is.
    func attentionProblem(_ plan: Plan, _ cell: Cell) -> String? {
        let epochs = choices.flatMap(\.sources).map(\.epoch)
        for network in attention {
            guard epochs.contains(network.epoch) else {
                return "it has the attention of epoch \(network.epoch), which predicted nothing"
            }
            guard let modalities = cell.features.modalities(of: network.featureSets) else {
                return "a network attended to inputs \(network.featureSets)"
            }
            guard network.recordings.count == recordings.count else {
                return "a network attended to \(network.recordings.count) recordings"
            }
            let columns = cell.gatedModalities(in: plan.corpora[0])[modalities]
                .reduce(0) { $0 + $1.columns.count }
            for (attended, prediction) in zip(network.recordings, recordings)
            where !attended.isPossible(
                frames: prediction.frames, features: columns, modalities: modalities.count)
            {
                return "what a network attended to in recording \(prediction.gold) cannot be"
            }
        }
        return nil
    }
}

extension Attended {
    /// Whether a network over so many features and modalities can have attended so to a recording.
    fileprivate func isPossible(frames: Int, features: Int, modalities: Int) -> Bool {
        let weights = self.features + self.modalities
        return [0, features].contains(self.features.count)
            && [0, modalities].contains(self.modalities.count)
            && [0, frames, frames * modalities].contains(lags.count)
            && spreads.count == lags.count
            && weights.allSatisfy { $0 >= 0 && $0 <= 1.001 }
            && lags.allSatisfy(\.isFinite) && spreads.allSatisfy { $0 >= 0 && $0.isFinite }
    }
}

/// What the gate weights of a modality are of.
public struct GatedModality: Hashable, Sendable {
    /// The modality's name.
    public let name: String
    /// A column for each weight, in their order.
    public let columns: [Column]

    /// What one weight is of.
    public struct Column: Hashable, Sendable {
        /// The label of the input: its feature set, or what is derived of it; nil where the gate
        /// weighs values of a projection.
        public let input: String?
        /// The column of the input, or the value of the projection, from 0.
        public let index: Int
    }
}

extension Cell {
    /// What gates weigh, modality by modality of its features; `corpus` is one that has them.
    public func gatedModalities(in corpus: Corpus) -> [GatedModality] {
        zip(features.modalities, features.widths(in: corpus)).map { modality, width in
            if let projection = recipe.projection, projection.applies(to: width) {
                return GatedModality(
                    name: modality.name,
                    columns: (0..<projection.width).map { .init(input: nil, index: $0) })
            }
            return GatedModality(
                name: modality.name,
                columns: modality.inputs.flatMap { input in
                    (0..<input.width(in: corpus)).map { .init(input: input.label, index: $0) }
                })
        }
    }
}

extension FeatureChoice {
    /// The places of the modalities that these inputs are; nil where one is cut, or none is there.
    public func modalities(of inputs: Range<Int>) -> Range<Int>? {
        var ends = [0]
        for modality in modalities {
            ends.append(ends[ends.count - 1] + modality.inputs.count)
        }
        guard !inputs.isEmpty, let first = ends.firstIndex(of: inputs.lowerBound),
            let end = ends.firstIndex(of: inputs.upperBound)
        else { return nil }
        return first..<end
    }
}

extension CanonicalEncoder {
    /// Writes what a network attended to.
    mutating func attention(_ attention: Outcome.Attention) {
        integer(attention.epoch)
        integer(attention.featureSets.lowerBound)
        integer(attention.featureSets.upperBound)
        list(attention.recordings) { encoder, attended in
            encoder.numbers(attended.features)
            encoder.numbers(attended.modalities)
            encoder.numbers(attended.lags)
            encoder.numbers(attended.spreads)
        }
    }
}

extension CanonicalDecoder {
    /// What a network attended to.
    mutating func attention() throws(OutcomeError) -> Outcome.Attention {
        let epoch = try integer()
        let start = offset
        let (first, end) = (try integer(), try integer())
        guard 0 <= first, first < end else {
            throw .malformed("feature sets from \(first) to \(end)", offset: start)
        }
        return Outcome.Attention(
            epoch: epoch, featureSets: first..<end,
            recordings: try list(itemBytes: 32) { d throws(OutcomeError) in
                Attended(
                    features: try d.numbers(), modalities: try d.numbers(),
                    lags: try d.numbers(), spreads: try d.numbers())
            })
    }
}
