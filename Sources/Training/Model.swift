import Corpora
import Kernels
import Networks
import Planning

/// What predicts: the best weights of a trial, and all that turns features into traces.
///
/// The scalers of features and gold traces, the lag, the shares of late fusion and the steps of
/// post-processing belong to it, so that it predicts a recording of the trial's test side as the
/// trial did, bit for bit, and new recordings alike.
public struct Model: Sendable {
    /// The trial that it is of.
    public let key: TrialKey
    /// The targets that it predicts.
    public let targets: [String]
    /// Seconds between two frames of features and traces.
    public let hopSeconds: Double
    /// How the feature sets that it reads become what its networks see.
    public let inputs: TrialInputs
    /// The width of each feature set.
    public let widths: [Int]
    /// The network of each member, and its sizes.
    public let network: NetworkRecipe
    /// The projection of wide modalities that stands before it; nil has none.
    public let projection: ProjectionRecipe?
    let lagEdges: TrainingRecipe.LagEdges
    let predictor: Predictor

    /// The feature sets that it reads, by modality, and what is derived of them.
    public var features: FeatureChoice { inputs.features }

    /// The predicted traces (T, targets) of a recording, row-major, in the gold traces' units.
    ///
    /// - Throws: ``TrainingError`` when the features are not those that it reads, or it overflows.
    public func predict(
        features matrices: [Matrix], masks: [[UInt8]?]
    ) throws(TrainingError) -> [Float] {
        let names = features.featureSets
        guard matrices.count == names.count, masks.count == names.count else {
            throw .setting(
                "the model reads \(names.count) feature sets; \(matrices.count) were given.")
        }
        for (index, matrix) in matrices.enumerated() {
            guard matrix.columns == widths[index] else {
                throw .setting(
                    "\(names[index]) is \(matrix.columns) wide; the model reads \(widths[index]) "
                        + "features. Extract it as for the model's corpus.")
            }
            guard matrix.rows == matrices[0].rows, matrix.rows > 0,
                masks[index].map({ $0.count == matrix.rows }) ?? true
            else {
                throw .setting(
                    "\(names[index]) has \(matrix.rows) frames, \(names[0]) has "
                        + "\(matrices[0].rows). Cut all to one length of at least 1.")
            }
        }
        let recording = RecordingData(features: matrices, masks: masks)
        return try predictor.predict([inputs.derived(recording)])[0]
    }

    /// What was chosen for each target: lag, networks and their shares, post-processing.
    public var choices: [Outcome.Choice] { predictor.choices }
}

/// Why bytes are no model.
public enum ModelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes do not begin as a model does.
    case notAModel
    /// Another version of the layout than this program reads.
    case unknownVersion(Int)
    /// The bytes are not those that were written: cut off, or changed.
    case damaged
    /// A network that this program does not know.
    case unknownNetwork(String)
    /// Parts that do not fit each other.
    case malformed(String)

    /// A sentence that says what is wrong and what to do.
    public var description: String {
        switch self {
        case .notAModel: "These bytes are no model of Concord."
        case .unknownVersion(let version):
            "The model has layout \(version), which this program does not read. Update it."
        case .damaged:
            "The model is cut off or damaged, its checksum differs. Copy it from the store again."
        case .unknownNetwork(let text):
            "The model's network, `\(text)`, is none that this program knows. Update it."
        case .malformed(let problem): "The model's parts do not fit: \(problem). Train it again."
        }
    }
}
