import Corpora
import Kernels

/// Makes the embedded corpus: people who talk in pairs, as in SEWA, with emotions that are known.
///
/// Letters: K targets, D features, T frames. Of each subject there are K slow latent emotions
/// z(t); a share of them is the dyad's, so that partners correlate. Features follow
/// e(t) = tanh z(t) through a map that all cultures share in part,
///
///     M = ((1-s) shared + s own) / √((1-s)² + s²),   s = cultureShift,
///
/// at once, or with a response time, by the feature; then come slow nuisance, a mild saturation, an
/// offset of the subject and white noise. The gold trace of time t is the emotion of time t - lag,
/// smoothed, with the raters' error. So a model learns within a culture, and fails across cultures
/// as far as the maps differ, and only because they do.
///
/// Each use of randomness has its own stream, named by seed, culture and dyad: a corpus with more
/// cultures or dyads holds the smaller one unchanged.
public struct Synthesizer: Sendable {
    /// The predicted quantities, K of them.
    public static let targets = ["arousal", "valence", "liking"]

    let parameters: SynthesisParameters
    private let modalities: [Modality]

    /// A synthesizer with these parameters.
    ///
    /// - Throws: ``PreparingError`` when ``SynthesisParameters/validate()`` refuses them.
    public init(_ parameters: SynthesisParameters) throws(PreparingError) {
        try parameters.validate()
        self.parameters = parameters
        // How well a modality shows arousal, valence and liking.
        modalities = [
            Modality(
                name: "audio", width: parameters.audioWidth, weights: [1, 0.5, 0.4],
                parameters: parameters),
            Modality(
                name: "video", width: parameters.videoWidth, weights: [0.6, 1, 0.6],
                parameters: parameters),
        ]
    }

    /// The corpus with all its matrices.
    ///
    /// `file` is the HDF5 file, relative to `dataRoot`, that the matrices will be written to, each
    /// at `/<recording>/<matrix>`; it says so in the manifest and nowhere else.
    public func corpus(
        name: String = "embedded", file: String = "embedded.h5", dataRoot: String = "."
    ) -> SynthesizedCorpus {
        func location(_ matrix: String) -> MatrixLocation {
            MatrixLocation(file: file, dataset: "{id}/\(matrix)")
        }
        var matrices: [[String: Matrix]] = []
        var recordings: [Recording] = []
        for culture in parameters.cultures {
            for dyad in 1...parameters.dyads {
                for pair in self.dyad(dyad, of: culture) {
                    recordings.append(pair.recording)
                    matrices.append(pair.matrices)
                }
            }
        }
        let corpus = Corpus(
            name: name, hopSeconds: parameters.hopSeconds, dataRoot: dataRoot,
            targets: Synthesizer.targets, gold: location(Recording.goldDigestName),
            featureSets: modalities.map {
                FeatureSet(
                    name: $0.name, modality: $0.name, width: $0.width,
                    hopSeconds: parameters.hopSeconds, location: location($0.name))
            },
            groups: [], recordings: recordings)
        return SynthesizedCorpus(corpus: corpus, matrices: matrices)
    }

    /// The two recordings of a dyad, numbered from 1.
    private func dyad(
        _ dyad: Int, of culture: String
    ) -> [(recording: Recording, matrices: [String: Matrix])] {
        let key = "\(culture)/\(dyad)"
        var random = parameters.stream("dyad/\(key)")
        let frames =
            parameters.framesMin + random.below(parameters.framesMax - parameters.framesMin + 1)
        return zip(1..., partners(key, frames: frames, &random)).map { partner, person in
            var matrices = [Recording.goldDigestName: person.gold]
            for modality in modalities {
                var random = parameters.stream("\(modality.name)/\(key)/\(partner)")
                matrices[modality.name] = modality.features(
                    of: person.emotions, frames: frames, culture: culture, parameters, &random)
            }
            let recording = describe(
                culture, dyad: dyad, partner: partner, frames: frames, matrices: matrices)
            return (recording, matrices)
        }
    }

