import Corpora
import Kernels

extension CorpusReader {
    /// One of a recording's matrices, as the manifest describes it.
    struct Source {
        var name: String
        var location: MatrixLocation
        var width: Int
        var hopSeconds: Double

        /// The matrix's mask: one column.
        var mask: Source {
            Source(name: name + ".mask", location: location, width: 1, hopSeconds: hopSeconds)
        }
    }

    /// Where a matrix was found.
    struct Place {
        let file: String
        let dataset: String

        func error(_ cause: FeatureError.Cause, _ what: String, advice: String) -> FeatureError {
            FeatureError(cause, file: file, dataset: dataset, what, advice: advice)
        }
    }

    static let checkAdvice =
        "Run `concord data check` on the manifest; if the data changed on purpose, "
        + "index them again with `concord data index`."

    /// A matrix at the gold traces' hop has as many frames as they; at another hop it lasts as
    /// long, to within one hop.
    func checkShape(
        _ matrix: Matrix, of recording: Recording, _ source: Source, at place: Place
    ) throws(FeatureError) {
        let isAtGoldHop = source.hopSeconds == corpus.hopSeconds
        guard matrix.columns == source.width, !isAtGoldHop || matrix.rows == recording.frames else {
            throw place.error(
                .wrongShape,
                "is \(matrix.rows) × \(matrix.columns), but the manifest says "
                    + "\(recording.frames) × \(source.width) (frames × width)",
                advice: "Trim it to the frames of the gold traces, or correct the manifest. "
                    + Self.checkAdvice)
        }
        if isAtGoldHop { return }
        let seconds = Double(matrix.rows) * source.hopSeconds
        let goldSeconds = Double(recording.frames) * corpus.hopSeconds
        let slack = max(source.hopSeconds, corpus.hopSeconds)
        guard (seconds - goldSeconds).magnitude > slack * 1.001 else { return }
        throw place.error(
            .wrongShape,
            "lasts \(seconds) s (\(matrix.rows) frames of \(source.hopSeconds) s), but "
                + "the gold traces last \(goldSeconds) s (\(recording.frames) frames of "
                + "\(corpus.hopSeconds) s)",
            advice: "Correct the hop in the manifest, or trim the features.")
    }

    /// Every value is finite.
    func checkFinite(_ matrix: Matrix, at place: Place) throws(FeatureError) {
        // As whole numbers without their sign, finite values are less than infinity's; a maximum is
        // several times as fast to find as the first place.
        let largest = matrix.values.reduce(Int32(0)) {
            max($0, Int32(truncatingIfNeeded: $1.bitPattern & 0x7FFF_FFFF))
        }
        guard largest >= Int32(truncatingIfNeeded: Float.infinity.bitPattern),
            let index = matrix.values.firstIndex(where: { !$0.isFinite })
        else { return }
        throw place.error(
            .notFinite,
            "holds \(matrix.values[index]) at frame \(index / matrix.columns), column "
                + "\(index % matrix.columns) (counted from 0)",
            advice: "Repair it, or write a finite filler and a mask \"\(place.dataset).mask\".")
    }

    /// The content is what the manifest says. A recording without any digest is not checked; one
    /// with some must have all, since a trial is named by them.
    func checkDigest(
        _ found: Digest, named name: String, of recording: Recording, at place: Place
    ) throws(FeatureError) {
        guard !recording.digests.isEmpty, recording.digests[name] != found else { return }
        let expected = recording.digests[name].map { "the digest \($0)" } ?? "no digest of it"
        throw place.error(
            .wrongDigest, "has the digest \(found), but the manifest has \(expected)",
            advice: Self.checkAdvice)
    }
}

extension CorpusReader.Source {
    /// A feature set.
    init(_ set: FeatureSet) {
        self.init(
            name: set.name, location: set.location, width: set.width, hopSeconds: set.hopSeconds)
    }
}
