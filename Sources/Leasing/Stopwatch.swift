import Planning

/// Since when trials are in training, as far as a journal tells.
///
/// A worker's slots take its leases in the order in which they were given; one that ends makes room
/// for the next.
///
///     var watch = Stopwatch()
///     for entry in journal { watch.hear(entry.event, at: entry.seconds) }
///     watch.elapsed(at: now)
public struct Stopwatch: Sendable {
    private struct Held {
        let key: TrialKey
        var begunAt: Double?
    }

    private var slots: [WorkerID: Int] = [:]
    private var held: [WorkerID: [Held]] = [:]
    private var holders: [TrialKey: [WorkerID]] = [:]

    /// A watch that has heard nothing.
    public init() {}

    /// Takes in the next event of the journal, and when it was written.
    public mutating func hear(_ event: JournalEvent, at seconds: Double) {
        switch event {
        case .joined(let worker, _, let count): slots[worker] = count
        case .left(let worker, _):
            for lease in held.removeValue(forKey: worker) ?? [] {
                holders[lease.key]?.removeAll { $0 == worker }
            }
        case .leased(let lease, let worker), .copied(let lease, let worker):
            held[worker, default: []].append(Held(key: lease.key))
            holders[lease.key, default: []].append(worker)
            begin(on: worker, at: seconds)
        case .failed(let lease, let worker, _), .expired(let lease, let worker),
            .returned(let lease, let worker):
            holders[lease.key]?.removeAll { $0 == worker }
            end(lease.key, on: worker, at: seconds)
        case .finished(let lease, _, _): hearFinished(lease.key, at: seconds)
        case .planned, .announced, .repeated, .explained, .abandoned, .cordoned, .released,
            .reopened, .discarded:
            return
        }
    }

    /// Takes in that a trial has its outcome: nobody trains it any more.
    public mutating func hearFinished(_ key: TrialKey, at seconds: Double) {
        for worker in holders.removeValue(forKey: key) ?? [] { end(key, on: worker, at: seconds) }
    }

    /// The seconds that the trials in training have run for, together.
    public func elapsed(at seconds: Double) -> Double {
        held.values.joined().reduce(0) { sum, lease in
            sum + (lease.begunAt.map { max(0, seconds - $0) } ?? 0)
        }
    }

    private mutating func end(_ key: TrialKey, on worker: WorkerID, at seconds: Double) {
        held[worker]?.removeAll { $0.key == key }
        begin(on: worker, at: seconds)
    }

    private mutating func begin(on worker: WorkerID, at seconds: Double) {
        guard let leases = held[worker] else { return }
        for place in leases.indices.prefix(slots[worker] ?? 1) where leases[place].begunAt == nil {
            held[worker]?[place].begunAt = seconds
        }
    }
}
