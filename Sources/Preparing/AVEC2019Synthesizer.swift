import Corpora
import Kernels

/// Makes a corpus of exactly the shape of AVEC 2019: its recordings, dyads, lengths and widths,
/// so that the first run on the real data is not the first run.
///
/// Emotions and features are the ``Synthesizer``'s; a wide feature set is the noisier, in
/// proportion to the root of its width, so that it tells no more than a narrow one.
public struct AVEC2019Synthesizer: Sendable {
    private let synthesizer: Synthesizer
    private let sets: [(modality: Modality, parameters: SynthesisParameters)]
    /// What the manifest says, without digests.
    public let corpus: Corpus

    /// A synthesizer of these feature sets, named as in ``AVEC2019/features``; `seed` and
    /// `cultureShift` are those of ``SynthesisParameters``.
    ///
    /// - Parameter count: How many recordings of each culture and partition, the first ones; nil
    ///   is all.
    /// - Throws: ``PreparingError`` where there is no such feature set, or a parameter is out of
    ///   range.
    public init(
        features names: [String], recordings count: Int? = nil, seed: UInt64, cultureShift: Double
    ) throws(PreparingError) {
        var parameters = SynthesisParameters()
        parameters.seed = seed
        parameters.cultures = ["DE", "HU"]
        parameters.cultureShift = cultureShift
        let known = AVEC2019.features
        for name in names where !known.contains(where: { $0.name == name }) {
            throw PreparingError(
                problem: """
                    AVEC 2019 has no feature set `\(name)`; the nearest is \
                    `\(Spelling.nearest(name, in: known.map(\.name)) ?? "")`.
                    """)
        }
        synthesizer = try Synthesizer(parameters)
        let chosen = known.filter { names.contains($0.name) }
        sets = chosen.map { set in
            var own = parameters
            own.featureNoise *= (Double(set.width) / Double(parameters.audioWidth)).squareRoot()
            let weights = set.modality == "audio" ? [1, 0.5, 0.4] : [0.6, 1, 0.6]
            return (
                Modality(name: set.name, width: set.width, weights: weights, parameters: own), own
            )
        }
        var recordings = AVEC2019.sides.filter { $0.partition != "test" }
            .flatMap { $0.recordings.prefix(count ?? .max) }
        for index in recordings.indices {
            recordings[index].frames = AVEC2019.frames(of: recordings[index])
        }
        corpus = AVEC2019.corpus(features: chosen, recordings: recordings)
    }

    /// Makes each recording's gold traces and then its feature sets, one matrix at a time, by the
    /// names of `Recording.digests`: one recording takes memory for its widest matrix.
    public func matrices(
        of recording: Recording, _ body: (String, Matrix) throws -> Void
    ) rethrows {
        let dyad = recording.dyad ?? recording.id
        let partner = AVEC2019.recordings.filter { $0.dyad == dyad }
            .firstIndex { $0.id == recording.id } ?? 0
        var random = synthesizer.parameters.stream("dyad/avec2019/\(dyad)")
        let person = synthesizer.partners(
            "avec2019/\(dyad)", frames: recording.frames, &random)[partner]
        try body(Recording.goldDigestName, person.gold)
        for (modality, parameters) in sets {
            var random = parameters.stream("\(modality.name)/avec2019/\(recording.id)")
            try body(
                modality.name,
                modality.features(
                    of: person.emotions, frames: recording.frames, culture: recording.culture,
                    parameters, &random))
        }
    }
}
