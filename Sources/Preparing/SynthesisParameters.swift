/// What the embedded corpus is made from: the same parameters, the same bytes on every machine.
public struct SynthesisParameters: Hashable, Sendable {
    /// Names the random numbers. The default is 1.
    public var seed: UInt64 = 1
    /// The cultures' labels, each once. The default is DE, HU and CN.
    public var cultures = ["DE", "HU", "CN"]
    /// Dyads in each culture; a dyad is two recordings. The default is 4.
    public var dyads = 4
    /// The frames of the shortest possible recording. The default is 600: one minute.
    public var framesMin = 600
    /// The frames of the longest possible recording. The default is 900.
    public var framesMax = 900
    /// Seconds between two frames. The default is 0.1.
    public var hopSeconds = 0.1
    /// The number of audio features. The default is 24.
    public var audioWidth = 24
    /// The number of video features. The default is 16.
    public var videoWidth = 16

    /// How far the cultures' maps from emotion to features lie apart, 0...1. The default is 0.5.
    ///
    /// At 0 all cultures share one map and a model carries over without loss; at 1 they have
    /// nothing in common. The cosine between two cultures' maps is (1-s)²/((1-s)² + s²): 1 at 0,
    /// 0.5 at 0.5, 0 at 1. The difficulty within a culture does not depend on it.
    public var cultureShift = 0.5
    /// By how much the gold traces follow the features that answer at once, in seconds; rounded to
    /// whole frames. The default is 2.
    public var lagSeconds = 2.0
    /// How strongly the traces of two partners correlate, 0...1. The default is 0.4.
    public var partnerCorrelation = 0.4
    /// The time constant of emotions in seconds. The default is 4.
    public var emotionSeconds = 4.0
    /// The standard deviation of white noise on each feature; the signal's is about 1. The default
    /// is 1.5.
    public var featureNoise = 1.5
    /// The standard deviation of what else moves the features slowly: pose, room, voice. The
    /// default is 1.
    public var nuisance = 1.0
    /// The standard deviation of the raters' slow error on the gold traces. The default is 0.2.
    public var raterNoise = 0.2

    /// The defaults.
    public init() {}

    /// The lag in frames.
    public var lagFrames: Int { Int((lagSeconds / hopSeconds).rounded()) }

    /// Refuses parameters that no corpus can be made from.
    ///
    /// - Throws: ``PreparingError`` that names the first such parameter, its value and its range.
    public func validate() throws(PreparingError) {
        try require(!cultures.isEmpty, "cultures", "an empty list", "one label or more")
        for (i, culture) in cultures.enumerated() {
            let isName =
                !culture.isEmpty
                && culture.unicodeScalars.allSatisfy { $0.value > 0x20 && $0 != "/" && $0 != "." }
            try require(isName, "cultures", "\"\(culture)\"", "labels without space, slash and dot")
            try require(
                !cultures[..<i].contains(culture), "cultures", "\(culture) twice",
                "each label once")
        }
        try require((1...999).contains(dyads), "dyads", "\(dyads)", "1 to 999")
        try require(framesMin >= 1, "framesMin", "\(framesMin)", "1 or more")
        try require(
            framesMax >= framesMin && framesMax <= 1_000_000, "framesMax", "\(framesMax)",
            "framesMin (\(framesMin)) to 1000000")
        for (name, width) in [("audioWidth", audioWidth), ("videoWidth", videoWidth)] {
            try require((1...9999).contains(width), name, "\(width)", "1 to 9999")
        }
        for (name, value) in [("hopSeconds", hopSeconds), ("emotionSeconds", emotionSeconds)] {
            try require(value >= 0.001 && value <= 100, name, "\(value)", "0.001 to 100")
        }
        try require(lagSeconds >= 0 && lagSeconds <= 60, "lagSeconds", "\(lagSeconds)", "0 to 60")
        let shares = [("cultureShift", cultureShift), ("partnerCorrelation", partnerCorrelation)]
        for (name, value) in shares {
            try require(value >= 0 && value <= 1, name, "\(value)", "0 to 1")
        }
        let noises = [
            ("featureNoise", featureNoise), ("nuisance", nuisance), ("raterNoise", raterNoise),
        ]
        for (name, value) in noises {
            try require(value >= 0 && value <= 1000, name, "\(value)", "0 to 1000")
        }
    }

    private func require(
        _ holds: Bool, _ name: String, _ value: String, _ range: String
    ) throws(PreparingError) {
        guard !holds else { return }
        throw PreparingError(
            problem: "the corpus cannot be made with \(name) \(value); it takes \(range).")
    }
}