    /// What two partners feel (K, lag + T), and how that was rated (T, K).
    ///
    /// `key` names their random numbers, `random` are the dyad's.
    func partners(
        _ key: String, frames: Int, _ random: inout RandomStream
    ) -> [(emotions: [[Double]], gold: Matrix)] {
        let length = frames + parameters.lagFrames
        let common = Synthesizer.targets.map { _ in slowTrace(length, &random) }
        return (1...2).map { partner in
            var random = parameters.stream("subject/\(key)/\(partner)")
            let share = parameters.partnerCorrelation
            let emotions = common.map { common in
                zip(common, slowTrace(length, &random)).map { ours, own in
                    Elementary.tanh(
                        0.8 * (share.squareRoot() * ours + (1 - share).squareRoot() * own))
                }
            }
            return (emotions, gold(emotions, frames: frames, &random))
        }
    }

    /// Gold traces (T, K): `emotions` (K, lag + T) begin a lag before the first frame.
    private func gold(
        _ emotions: [[Double]], frames: Int, _ random: inout RandomStream
    ) -> Matrix {
        let seconds = 0.25
        let reach = Int((seconds / parameters.hopSeconds).rounded())
        var values = [Float](repeating: 0, count: frames * emotions.count)
        for (k, emotion) in emotions.enumerated() {
            let error = SlowProcess(seconds: 1, hopSeconds: parameters.hopSeconds)
                .trace(frames, &random)
            for t in 0..<frames {
                // A centred mean smooths without a delay of its own.
                let window = emotion[max(0, t - reach)...min(emotion.count - 1, t + reach)]
                let mean = window.reduce(0, +) / Double(window.count)
                let value = mean + parameters.raterNoise * error[t]
                values[t * emotions.count + k] = Float(min(1, max(-1, value)))
            }
        }
        return Matrix(rows: frames, columns: emotions.count, values: values)
    }

    /// The recording's row in the manifest: as in SEWA, participants 2S - 1 and 2S meet in session
    /// S.
    private func describe(
        _ culture: String, dyad: Int, partner: Int, frames: Int, matrices: [String: Matrix]
    ) -> Recording {
        let session = "\(culture)_S\(padded(dyad, to: 3))"
        let participant = "P\(padded(2 * dyad - 2 + partner, to: 3))"
        let place = Double(dyad) / Double(parameters.dyads)
        return Recording(
            id: "\(session)_\(participant)", culture: culture, frames: frames,
            columns: [
                "subject": "\(culture)_\(participant)", "session": session, "dyad": session,
                "partition": place <= 0.5 ? "train" : place <= 0.75 ? "devel" : "test",
            ],
            digests: matrices.mapValues { Digest(of: $0) })
    }

    private func slowTrace(_ count: Int, _ random: inout RandomStream) -> [Double] {
        SlowProcess(seconds: parameters.emotionSeconds, hopSeconds: parameters.hopSeconds)
            .trace(count, &random)
    }
}

/// The embedded corpus: its description and, in the order of its recordings, their matrices.
public struct SynthesizedCorpus: Sendable {
    /// What the manifest says, digests included.
    public let corpus: Corpus
    /// The matrices of each recording by the names of `Recording.digests`: `audio` and `video`
    /// (T, D), `targets` (T, 3).
    public let matrices: [[String: Matrix]]

    /// What the columns of a matrix are called, such as `audio_01`; those of `targets` by target.
    public func columnNames(_ matrix: String) -> [String] {
        guard let set = corpus.featureSet(matrix) else { return corpus.targets }
        let digits = "\(set.width)".count
        return (1...set.width).map { "\(matrix)_\(padded($0, to: digits))" }
    }
}

extension SynthesisParameters {
    /// The random numbers of one use.
    func stream(_ purpose: String) -> RandomStream {
        RandomStream(digest: Digest(of: "concord synthesizer/\(seed)/\(purpose)".utf8).bytes)
    }
}

/// `number` with zeros before it, `digits` long.
func padded(_ number: Int, to digits: Int) -> String {
    let text = "\(number)"
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
