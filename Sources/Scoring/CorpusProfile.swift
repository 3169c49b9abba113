import Corpora
import Kernels

/// What is in a corpus, culture by culture: what its page tells before anything is trained.
///
/// The shell adds each recording's matrices; nothing here depends on their order beyond rounding in
/// the last bit, and the shell adds them in the manifest's.
public struct CorpusProfile: Sendable {
    /// What the manifest says.
    public let corpus: Corpus
    /// The cultures, in the order in which the manifest first names them.
    public let cultures: [String]
    /// Agreement of raters by culture and target, where their traces lie beside the gold ones.
    public private(set) var raters: [String: [RaterAgreement]] = [:]
    /// (feature sets, cultures).
    public private(set) var features: [[FeatureProfile]]
    /// Gold frames by culture that a mask says were not annotated.
    public private(set) var goldGaps: [String: Int] = [:]
    /// Gold traces (targets, T) of each recording, by its place; NaN where not annotated.
    private var gold: [[[Float]]]

    /// The bins of a distribution.
    public static let binCount = 40

    /// The profile of a corpus of which no matrix was added so far.
    public init(of corpus: Corpus) {
        var cultures: [String] = []
        for recording in corpus.recordings where !cultures.contains(recording.culture) {
            cultures.append(recording.culture)
        }
        self.corpus = corpus
        self.cultures = cultures
        features = corpus.featureSets.map { set in
            cultures.map { _ in FeatureProfile(width: set.width) }
        }
        gold = corpus.recordings.map { _ in [] }
    }

    /// Adds the gold traces (T, targets) of the recording at `index`, with their mask.
    public mutating func add(gold matrix: Matrix, mask: [UInt8]?, ofRecording index: Int) {
        gold[index] = (0..<matrix.columns).map { target in
            (0..<matrix.rows).map { mask?[$0] == 0 ? .nan : matrix[$0, target] }
        }
        goldGaps[corpus.recordings[index].culture, default: 0] += mask?.count { $0 == 0 } ?? 0
    }

    /// Adds the matrix (T, D) of the feature set at `set` of the recording at `index`.
    public mutating func add(
        _ matrix: Matrix, mask: [UInt8]?, set: Int, ofRecording index: Int
    ) {
        let culture = cultures.firstIndex(of: corpus.recordings[index].culture)!
        features[set][culture].add(matrix, mask: mask)
    }

    /// Adds raters' traces (raters, targets, T) of the recording at `index`; raters are known by
    /// their number, from 1.
    public mutating func add(raters traces: [[[Double]]], ofRecording index: Int) {
        add(
            raters: traces.indices.map { "rater \($0 + 1)" },
            Dictionary(uniqueKeysWithValues: traces.enumerated().map { ($0, $1) }),
            ofRecording: index)
    }

    /// Adds raters' traces (targets, T) of the recording at `index`, by the places of those who
    /// rated it among `names`.
    public mutating func add(
        raters names: [String], _ traces: [Int: [[Double]]], ofRecording index: Int
    ) {
        let culture = corpus.recordings[index].culture
        let fresh = RaterAgreement(raters: names)
        var agreements = raters[culture] ?? corpus.targets.map { _ in fresh }
        guard agreements[0].raters == names else { return }
        for target in corpus.targets.indices {
            agreements[target].add(traces.mapValues { $0[target] })
        }
        raters[culture] = agreements
    }

    // MARK: What was found

    /// The range of the histograms: -1...1, or wider where gold traces are.
    public var goldRange: ClosedRange<Double> {
        var (low, high) = (-1.0, 1.0)
        for value in gold.joined().joined() where value.isFinite {
            low = min(low, Double(value))
            high = max(high, Double(value))
        }
        return low...high
    }

    /// The distribution of a target's gold traces in a culture.
    public func distribution(_ culture: String, target: Int) -> TraceDistribution? {
        let values = places(culture).flatMap { gold[$0].isEmpty ? [] : gold[$0][target] }
        return TraceDistribution(
            of: values.filter(\.isFinite), range: goldRange, bins: CorpusProfile.binCount)
    }

    /// Recordings of equal content: the feature sets, or `targets`, in which they are equal, and
    /// their ids.
    public var duplicates: [(matrices: [String], recordings: [String])] {
        let names = corpus.featureSets.map(\.name) + [Recording.goldDigestName]
        var matrices: [[String]: [String]] = [:]
        var order: [[String]] = []
        for name in names {
            let known = corpus.recordings.filter { $0.digests[name] != nil }
            let groups = Dictionary(grouping: known) { $0.digests[name]! }
            for recording in known {
                let equal = groups[recording.digests[name]!]!.map(\.id)
                guard equal.count > 1, equal[0] == recording.id else { continue }
                if matrices[equal] == nil { order.append(equal) }
                matrices[equal, default: []].append(name)
            }
        }
        return order.map { (matrices[$0]!, $0) }
    }

    /// The column that says who talks with whom; nil where there is none.
    public var partnerColumn: String? {
        ["dyad", "session"].first { column in
            corpus.recordings.allSatisfy { $0.columns[column] != nil }
        }
    }

    /// How the gold traces of two people correlate, frame by frame of the time that both have:
    /// the mean over pairs that share a dyad, and over pairs that do not.
    ///
    /// - Complexity: quadratic in the recordings of the culture.
    public func partners(_ culture: String, target: Int) -> (together: PairMean, apart: PairMean) {
        var together = PairMean()
        var apart = PairMean()
        guard let column = partnerColumn else { return (together, apart) }
        let places = places(culture).filter { !gold[$0].isEmpty }
        for (index, a) in places.enumerated() {
            for b in places[(index + 1)...] {
                let both = zip(gold[a][target], gold[b][target])
                    .filter { $0.isFinite && $1.isFinite }
                let moments = Moments(
                    gold: both.map { Double($0.0) }, predicted: both.map { Double($0.1) })
                guard let r = Score(moments, .population).pearson else { continue }
                let recordings = corpus.recordings
                if recordings[a].columns[column] == recordings[b].columns[column] {
                    together.add(r)
                } else {
                    apart.add(r)
                }
            }
        }
        return (together, apart)
    }

    private func places(_ culture: String) -> [Int] {
        corpus.recordings.indices.filter { corpus.recordings[$0].culture == culture }
    }
}

/// A mean over pairs of recordings.
public struct PairMean: Hashable, Sendable {
    /// The number of pairs.
    public private(set) var count = 0
    private var sum = 0.0

    /// The mean; nil where there is no pair.
    public var mean: Double? { count > 0 ? sum / Double(count) : nil }

    mutating func add(_ value: Double) {
        count += 1
        sum += value
    }
}
