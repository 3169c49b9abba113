/// Lists of features that the field knows by name.
public enum KnownFeatures {
    /// The columns of each list, in the order that openSMILE writes them; its name can stand for
    /// them where columns are chosen.
    public static let lists: [String: [String]] = [
        "egemaps-v01a": lowLevel(withBandwidths: false),
        "egemaps-v02": lowLevel(withBandwidths: true),
        "egemaps-functionals": functionals,
        "mfcc39": ["", "_de", "_de_de"].flatMap { order in
            (0...12).map { "pcm_fftMag_mfcc\(order)[\($0)]" }
        },
        "compare-lld": comParE,
        "openface-aus": intensities.map { "AU\($0)_r" },
        "openface-faus": ["confidence"] + intensities.map { "AU\($0)_r" },
    ]

    /// What these columns are, such as `egemaps-v01a`; nil when no list is like it.
    ///
    /// ComParE is known by its size and a name that only it has.
    public static func name(of columns: [String]) -> String? {
        for (name, list) in lists.sorted(by: { $0.key < $1.key }) where list == columns {
            return name
        }
        guard columns.contains(where: { $0.hasPrefix("audspec_lengthL1norm_sma") }) else {
            return nil
        }
        return [65: "compare-lld", 130: "compare-lld", 6373: "compare-functionals"][columns.count]
    }

    private static let intensities = [
        "01", "02", "04", "05", "06", "07", "09", "10", "12", "14", "15", "17", "20", "23", "25",
        "26", "45",
    ]

    /// eGeMAPS v01a has 23 low-level features, v02 two bandwidths more.
    private static func lowLevel(withBandwidths: Bool) -> [String] {
        let spectral = [
            "Loudness", "alphaRatio", "hammarbergIndex", "slope0-500", "slope500-1500",
            "spectralFlux", "mfcc1", "mfcc2", "mfcc3", "mfcc4",
        ]
        let voiced = [
            "F0semitoneFrom27.5Hz", "jitterLocal", "shimmerLocaldB", "HNRdBACF", "logRelF0-H1-H2",
            "logRelF0-H1-A3",
        ]
        let formants = (1...3).flatMap { formant in
            let bandwidth = formant == 1 || withBandwidths ? ["F\(formant)bandwidth"] : []
            return ["F\(formant)frequency"] + bandwidth + ["F\(formant)amplitudeLogRelF0"]
        }
        return spectral.map { $0 + "_sma3" } + (voiced + formants).map { $0 + "_sma3nz" }
    }

    /// ComParE 2016 has 65 low-level features, and as many deltas.
    private static let comParE: [String] = {
        let sources = [
            "F0final", "voicingFinalUnclipped", "jitterLocal", "jitterDDP", "shimmerLocal",
            "logHNR", "audspec_lengthL1norm", "audspecRasta_lengthL1norm", "pcm_RMSenergy",
            "pcm_zcr",
        ]
        let shapes = [
            "fband250-650", "fband1000-4000", "spectralRollOff25.0", "spectralRollOff50.0",
            "spectralRollOff75.0", "spectralRollOff90.0", "spectralFlux", "spectralCentroid",
            "spectralEntropy", "spectralVariance", "spectralSkewness", "spectralKurtosis",
            "spectralSlope", "psySharpness", "spectralHarmonicity",
        ]
        return sources.map { $0 + "_sma" } + (0...25).map { "audSpec_Rfilt_sma[\($0)]" }
            + shapes.map { "pcm_fftMag_\($0)_sma" } + (1...14).map { "mfcc_sma[\($0)]" }
    }()

    private static let functionals: [String] = {
        let shape = [
            "amean", "stddevNorm", "percentile20.0", "percentile50.0", "percentile80.0",
            "pctlrange0-2", "meanRisingSlope", "stddevRisingSlope", "meanFallingSlope",
            "stddevFallingSlope",
        ]
        let pair = ["amean", "stddevNorm"]
        func all(_ names: [String], _ suffix: String, _ statistics: [String]) -> [String] {
            names.flatMap { name in statistics.map { "\(name)\(suffix)_\($0)" } }
        }
        let voiced = [
            "jitterLocal", "shimmerLocaldB", "HNRdBACF", "logRelF0-H1-H2", "logRelF0-H1-A3",
            "F1frequency", "F1bandwidth", "F1amplitudeLogRelF0", "F2frequency", "F2bandwidth",
            "F2amplitudeLogRelF0", "F3frequency", "F3bandwidth", "F3amplitudeLogRelF0",
        ]
        let inVoiced = [
            "alphaRatioV", "hammarbergIndexV", "slopeV0-500", "slopeV500-1500", "spectralFluxV",
            "mfcc1V", "mfcc2V", "mfcc3V", "mfcc4V",
        ]
        let inUnvoiced = [
            "alphaRatioUV", "hammarbergIndexUV", "slopeUV0-500", "slopeUV500-1500",
            "spectralFluxUV",
        ]
        return all(["F0semitoneFrom27.5Hz"], "_sma3nz", shape) + all(["loudness"], "_sma3", shape)
            + all(["spectralFlux", "mfcc1", "mfcc2", "mfcc3", "mfcc4"], "_sma3", pair)
            + all(voiced, "_sma3nz", pair) + all(inVoiced, "_sma3nz", pair)
            + all(inUnvoiced, "_sma3nz", ["amean"])
            + [
                "loudnessPeaksPerSec", "VoicedSegmentsPerSec", "MeanVoicedSegmentLengthSec",
                "StddevVoicedSegmentLengthSec", "MeanUnvoicedSegmentLength",
                "StddevUnvoicedSegmentLength", "equivalentSoundLevel_dBp",
            ]
    }()
}
