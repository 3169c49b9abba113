import Corpora
import Leasing
import Planning
import Testing

@Suite struct HistoryReadingTests {
    private let key = TrialKey(digest: Digest(of: [1]))
    private let other = TrialKey(digest: Digest(of: [2]))
    private let worker = WorkerID("a")
    private let failure = Failure(cause: .data, message: "corpus.h5 is missing")

    private func quarantined() throws -> Dispatcher.History {
        var history = Dispatcher.History(trials: [key, other])
        try history.replay(.joined(worker, name: "host:1", slots: 1))
        for attempt in 1...3 {
            let lease = LeaseID(key: key, attempt: attempt)
            try history.replay(.leased(lease, worker))
            try history.replay(.failed(lease, worker, failure))
        }
        try history.replay(.abandoned(key, failure))
        return history
    }

    @Test("A quarantined trial is listed with its reason")
    func listsQuarantine() throws {
        let history = try quarantined()
        #expect(history.quarantined.map(\.key) == [key])
        #expect(history.quarantined.map(\.failure) == [failure])
        #expect(history.counts.abandoned == 1)
    }

    @Test("A reopened trial is queued with whole budgets, and its attempts count on")
    func reopens() throws {
        var history = try quarantined()
        try history.replay(.reopened(key))
        #expect(history.quarantined.isEmpty)
        #expect(history.counts.queued == 2)
        #expect(throws: HistoryError.self) {
            try history.replay(.leased(LeaseID(key: key, attempt: 1), worker))
        }
        try history.replay(.leased(LeaseID(key: key, attempt: 4), worker))
        #expect(history.leases.map(\.lease) == [LeaseID(key: key, attempt: 4)])
        #expect(history.leases.map(\.worker) == ["host:1"])
    }

    @Test("Only a quarantined trial can be reopened")
    func refusesOthers() throws {
        var history = try quarantined()
        #expect(throws: HistoryError.self) { try history.replay(.reopened(other)) }
    }

    @Test("A trial is finished once its outcome is replayed")
    func finished() throws {
        var history = try quarantined()
        #expect(!history.isFinished(other))
        try history.replayFinished(
            LeaseID(key: other, attempt: 1), outcome: Digest(of: [3]))
        #expect(history.isFinished(other))
        #expect(!history.isFinished(key))
    }
}
