import Corpora
import Networks
import Planning

/// What gates weigh, by cell and test culture: means over all frames that were predicted, in all
/// folds and seeds and by all networks of a trial.
///
/// Outcomes are added one by one, so that a report over thousands of them holds a number for each
/// feature, cell and culture. The same outcomes in the same order give the same bits.
public struct GateWeights: Sendable {
    private let plan: Plan
    private let trials: [TrialKey: [Trial]]
    /// The widths of the gates of each cell, by modality.
    private let widths: [[Int]]
    private var sums: [Place: Sums] = [:]

    private struct Place: Hashable {
        let cell: Int
        let culture: String
    }

    /// No weights yet, of trials of this plan.
    public init(of plan: Plan) {
        self.plan = plan
        trials = Dictionary(grouping: plan.trials, by: \.key)
        widths = plan.cells.map { $0.gatedModalities(in: plan.corpora[0]).map(\.columns.count) }
    }

    /// Means of weights.
    public struct Means: Hashable, Sendable {
        /// The weights of each modality's features, which add up to 1; empty where nothing weighs
        /// them.
        public var features: [[Double]]
        /// The weights of the modalities, which add up to 1; empty where nothing weighs them.
        public var modalities: [Double]
    }

    /// Adds what the networks of an outcome weighed; that of another plan changes nothing.
    public mutating func add(_ outcome: Outcome) {
        guard !outcome.attention.isEmpty, let trials = trials[outcome.key] else { return }
        for trial in trials {
            for network in outcome.attention {
                let choice = plan.cells[trial.cell].features
                guard let modalities = choice.modalities(of: network.featureSets) else { continue }
                let tested = zip(plan.splits[trial.split].test, network.recordings)
                for (index, attended) in tested {
                    let recording = plan.recordings[index].recording
                    let place = Place(cell: trial.cell, culture: recording.culture)
                    sums[place, default: Sums(widths[trial.cell])].add(
                        attended, modalities, frames: Double(recording.frames))
                }
            }
        }
    }

    /// The means over cells of one choice of features and one model that test a culture; nil where
    /// nothing was weighed.
    public func means(ofCells cells: [Int], culture: String) -> Means? {
        let found = cells.compactMap { sums[Place(cell: $0, culture: culture)] }
        guard var all = found.first else { return nil }
        for sums in found.dropFirst() { all.merge(sums) }
        let means = Means(
            features: all.features.map(\.means), modalities: all.modalities.means)
        return means.features.allSatisfy(\.isEmpty) && means.modalities.isEmpty ? nil : means
    }

    /// Weighted sums of one place.
    private struct Sums {
        var features: [Part]
        var modalities: Part

        init(_ widths: [Int]) {
            features = widths.map { Part(values: Array(repeating: 0, count: $0)) }
            modalities = Part(values: Array(repeating: 0, count: widths.count))
        }

        mutating func add(_ attended: Attended, _ range: Range<Int>, frames: Double) {
            var rest = attended.features[...]
            for modality in range where !rest.isEmpty {
                let own = rest.prefix(features[modality].values.count)
                rest = rest.dropFirst(own.count)
                features[modality].add(own, frames)
            }
            // A single modality has the weight 1, whatever it is.
            if attended.modalities.count == modalities.values.count, range.count > 1 {
                modalities.add(attended.modalities[...], frames)
            }
        }

        mutating func merge(_ other: Sums) {
            for index in features.indices { features[index].merge(other.features[index]) }
            modalities.merge(other.modalities)
        }
    }

    /// Sums of weights × frames, and of the frames.
    private struct Part {
        var values: [Double]
        var frames = 0.0

        var means: [Double] { frames > 0 ? values.map { $0 / frames } : [] }

        mutating func add(_ weights: ArraySlice<Float>, _ frames: Double) {
            for (index, weight) in weights.enumerated() {
                values[index] += Double(weight) * frames
            }
            self.frames += frames
        }

        mutating func merge(_ other: Part) {
            for index in values.indices { values[index] += other.values[index] }
            frames += other.frames
        }
    }
}
