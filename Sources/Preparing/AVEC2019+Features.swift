import Corpora

extension AVEC2019 {
    /// A feature set of the paper on this challenge, under the name of its folder.
    public struct Features: Hashable, Sendable {
        /// The folder's name.
        public let name: String
        /// audio or video.
        public let modality: String
        /// The number of features in a frame, D.
        public let width: Int
        /// Whether it comes from a deep network.
        public let isDeep: Bool
    }

    /// The paper's feature sets: low-level 386 (audio) + 153 (video), deep 11136 + 6144.
    ///
    /// The paper gives no more than the sums of the low-level ones. 386 is 39 + 23 descriptors,
    /// their 78 + 46 functionals and two bags of 100 words; 153 is 17 action units, 36 functionals
    /// (those of the confidence among them) and a bag of 100 words. The confidence that stands
    /// beside the action units is their mask.
    public static let features =
        [
            ("audio_features_mfcc", 39), ("audio_features_mfcc_functionals", 78),
            ("audio_features_mfcc_xbow", 100), ("audio_features_egemaps", 23),
            ("audio_features_egemaps_functionals", 46), ("audio_features_egemaps_xbow", 100),
        ].map { Features(name: $0, modality: "audio", width: $1, isDeep: false) }
        + [
            ("visual_features", 17), ("visual_features_functionals", 36),
            ("visual_features_xbow", 100),
        ].map { Features(name: $0, modality: "video", width: $1, isDeep: false) }
        + [
            ("audio_features_DeepSpectrum_VGG16", 4096),
            ("audio_features_DeepSpectrum_AlexNet", 4096),
            ("audio_features_DeepSpectrum_DenseNet121", 1024),
            ("audio_features_DeepSpectrum_DenseNet201", 1920),
        ].map { Features(name: $0, modality: "audio", width: $1, isDeep: true) }
        + [("visual_features_VGG", 4096), ("visual_features_ResNet", 2048)]
        .map { Features(name: $0, modality: "video", width: $1, isDeep: true) }

    /// What a licence-holder's files hold once they are imported, in a file for each matrix: the
    /// shipped `data-manifests/avec2019.yaml`, an outline.
    public static let outline = corpus(features: features, recordings: recordings)

    /// The corpus of these feature sets and recordings.
    static func corpus(features: [Features], recordings: [Recording]) -> Corpus {
        func location(_ matrix: String) -> MatrixLocation {
            MatrixLocation(file: "\(matrix)/{id}.h5", dataset: "{id}/\(matrix)")
        }
        return Corpus(
            name: "avec2019", hopSeconds: hopSeconds, dataRoot: ".", targets: targets,
            gold: location(Recording.goldDigestName),
            featureSets: features.map {
                FeatureSet(
                    name: $0.name, modality: $0.modality, width: $0.width, hopSeconds: hopSeconds,
                    location: location($0.name))
            },
            groups: [], recordings: recordings)
    }

    /// The frames of a recording of ``recordings``.
    ///
    /// Those of development are the published traces', to a frame in a dyad. Those of training are
    /// not public: its dyads take the lengths of their culture's development dyads in turn.
    static func frames(of recording: Recording) -> Int {
        let lengths = recording.culture == "DE" ? german : hungarian
        let dyads = sides.filter {
            $0.culture == recording.culture && $0.partition == recording.partition
        }.flatMap(\.recordings).compactMap(\.dyad).distinct
        return lengths[dyads.firstIndex(of: recording.dyad ?? "")! % lengths.count]
    }

    private static let german = [1742, 1648, 975, 1753, 1750, 1741, 1755]
    private static let hungarian = [1161, 1148, 1149, 1153, 1138, 1136, 1768]
}

extension Array where Element: Hashable {
    /// The elements, each where it first stands.
    fileprivate var distinct: [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
