import Corpora
import Features
import Foundation
import Kernels
import Leasing
import Messaging
import Planning
import Synchronization

/// The coordinator's serving of data to workers whose machines lack them.
///
/// Chunks are read on a thread of its own, which wakes the coordinator's loop: a slow disk holds up
/// nothing else. How many are in memory or on their way, the ``ChunkQueue`` bounds.
package final class MatrixServer {
    private var queue = ChunkQueue()
    private let reading: ChunkReading

    package init(sweep: LoadedSweep, waker: Waker) {
        reading = ChunkReading(sweep: sweep, waker: waker)
    }

    /// A worker asks for a chunk.
    package func hear(_ request: ChunkRequest, from connection: ConnectionID, at now: Instant) {
        queue.ask(request, from: connection, at: now)
    }

    /// A connection is gone.
    func forget(_ connection: ConnectionID) { queue.drop(connection) }

    /// Begins what may be begun, and takes what is to be sent now.
    package func turn(
        at now: Instant
    ) -> [(message: CoordinatorMessage, connection: ConnectionID)] {
        while let (request, connection) = queue.next(at: now) {
            reading.begin(request, for: connection)
        }
        return reading.take()
    }
}

/// Reads chunks, one after the other, on a thread of its own.
private final class ChunkReading: Sendable {
    private let waker: Waker
    private let library: Mutex<MatrixLibrary>
    private let done = Mutex<[(message: CoordinatorMessage, connection: ConnectionID)]>([])
    private let queue = DispatchQueue(label: "concord.chunks")

    init(sweep: LoadedSweep, waker: Waker) {
        self.waker = waker
        library = Mutex(MatrixLibrary(sweep: sweep))
    }

    func begin(_ request: ChunkRequest, for connection: ConnectionID) {
        queue.async { [self] in
            let message = library.withLock { $0.answer(request) }
            done.withLock { $0.append((message, connection)) }
            waker.wake()
        }
    }

    func take() -> [(message: CoordinatorMessage, connection: ConnectionID)] {
        done.withLock { known in
            defer { known = [] }
            return known
        }
    }
}

/// The matrices of a sweep by their digests, read from the corpora's files. Whoever fetches one
/// compares its digest.
struct MatrixLibrary {
    private let plan: Plan
    private let readers: [CorpusReader]
    /// Where each matrix is: the index of its recording in the plan, and its name there.
    private var places: [Digest: (recording: Int, name: String)]?
    /// What was read last, the newest first: a matrix is asked for chunk by chunk.
    private var recent: [(digest: Digest, matrix: Matrix)] = []
    private static let recentMax = Fetcher.ahead
    private static let cacheBytes = 64 << 20

    init(sweep: LoadedSweep) {
        plan = sweep.plan
        readers = sweep.plan.corpora.indices.map {
            CorpusReader(
                corpus: sweep.plan.corpora[$0], dataRoot: sweep.dataFolder(ofCorpus: $0),
                verify: false, cacheBytes: MatrixLibrary.cacheBytes)
        }
    }

    /// The chunk that is asked for, or why it cannot be had.
    mutating func answer(_ request: ChunkRequest) -> CoordinatorMessage {
        do {
            let matrix = try matrix(request.digest)
            return .chunk(
                MatrixChunk(
                    digest: request.digest, offset: request.offset,
                    total: MatrixFile.byteCount(of: matrix),
                    bytes: MatrixFile.bytes(
                        of: matrix, from: request.offset,
                        count: min(request.count, ChunkRequest.bytesMax))))
        } catch {
            return .unavailable(request.digest, "\(error)")
        }
    }

    private mutating func matrix(_ digest: Digest) throws -> Matrix {
        if let known = recent.first(where: { $0.digest == digest }) { return known.matrix }
        let places = self.places ?? index()
        self.places = places
        guard let place = places[digest] else {
            throw RunningError("no recording of the sweep has a matrix \(digest)")
        }
        let planned = plan.recordings[place.recording]
        let matrix = try readers[planned.corpus].matrix(place.name, of: planned.recording)
        recent.insert((digest, matrix), at: 0)
        if recent.count > MatrixLibrary.recentMax { recent.removeLast() }
        return matrix
    }

    private func index() -> [Digest: (recording: Int, name: String)] {
        var places: [Digest: (recording: Int, name: String)] = [:]
        for (number, planned) in plan.recordings.enumerated() {
            for (name, digest) in planned.recording.digests where places[digest] == nil {
                places[digest] = (number, name)
            }
        }
        return places
    }
}

extension CorpusReader {
    /// The matrix that the recording's digests name so: a feature set, the gold traces, or a mask
    /// as a column of 0 and 1.
    func matrix(_ name: String, of recording: Recording) throws -> Matrix {
        if name == Recording.goldDigestName { return try gold(recording) }
        if let set = corpus.featureSet(name) { return try features(recording, set) }
        guard let mask = try self.mask(name, of: recording) else {
            throw RunningError("recording \(recording.id) has no matrix called \(name)")
        }
        return Matrix(rows: mask.count, columns: 1, values: mask.map(Float.init))
    }

    /// The mask that the recording's digests would name so; nil where there is none.
    func mask(_ name: String, of recording: Recording) throws -> [UInt8]? {
        if name == Recording.goldDigestName + ".mask" { return try goldMask(recording) }
        guard name.hasSuffix(".mask"), let set = corpus.featureSet(String(name.dropLast(5))) else {
            return nil
        }
        return try mask(recording, set)
    }
}
