import Corpora
import Planning
import Testing

@testable import Leasing

@Suite("History")
struct HistoryTests {
    let a = WorkerID("a")
    let b = WorkerID("b")
    let failure = Failure(cause: .crash, message: "It crashed.")

    @Test("Equal keys count once; events of other sweeps change nothing")
    func keys() throws {
        var history = Dispatcher.History(trials: Cast.keys(2) + Cast.keys(3))
        #expect(history.keys == Cast.keys(3))
        #expect(history.counts.queued == 3)
        let before = history
        let other = Cast.lease("t7#1")
        for event in [
            JournalEvent.planned(Cast.document, trials: 3), .leased(other, a),
            .finished(other, a, Cast.delivery(other.key)), .failed(other, a, failure),
            .repeated(other, a, outcome: Cast.document.digest, equal: true),
            .expired(other, a), .returned(other, a), .abandoned(other.key, failure),
        ] {
            try history.replay(event)
        }
        #expect(history == before)
    }

    @Test("What a store knows of outcomes without their bytes is what their events say")
    func withoutBytes() throws {
        let lease = Cast.lease("t0#3")
        let delivery = Cast.delivery(lease.key)
        var told = Dispatcher.History(trials: Cast.keys(1))
        try told.replay(.finished(lease, a, delivery))
        var known = Dispatcher.History(trials: Cast.keys(1))
        try known.replayFinished(lease, outcome: Digest(of: delivery.outcome))
        #expect(told == known)
        #expect(told.counts.finished == 1 && told.trials[0].attempts == 3)
    }

    @Test("Losses are counted by expiry, taken back by taking up, and not by return")
    func losses() throws {
        var history = Dispatcher.History(trials: Cast.keys(1))
        let events: [(JournalEvent, Int)] = [
            (.leased(Cast.lease("t0#1"), a), 0), (.expired(Cast.lease("t0#1"), a), 1),
            (.leased(Cast.lease("t0#1"), a), 0), (.returned(Cast.lease("t0#1"), a), 0),
            (.leased(Cast.lease("t0#1"), a), 0), (.expired(Cast.lease("t0#1"), a), 1),
            (.leased(Cast.lease("t0#2"), b), 1), (.expired(Cast.lease("t0#2"), b), 2),
        ]
        for (event, losses) in events {
            try history.replay(event)
            #expect(history.trials[0].lost.count == losses, "\(event)")
        }
    }

    @Test("A trial whose outcome was discarded is open again, with its next attempt")
    func discarded() throws {
        let lease = Cast.lease("t0#2")
        let outcome = Digest(of: Cast.delivery(lease.key).outcome)
        var history = Dispatcher.History(trials: Cast.keys(1))
        try history.replay(.finished(lease, a, Cast.delivery(lease.key)))
        #expect(history.finishedKeys == Cast.keys(1))
        var other = history
        #expect(throws: HistoryError.self) {
            try other.replay(.discarded(lease.key, outcome: Cast.document.digest))
        }
        try history.replay(.discarded(lease.key, outcome: outcome))
        #expect(history.counts.queued == 1 && history.finishedKeys.isEmpty)
        #expect(throws: HistoryError.self) {
            try history.replay(.discarded(lease.key, outcome: outcome))
        }
        try history.replay(.leased(Cast.lease("t0#3"), a))
        try history.replay(.finished(Cast.lease("t0#3"), a, Cast.delivery(lease.key)))
        #expect(history.counts.finished == 1)
    }

    /// Events that lead to a state, and the events that are illegal in it.
    static let contradictions: [([JournalEvent], JournalEvent, String)] = {
        let (a, b) = (WorkerID("a"), WorkerID("b"))
        let (first, second) = (Cast.lease("t0#1"), Cast.lease("t0#2"))
        let failure = Failure(cause: .crash, message: "It crashed.")
        let done = JournalEvent.finished(first, a, Cast.delivery(first.key))
        let leased = JournalEvent.leased(first, a)
        let digest = Cast.document.digest
        return [
            ([], .leased(second, a), "leased, but the trial is queued after 0 attempts"),
            ([], .failed(first, a, failure), "failed, but the trial is queued"),
            ([], .repeated(first, a, outcome: digest, equal: true), "repeated, but the trial is"),
            ([leased], .leased(second, b), "leased, but the trial is leased to a as #1"),
            ([leased], .expired(first, b), "expired, but the trial is leased to a as #1"),
            ([leased], .returned(second, a), "returned, but the trial is leased to a"),
            ([leased], .abandoned(first.key, failure), "abandoned, but the trial is leased to a"),
            ([leased, .expired(first, a)], .leased(first, b), "leased, but the trial is queued"),
            (
                [leased, .failed(first, a, failure)], .leased(first, a),
                "leased, but the trial is queued after 1 attempts"
            ),
            ([done], done, "finished, but the trial is finished by #1"),
            ([done], .leased(second, a), "leased, but the trial is finished by #1"),
            ([done], .failed(first, a, failure), "failed, but the trial is finished"),
            ([.abandoned(first.key, failure)], leased, "leased, but the trial is abandoned"),
        ]
    }()

    @Test("A journal that contradicts itself is refused with a sentence", arguments: 0..<13)
    func contradiction(index: Int) throws {
        let (events, illegal, sentence) = Self.contradictions[index]
        var history = Dispatcher.History(trials: Cast.keys(1))
        for event in events { try history.replay(event) }
        let before = history
        let error = #expect(throws: HistoryError.self) { try history.replay(illegal) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
        #expect(before.trials == history.trials && before.counts == history.counts)
    }
}
