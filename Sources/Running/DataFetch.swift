import Corpora
import Foundation
import Leasing
import Messaging
import Synchronization

/// The worker's fetching of data: a shell around the ``Fetcher`` and the ``NodeCache``.
///
/// It belongs to the worker's thread. Digests are computed on a thread beside it, while the bytes
/// come; it wakes the worker when one is known.
package final class DataFetch {
    /// What concerns the worker.
    package enum News {
        /// Say this to the coordinator.
        case send(WorkerMessage)
        /// Data came for the lease.
        case progressed(LeaseID)
        /// The lease has all that it lacked.
        case ready(LeaseID)
        /// The lease cannot have this matrix, which it lacks, for this reason.
        case failed(LeaseID, Digest, String)
    }

    private var fetcher = Fetcher()
    private let cache: NodeCache
    private let checker: Checker
    /// Leases that lacked data and have not begun: what has come for them is held.
    private var waiting: Set<LeaseID> = []
    /// What was fetched since ``account()``.
    private var fetched = (matrices: 0, bytes: 0)

    package init(cache: NodeCache, waker: Waker) {
        self.cache = cache
        checker = Checker(folder: cache.folder, waker: waker)
    }

    /// What was fetched since the last call, for people; nil when nothing was.
    func account() -> String? {
        guard fetched.matrices > 0 else { return nil }
        defer { fetched = (0, 0) }
        let size = String(format: "%.1f MB", Double(fetched.bytes) / 1e6)
        return "fetched \(fetched.matrices) matrices, \(size), into \(cache.folder)"
    }

    /// When ``tick(at:)`` is due.
    package var nextDeadline: Instant? { fetcher.nextDeadline }

    /// Takes in what happened; what concerns the worker comes in its order.
    package func handle(_ event: Fetcher.Event, at now: Instant) -> [News] {
        var news: [News] = []
        var events = [event]
        note(event)
        while !events.isEmpty {
            for command in fetcher.handle(events.removeFirst(), at: now) {
                switch command {
                case .open(let digest):
                    events.append(open(digest))
                case .ask(let request): news.append(.send(.fetch(request)))
                case .write(let chunk):
                    if let reason = cache.write(chunk) {
                        events.append(.noRoom(chunk.digest, reason))
                    } else {
                        fetched.bytes += chunk.bytes.count
                        checker.follow(chunk)
                    }
                case .verify(let digest): checker.check(digest)
                case .discard(let digest):
                    cache.discard(digest)
                    checker.forget(digest)
                case .close(let digest):
                    cache.close(digest)
                    checker.forget(digest)
                case .progressed(let lease): news.append(.progressed(lease))
                case .ready(let lease): news.append(.ready(lease))
                case .failed(let lease, let digest, let reason):
                    news.append(.failed(lease, digest, reason))
                }
            }
        }
        return news
    }

    private func open(_ digest: Digest) -> Fetcher.Event {
        do {
            let opening = try cache.open(digest)
            if opening == .present { cache.hold(digest) }
            return .opened(digest, opening)
        } catch {
            return .noRoom(digest, "\(error)")
        }
    }

    private func note(_ event: Fetcher.Event) {
        switch event {
        case .lacking(_, let lease): waiting.insert(lease)
        case .ended(let lease):
            waiting.remove(lease)
            if waiting.isEmpty { cache.letGo() }
        default: return
        }
    }

    /// Does what is due, and takes in the digests that are known by now.
    package func tick(at now: Instant) -> [News] {
        var news: [News] = []
        for (digest, isSound) in checker.take() {
            if isSound {
                cache.hold(digest)
                fetched.matrices += 1
            }
            news += handle(.verified(digest, isSound: isSound), at: now)
        }
        if let deadline = nextDeadline, deadline <= now { news += handle(.tick, at: now) }
        return news
    }
}

/// Computes digests on a thread of its own.
private final class Checker: Sendable {
    private let folder: String
    private let waker: Waker
    /// Of matrices that are coming; the queue's alone.
    private let growing = Mutex<[Digest: GrowingDigest]>([:])
    private let done = Mutex<[(Digest, Bool)]>([])
    /// Chunks in the queue, which hold memory.
    private let waiting = Atomic<Int>(0)
    private let queue = DispatchQueue(label: "concord.digests")

    init(folder: String, waker: Waker) {
        self.folder = folder
        self.waker = waker
    }

    /// A chunk is in its file. Where too many wait it is passed over, and read from there later;
    /// what cannot be read is noticed in the end.
    func follow(_ chunk: MatrixChunk) {
        guard waiting.load(ordering: .relaxed) < Fetcher.ahead else { return }
        waiting.add(1, ordering: .relaxed)
        queue.async { [self] in
            growing.withLock {
                let known = $0[chunk.digest] ?? beginning(chunk.digest)
                $0[chunk.digest] = known
                if !known.take(chunk.bytes, at: chunk.offset) { try? known.catchUp() }
            }
            waiting.subtract(1, ordering: .relaxed)
        }
    }

    /// What was there of the matrix is no more, or no more this worker's.
    func forget(_ digest: Digest) {
        queue.async { [self] in growing.withLock { $0[digest] = nil } }
    }

    /// All of the matrix is there.
    func check(_ digest: Digest) {
        queue.async { [self] in
            let isSound = growing.withLock {
                let whole = $0.removeValue(forKey: digest) ?? beginning(digest)
                return NodeCache.settle(digest, whole, in: folder)
            }
            done.withLock { $0.append((digest, isSound)) }
            waker.wake()
        }
    }

    private func beginning(_ digest: Digest) -> GrowingDigest {
        NodeCache.growing(digest, in: folder)
    }

    func take() -> [(Digest, Bool)] {
        done.withLock { known in
            defer { known = [] }
            return known
        }
    }
}
