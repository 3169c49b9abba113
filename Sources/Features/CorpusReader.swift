import Corpora
import Kernels
import Synchronization

/// Reads the matrices of a corpus, checked: the door to the data for the rest of the program.
///
/// ```swift
/// let reader = CorpusReader(corpus: corpus, dataRoot: "data")
/// let audio = try reader.features(recording, corpus.featureSets[0])  // (T, D)
/// ```
///
/// A matrix that was read once is kept and shared: mapped ones always, converted ones up to
/// `cacheBytes` and until ``keep(only:)`` lets them go. Any thread may use it.
public final class CorpusReader: Sendable {
    /// The corpus.
    public let corpus: Corpus
    /// The folder that the manifest's file patterns are relative to.
    public let dataRoot: String

    private let verify: Bool
    private let cacheBytes: Int
    private let state = Mutex(State())

    /// A reader of `corpus`, whose files lie below `dataRoot`.
    ///
    /// - Parameters:
    ///   - verify: Whether content digests are compared with the manifest's. The default is true.
    ///   - cacheBytes: How much converted data is kept in memory. The default is 1 GiB.
    public init(corpus: Corpus, dataRoot: String, verify: Bool = true, cacheBytes: Int = 1 << 30) {
        self.corpus = corpus
        self.dataRoot = dataRoot
        self.verify = verify
        self.cacheBytes = cacheBytes
    }

    /// The features (T, D) of a recording.
    ///
    /// - Throws: ``FeatureError`` that names file, dataset and recording when the matrix is
    ///   missing, has another shape or content than the manifest says, or a value is not finite.
    public func features(_ recording: Recording, _ set: FeatureSet) throws(FeatureError) -> Matrix {
        try matrix(of: recording, Source(set))
    }

    /// The gold traces (T, targets) of a recording.
    ///
    /// - Throws: as ``features(_:_:)``.
    public func gold(_ recording: Recording) throws(FeatureError) -> Matrix {
        try matrix(of: recording, goldSource)
    }

    /// Which frames of a feature set were measured (1) and which are filler (0); nil when there is
    /// no mask, which means that all were measured.
    ///
    /// A mask is the dataset whose name is that of the matrix and `.mask`.
    /// - Throws: as ``features(_:_:)``, and when the mask holds anything but 0 and 1.
    public func mask(_ recording: Recording, _ set: FeatureSet) throws(FeatureError) -> [UInt8]? {
        try mask(of: recording, Source(set))
    }

    /// Which frames of the gold traces were annotated (1) and which are filler (0); nil when there
    /// is no mask.
    ///
    /// - Throws: as ``mask(_:_:)``.
    public func goldMask(_ recording: Recording) throws(FeatureError) -> [UInt8]? {
        try mask(of: recording, goldSource)
    }

    /// Lets go of the converted matrices of all recordings but these, by their ids. Mapped ones
    /// cost nothing.
    public func keep(only recordings: Set<String>) {
        state.withLock { state in
            for (key, bytes) in state.copies where !recordings.contains(key.recording) {
                state.copies[key] = nil
                state.matrices[key] = nil
                state.copiedBytes -= bytes
            }
        }
    }

    /// Bytes of converted matrices that are held.
    var copiedBytes: Int { state.withLock { $0.copiedBytes } }

    private var goldSource: Source {
        Source(
            name: Recording.goldDigestName, location: corpus.gold, width: corpus.targets.count,
            hopSeconds: corpus.hopSeconds)
    }
}

extension CorpusReader {
    private func matrix(
        of recording: Recording, _ source: Source
    ) throws(FeatureError) -> Matrix {
        let key = Key(recording: recording.id, name: source.name)
        if let known = state.withLock({ $0.matrices[key] }) { return known }
        do throws(FeatureError) {
            let (path, dataset) = try source.location.resolved(for: recording, below: dataRoot)
            let file = try open(path)
            let matrix = try file.readMatrix(dataset)
            let place = Place(file: path, dataset: dataset)
            try checkShape(matrix, of: recording, source, at: place)
            try checkFinite(matrix, at: place)
            if verify {
                try checkDigest(Digest(of: matrix), named: source.name, of: recording, at: place)
            }
            return keep(matrix, under: key, isCopy: !file.maps(matrix))
        } catch {
            throw error.of(recording.id)
        }
    }

    private func mask(of recording: Recording, _ source: Source) throws(FeatureError) -> [UInt8]? {
        do throws(FeatureError) {
            let (path, dataset) = try source.location.resolved(for: recording, below: dataRoot)
            let file = try open(path)
            let place = Place(file: path, dataset: dataset + ".mask")
            let name = source.name + ".mask"
            guard file.contains(place.dataset) else {
                guard verify, recording.digests[name] != nil else { return nil }
                throw place.error(
                    .noSuchDataset, "does not exist, but the manifest has a digest of it",
                    advice: Self.checkAdvice)
            }
            let mask = try file.readMask(place.dataset)
            let matrix = Matrix(rows: mask.count, columns: 1, values: mask.map(Float.init))
            try checkShape(matrix, of: recording, source.mask, at: place)
            if verify {
                try checkDigest(Digest(of: matrix), named: name, of: recording, at: place)
            }
            return mask
        } catch {
            throw error.of(recording.id)
        }
    }

    /// The file at `path`, open already or opened now.
    private func open(_ path: String) throws(FeatureError) -> HDF5File {
        if let file = state.withLock({ $0.use(path) }) { return file }
        let file = try HDF5File(path: path)
        state.withLock { $0.add(file) }
        return file
    }

    /// Keeps `matrix` for the next caller, or returns the equal one that another thread kept.
    private func keep(_ matrix: Matrix, under key: Key, isCopy: Bool) -> Matrix {
        let bytes = isCopy ? matrix.values.count * MemoryLayout<Float>.stride : 0
        return state.withLock { state in
            if let known = state.matrices[key] { return known }
            guard state.copiedBytes + bytes <= cacheBytes else { return matrix }
            state.copiedBytes += bytes
            if isCopy { state.copies[key] = bytes }
            state.matrices[key] = matrix
            return matrix
        }
    }

    private struct Key: Hashable {
        let recording: String
        let name: String
    }

    private struct State {
        /// Enough for any sweep's file per culture, few enough for the limit of open files where
        /// each recording has its own.
        static let filesMax = 64

        var matrices: [Key: Matrix] = [:]
        /// The bytes of each converted one, and of all.
        var copies: [Key: Int] = [:]
        var copiedBytes = 0
        private var files: [String: (file: HDF5File, lastUse: Int)] = [:]
        private var uses = 0

        mutating func use(_ path: String) -> HDF5File? {
            uses += 1
            files[path]?.lastUse = uses
            return files[path]?.file
        }

        mutating func add(_ file: HDF5File) {
            uses += 1
            if files.count >= Self.filesMax,
                let oldest = files.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                files[oldest.key] = nil
            }
            files[file.path] = (file, uses)
        }
    }
}
