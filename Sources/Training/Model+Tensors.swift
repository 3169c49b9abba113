import Kernels
import Networks
import Planning

extension Model {
    /// One of the model's networks, as other programs take it over.
    public struct Part: Sendable {
        /// Its tensors, in PyTorch's names, shapes and order.
        public let tensors: [Tensor]
        /// The feature sets that it reads, side by side; what is derived has the label of its
        /// ``FeatureChoice/Input``.
        public let featureSets: [String]
        /// The width of each of its modalities.
        public let modalityWidths: [Int]
        /// The mean and the standard deviation of each column of its input on the training side; a
        /// column whose deviation is 0 reads as 0.
        public let inputMeans: [Double], inputDeviations: [Double]
        /// The targets that its outputs are.
        public let targets: [String]
        /// The mean and the standard deviation of these targets on the training side: its outputs
        /// are multiplied by the deviation, and the mean is added.
        public let outputMeans: [Double], outputDeviations: [Double]
        /// By how many frames the annotation follows.
        public let lagFrames: Int
    }

    /// A named tensor.
    public struct Tensor: Sendable {
        /// Its name, such as `lstm.weight_ih_l0`.
        public let name: String
        /// The lengths of its dimensions.
        public let shape: [Int]
        /// Its values, row-major.
        public let values: [Float]
    }

    /// Its networks, in the order that ``sources`` counts them.
    public var parts: [Part] {
        let sets = features.inputs.map(\.label)
        return predictor.members.map { member in
            let (features, gold) = (member.standardiser.features, member.standardiser.gold)
            return Part(
                tensors: member.network.layout.entries.map { entry in
                    Tensor(
                        name: entry.name, shape: entry.shape,
                        values: Array(
                            member.weights.values[entry.offset..<entry.offset + entry.count]))
                },
                featureSets: Array(sets[member.featureSets]),
                modalityWidths: member.network.widths, inputMeans: features.flatMap(\.means),
                inputDeviations: features.flatMap(\.deviations),
                targets: member.targets.map { targets[$0] }, outputMeans: gold.means,
                outputDeviations: gold.deviations, lagFrames: member.standardiser.lag.frames)
        }
    }

    /// For each target the places of its networks among ``parts``, and their shares.
    public var sources: [[(part: Int, share: Double)]] {
        predictor.outputs.map { $0.sources.map { ($0.member, $0.share) } }
    }

    /// What stands in the frames that the lag leaves without a source: `hold` or `zero`.
    public var edges: String { lagEdges.rawValue }
}
