import Corpora
import Features
import Glibc
import Kernels
import Planning

/// Where a trainer's matrices come from: the machine's own copy of a corpus where that is what the
/// manifest says, else the node cache.
final class TrialMatrices {
    private let plan: Plan
    private let readers: [CorpusReader]
    private let cache: String?
    /// Matrices that the own copy does not have, or has otherwise.
    private var foreign: [Digest: String] = [:]
    /// Matrices out of the cache that the present trial, or the last one, uses.
    private var held: [Digest: Matrix] = [:]
    private var used: Set<Digest> = []
    private var lacking: [Digest] = []

    /// What a trial cannot begin without, in the order of its recordings, and why its own copy does
    /// not serve.
    struct Lacking: Error {
        let digests: [Digest]
        let reason: String
    }

    init(sweep: LoadedSweep, cache: String?) {
        plan = sweep.plan
        self.cache = cache
        readers = sweep.plan.corpora.indices.map {
            CorpusReader(corpus: sweep.plan.corpora[$0], dataRoot: sweep.dataFolder(ofCorpus: $0))
        }
    }

    /// What `body` makes of the matrices that it asks for, which are those of `recordings`. The
    /// last trial's others are let go first: a trial has the memory that the plan predicts for it
    /// whatever its trainer trained before.
    ///
    /// - Throws: ``Lacking`` when one of them is not here; what `body` throws.
    func gather<T>(of recordings: [PlannedRecording], _ body: () throws -> T) throws -> T {
        for (corpus, reader) in readers.enumerated() {
            let own = recordings.filter { $0.corpus == corpus }
            reader.keep(only: Set(own.map(\.recording.id)))
        }
        let digests = Set(recordings.flatMap { $0.recording.digests.values })
        held = held.filter { digests.contains($0.key) }
        used = []
        lacking = []
        let result = try body()
        held = held.filter { used.contains($0.key) }
        guard let first = lacking.first else { return result }
        throw Lacking(digests: lacking, reason: foreign[first] ?? "it is not here")
    }

    /// The matrix that the recording's digests name so. Within ``gather(_:)`` one that is lacking
    /// is noted, and stands for itself as an empty one.
    ///
    /// - Throws: ``FeatureError`` when the own copy does not serve and nobody could say what to
    ///   fetch instead.
    func matrix(_ name: String, of planned: PlannedRecording) throws -> Matrix {
        let digest = planned.recording.digests[name]
        if let digest, foreign[digest] != nil { return cached(digest) }
        do {
            return try readers[planned.corpus].matrix(name, of: planned.recording)
        } catch let error as FeatureError {
            guard let digest, cache != nil else { throw error }
            foreign[digest] = "\(error)"
            return cached(digest)
        }
    }

    /// A mask; nil when there is none.
    func mask(_ name: String, of planned: PlannedRecording) throws -> [UInt8]? {
        if !planned.recording.digests.isEmpty, planned.recording.digests[name] == nil,
            planned.recording.digests[String(name.dropLast(5))].map({ foreign[$0] != nil }) == true
        {
            return nil
        }
        if planned.recording.digests[name] != nil {
            return try matrix(name, of: planned).values.map { UInt8($0) }
        }
        return try readers[planned.corpus].mask(name, of: planned.recording)
    }

    private func cached(_ digest: Digest) -> Matrix {
        used.insert(digest)
        if let known = held[digest] { return known }
        let path = "\(cache ?? "")/\(digest)"
        switch MatrixFile.read(path, digest: digest) {
        case .matrix(let matrix):
            held[digest] = matrix
            return matrix
        case .damaged:
            Terminal.complain("concord trainer: \(path) is damaged and is fetched again")
            unlink(path)
        case .missing: break
        }
        if !lacking.contains(digest) { lacking.append(digest) }
        return Matrix(rows: 0, columns: 0, values: [])
    }
}
