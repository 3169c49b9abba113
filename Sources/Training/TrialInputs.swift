import Descriptors
import Kernels
import Planning

/// How a recording's feature sets become what a trial's networks see: some as they are, some by
/// what is derived of them.
///
/// Whatever is learnt, the codebooks of bags of words, is learnt from the training side alone, in
/// the order of its recordings, and is the same for every seed and model of a split. Validation
/// and test side are only counted with it.
public struct TrialInputs: Hashable, Sendable {
    /// The choice that they are made for.
    public let features: FeatureChoice
    /// What makes each input; nil takes the feature set as it is.
    public let derivers: [Deriver?]
    /// The place of each input's feature set among those of the choice.
    let sources: [Int]

    /// The inputs of a trial, learnt from its training side.
    ///
    /// - Parameters:
    ///   - train: Recordings with the feature sets of the choice, in its order.
    ///   - working: Called now and then, so that somebody who waits can be told.
    /// - Precondition: `train` has passed `TrialData.check`.
    /// - Throws: ``TrainingError/setting(_:)`` when there are fewer frames than words.
    public init(
        _ features: FeatureChoice, hopSeconds: Double, train: [RecordingData],
        working: () -> Void = {}
    ) throws(TrainingError) {
        var derivers: [Deriver?] = []
        for (input, source) in zip(features.inputs, TrialInputs.sources(features)) {
            do {
                derivers.append(
                    try input.derivation?.learnt(
                        from: train.map { $0.features[source] },
                        masks: train.map { $0.masks[source] }, hopSeconds: hopSeconds,
                        working: working))
            } catch {
                throw .setting(
                    "\(input.label): \(error.words) words cannot be learnt from the training "
                        + "side's \(error.rows) measured frames. Lower `count`.")
            }
        }
        self.init(features, derivers: derivers)
    }

    /// The inputs that these make, one for each input of the choice.
    init(_ features: FeatureChoice, derivers: [Deriver?]) {
        self.features = features
        self.derivers = derivers
        sources = TrialInputs.sources(features)
    }

    private static func sources(_ features: FeatureChoice) -> [Int] {
        let sets = features.featureSets
        return features.inputs.map { sets.firstIndex(of: $0.featureSet)! }
    }

    /// The inputs that are derived, and what makes them.
    public var derived: [(input: FeatureChoice.Input, deriver: Deriver)] {
        zip(features.inputs, derivers).compactMap { input, deriver in
            deriver.map { (input, $0) }
        }
    }

    /// The number of values that were learnt.
    public var learntCount: Int {
        derivers.reduce(0) { sum, deriver in
            guard case .words(let bag)? = deriver?.making else { return sum }
            return sum + bag.codebook.words.count * bag.codebook.width
        }
    }

    /// The width of each input, of feature sets of these widths.
    func widths(of sets: [Int]) -> [Int] {
        zip(features.inputs, sources).map { input, source in
            input.derivation?.width(of: sets[source]) ?? sets[source]
        }
    }

    /// The recording with the inputs in the place of the feature sets.
    func derived(_ recording: RecordingData) -> RecordingData {
        var made = recording
        made.features = []
        made.masks = []
        for (deriver, source) in zip(derivers, sources) {
            let (matrix, mask) = (recording.features[source], recording.masks[source])
            let frames = deriver?.frames(of: matrix, mask: mask)
            made.features.append(frames?.matrix ?? matrix)
            made.masks.append(frames.map(\.mask) ?? mask)
        }
        return made
    }

    /// The data with the inputs in the place of the feature sets.
    func derived(_ data: TrialData, working: () -> Void) -> TrialData {
        guard derivers.contains(where: { $0 != nil }) else { return data }
        func side(_ recordings: [RecordingData]) -> [RecordingData] {
            recordings.map { recording in
                working()
                return derived(recording)
            }
        }
        return TrialData(
            train: side(data.train), validation: side(data.validation), test: side(data.test),
            tune: side(data.tune))
    }
}
